"""The price table: AWS's list prices and the quantities that an idle month is estimated with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from bench.errors import BenchError

_TABLE = Path(__file__).with_name("prices.json")


class UnpricedError(BenchError):
    """Something has no price; the message is one line that names it and what to do."""


@dataclass(frozen=True)
class Price:
    """One row of the table.

    Attributes:
        item: what it is the price of.
        unit: what one of it is, such as `hour` or `GB-month`.
        usd: list price of one unit, in USD.
        region: AWS region of the price.
        as_of: when the source gave it: a date, a month, a year, or `undated`.
        confidence: `high`, or `medium` or `low` where no second source confirmed it.
        source: where it stands.
    """

    item: str
    unit: str
    usd: Decimal
    region: str
    as_of: str
    confidence: str
    source: str


@dataclass(frozen=True)
class Quantity:
    """How much of something an idle month takes where no input says it.

    Attributes:
        name: what it is the quantity of.
        value: how much.
        unit: what it is counted in.
        source: where it stands, or how it is estimated.
    """

    name: str
    value: Decimal
    unit: str
    source: str


@dataclass(frozen=True)
class PriceTable:
    """All prices and quantities.

    Attributes:
        about: what the prices are, and are not.
        collected: the day on which the rows were collected.
        hours: hours of a month.
        prices: the rows by item.
        quantities: the quantities by name.
    """

    about: str
    collected: str
    hours: Decimal
    prices: Mapping[str, Price]
    quantities: Mapping[str, Quantity]

    @property
    def region(self) -> str:
        """The region of all rows."""
        (region,) = {one.region for one in self.prices.values()}
        return region

    def price(self, item: str) -> Price:
        """Return the row of an item.

        Raises:
            UnpricedError: there is none.
        """
        if item not in self.prices:
            raise UnpricedError(f"{item!r} has no price; add a row to bench/pricing/{_TABLE.name}.")
        return self.prices[item]

    def quantity(self, name: str) -> Decimal:
        """Return the quantity of a name that the rules know."""
        return self.quantities[name].value


@cache
def table() -> PriceTable:
    """Return the committed table."""
    found = json.loads(_TABLE.read_text(encoding="utf-8"), parse_float=Decimal)
    prices = [Price(**{**row, "usd": Decimal(row["usd"])}) for row in found["prices"]]
    quantities = [
        Quantity(**{**row, "value": Decimal(row["value"])}) for row in found["quantities"]
    ]
    return PriceTable(
        about=found["about"],
        collected=found["collected"],
        hours=Decimal(found["hours_per_month"]),
        prices={one.item: one for one in prices},
        quantities={one.name: one for one in quantities},
    )
