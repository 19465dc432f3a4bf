"""Metaflow: checks its inputs, has its tiers made, and says what came of them."""

import inspect
import json
from typing import Any, cast

import pulumi
from pydantic.alias_generators import to_camel

from components import aws_environment, iam, instance_types, network_tiers, preconditions
from components.aws_environment import AwsEnvironment
from components.metaflow_args import MetaflowArgs
from components.network_tiers import TiersArgs
from components.tags import named
from components.tiers import Tiers
from settings import Settings, parse


class Metaflow(pulumi.ComponentResource):
    """Metaflow on AWS: datastore, metadata service, compute, orchestration and user access."""

    stack_name: pulumi.Output[str]
    """Name of the stack, and of the profile."""

    region: pulumi.Output[str]
    """AWS region of the stack."""

    datastore_root: pulumi.Output[str]
    """Root of Metaflow's artifacts and code packages."""

    datatools_root: pulumi.Output[str]
    """Root of `metaflow.S3(run=...)`."""

    service_url: pulumi.Output[str]
    """Metadata service for clients: the gateway, or the internal one without it."""

    service_internal_url: pulumi.Output[str]
    """Metadata service for jobs, inside the VPC."""

    api_key: pulumi.Output[str] | None
    """API key of the gateway."""

    api_key_id: pulumi.Output[str] | None
    """Identifier by which the API key can be fetched."""

    api_id: pulumi.Output[str] | None
    """Identifier of the REST API."""

    api_domain_target: pulumi.Output[str] | None
    """Name to which the record of `apiDomainName` must lead."""

    api_domain_target_zone_id: pulumi.Output[str] | None
    """Hosted zone of that name, for an alias record."""

    job_queue_arn: pulumi.Output[str]
    """Default Batch job queue."""

    job_role_arn: pulumi.Output[str]
    """Role of the jobs."""

    job_tags: pulumi.Output[str]
    """Tags of every job, as JSON; the stack's own jobs are known by them."""

    fargate_execution_role_arn: pulumi.Output[str] | None
    """Execution role of jobs on Fargate queues."""

    job_image: pulumi.Output[str] | None
    """Image of Batch jobs whose step names none."""

    job_image_registry: pulumi.Output[str] | None
    """Registry of images of Batch jobs that name none."""

    default_image: pulumi.Output[str] | None
    """Image of steps that name none, wherever they run."""

    default_image_registry: pulumi.Output[str] | None
    """Registry of images that name none, wherever steps run."""

    step_functions_role_arn: pulumi.Output[str]
    """Role of the state machines."""

    step_functions_table_name: pulumi.Output[str]
    """DynamoDB table of foreach state."""

    event_bridge_role_arn: pulumi.Output[str]
    """Role with which schedules start state machines."""

    state_machine_prefix: pulumi.Output[str]
    """Prefix of state machines and schedules, to which IAM is narrowed."""

    compress_state_machine: pulumi.Output[str] | None
    """Whether the commands of state machines are kept in the datastore."""

    execution_log_group_arn: pulumi.Output[str] | None
    """Log group of `--log-execution-history`."""

    secrets_backend_type: pulumi.Output[str] | None
    """Where `@secrets` looks unless it is told: Secrets Manager."""

    secrets_region: pulumi.Output[str] | None
    """Region in which `@secrets` looks for a name."""

    ui_url: pulumi.Output[str] | None
    """Metaflow UI."""

    bucket_name: pulumi.Output[str]
    """Datastore bucket."""

    bucket_key_arn: pulumi.Output[str] | None
    """KMS key of the datastore bucket."""

    database_secret_arn: pulumi.Output[str]
    """Secret that holds the database password; RDS rotates it."""

    database_endpoint: pulumi.Output[str]
    """Host name of the metadata database."""

    image_repository_url: pulumi.Output[str] | None
    """ECR repository for images of jobs."""

    user_role_arn: pulumi.Output[str]
    """Role that data scientists assume."""

    user_policy_arns: list[pulumi.Output[str]]
    """Managed policies for data scientists."""

    vpc_id: pulumi.Output[str]
    """VPC."""

    public_subnet_ids: list[pulumi.Output[str]]
    """Public subnets."""

    private_subnet_ids: list[pulumi.Output[str]]
    """Private subnets; empty without `privateSubnets`."""

    database_subnet_ids: list[pulumi.Output[str]]
    """Isolated subnets of the database."""

    job_security_group_id: pulumi.Output[str]
    """Security group of the jobs."""

    compute_environment_arns: list[pulumi.Output[str]]
    """Batch compute environments."""

    job_queue_arns: list[pulumi.Output[str]]
    """Batch job queues."""

    def __init__(
        self, name: str, args: MetaflowArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register everything.

        Raises:
            SettingsError: the inputs break a rule; nothing was registered.
            pulumi.RunError: the region lacks a zone or instance type that is asked for, an
                ARN is of elsewhere, the stack cannot stand in the VPC, its image is out of reach,
                what is there already cannot be used, or the stack's name is too long; nothing was
                registered.
        """
        settings = parse(cast(dict[str, Any], args))
        environment = aws_environment.look_up(
            opts,
            zone_count=settings.availability_zone_count,
            zones=settings.availability_zones,
            permissions_boundary=settings.permissions_boundary_arn,
        )
        stack = pulumi.get_stack()
        label = settings.name_prefix or f"{name}-{stack}"
        preconditions.check_label(label)
        own_tags = {"Stack": stack, "ManagedBy": "pulumi"}
        preconditions.check(settings, environment, named(own_tags, f"{name}-db"), opts)
        offered = instance_types.look_up(opts, environment.region, settings.queues)
        adopted = network_tiers.look_up(opts, environment, settings, named(own_tags, f"{name}-*"))
        placement = network_tiers.place(opts, environment, settings, adopted, offered)
        super().__init__("metaflow:index:Metaflow", name, {}, opts)
        tiers = Tiers(
            name,
            TiersArgs(
                environment=environment,
                settings=settings,
                adopted=adopted,
                offered_types=offered,
                placement=placement,
                label=label,
                tags={"Application": "metaflow", **settings.tags, **own_tags},
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.stack_name = pulumi.Output.from_input(stack)
        self.region = pulumi.Output.from_input(environment.region)
        self.state_machine_prefix = pulumi.Output.from_input(label)
        self.job_tags = pulumi.Output.from_input(
            json.dumps({**settings.job_tags, iam.JOB_TAG: label})
        )
        self._set_profile_outputs(settings, tiers)
        self._set_image_outputs(settings, environment)
        self._set_resource_outputs(tiers)
        self.register_outputs({})

    def outputs(self) -> dict[str, pulumi.Input[Any]]:
        """Return the outputs by the names of `mfconfig.contract`; absent ones left out."""
        values = {to_camel(name): getattr(self, name) for name in inspect.get_annotations(Metaflow)}
        return {name: value for name, value in values.items() if value is not None}

    def _set_profile_outputs(self, settings: Settings, tiers: Tiers) -> None:
        """Set the outputs that the profile is made of."""
        bucket, gateway, flows = tiers.datastore.bucket_name, tiers.gateway, tiers.orchestration
        internal_url = tiers.entrance.internal_url(tiers.service)
        self.datastore_root = pulumi.Output.concat("s3://", bucket, "/metaflow")
        self.datatools_root = pulumi.Output.concat("s3://", bucket, "/data")
        public = tiers.entrance.domain or gateway
        self.service_url = public.url if public else internal_url
        self.service_internal_url = internal_url
        self.api_key = gateway.api_key if gateway else None
        self.job_queue_arn = tiers.compute.queue_arns[0]
        self.job_role_arn = tiers.compute.job_role_arn
        self.fargate_execution_role_arn = tiers.compute.fargate_execution_role_arn
        self.step_functions_role_arn = flows.state_machine_role_arn
        self.step_functions_table_name = flows.table_name
        self.event_bridge_role_arn = flows.schedule_role_arn
        self.execution_log_group_arn = flows.execution_log_group_arn
        self.compress_state_machine = _known("True" if settings.compress_state_machines else "")
        with_secrets = bool(settings.job_secret_arns)
        self.secrets_backend_type = (
            pulumi.Output.from_input("aws-secrets-manager") if with_secrets else None
        )
        self.secrets_region = self.region if with_secrets else None
        self.ui_url = None

    def _set_image_outputs(self, settings: Settings, environment: AwsEnvironment) -> None:
        """Set the outputs that say where images come from, on Batch and elsewhere."""
        host, slash, path = settings.job_image_registry.partition("/")
        # A registry of its own for each account: settings cannot name it.
        host = environment.image_registry if host == "ecr" else host
        image = _known(settings.job_image)
        registry = _known(f"{host}{slash}{path}")
        self.job_image = self.default_image = image
        self.job_image_registry = self.default_image_registry = registry

    def _set_resource_outputs(self, tiers: Tiers) -> None:
        """Set the outputs that name resources."""
        gateway, domain, network = tiers.gateway, tiers.entrance.domain, tiers.network
        self.api_key_id = gateway.api_key_id if gateway else None
        self.api_id = gateway.api_id if gateway else None
        self.api_domain_target = domain.target_name if domain else None
        self.api_domain_target_zone_id = domain.target_zone_id if domain else None
        self.bucket_name = tiers.datastore.bucket_name
        self.bucket_key_arn = tiers.datastore.key_arn
        self.database_secret_arn = tiers.database.secret_arn
        self.database_endpoint = tiers.database.host
        self.image_repository_url = tiers.images.repository_url if tiers.images else None
        self.user_role_arn = tiers.user_access.role_arn
        self.user_policy_arns = tiers.user_access.policy_arns
        self.vpc_id = network.vpc_id
        self.public_subnet_ids = network.public_subnet_ids
        self.private_subnet_ids = network.private_subnet_ids
        self.database_subnet_ids = network.isolated_subnet_ids
        self.job_security_group_id = tiers.security_groups.jobs_id
        self.compute_environment_arns = tiers.compute.environment_arns
        self.job_queue_arns = tiers.compute.queue_arns


def _known(text: str) -> pulumi.Output[str] | None:
    """Return a plain text as an output; None where it is empty."""
    return pulumi.Output.from_input(text) if text else None
