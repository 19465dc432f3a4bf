"""Values on both sides of a bound, as a test's parameters."""

from typing import Any

import pytest


def cases(bounds: dict[str, tuple[list[Any], list[Any]]], side: int) -> list[Any]:
    return [
        pytest.param(key, value, id=f"{key}={str(value)[:40]}")
        for key, sides in bounds.items()
        for value in sides[side]
    ]
