"""Deployments of the program over placeholders, one for each combination of settings."""

import gc
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rehearsal import stack_files
from rehearsal.mocks import Deployment, deploy, program_at
from rehearsal.registrations import Registration
from tests.placeholder import Place, PlaceholderProvider

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "metaflow-aws"


OTHER_VALUES: Mapping[str, Any] = MappingProxyType(
    {
        "namePrefix": "science",
        "tags": {"Team": "data", "CostCentre": "42"},
        "vpcCidr": "192.168.0.0/20",
        "datastoreForceDestroy": False,
        "datastoreOldVersionDays": 400,
        "dbEngineVersion": "18",
        "dbPasswordRotationDays": 1,
        "serviceImage": "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1",
        "serviceArchitecture": "ARM64",
        "apiRateLimit": 7,
        "apiBurstLimit": 9,
        "jobStateTimeLimitSeconds": 600,
        "tablePointInTimeRecovery": True,
        "userRolePrincipals": [
            "arn:aws:iam::999999999999:role/scientists",
            "arn:aws:iam::999999999999:user/ada",
        ],
    }
)
"""Settings that change what resources are given, and no resource; together, to deploy them once."""


_QUEUES: list[dict[str, Any]] = [
    {"name": "default"},
    {"name": "cheap", "kind": "spot", "onDemandBehind": True, "maximumPricePercent": 60},
    {"name": "gpu", "kind": "gpu", "metadataHopLimit": 2},
    {"name": "serverless", "kind": "fargate"},
    {"name": "both", "kind": "fargate-spot", "onDemandBehind": True},
    {"name": "shares", "fairShare": {"shares": {"a": 0.5}}},
    {"name": "several", "multiNode": True},
    {
        "name": "fast",
        "multiNode": True,
        "efa": True,
        "instanceTypes": ["c6in.32xlarge"],
        "maxVcpus": 256,
    },
]
EVERY_KIND: Mapping[str, Any] = MappingProxyType({"privateSubnets": True, "queues": _QUEUES})
"""Settings with a queue of every kind, so with every type of resource that queues have."""

_ARN = "arn:aws:{}:123456789012:{}"

JOB_PERMISSIONS: Mapping[str, Any] = MappingProxyType(
    {
        "jobSecretArns": [
            _ARN.format("secretsmanager:us-east-1", "secret:team/token-AbC123"),
            _ARN.format("secretsmanager:eu-west-1", "secret:warehouse-??????"),
        ],
        "jobReadBuckets": ["raw-data"],
        "jobReadWriteBuckets": ["shared-data"],
        "jobKmsKeyArns": [
            _ARN.format("kms:us-east-1", "key/12345678-90ab-cdef-1234-567890abcdef"),
            _ARN.format("kms:eu-west-1", "key/mrk-1234567890abcdef1234567890abcdef"),
        ],
        "jobPolicyArns": [_ARN.format("iam:", "policy/team/jobs")],
        "jobAssumableRoleArns": [_ARN.format("iam:", "role/deployer")],
        "jobDescribableRepositories": ["models"],
    }
)
"""Settings that let jobs do all that can be set."""

IMAGES: Mapping[str, Any] = MappingProxyType(
    {
        "imageRepository": "metaflow/jobs",
        "usersPushImages": True,
        "jobImage": "metaflow/jobs:1",
        "jobImageRegistry": "ecr",
        "imageCaches": [
            {"registry": "ecr-public", "prefix": "ecr-public"},
            {
                "registry": "docker-hub",
                "prefix": "team/hub",
                "secretArn": _ARN.format(
                    "secretsmanager:us-east-1", "secret:ecr-pullthroughcache/hub-AbC123"
                ),
            },
        ],
    }
)
"""Settings that give a stack a repository for images and caches, and have jobs use them."""

OF_EVERY_TYPE: Mapping[str, Any] = MappingProxyType({**EVERY_KIND, **IMAGES})
"""Settings of a stack with every type of resource; without what default stacks have anyway."""


ADOPTED_DATABASE: Mapping[str, Any] = MappingProxyType(
    {
        "dbHost": "others.abc123.us-east-1.rds.amazonaws.com",
        "dbSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:others-AbC123",
        "dbSecurityGroupId": "sg-0123456789abcdef0",
    }
)
"""Settings of a database that is there already."""

