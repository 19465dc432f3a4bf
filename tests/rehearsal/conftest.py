"""Whole rehearsals as processes, two at a time, while other tests run."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.rehearsal import scenarios
from tests.rehearsal.processes import Ended


@pytest.fixture(scope="session")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Ended]]]:
    """Start each scenario of the table; its end is to be waited for."""
    with ThreadPoolExecutor(max_workers=2) as workers:
        yield {
            name: workers.submit(scenario, tmp_path_factory.mktemp(name))
            for name, scenario in scenarios.ALL.items()
        }
