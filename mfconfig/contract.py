"""The one table of stack outputs: which there are, and which Metaflow setting each one becomes.

The Pulumi program exports exactly these names and `mfconfig` renders the profile from them, so that
neither can know an output the other does not. Metaflow's settings are declared in
`metaflow/metaflow_config.py` of Netflix/metaflow; the table names the ones an AWS stack supplies.
"""

from collections import namedtuple
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What an output's value looks like; `mfconfig` refuses a value of another shape."""

    NAME = "name"
    ARN = "ARN"
    ARNS = "list of ARNs"
    URL = "URL"
    S3_URI = "s3:// URI"
    TEXT = "text"
    TEXTS = "list of texts"
    JSON_OBJECT = "JSON object, as text"


# Not a dataclass nor a typing.NamedTuple: importing what those need would take so long that
# `mfconfig` could not run within three times a bare interpreter's start (bench/mfconfig.py).
class StackOutput(
    namedtuple(
        "StackOutput",
        ("name", "kind", "description", "setting", "required", "secret"),
        defaults=(None, True, False),
    )
):
    """One output of the stack.

    Attributes:
        name: the output's name in the stack (camelCase); part of the stack's public interface.
        kind: the shape of its value.
        description: what it is, for the README's table.
        setting: the Metaflow setting (`METAFLOW_*`) it becomes; None where Metaflow has none.
        required: whether every stack exports it; an optional one depends on the settings.
        secret: whether Pulumi keeps it encrypted and `mfconfig` never prints it.
    """

    __slots__ = ()
    name: str
    kind: Kind
    description: str
    setting: str | None
    required: bool
    secret: bool


