"""The options whose combinations are tested, and the rows in which each two of them meet."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from covertable import make

from settings import SettingsError, parse

STACK, REGION, QUEUE = "stack", "region", "queue"
"""The options that are no settings: whose stack file, where, and the second queue."""

_ZONES_IN_CHINA = 2
"""In the emulated AWS."""

OPTIONS: Mapping[str, Sequence[Any]] = {
    STACK: ("dev", "prod"),
    REGION: ("us-east-1", "cn-north-1", "us-gov-west-1"),
    "availabilityZoneCount": (2, 3),
    "privateSubnets": (False, True),
    "natGateways": ("one", "per-zone"),
    "flowLogs": (False, True),
    "datastoreKmsKey": (False, True),
    "datastoreRetained": (False, True),
    "dbMultiAz": (False, True),
    "dbFinalSnapshot": (False, True),
    "deletionProtection": (False, True),
    "containerInsights": (False, True),
    "serviceSpot": (False, True),
    "gateway": ("rest", "http", "off"),
    "apiAllowedCidrs": ((), ("203.0.113.0/24",)),
    "apiAccessLog": (False, True),
    "tablePointInTimeRecovery": (False, True),
    "executionLog": (False, True),
    "tags": ({}, {"Team": "science"}),
    QUEUE: (
        {"kind": "ec2"},
        {"kind": "ec2", "multiNode": True},
        {"kind": "ec2", "fairShare": {"shares": {"a": 0.5}}},
        {"kind": "spot", "onDemandBehind": True, "maximumPricePercent": 60},
        {"kind": "gpu"},
        {"kind": "fargate"},
        {"kind": "fargate-spot", "onDemandBehind": True},
    ),
}
"""Every option that decides which resources there are, or how they hang together."""

TOGETHER: Sequence[tuple[str, ...]] = (
    (REGION, "availabilityZoneCount"),
    ("privateSubnets", "natGateways"),
    ("privateSubnets", QUEUE),
    ("deletionProtection", "dbFinalSnapshot"),
    ("gateway", "apiAllowedCidrs"),
    ("gateway", "apiAccessLog"),
)
"""Options that the settings, or the emulated AWS, refuse in some combinations."""

VALUES_ONLY: Mapping[str, str] = {
    "namePrefix": "a name",
    "logRetentionDays": "a number",
    "vpcCidr": "addresses",
    "availabilityZones": "names of zones, as availabilityZoneCount",
    "datastoreForceDestroy": "a flag of the bucket, which nothing else looks at",
    "datastoreOldVersionDays": "a number",
    "dbEngineVersion": "a version",
    "dbInstanceClass": "a class",
    "dbAllocatedStorage": "a number",
    "dbMaxAllocatedStorage": "a number",
    "dbBackupRetentionDays": "a number",
    "dbApplyImmediately": "a flag of the database, which nothing else looks at",
    "dbPasswordRotationDays": "a number",
    "serviceImage": "an image",
    "serviceArchitecture": "goes with serviceImage",
    "serviceCpu": "a number",
    "serviceMemory": "a number",
    "serviceCount": "a number",
    "apiRateLimit": "a number",
    "apiBurstLimit": "a number",
    "apiQuotaLimit": "a number",
    "apiQuotaPeriod": "goes with apiQuotaLimit",
    "manageApiGatewayAccount": "goes with apiAccessLog here: a new account has no role for logs",
    "queues": "the options of queues stand for them",
    "jobImageRepositories": "names in documents",
    "jobSecretArns": "names in documents",
    "jobStateTimeLimitSeconds": "a number",
    "userRolePrincipals": "names in documents",
}
"""The other settings, which change values and no resources, with what they are."""


def settings_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a row, or of a part of one."""
    found = {name: one for name, one in row.items() if name not in (STACK, REGION, QUEUE)}
    if row.get(QUEUE):
        found["queues"] = [{"name": "default"}, {"name": "other", **row[QUEUE]}]
    # The stacks' own files have these two, and they cannot stand beside everything.
    logged, rest = bool(row.get("apiAccessLog")), row.get("gateway", "rest") == "rest"
    found["manageApiGatewayAccount"] = logged and rest
    found["datastoreForceDestroy"] = False
    return dict(json.loads(json.dumps(found)))


@cache
def _possible(text: str) -> bool:
    """Say whether a part of a row, as JSON, can be had: it is asked for thousands of times."""
    part = json.loads(text)
    if part.get(REGION) == "cn-north-1" and part["availabilityZoneCount"] > _ZONES_IN_CHINA:
        return False
    try:
        parse(settings_of(part))
    except SettingsError:
        return False
    return True


def _constraint(names: Sequence[str]) -> dict[str, Any]:
    def holds(row: Mapping[str, Any]) -> bool:
        return _possible(json.dumps({name: row[name] for name in names}))

    return {"operator": "fn", "requires": list(names), "evaluate": holds}


@cache
def rows() -> tuple[Mapping[str, Any], ...]:
    """Return rows in which each two values meet that can be had together."""
    made = make({**OPTIONS}, constraints=[_constraint(names) for names in TOGETHER])
    return tuple(dict(one) for one in made)
