"""What an instance of Batch's clusters may do: the grants of its ECS agent and container engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from components import iam
from components.aws_environment import AwsEnvironment

_LOG_GROUP = "/aws/batch/job"
"""Log group of jobs that name no other one (AWS Batch User Guide, "Use the awslogs log driver")."""


@dataclass(frozen=True, kw_only=True)
class ImageSources:
    """From where in the account's registry jobs may have images."""

    repositories: Sequence[str]
    """Names of ECR repositories, with IAM's wildcards."""

    cache_prefixes: Sequence[str] = ()
    """What the names of a pull-through cache's repositories begin with."""


def statements(
    environment: AwsEnvironment, environment_prefix: str, images: ImageSources
) -> list[iam.Statement]:
    """Return what the AWS managed policy AmazonEC2ContainerServiceforEC2Role has, narrowed.

    Left out is ecs:CreateCluster: the agent calls it only where it is told no cluster and the
    default one does not exist (amazon-ecs-agent, `RegisterContainerInstance` of the ECS client).
    Batch makes its clusters by its service-linked role, as `AWSBatch-<compute environment>-<uuid>`
    (AWS managed policy BatchServiceRolePolicy bounds what it does to them by that prefix).

    Args:
        environment: where the stack is deployed.
        environment_prefix: what the names of the stack's compute environments begin with.
        images: what jobs may pull.
    """
    return [
        # AWS offers no resource for these two.
        iam.allow("FindAgentsEndpoint", ["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"], "*"),
        *_agent_statements(environment, f"AWSBatch-{environment_prefix}*"),
        job_logs(environment),
        *image_statements(environment, images),
    ]


def image_statements(environment: AwsEnvironment, images: ImageSources) -> list[iam.Statement]:
    """Return what pulling the images of jobs takes, wherever they run."""
    copies = [environment.arn("ecr", f"repository/{prefix}/*") for prefix in images.cache_prefixes]
    named = [environment.arn("ecr", f"repository/{name}") for name in images.repositories]
    return [*iam.image_statements([*named, *copies]), *iam.image_cache_statements(copies)]


def job_logs(environment: AwsEnvironment) -> iam.Statement:
    """Return what writing the logs of jobs takes, wherever they run."""
    return iam.allow(
        "WriteJobLogs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [environment.arn("logs", f"log-group:{_LOG_GROUP}:*")],
    )


def _agent_statements(environment: AwsEnvironment, cluster: str) -> list[iam.Statement]:
    """Return what the agent does to its cluster, its instance and its tasks, each by its ARN."""
    instances = environment.arn("ecs", f"container-instance/{cluster}/*")
    return [
        iam.allow(
            "JoinCluster",
            [
                "ecs:RegisterContainerInstance",
                "ecs:DeregisterContainerInstance",
                "ecs:SubmitAttachmentStateChanges",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ],
            [environment.arn("ecs", f"cluster/{cluster}")],
        ),
        iam.allow(
            "RunTasks",
            ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
            [instances],
        ),
        iam.allow(
            "TagInstance",
            ["ecs:TagResource"],
            [instances],
            conditions={"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
        ),
        iam.allow(
            "ReadTags",
            ["ecs:ListTagsForResource"],
            [instances, environment.arn("ecs", f"task/{cluster}/*")],
        ),
    ]
