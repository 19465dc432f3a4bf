"""Gateway endpoints: the free ways to S3 and DynamoDB, in a VPC of the stack's own or another's."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components import endpoint_policies
from components.aws_environment import AwsEnvironment
from components.tags import named

GATEWAY_SERVICES = ("s3", "dynamodb")
"""Services with endpoints of the type Gateway, which cost nothing."""


def gateway_endpoint(  # noqa: PLR0913 what the two networks differ in
    name: str,
    service: str,
    environment: AwsEnvironment,
    *,
    vpc_id: pulumi.Input[str],
    route_table_ids: Sequence[pulumi.Input[str]],
    own_credentials_only: bool,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.ec2.VpcEndpoint:
    """Make the endpoint of a service.

    Args:
        name: of the network.
        service: one of `GATEWAY_SERVICES`.
        environment: where the stack is deployed.
        vpc_id: the VPC.
        route_table_ids: tables that get a route to it.
        own_credentials_only: whether it lets in credentials of the stack's account only.
        tags: tags beside its name.
        opts: its options.
    """
    policy = endpoint_policies.of_gateway(environment, service) if own_credentials_only else None
    return aws.ec2.VpcEndpoint(
        f"{name}-{service}",
        vpc_id=vpc_id,
        service_name=f"com.amazonaws.{environment.region}.{service}",
        vpc_endpoint_type="Gateway",
        route_table_ids=list(route_table_ids),
        policy=policy,
        tags=named(tags, f"{name}-{service}"),
        opts=opts,
    )
