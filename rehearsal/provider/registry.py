"""The table of all resource types and functions that the emulated provider was taught."""

from collections.abc import Mapping
from types import MappingProxyType

from rehearsal.provider import (
    apigateway,
    apigateway_access,
    apigateway_account,
    apigateway_methods,
    apigateway_stages,
    apigatewayv2,
    apigatewayv2_domains,
    apigatewayv2_routes,
    batch,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elbv2,
    events,
    flow_logs,
    functions,
    gateways,
    iam,
    kms,
    launch_template,
    logs,
    placement_group,
    rds,
    route53,
    routes,
    s3,
    secrets,
    secretsmanager,
    security_group_rules,
    security_groups,
    servicediscovery,
    sfn,
    vpc_endpoints,
    wafv2,
)
from rehearsal.provider.invokes import INVOKES
from rehearsal.provider.resource_type import InvokeFunction, RefusedError, ResourceType

_MODULES = (
    apigateway,
    apigateway_access,
    apigateway_account,
    apigateway_methods,
    apigateway_stages,
    apigatewayv2,
    apigatewayv2_domains,
    apigatewayv2_routes,
    batch,
    dynamodb,
    ec2,
    ecr,
    ecs,
    elbv2,
    events,
    flow_logs,
    functions,
    gateways,
    iam,
    kms,
    launch_template,
    logs,
    placement_group,
    rds,
    route53,
    routes,
    s3,
    secrets,
    secretsmanager,
    security_group_rules,
    security_groups,
    servicediscovery,
    sfn,
    vpc_endpoints,
    wafv2,
)

RESOURCE_TYPES: Mapping[str, ResourceType] = MappingProxyType(
    {row.token: row for module in _MODULES for row in module.RESOURCE_TYPES}
)


def resource_type(token: str) -> ResourceType:
    """Return a type's row.

    Raises:
        RefusedError: the provider was not taught the type.
    """
    if token not in RESOURCE_TYPES:
        raise RefusedError(
            f"The emulated provider was not taught the resource type {token}; add a row in "
            "rehearsal/provider, and to provider-replacements.json what changes of its inputs do."
        )
    return RESOURCE_TYPES[token]


def invoke(token: str) -> InvokeFunction:
    """Return a provider function.

    Raises:
        RefusedError: the provider was not taught the function.
    """
    if token not in INVOKES:
        raise RefusedError(
            f"The emulated provider was not taught the function {token}; "
            "add it in rehearsal/provider."
        )
    return INVOKES[token]