STACK_OUTPUTS: tuple[StackOutput, ...] = (
    StackOutput(
        name="stackName", kind=Kind.NAME, description="Name of the stack, and of the profile"
    ),
    StackOutput(name="region", kind=Kind.NAME, description="AWS region of the stack"),
    StackOutput(
        name="datastoreRoot",
        kind=Kind.S3_URI,
        description="Root of Metaflow's artifacts and code packages",
        setting="METAFLOW_DATASTORE_SYSROOT_S3",
    ),
    StackOutput(
        name="datatoolsRoot",
        kind=Kind.S3_URI,
        description="Root of `metaflow.S3(run=...)`",
        setting="METAFLOW_DATATOOLS_S3ROOT",
    ),
    StackOutput(
        name="serviceUrl",
        kind=Kind.URL,
        description="Metadata service for clients: the gateway, or the internal one without it",
        setting="METAFLOW_SERVICE_URL",
    ),
    StackOutput(
        name="serviceInternalUrl",
        kind=Kind.URL,
        description="Metadata service for jobs, inside the VPC",
        setting="METAFLOW_SERVICE_INTERNAL_URL",
    ),
    StackOutput(
        name="apiKey",
        kind=Kind.TEXT,
        description="API key of the gateway",
        setting="METAFLOW_SERVICE_AUTH_KEY",
        required=False,
        secret=True,
    ),
    StackOutput(
        name="apiKeyId",
        kind=Kind.NAME,
        description="Identifier by which the API key can be fetched",
        required=False,
    ),
    StackOutput(
        name="apiId", kind=Kind.NAME, description="Identifier of the REST API", required=False
    ),
    StackOutput(
        name="apiDomainTarget",
        kind=Kind.NAME,
        description="Name to which the record of `apiDomainName` must lead",
        required=False,
    ),
    StackOutput(
        name="apiDomainTargetZoneId",
        kind=Kind.NAME,
        description="Hosted zone of that name, for an alias record",
        required=False,
    ),
    StackOutput(
        name="jobQueueArn",
        kind=Kind.ARN,
        description="Default Batch job queue",
        setting="METAFLOW_BATCH_JOB_QUEUE",
    ),
    StackOutput(
        name="jobRoleArn",
        kind=Kind.ARN,
        description="Role of the jobs",
        setting="METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
    ),
    StackOutput(
        name="jobTags",
        kind=Kind.JSON_OBJECT,
        description="Tags of every job, as JSON; the stack's own jobs are known by them",
        setting="METAFLOW_BATCH_DEFAULT_TAGS",
    ),
    StackOutput(
        name="fargateExecutionRoleArn",
        kind=Kind.ARN,
        description="Execution role of jobs on Fargate queues",
        setting="METAFLOW_ECS_FARGATE_EXECUTION_ROLE",
        required=False,
    ),
    StackOutput(
        name="jobImage",
        kind=Kind.TEXT,
        description="Image of Batch jobs whose step names none",
        setting="METAFLOW_BATCH_CONTAINER_IMAGE",
        required=False,
    ),
    StackOutput(
        name="jobImageRegistry",
        kind=Kind.TEXT,
        description="Registry of images of Batch jobs that name none",
        setting="METAFLOW_BATCH_CONTAINER_REGISTRY",
        required=False,
    ),
    StackOutput(
        name="defaultImage",
        kind=Kind.TEXT,
        description="Image of steps that name none, wherever they run",
        setting="METAFLOW_DEFAULT_CONTAINER_IMAGE",
        required=False,
    ),
    StackOutput(
        name="defaultImageRegistry",
        kind=Kind.TEXT,
        description="Registry of images that name none, wherever steps run",
        setting="METAFLOW_DEFAULT_CONTAINER_REGISTRY",
        required=False,
    ),
    StackOutput(
        name="stepFunctionsRoleArn",
        kind=Kind.ARN,
        description="Role of the state machines",
        setting="METAFLOW_SFN_IAM_ROLE",
    ),
    StackOutput(
        name="stepFunctionsTableName",
        kind=Kind.NAME,
        description="DynamoDB table of foreach state",
        setting="METAFLOW_SFN_DYNAMO_DB_TABLE",
    ),
    StackOutput(
        name="eventBridgeRoleArn",
        kind=Kind.ARN,
        description="Role with which schedules start state machines",
        setting="METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE",
    ),
    StackOutput(
        name="stateMachinePrefix",
        kind=Kind.NAME,
        description="Prefix of state machines and schedules, to which IAM is narrowed",
        setting="METAFLOW_SFN_STATE_MACHINE_PREFIX",
    ),
    StackOutput(
        name="compressStateMachine",
        kind=Kind.NAME,
        description="Whether the commands of state machines are kept in the datastore",
        setting="METAFLOW_SFN_COMPRESS_STATE_MACHINE",
        required=False,
    ),
    StackOutput(
        name="executionLogGroupArn",
        kind=Kind.ARN,
        description="Log group of `--log-execution-history`",
        setting="METAFLOW_SFN_EXECUTION_LOG_GROUP_ARN",
        required=False,
    ),
    StackOutput(
        name="secretsBackendType",
        kind=Kind.NAME,
        description="Where `@secrets` looks unless it is told: Secrets Manager",
        setting="METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE",
        required=False,
    ),
    StackOutput(
        name="secretsRegion",
        kind=Kind.NAME,
        description="Region in which `@secrets` looks for a name",
        setting="METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_REGION",
        required=False,
    ),
    StackOutput(
        name="uiUrl",
        kind=Kind.URL,
        description="Metaflow UI",
        setting="METAFLOW_UI_URL",
        required=False,
    ),
    StackOutput(name="bucketName", kind=Kind.NAME, description="Datastore bucket"),
    StackOutput(
        name="bucketKeyArn",
        kind=Kind.ARN,
        description="KMS key of the datastore bucket",
        required=False,
    ),
    StackOutput(
        name="databaseSecretArn",
        kind=Kind.ARN,
        description="Secret that holds the database password; RDS rotates it",
    ),
    StackOutput(
        name="databaseEndpoint", kind=Kind.NAME, description="Host name of the metadata database"
    ),
    StackOutput(
        name="imageRepositoryUrl",
        kind=Kind.TEXT,
        description="ECR repository for images of jobs",
        required=False,
    ),
    StackOutput(name="userRoleArn", kind=Kind.ARN, description="Role that data scientists assume"),
    StackOutput(
        name="userPolicyArns", kind=Kind.ARNS, description="Managed policies for data scientists"
    ),
    StackOutput(name="vpcId", kind=Kind.NAME, description="VPC"),
    StackOutput(name="publicSubnetIds", kind=Kind.TEXTS, description="Public subnets"),
    StackOutput(
        name="privateSubnetIds",
        kind=Kind.TEXTS,
        description="Private subnets; empty without `privateSubnets`",
    ),
    StackOutput(
        name="databaseSubnetIds", kind=Kind.TEXTS, description="Isolated subnets of the database"
    ),
    StackOutput(
        name="jobSecurityGroupId", kind=Kind.NAME, description="Security group of the jobs"
    ),
    StackOutput(
        name="computeEnvironmentArns", kind=Kind.ARNS, description="Batch compute environments"
    ),
    StackOutput(name="jobQueueArns", kind=Kind.ARNS, description="Batch job queues"),
)

CONSTANT_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "METAFLOW_DEFAULT_DATASTORE": "s3",
        "METAFLOW_DEFAULT_METADATA": "service",
        "METAFLOW_BATCH_EMIT_TAGS": "True",
    }
)
"""Settings that are the same for every stack."""

OUTPUT_BY_NAME: Mapping[str, StackOutput] = MappingProxyType(
    {output.name: output for output in STACK_OUTPUTS}
)
"""The table by output name."""
