"""The CLI's own checks of Pulumi.yaml and the stack files, before the program is asked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.engine import EngineError
from tests.engine.live_stack import Live, live

pytestmark = pytest.mark.cli


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        yield stands


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("serviceCount", "two", "integer"),
        ("flowLogs", "perhaps", "boolean"),
        ("tags", "Team=data", "object"),
        ("queues", 3, "array<object>"),
        ("apiAllowedCidrs", [1], "array<string>"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_by_the_cli(
    stack: Live, key: str, value: Any, wanted: str
) -> None:
    stack.engine.configure({key: value})
    words = f"configuration key '{key}' must be of type '{wanted}'"
    try:
        with pytest.raises(EngineError, match=re.escape(words)):
            stack.engine.preview()
    finally:
        stack.engine.configure({key: None})


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_both_stack_files_pass(stack: Live, name: str) -> None:
    engine = stack.engine if name == "dev" else stack.beside(name)
    assert engine.preview().errors == ()
