"""MetadataService: Metaflow's metadata service on ECS Fargate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam, service_image
from components.aws_environment import AwsEnvironment
from components.database_connection import DatabaseConnection
from components.security_groups import SERVICE_PORT
from components.service_containers import CONTAINER_NAME, ContainersArgs, container_definitions
from components.service_load_balancer import ServiceLoadBalancer, ServiceLoadBalancerArgs
from components.tags import named

_GRACE_SECONDS = 60
_SPOT = "FARGATE_SPOT"
_SPOT_ONLY = [aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=_SPOT, weight=1)]


@dataclass(frozen=True, kw_only=True)
class MetadataServiceArgs:
    """Inputs of :class:`MetadataService`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    load_balancer: ServiceLoadBalancerArgs | None
    """The load balancer before the tasks; plain, None where nothing stands before them."""

    registry_arn: pulumi.Input[str] | None
    """Cloud Map service in which ECS registers the tasks; plain, None where it does not."""

    path_prefix: str
    """What the paths of the service begin with; empty, or such as `/api`."""

    task_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the tasks, which pull images."""

    assign_public_ip: bool
    """Whether tasks get public addresses; only where their subnets have no NAT."""

    service_security_group_id: pulumi.Input[str]
    """Security group of the tasks."""

    network_ready: Sequence[pulumi.Resource]
    """Routes, security group rules and names that a starting task needs."""

    database: DatabaseConnection
    """The service's database."""

    image: str
    """Container image of the service."""

    architecture: str
    """`X86_64` or `ARM64`."""

    cpu: int
    """CPU units of a task."""

    memory: int
    """Memory of a task, MiB."""

    count: int
    """How many tasks run."""

    spot: bool
    """Whether the tasks run on Fargate Spot."""

    container_insights: bool
    """Whether CloudWatch Container Insights watches the cluster."""

    log_retention_days: int
    """Days for which the service's log is kept."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class MetadataService(pulumi.ComponentResource):
    """The service, the load balancer before it, and the roles of its tasks."""

    load_balancer: ServiceLoadBalancer | None
    cluster_arn: pulumi.Output[str]
    service_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: MetadataServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the service."""
        super().__init__("metaflow:index:MetadataService", name, {"image": args.image}, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, name)
        self._child = pulumi.ResourceOptions(parent=self)
        given = args.load_balancer
        self.load_balancer = ServiceLoadBalancer(name, given, self._child) if given else None
        insights = "enabled" if args.container_insights else "disabled"
        cluster = aws.ecs.Cluster(
            f"{name}-cluster",
            settings=[{"name": "containerInsights", "value": insights}],
            tags=self._tags,
            opts=self._child,
        )
        task_definition, policies = self._task_definition()
        ready = [
            *([self.load_balancer.listener] if self.load_balancer else []),
            *args.network_ready,
        ]
        after = [*self._spot(cluster, ready), *policies, *ready]
        service = self._service(cluster, task_definition, after)
        self.cluster_arn = cluster.arn
        self.service_arn = service.arn
        self.register_outputs({"service_arn": service.arn})

    def _spot(
        self, cluster: aws.ecs.Cluster, ready: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        """Let the cluster run tasks on Fargate Spot, where they shall.

        AWS makes the role by which ECS does that with the first cluster of an account, which takes
        a while, and refuses the call before; nothing is lost by waiting for what the service needs
        (https://github.com/alchemy-run/alchemy/issues/1558).
        """
        if not self._args.spot:
            return []
        return [
            aws.ecs.ClusterCapacityProviders(
                f"{self._name}-spot",
                cluster_name=cluster.name,
                capacity_providers=[_SPOT],
                opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
            )
        ]

    def _task_definition(self) -> tuple[aws.ecs.TaskDefinition, list[pulumi.Resource]]:
        args = self._args
        log_group = aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            retention_in_days=args.log_retention_days,
            tags=self._tags,
            opts=self._child,
        )
        execution_role, policies = self._execution_role(log_group)
        task_definition = aws.ecs.TaskDefinition(
            f"{self._name}-task",
            family=self._name,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            cpu=str(args.cpu),
            memory=str(args.memory),
            runtime_platform={
                "cpu_architecture": args.architecture,
                "operating_system_family": "LINUX",
            },
            execution_role_arn=execution_role.arn,
            # The service makes no call to AWS; the role grants nothing.
            task_role_arn=self._role("task", "Metaflow's metadata service; grants nothing").arn,
            container_definitions=container_definitions(
                ContainersArgs(
                    image=args.image,
                    database=args.database,
                    log_group_name=log_group.name,
                    region=args.environment.region,
                    path_prefix=args.path_prefix,
                )
            ),
            tags=self._tags,
            opts=self._child,
        )
        return task_definition, policies

    def _role(self, suffix: str, description: str) -> aws.iam.Role:
        environment = self._args.environment
        return aws.iam.Role(
            f"{self._name}-{suffix}",
            description=description,
            assume_role_policy=iam.trust_service(
                environment, "ecs-tasks", source_arn=environment.arn("ecs", "*")
            ),
            permissions_boundary=environment.permissions_boundary,
            tags=self._tags,
            opts=self._child,
        )

    def _execution_role(
        self, log_group: aws.cloudwatch.LogGroup
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """Make the role by which ECS starts tasks: its own log group, its one secret, its image."""
        role = self._role("execution", "Starts the tasks of Metaflow's metadata service")
        statements = {
            "log": [
                iam.allow(
                    "WriteLog",
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [log_group.arn.apply(lambda arn: f"{arn}:*")],
                )
            ],
            "secret": [
                iam.allow(
                    "ReadDatabasePassword",
                    ["secretsmanager:GetSecretValue"],
                    [self._args.database.secret_arn],
                ),
                *iam.secret_key_statements(
                    self._args.environment, self._args.database.secret_key_arn
                ),
            ],
            "image": service_image.statements(self._args.environment.partition, self._args.image),
        }
        return role, [
            aws.iam.RolePolicy(
                f"{self._name}-execution-{suffix}",
                role=role.name,
                policy=iam.document(granted),
                opts=self._child,
            )
            for suffix, granted in statements.items()
            if granted
        ]

    def _service(
        self,
        cluster: aws.ecs.Cluster,
        task_definition: aws.ecs.TaskDefinition,
        after: Sequence[pulumi.Resource],
    ) -> aws.ecs.Service:
        args, balancer = self._args, self.load_balancer
        return aws.ecs.Service(
            self._service_name(),
            cluster=cluster.arn,
            task_definition=task_definition.arn,
            launch_type=None if args.spot else "FARGATE",
            capacity_provider_strategies=_SPOT_ONLY if args.spot else None,
            desired_count=args.count,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            health_check_grace_period_seconds=_GRACE_SECONDS if balancer else None,
            wait_for_steady_state=True,
            network_configuration={
                "subnets": list(args.task_subnet_ids),
                "security_groups": [args.service_security_group_id],
                "assign_public_ip": args.assign_public_ip,
            },
            load_balancers=_registrations(balancer),
            service_registries=_registry(args.registry_arn),
            propagate_tags="SERVICE",
            enable_ecs_managed_tags=True,
            tags=self._tags,
            # The role's policies must also outlive the service, or it never finishes draining.
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )

    def _service_name(self) -> str:
        """Return what the service is called within the stack.

        ECS's strategies change by a forced deployment only, and its grace period comes and goes
        with the load balancer but not in one call: a service of another sort is another one, which
        takes over before the old one goes.
        """
        sort = "registered" if self._args.registry_arn is not None else "service"
        return f"{self._name}-{sort}{'-spot' if self._args.spot else ''}"


def _registrations(
    balancer: ServiceLoadBalancer | None,
) -> list[aws.ecs.ServiceLoadBalancerArgs] | None:
    if balancer is None:
        return None
    return [
        aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=balancer.target_group_arn,
            container_name=CONTAINER_NAME,
            container_port=SERVICE_PORT,
        )
    ]


def _registry(
    arn: pulumi.Input[str] | None,
) -> aws.ecs.ServiceServiceRegistriesArgs | None:
    """Return where ECS registers the tasks, with their port, which SRV records need."""
    if arn is None:
        return None
    return aws.ecs.ServiceServiceRegistriesArgs(
        registry_arn=arn, container_name=CONTAINER_NAME, container_port=SERVICE_PORT
    )
