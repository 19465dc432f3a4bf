"""The model of the settings: every key with its default and what it allows."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from settings import rules
from settings.checks import (
    problem_of_database_class,
    problem_of_principals,
    problem_of_secrets,
    problem_of_tags,
    problem_of_vpc_cidr,
)
from settings.parts import SettingsModel, allowed, rejecting, without_conflicts
from settings.queues import QueueSettings
from settings.values import (
    Cidr,
    Principal,
    Repository,
    RetentionDays,
    SecretArn,
    Zone,
)


class Settings(SettingsModel):
    """Everything about a stack that can be set; the attributes' texts explain the keys."""

    name_prefix: Annotated[
        str,
        Field(pattern=r"^([a-zA-Z][a-zA-Z0-9-]{0,31})?$"),
        allowed("up to 32 letters, digits and -, beginning with a letter"),
    ] = ""
    """Prefix of state machines and API names, metaflow-<stack> if empty; flows deployed under
    another prefix stop and must be deployed again."""

    tags: Annotated[
        dict[str, str],
        Field(max_length=40),
        rejecting(problem_of_tags),
        allowed("up to 40 tags, keys to 128 and values to 256 characters, none beginning aws:"),
    ] = {}
    """Tags for every taggable resource."""

    deletion_protection: Annotated[bool, allowed("true or false")] = False
    """Whether database, table, bucket and key refuse to be deleted."""

    log_retention_days: Annotated[RetentionDays, allowed("a retention CloudWatch offers")] = 30
    """Days for which log groups keep their events."""

    # Network
    vpc_cidr: Annotated[
        str, rejecting(problem_of_vpc_cidr), allowed("a private IPv4 network of /16 to /22")
    ] = "10.20.0.0/16"
    """Address range of the VPC; it cannot change while the stack lives, since RDS cannot move."""

    availability_zone_count: Annotated[int, Field(ge=2, le=6), allowed("2 to 6")] = 2
    """How many zones to use, the region's first ones; zones can be added, not removed."""

    availability_zones: Annotated[
        tuple[Zone, ...],
        Field(max_length=6, strict=False),
        allowed("2 to 6 names of zones, such as us-east-1a"),
    ] = ()
    """The zones to use by name, instead of a count; zones can be added, not removed."""

    private_subnets: Annotated[bool, allowed("true or false")] = False
    """Whether tasks and jobs run in private subnets behind NAT, without public addresses."""

    nat_gateways: Annotated[Literal["one", "per-zone"], allowed("one, per-zone")] = "one"
    """One NAT gateway for all private subnets, or one for each zone."""

    flow_logs: Annotated[bool, allowed("true or false")] = False
    """Whether the VPC's traffic is logged."""

    # Datastore
    datastore_kms_key: Annotated[bool, allowed("true or false")] = False
    """Whether the bucket has a KMS key of its own instead of S3's keys; once true it stays
    true, since objects written under the key need it."""

    datastore_retained: Annotated[bool, allowed("true or false")] = False
    """Whether the bucket outlives the stack."""

    datastore_force_destroy: Annotated[bool, allowed("true or false")] = False
    """Whether destroying the stack empties the bucket first."""

    datastore_old_version_days: Annotated[int, Field(ge=1, le=3650), allowed("1 to 3650")] = 30
    """Days for which replaced and deleted objects are kept."""

    # Metadata database
    db_engine_version: Annotated[
        Literal["14", "15", "16", "17", "18"], allowed("14, 15, 16, 17, 18")
    ] = "17"
    """Major version of PostgreSQL; it can only rise."""

    db_instance_class: Annotated[
        str,
        rejecting(problem_of_database_class),
        allowed("an instance class of RDS for PostgreSQL"),
    ] = "db.t4g.micro"
    """Instance class of the database."""

    db_allocated_storage: Annotated[int, Field(ge=20, le=59_578), allowed("20 to 59578")] = 20
    """Storage of the database at first, in GiB; it can only grow."""

    db_max_allocated_storage: Annotated[
        int, Field(ge=22, le=65_536), allowed("at least 1.1 times dbAllocatedStorage, to 65536")
    ] = 100
    """Storage up to which RDS grows the database by itself, in GiB."""

    db_multi_az: Annotated[bool, allowed("true or false")] = False
    """Whether a standby in a second zone takes over when the first fails."""

    db_backup_retention_days: Annotated[int, Field(ge=1, le=35), allowed("1 to 35")] = 7
    """Days for which automated backups are kept."""

    db_final_snapshot: Annotated[bool, allowed("true or false")] = False
    """Whether a last snapshot is taken when the database is deleted."""

    db_apply_immediately: Annotated[bool, allowed("true or false")] = True
    """Whether changes of the database happen at once or in its maintenance window."""

    db_password_rotation_days: Annotated[int, Field(ge=1, le=30), allowed("1 to 30")] = 30
    """Days after which the database password is rotated."""

    # Metadata service
    service_image: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9.-]+(:\d+)?/)?[a-z0-9._-]+(/[a-z0-9._-]+)*"
            r"(:[\w.-]{1,128}|@sha256:[0-9a-f]{64})$"
        ),
        allowed("an image with a tag or digest"),
    ] = "netflixoss/metaflow_metadata_service:v2.5.1"
    """Container image of the metadata service, pinned by tag or digest."""

    service_architecture: Annotated[Literal["X86_64", "ARM64"], allowed("X86_64, ARM64")] = "X86_64"
    """Processor architecture of the service's tasks."""

    service_cpu: Annotated[
        Literal[256, 512, 1024, 2048, 4096, 8192, 16384], allowed("a CPU size of Fargate")
    ] = 512
    """CPU units of a task; 1024 are one vCPU."""

    service_memory: Annotated[int, allowed("a memory size that Fargate offers for serviceCpu")] = (
        1024
    )
    """Memory of a task, in MiB."""

    service_count: Annotated[int, Field(ge=1, le=50), allowed("1 to 50")] = 1
    """How many tasks of the service run."""

    container_insights: Annotated[bool, allowed("true or false")] = False
    """Whether CloudWatch Container Insights watches the service."""

    # Service gateway
    service_gateway: Annotated[bool, allowed("true or false")] = True
    """Whether an API Gateway makes the service reachable from outside the VPC."""

    api_rate_limit: Annotated[int, Field(ge=1, le=10_000), allowed("1 to 10000")] = 200
    """Requests per second that the API key allows."""

    api_burst_limit: Annotated[int, Field(ge=1, le=5_000), allowed("1 to 5000")] = 400
    """Requests that may come at once."""

    api_allowed_cidrs: Annotated[
        tuple[Cidr, ...],
        Field(max_length=50, strict=False),
        allowed("up to 50 network addresses such as 203.0.113.0/24"),
    ] = ()
    """Networks from which the gateway may be called; empty means any, with the API key."""

    api_access_log: Annotated[bool, allowed("true or false")] = False
    """Whether the gateway logs each request; the account needs a logging role for it."""

    manage_api_gateway_account: Annotated[bool, allowed("true or false")] = False
    """Whether this stack sets the account's API Gateway logging role, shared by all of its APIs."""

    # Compute
    queues: Annotated[
        tuple[QueueSettings, ...],
        Field(min_length=1, max_length=49, strict=False),
        allowed("1 to 49 queues of different names"),
    ] = (QueueSettings(name="default"),)
    """Batch job queues; the first is the default one."""

    job_image_repositories: Annotated[
        tuple[Repository, ...],
        Field(max_length=20, strict=False),
        allowed("up to 20 names, with * and ? after at least 3 other characters"),
    ] = ("metaflow/*",)
    """ECR repositories of the account and region from which jobs may pull images; empty means
    none."""

    job_secret_arns: Annotated[
        tuple[SecretArn, ...],
        Field(max_length=20, strict=False),
        rejecting(problem_of_secrets),
        allowed(
            "up to 20 different ARNs of secrets with their six random characters, or -?????? for "
            "them; 2500 characters together; not RDS's own (rds!)"
        ),
    ] = ()
    """Secrets of Secrets Manager that flows may read with `@secrets`; those that a customer
    managed KMS key encrypts cannot be read yet."""

    job_state_time_limit_seconds: Annotated[
        int, Field(ge=600, le=86_400), allowed("600 to 86400")
    ] = 3600
    """Seconds after which the first job of a queue is cancelled that no instance can run, or for
    which AWS has had none."""

    # Orchestration
    table_point_in_time_recovery: Annotated[bool, allowed("true or false")] = False
    """Whether the table of foreach state can be restored to any second of the last 35 days."""

    execution_log: Annotated[bool, allowed("true or false")] = False
    """Whether there is a log group for `step-functions create --log-execution-history`."""

    # User access
    user_role_principals: Annotated[
        tuple[Principal, ...],
        Field(max_length=20, strict=False),
        rejecting(problem_of_principals),
        allowed("up to 20 different ARNs of accounts, users or roles, 1800 characters together"),
    ] = ()
    """Who may assume the data scientists' role; empty means the stack's own account."""

    @model_validator(mode="after")
    def _rules(self, info: ValidationInfo) -> Self:
        return without_conflicts(self, rules.conflicts(self, info.context or frozenset()))

    def as_args(self) -> dict[str, Any]:
        """Return the settings as plain values by snake_case names, nested ones too."""
        return self.model_dump()
