"""Tests of the real engine: those marked `cli` are skipped where the CLI is not on PATH."""

import shutil

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("pulumi") is None:
        for item in items:
            if item.get_closest_marker("cli"):
                item.add_marker(pytest.mark.skip(reason="the Pulumi CLI is not on PATH"))
