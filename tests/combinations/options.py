"""The options whose combinations are tested, and the rows in which each two of them meet."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, get_args

from covertable import make

from rehearsal.provider.cloud import DNS_SUFFIX, partition_of
from settings import SettingsError, parse
from settings.queues import Kind
from tests import adopted_vpc
from tests.deployed import (
    ADOPTED,
    ADOPTED_DATABASE,
    GATEWAY_DOMAIN,
    IMAGES,
    JOB_PERMISSIONS,
    WEB_ACL,
)

STACK, REGION = "stack", "region"
"""Whose stack file, and where: no settings."""

_SNAPSHOT = {"dbSnapshotIdentifier": "before-move"}
_BUCKET = {
    "datastoreKmsKey": False,
    "datastoreBucketName": ADOPTED["datastoreBucketName"],
    "datastoreKmsKeyArn": ADOPTED["datastoreKmsKeyArn"],
}
_GROUPS = [adopted_vpc.GROUP]
_DATABASE_BY_NETWORK = {
    **ADOPTED_DATABASE,
    "dbSecurityGroupId": "",
    "dbCidr": "10.1.0.0/16",
    "dbSecretKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/others",
}
_IMAGE = {"serviceImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/service:1"}
_EXTRA = ["com.amazonaws.us-east-1.athena"]
_OMITTED = ["dynamodb", "logs"]
_START = {
    "imageId": "ami-0123456789abcdef0",
    "metadataHopLimit": 2,
    "userData": 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n--==--\n',
}


def _vpc(zones: int, nat: str, *, private: bool, **adopted: Any) -> dict[str, Any]:
    own = {"privateSubnets": private, "natGateways": nat, "availabilityZoneCount": zones}
    return {**own, **adopted}


OPTIONS: Mapping[str, Sequence[Any]] = {
    STACK: ("dev", "prod"),
    REGION: ("us-east-1", "cn-north-1", "us-gov-west-1"),
    "vpc": (
        _vpc(2, "one", private=False),
        _vpc(3, "one", private=True),
        _vpc(2, "per-zone", private=True),
        _vpc(2, "none", private=True),
        {**_vpc(2, "one", private=False), **adopted_vpc.PUBLIC, "omittedEndpoints": _OMITTED},
        {**_vpc(2, "one", private=True), **adopted_vpc.PRIVATE},
    ),
    "endpoints": (
        {"interfaceEndpoints": False},
        {"interfaceEndpoints": True},
        {"interfaceEndpoints": True, "extraEndpoints": _EXTRA},
    ),
    "jobEgressCidrs": ([], ["198.51.100.0/24"]),
    "jobSecurityGroupIds": ([], _GROUPS),
    "flowLogs": (False, True),
    "permissionsBoundaryArn": ("", "arn:aws:iam::123456789012:policy/boundary"),
    "bucket": ({"datastoreKmsKey": False}, {"datastoreKmsKey": True}, _BUCKET),
    "datastoreRetained": (False, True),
    "database": ({}, _SNAPSHOT, dict(ADOPTED_DATABASE), _DATABASE_BY_NETWORK),
    "dbMultiAz": (False, True),
    "dbFinalSnapshot": (True, False),
    "deletionProtection": (False, True),
    "containerInsights": (False, True),
    "serviceSpot": (False, True),
    "image": ({}, _IMAGE),
    "gateway": ("rest", "http", "off"),
    "domain": (
        {},
        dict(GATEWAY_DOMAIN),
        {**GATEWAY_DOMAIN, "apiHostedZoneId": "", "disableExecuteApiEndpoint": False},
    ),
    "firewall": ({}, {"apiWaf": True}, {"apiWebAclArn": WEB_ACL}),
    "vpcLinkVersion": (1, 2),
    "apiAllowedCidrs": ([], ["203.0.113.0/24"]),
    "apiAccessLog": (False, True),
    "tablePointInTimeRecovery": (False, True),
    "executionLog": (False, True),
    "distributedMap": (False, True),
    "tags": ({}, {"Team": "science"}),
    "jobs": ({}, dict(JOB_PERMISSIONS)),
    "images": ({}, dict(IMAGES)),
    "users": (
        {},
        {"userRoleArn": "arn:aws:iam::123456789012:role/scientists"},
        {"userRolePrincipals": ["arn:aws:iam::123456789012:role/scientists"]},
        {"userRolePrincipals": ["arn:aws:iam::999999999999:user/ada"]},
    ),
    "first": tuple({"kind": one} for one in get_args(Kind)),
    "queue": (
        {"kind": "ec2", **_START},
        {"kind": "ec2", "multiNode": True},
        {"kind": "ec2", "fairShare": {"shares": {"a": 0.5}}},
        {"kind": "spot", "onDemandBehind": True, "maximumPricePercent": 60},
        {"kind": "gpu"},
        {
            "kind": "gpu",
            "multiNode": True,
            "efa": True,
            "instanceTypes": ["g5.8xlarge"],
            "metadataHopLimit": 2,
        },
        {"kind": "fargate"},
        {"kind": "fargate-spot", "onDemandBehind": True},
    ),
    "queueTags": ({}, {"tags": {"CostCentre": "42"}}),
}
"""Every option that decides which resources there are, or how they hang together; several settings
where these belong together."""

TOGETHER: Sequence[tuple[str, ...]] = (
    ("vpc", "endpoints", "jobEgressCidrs"),
    ("vpc", "queue"),
    ("deletionProtection", "dbFinalSnapshot"),
    ("gateway", "apiAllowedCidrs"),
    ("gateway", "apiAccessLog"),
    ("gateway", "domain"),
    ("gateway", "firewall"),
    ("gateway", "vpcLinkVersion"),
    ("domain", "vpcLinkVersion"),
    (REGION, "distributedMap"),
    (REGION, "images"),
    ("vpc", "images"),
    ("vpc", "image"),
)
"""Options that the settings refuse in some combinations, or the program in a partition."""

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
    "dbMaintenanceWindow": "a time",
    "dbBackupWindow": "a time",
    "dbName": "a name",
    "dbPort": "a number",
    "serviceArchitecture": "goes with serviceImage",
    "serviceCpu": "a number",
    "serviceMemory": "a number",
    "serviceCount": "a number",
    "apiRateLimit": "a number",
    "apiBurstLimit": "a number",
    "apiWafRateLimit": "a number",
    "apiQuotaLimit": "a number",
    "apiQuotaPeriod": "goes with apiQuotaLimit",
    "manageApiGatewayAccount": "goes with apiAccessLog of a REST API here",
    "queues": "the options of the first and a second queue stand for them",
    "jobImageRepositories": "names in documents",
    "jobStateTimeLimitSeconds": "a number",
    "jobTags": "values",
    "compressStateMachines": "a line of the profile",
    "imageRepositoryKmsKeyArn": "a flag of the repository",
    "imageRepositoryKeep": "a number",
    "imageRepositoryUntaggedDays": "a number",
    "imageRepositoryForceDelete": "a flag of the repository, which nothing else looks at",
}
"""The other settings, which change values and no resources, with what they are."""

FIRST = "first"
"""The option whose values are settings of the first queue."""

OF_A_QUEUE = ("queue", "queueTags")
"""Options whose values are settings of a second queue."""

VALUES_ONLY_OF_A_QUEUE: Mapping[str, str] = {
    "name": "a name",
    "minVcpus": "a number",
    "maxVcpus": "a number",
    "diskGib": "a number",
    "allocationStrategy": "a value of the environment, which nothing else looks at",
    "priority": "a number",
    "jobStateTimeLimitSeconds": "a number",
}
"""The other settings of a queue, as above."""


def settings_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a row, or of a part of one."""
    found: dict[str, Any] = {}
    queue = {key: value for name in OF_A_QUEUE for key, value in row.get(name, {}).items()}
    if queue or FIRST in row:
        first = {"name": "default", **row.get(FIRST, {})}
        found["queues"] = [first, {"name": "other", **queue}]
    for name in row.keys() - {FIRST, *OF_A_QUEUE}:
        value = row[name]
        if isinstance(value, Mapping) and name != "tags":
            found |= value
        elif name not in (STACK, REGION):
            found[name] = value
    region = row.get(REGION, "us-east-1")
    partition = partition_of(region)
    # The stacks' own files have these two, and they cannot stand beside everything.
    rest = found.get("gateway", "rest") == "rest"
    found |= {"manageApiGatewayAccount": rest and bool(found.get("apiAccessLog"))}
    found |= {"datastoreForceDestroy": False}
    text = json.dumps(found).replace("arn:aws:", f"arn:{partition}:")
    text = text.replace(".amazonaws.com", f".{DNS_SUFFIX[partition]}")
    return dict(json.loads(re.sub(r"(?<=[:.])us-east-1(?=[:.])", region, text)))


