"""Tests of the real engine: each is skipped where the Pulumi CLI is not on PATH."""

import shutil

import pytest


@pytest.fixture(scope="session", autouse=True)
def _needs_the_cli() -> None:
    if shutil.which("pulumi") is None:
        pytest.skip("the Pulumi CLI is not on PATH")