ADOPTED: Mapping[str, Any] = MappingProxyType(
    {
        **ADOPTED_DATABASE,
        "datastoreBucketName": "flows-of-years",
        "datastoreKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/others",
        "datastoreKmsKey": False,
        "datastoreForceDestroy": False,
        "userRoleArn": "arn:aws:iam::123456789012:role/team/scientists",
    }
)
"""Settings with which a stack makes neither bucket nor key, database or users' role."""


HTTP_GATEWAY: Mapping[str, Any] = MappingProxyType(
    {
        "gateway": "http",
        "serviceSpot": True,
        "apiAccessLog": True,
        "apiAllowedCidrs": ["203.0.113.0/24"],
    }
)
"""Settings with which all that belongs to an HTTP API is made, for a task on Spot."""


GATEWAY_DOMAIN: Mapping[str, Any] = MappingProxyType(
    {
        "apiDomainName": "metaflow.example.com",
        "apiCertificateArn": _ARN.format(
            "acm:us-east-1", "certificate/12345678-90ab-cdef-1234-567890abcdef"
        ),
        "apiHostedZoneId": "Z0123456789ABCDEFGHIJ",
        "disableExecuteApiEndpoint": True,
    }
)
"""Settings of a gateway that answers at a domain name of the user's only."""

GATEWAY_FRONT: Mapping[str, Any] = MappingProxyType({**GATEWAY_DOMAIN, "apiWaf": True})
"""Settings with which all that can stand in front of a REST API is made."""

WEB_ACL = _ARN.format(
    "wafv2:us-east-1", "regional/webacl/others/12345678-90ab-cdef-1234-567890abcdef"
)
"""A web ACL that is there already."""


def deploy_stack(
    stack: str = "dev", *, region: str = "us-east-1", preview: bool = False, **settings: Any
) -> Deployment:
    """Deploy a stack's file with some settings (camelCase) changed; the same one only once."""
    return _deploy(stack, region, preview, json.dumps(settings, sort_keys=True))


@cache
def _deploy(stack: str, region: str, preview: bool, settings: str) -> Deployment:
    provider = PlaceholderProvider(Place(region))
    return run(stack, provider, settings=json.loads(settings), preview=preview)


def run(
    stack: str,
    provider: PlaceholderProvider,
    *,
    settings: Mapping[str, Any],
    preview: bool = False,
    on_resource: Callable[[Registration], None] = lambda _: None,
) -> Deployment:
    """Deploy a stack's file with some settings changed, without a cache."""
    config = stack_files.read_stack(ROOT, stack)
    texts = {
        f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in settings.items()
    }
    deployment = deploy(
        program_at(ROOT / "__main__.py"),
        provider,
        project=PROJECT,
        stack_name=stack,
        config={**config.values, **texts, "aws:region": provider.place.region},
        preview=preview,
        on_resource=on_resource,
    )
    settle()
    return deployment


@cache
def settle() -> None:
    """Spare the SDK, which is loaded now, from every later collection of garbage: twice as fast."""
    gc.collect()
    gc.freeze()


def only(deployment: Deployment, token: str, name: str | None = None) -> Registration:
    """Return the one resource of a type, by its logical name where there are several."""
    found = [one for one in deployment.of_type(token) if name is None or one.name == name]
    assert len(found) == 1, f"{len(found)} resources {token} {name or ''}"
    return found[0]


def inputs(deployment: Deployment, token: str, name: str | None = None) -> dict[str, Any]:
    """Return what the program gave a resource, but for its tags."""
    return {
        key: item for key, item in only(deployment, token, name).inputs.items() if key != "tags"
    }


def documents(deployment: Deployment, token: str, key: str) -> dict[str, Any]:
    """Return the JSON documents in one input of every resource of a type, by logical name."""
    return {one.name: json.loads(one.inputs[key]) for one in deployment.of_type(token)}


def label(one: Registration) -> str:
    """Return `<kind>:<logical name>`, as the placeholders call a resource."""
    return f"{one.type.rsplit(':', 1)[-1]}:{one.name}"


def waits_for(deployment: Deployment) -> dict[str, frozenset[str]]:
    """Return for each resource, by its label, everything that must be there before it."""
    by_urn = {one.urn: one for one in deployment.registrations}

    @cache
    def before(urn: str) -> frozenset[str]:
        direct = by_urn[urn].dependencies
        return frozenset(map(label, (by_urn[one] for one in direct))).union(*map(before, direct))

    return {label(one): before(one.urn) for one in deployment.registrations}
