"""One figure of a benchmark: what it is, how much, and how much it may be."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A ratio, a count or an estimate; never a time, which says more of the machine.

    Attributes:
        name: what is measured, the same in every run.
        value: how much; less is better.
        at_most: what the README claims; None where it claims nothing.
    """

    name: str
    value: float
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is as the README claims."""
        return self.at_most is None or self.value <= self.at_most

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    def __str__(self) -> str:
        """Say it in one line."""
        claim = "" if self.at_most is None else f" (at most {self.at_most:g})"
        return f"{self.name}: {self.value:g}{claim}"


def told(figures: Iterable[Figure]) -> int:
    """Print figures, those that do not hold to standard error; return a command's exit status."""
    status = 0
    for one in figures:
        print(one, file=sys.stdout if one.holds else sys.stderr)
        status = status if one.holds else 1
    return status
