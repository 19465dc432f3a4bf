"""AdoptedNetwork: a VPC that is there already, and what the stack adds to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import fixed_settings
from components.adopted_vpc import AdoptedVpc
from components.aws_environment import AwsEnvironment
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.gateway_endpoints import gateway_endpoint


@dataclass(frozen=True, kw_only=True)
class AdoptedNetworkArgs:
    """Inputs of :class:`AdoptedNetwork`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    vpc: AdoptedVpc
    """The VPC, in which the stack can stand."""

    own_credentials_only: bool
    """Whether S3 and DynamoDB are reached by credentials of the stack's account only."""

    flow_log_retention_days: int | None
    """Days for which flow logs are kept; None means no flow logs of the stack's own."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class AdoptedNetwork(pulumi.ComponentResource):
    """A VPC of somebody else: its subnets and routes are used, and stay as they are.

    The gateway endpoints that the stack makes add a route to the tables of its tasks' subnets.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]
    isolated_subnet_ids: list[pulumi.Output[str]]
    ways_out: list[pulumi.Resource]
    """What the stack makes that must stand before a task or instance can reach AWS."""

    reaches_internet: bool
    """Whether tasks and instances have a way to the internet."""

    prefix_list_ids: Mapping[str, pulumi.Output[str]]
    """The addresses behind each gateway endpoint, as a prefix list, by service."""

    def __init__(
        self, name: str, args: AdoptedNetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register what the stack adds to the VPC."""
        super().__init__("metaflow:index:AdoptedNetwork", name, {"vpc_id": args.vpc.id}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        vpc = args.vpc
        # RDS cannot move to another VPC: a preview must refuse another one.
        fixed = fixed_settings.of_adopted_vpc(args.environment, vpc.id, vpc.database_subnet_ids)
        held = fixed_settings.held(f"{name}-fixed", fixed, self)
        self.vpc_id = held.apply(lambda now: str(now["vpcId"]))
        self.public_subnet_ids = [self._in_vpc(one) for one in vpc.public_subnet_ids]
        self.private_subnet_ids = [self._in_vpc(one) for one in vpc.private_subnet_ids]
        self.isolated_subnet_ids = [self._in_vpc(one) for one in vpc.database_subnet_ids]
        self.ways_out = [self._gateway_endpoint(one) for one in vpc.gateway_endpoints]
        self.reaches_internet = vpc.reaches_internet
        self.prefix_list_ids = {
            service: pulumi.Output.from_input(one) for service, one in vpc.prefix_list_ids.items()
        }
        if args.flow_log_retention_days is not None:
            FlowLogs(
                f"{name}-flow-logs",
                FlowLogsArgs(
                    environment=args.environment,
                    vpc_id=self.vpc_id,
                    retention_days=args.flow_log_retention_days,
                    tags=args.tags,
                ),
                opts=self._child,
            )
        self.register_outputs({"vpc_id": self.vpc_id})

    @property
    def task_subnet_ids(self) -> list[pulumi.Output[str]]:
        """The subnets for tasks and jobs: private where there are any, else public."""
        return self.private_subnet_ids or self.public_subnet_ids

    def _in_vpc(self, subnet_id: str) -> pulumi.Output[str]:
        """Return a subnet once it is known that the VPC is the one that the stack was made in."""
        return self.vpc_id.apply(lambda _: subnet_id)

    def _gateway_endpoint(self, service: str) -> aws.ec2.VpcEndpoint:
        args = self._args
        return gateway_endpoint(
            self._name,
            service,
            args.environment,
            vpc_id=self.vpc_id,
            route_table_ids=args.vpc.route_table_ids,
            own_credentials_only=args.own_credentials_only,
            tags=args.tags,
            opts=self._child,
        )
