"""InterfaceEndpoints: AWS services inside the VPC, by PrivateLink; and which ones a stack needs."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import endpoint_policies
from components.aws_environment import AwsEnvironment
from components.gateway_endpoints import GATEWAY_SERVICES
from components.tags import named


@dataclass(frozen=True)
class Service:
    """An AWS service that tasks, instances or jobs call.

    Attributes:
        reason: who calls it, and for what.
        by_instances: whether only Batch's instances call it.
        by_roles: whether only jobs call it that assume roles.
        takes_policy: whether its endpoint takes a policy (`aws ec2 describe-vpc-endpoint-services`,
            VpcEndpointPolicySupported).
    """

    reason: str
    by_instances: bool = False
    by_roles: bool = False
    takes_policy: bool = True


SERVICES: Mapping[str, Service] = {
    "ecr.api": Service("tasks and instances log in to the registry of their images"),
    "ecr.dkr": Service("tasks and instances pull manifests; the layers come from S3"),
    "logs": Service("tasks and jobs write their logs"),
    "secretsmanager": Service("the service's tasks get the database password, jobs their secrets"),
    "ecs": Service("instances join their cluster", by_instances=True),
    "ecs-agent": Service(
        "the agent of instances asks for tasks", by_instances=True, takes_policy=False
    ),
    "ecs-telemetry": Service(
        "the agent of instances tells how they do", by_instances=True, takes_policy=False
    ),
    "sts": Service("jobs assume the roles that they may", by_roles=True),
}
"""What runs in the VPC and the interface endpoints that it needs, besides S3's and DynamoDB's
gateway endpoints.

Sources: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints" (tasks on Fargate need
none of ECS's own); AWS Batch User Guide, "Considerations for AWS Batch" of its interface endpoints.
Batch, Step Functions and EventBridge are called by users only, outside the VPC
(`metaflow/plugins/aws`), and so is STS but for the roles that jobs may assume; KMS by S3 and by no
job; EC2 and Systems Manager by nothing, as ECS Exec is off and instances ask their metadata
service.
"""

_CHINA: frozenset[str] = frozenset({"ecr.api", "ecr.dkr", "sts"})
"""Services whose names begin with `cn.` in China (aws-cdk, `aws-ec2/lib/vpc-endpoint.ts`)."""


def needed(*, instances: bool, assumed_roles: bool) -> list[str]:
    """Return the services for which a stack needs interface endpoints.

    Args:
        instances: whether some queue runs on instances.
        assumed_roles: whether jobs may assume roles.
    """
    return [
        name
        for name, one in SERVICES.items()
        if (instances or not one.by_instances) and (assumed_roles or not one.by_roles)
    ]


def settings_of(
    environment: AwsEnvironment, services: Sequence[str], extra_services: Sequence[str]
) -> dict[str, str]:
    """Return for each service by its whole name the setting that asks for it.

    Args:
        environment: where the stack is deployed.
        services: the stack's own services, by their keys in `SERVICES`.
        extra_services: other services, by their whole names.
    """
    own = [service_name(environment, one) for one in services]
    return {
        **dict.fromkeys(extra_services, "extraEndpoints"),
        **dict.fromkeys(own, "interfaceEndpoints"),
    }


def service_name(environment: AwsEnvironment, service: str) -> str:
    """Return the whole name of an endpoint's service, such as `com.amazonaws.us-east-1.logs`."""
    china = environment.partition == "aws-cn" and service in _CHINA
    return f"{'cn.' if china else ''}com.amazonaws.{environment.region}.{service}"


def require_possible(environment: AwsEnvironment, extra_services: Sequence[str]) -> None:
    """Refuse services of another region, and those for which there are gateway endpoints.

    Raises:
        pulumi.RunError: a name is of another region, or of S3 or DynamoDB.
    """
    for service in GATEWAY_SERVICES:
        if service_name(environment, service) in extra_services:
            raise pulumi.RunError(
                f"extraEndpoints has {service_name(environment, service)}, which tasks and jobs "
                "reach by a gateway endpoint that costs nothing; leave it out."
            )
    for name in extra_services:
        if f".{environment.region}." not in name:
            raise pulumi.RunError(
                f"extraEndpoints has {name}; allowed: services of the stack's region, such as "
                f"com.amazonaws.{environment.region}.athena."
            )


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointsArgs:
    """Inputs of :class:`InterfaceEndpoints`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    vpc_id: pulumi.Input[str]
    """The VPC, whose DNS support and host names are on."""

    subnet_ids: Mapping[str, Sequence[pulumi.Input[str]]]
    """Subnets of tasks and jobs by service: one in each zone in which AWS offers the service."""

    take_policies: Container[str]
    """The services, by their whole names, whose endpoints take a policy, by AWS's words."""

    security_group_id: pulumi.Input[str]
    """Security group of the endpoints, which lets tasks and jobs in."""

    services: Sequence[str]
    """The stack's own services, by their keys in `SERVICES`."""

    extra_services: Sequence[str]
    """Other services, by their whole names."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class InterfaceEndpoints(pulumi.ComponentResource):
    """One endpoint for each service, in each zone that has it, under the service's own DNS name.

    Where an endpoint takes a policy, it lets in credentials of this account only.
    """

    ready: list[pulumi.Resource]
    """What must stand before a task or instance can reach AWS."""

    def __init__(
        self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the endpoints."""
        super().__init__("metaflow:index:InterfaceEndpoints", name, {}, opts)
        self._name, self._args = name, args
        own = {one: service_name(args.environment, one) for one in args.services}
        self.ready = [
            self._endpoint(one, name, SERVICES[one].takes_policy) for one, name in own.items()
        ]
        self.ready += [
            self._endpoint(one.partition("amazonaws.")[2], one, one in args.take_policies)
            for one in args.extra_services
            if one not in own.values()
        ]
        self.register_outputs({})

    def _endpoint(self, label: str, service: str, takes_policy: bool) -> aws.ec2.VpcEndpoint:
        args, suffix = self._args, label.replace(".", "-")
        return aws.ec2.VpcEndpoint(
            f"{self._name}-{suffix}",
            vpc_id=args.vpc_id,
            service_name=service,
            vpc_endpoint_type="Interface",
            subnet_ids=list(args.subnet_ids[service]),
            security_group_ids=[args.security_group_id],
            private_dns_enabled=True,
            policy=endpoint_policies.own_credentials(args.environment) if takes_policy else None,
            tags=named(args.tags, f"{self._name}-{suffix}"),
            opts=pulumi.ResourceOptions(parent=self),
        )
