"""One emulated Batch for the tests of a file."""

from collections.abc import Iterator

import pytest

from rehearsal.sandbox import Sandbox
from tests.rehearsal.jobs.small_batch import SmallBatch, small_batch


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallBatch]:
    with small_batch(Sandbox(tmp_path_factory.mktemp("sandbox"))) as made:
        yield made
