"""What several tests of the benchmarks share."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from bench import critical_path
from tests.deployed import deploy_stack


@pytest.fixture
def _placeholders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the stacks deployed over placeholders, which takes less time than an emulated AWS."""

    @contextmanager
    def emulated(_region: str) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(deploy=deploy_stack)

    monkeypatch.setattr(critical_path, "emulated", emulated)
