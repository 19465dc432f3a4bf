"""Inputs that cost something for which there is no rule: a resource with one of them is refused.

They are named here, not passed over: an estimate that leaves out what somebody switched on is wrong
without a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.dependency_graph import Resource
from bench.pricing.inputs import found, text
from bench.pricing.prices import UnpricedError

_SPOT_ONLY = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
_DATABASE = "aws:rds/instance:Instance"
_OLDEST_POSTGRESQL = 14
"""Standard support of RDS for PostgreSQL 13 ended in February 2026 (Amazon RDS User Guide, "Release
calendars"); older versions cost Extended Support for each vCPU."""


@dataclass(frozen=True)
class Priced:
    """What an input may be for the rules to hold; anything else costs something else.

    Attributes:
        name: the input, or the way to it.
        values: what it may be.
        optional: whether it may be left out; None, false, zero and empty are as good as that.
    """

    name: str
    values: Sequence[Any] = ()
    optional: bool = True

    def allows(self, value: Any) -> bool:
        """Tell whether the rules hold for a value."""
        return value in self.values or (self.optional and not value)


INPUTS: Mapping[str, Sequence[Priced]] = {
    "aws:apigateway/stage:Stage": (Priced("cacheClusterEnabled"),),
    "aws:dynamodb/table:Table": (
        # Provisioned, which is the default, is charged by the hour.
        Priced("billingMode", ["PAY_PER_REQUEST"], optional=False),
        Priced("replicas"),
    ),
    "aws:ec2/flowLog:FlowLog": (Priced("logDestinationType", ["cloud-watch-logs"]),),
    # A regional one is charged for each zone in which it has an address.
    "aws:ec2/natGateway:NatGateway": (
        Priced("availabilityMode", ["zonal"]),
        Priced("secondaryAllocationIds"),
    ),
    "aws:ecs/service:Service": (Priced("capacityProviderStrategies", [_SPOT_ONLY]),),
    # 20 GiB are free, and the price starts at 21 (AWS Fargate pricing).
    "aws:ecs/taskDefinition:TaskDefinition": (Priced("ephemeralStorage"),),
    _DATABASE: (
        Priced("engine", ["postgres"], optional=False),
        Priced("iops"),
        Priced("storageThroughput"),
        Priced("databaseInsightsMode", ["standard"]),
        Priced("replicateSourceDb"),
        Priced("dedicatedLogVolume"),
    ),
    "aws:secretsmanager/secret:Secret": (Priced("replicas"),),
}
"""The inputs of each type, by its token."""


def refuse(one: Resource) -> None:
    """Refuse a resource of which something costs what no rule knows.

    Raises:
        UnpricedError: an input is not what the rules hold for.
    """
    for priced in INPUTS.get(one.type, ()):
        value = found(one, priced.name)
        if not priced.allows(value):
            known = [*map(repr, priced.values), *(["nothing"] if priced.optional else [])]
            raise UnpricedError(
                f"{one.name} ({one.type}): {priced.name} is {value!r}, which has no rule in "
                f"bench/pricing; only {' or '.join(known)} has."
            )
    if one.type == _DATABASE:
        _refuse_extended_support(one)


def _refuse_extended_support(one: Resource) -> None:
    version = text(one, "engineVersion", default=str(_OLDEST_POSTGRESQL))
    major = version.partition(".")[0]
    if not major.isdecimal() or int(major) < _OLDEST_POSTGRESQL:
        raise UnpricedError(
            f"{one.name} ({one.type}): engineVersion is {version!r}, whose Extended Support has no "
            f"rule in bench/pricing; {_OLDEST_POSTGRESQL} and newer are without."
        )
