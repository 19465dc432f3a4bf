"""How long AWS takes for one resource, by the table in durations.csv."""

import csv
import json
import random
import re
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
_BOOLEANS = ("true", "false")
_CONDITION = re.compile(r"([\w.]+)([=>])(\S+)")


class MissingDurationError(BenchError):
    """A resource has no row in the table; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Duration:
    """One row of the table: how long creating or deleting a resource takes.

    Attributes:
        operation: `create` or `delete`.
        type: Pulumi's type token, or another tool's name where Pulumi has no such resource.
        when: inputs that a resource must have for the row, `name=value` or `name>number`, separated
            by spaces; `*` stands for any value that is not empty, and a name may lead into an
            object, such as `vpcConfig.subnetIds`. Empty where the row is for all.
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
    def conditions(self) -> Sequence["Condition"]:
        """What a resource's inputs must be for the row."""
        return [Condition(*_CONDITION.fullmatch(one).groups()) for one in self.when.split()]

    def fits(self, inputs: Mapping[str, Any]) -> bool:
        """Tell whether a resource with these inputs takes as long as the row says.

        Raises:
            MissingDurationError: an input is nothing that the row's condition could hold for.
        """
        return all(one.holds(inputs) for one in self.conditions)

    def draws(self) -> Sequence[float]:
        """Return seconds of as many runs as are drawn, from a triangular distribution.

        The same row always draws the same, whatever other rows there are.
        """
        numbers = random.Random(f"{_SEED} {self.operation} {self.type} {self.when}")  # noqa: S311
        return [numbers.triangular(self.low, self.high, self.typical) for _ in range(DRAWS)]


@dataclass(frozen=True)
class Condition:
    """One condition of a row.

    Attributes:
        name: of the input, or the way to it.
        operator: `=` or `>`.
        wanted: what it is compared with, as the table writes it.
    """

    name: str
    operator: str
    wanted: str

    def holds(self, inputs: Mapping[str, Any]) -> bool:
        """Tell whether the inputs are so."""
        found: Any = inputs
        for part in self.name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return False
        if self.operator == ">":
            return self._number(found) > float(self.wanted)
        if self.wanted == _ANY:
            return bool(found)
        if self.wanted in _BOOLEANS and not isinstance(found, bool):
            raise self._refusal(found, "true or false")
        return (found if isinstance(found, str) else json.dumps(found)) == self.wanted

    def _number(self, found: Any) -> float:
        try:
            return float(found)
        except (TypeError, ValueError):
            raise self._refusal(found, "a number") from None

    def _refusal(self, found: Any, wanted: str) -> MissingDurationError:
        return MissingDurationError(f"{self.name} is {found!r}, and its duration needs {wanted}.")


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
        rows = self._rows.get((operation, token), ())
        fitting = [row for row in rows if row.fits(inputs)]
        if not fitting:
            known = "; ".join(row.when for row in rows)
            such = f" with such inputs (there are rows for {known})" if known else ""
            raise MissingDurationError(
                f"{token} has no row for {operation}{such} in bench/timing/{_TABLE.name}; add one "
                "with its source, for every type has its own."
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
