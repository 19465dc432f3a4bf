"""How long AWS takes for one resource, by the table in durations.csv."""

import csv
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bench.errors import BenchError

Operation = Literal["create", "delete"]

DRAWS = 2_000
_SEED = 20_261_121
_TABLE = Path(__file__).with_name("durations.csv")
_ANY = "*"


class MissingDurationError(BenchError):
    """A resource has no row in the table; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Duration:
    """One row of the table: how long creating or deleting a resource takes.

    Attributes:
        operation: `create` or `delete`.
        type: Pulumi's type token, or another tool's name where Pulumi has no such resource.
        when: inputs that a resource must have for the row, `name=value` separated by spaces; `*`
            stands for any value. Empty where the row is for all.
        low: fastest seen or known, s.
        typical: s.
        high: slowest seen or known, s.
        evidence: `measured` in a public log, `documented`, or a `guess`.
        source: where it is from.
    """

    operation: Operation
    type: str
    when: str
    low: int
    typical: int
    high: int
    evidence: str
    source: str

    @property
    def conditions(self) -> Mapping[str, str]:
        """The inputs that a resource must have for the row."""
        pairs = (one.partition("=") for one in self.when.split())
        return {name: value for name, _, value in pairs}

    def fits(self, inputs: Mapping[str, Any]) -> bool:
        """Tell whether a resource with these inputs takes as long as the row says."""
        return all(_has(inputs.get(name), value) for name, value in self.conditions.items())

    def draws(self) -> Sequence[float]:
        """Return seconds of as many runs as are drawn, from a triangular distribution.

        The same row always draws the same, whatever other rows there are.
        """
        numbers = random.Random(f"{_SEED} {self.operation} {self.type} {self.when}")  # noqa: S311
        return [numbers.triangular(self.low, self.high, self.typical) for _ in range(DRAWS)]


class Durations:
    """The rows, looked up by what a resource is and is given."""

    def __init__(self, rows: Iterable[Duration]) -> None:
        """Take the rows of one table."""
        self._rows: dict[tuple[str, str], list[Duration]] = {}
        for row in rows:
            self._rows.setdefault((row.operation, row.type), []).append(row)

    def of(self, operation: Operation, token: str, inputs: Mapping[str, Any]) -> Duration:
        """Return the row of a resource: of those that fit, the one with the most conditions.

        Args:
            operation: what is done to it.
            token: its type.
            inputs: its inputs, plain values by camelCase names.

        Raises:
            MissingDurationError: no row is for the type, or none of them for such inputs.
        """
        fitting = [row for row in self._rows.get((operation, token), ()) if row.fits(inputs)]
        if not fitting:
            raise MissingDurationError(
                f"{token} has no row for {operation} in bench/timing/{_TABLE.name}; add one with "
                "its source, for every type has its own."
            )
        return max(fitting, key=lambda row: len(row.conditions))


@cache
def read_durations() -> Durations:
    """Read the table."""
    return Durations(read_rows())


def read_rows() -> list[Duration]:
    """Read the table's rows."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Duration(
                operation="create" if row["operation"] == "create" else "delete",
                type=row["type"],
                when=row["when"],
                low=int(row["low"]),
                typical=int(row["typical"]),
                high=int(row["high"]),
                evidence=row["evidence"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        ]


def _has(found: Any, wanted: str) -> bool:
    """Tell whether an input has a value as the table writes it; texts as they are, else JSON."""
    if wanted == _ANY:
        return found is not None
    return (found if isinstance(found, str) else json.dumps(found)) == wanted