_FITTING: Mapping[str, Any] = {"endpoints": {"interfaceEndpoints": True}, "image": _IMAGE}
"""What a VPC without a way to the internet needs, where a part of a row does not have it."""


def possible(part: Mapping[str, Any]) -> bool:
    """Say whether a part of a row can be had."""
    elsewhere = partition_of(part.get(REGION, "us-east-1")) != "aws"
    if elsewhere and (part.get("distributedMap") or part.get("images")):
        return False
    vpc, endpoints = part.get("vpc", {}), part.get("endpoints", _FITTING["endpoints"])
    all_made = endpoints["interfaceEndpoints"] and "omittedEndpoints" not in vpc
    if "vpcId" in vpc and part.get("jobEgressCidrs") and not all_made:
        return False  # the VPC would have to have endpoints
    try:
        parse(settings_of({**_FITTING, **part}))
    except SettingsError:
        return False
    return True


def _constraint(names: Sequence[str]) -> dict[str, Any]:
    """Make a constraint on values by their places, which is asked for a million times."""
    found = {
        places
        for places in product(*(range(len(OPTIONS[name])) for name in names))
        if possible(values_at(dict(zip(names, places, strict=True))))
    }

    def holds(row: Mapping[str, int]) -> bool:
        return tuple(row[name] for name in names) in found

    return {"operator": "fn", "requires": list(names), "evaluate": holds}


def values_at(places: Mapping[str, int]) -> Mapping[str, Any]:
    """Return options' values by their places among an option's values."""
    return {name: OPTIONS[name][place] for name, place in places.items()}


@cache
def rows() -> tuple[Mapping[str, Any], ...]:
    """Return rows in which each two values meet that can be had together."""
    places = {name: list(range(len(values))) for name, values in OPTIONS.items()}
    made = make(places, constraints=[_constraint(names) for names in TOGETHER])
    return tuple(values_at({name: one[name] for name in OPTIONS}) for one in made)
