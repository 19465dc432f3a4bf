"""The role with which Fargate starts jobs: it pulls their images and writes their logs."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import container_instance, iam
from components.aws_environment import AwsEnvironment


def role(
    name: str,
    environment: AwsEnvironment,
    repositories: Sequence[str],
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.Role:
    """Make the execution role of jobs on Fargate.

    It has what the AWS managed policy AmazonECSTaskExecutionRolePolicy has, narrowed to the jobs'
    log group and repositories.

    Args:
        name: logical name of the role and of its policy.
        environment: where the stack is deployed.
        repositories: names of the ECR repositories that jobs may use, with IAM's wildcards.
        tags: of the role.
        opts: of both.
    """
    found = aws.iam.Role(
        name,
        description="Starts Metaflow's jobs on Fargate: images, logs",
        assume_role_policy=iam.trust_service(
            environment, "ecs-tasks", source_arn=environment.arn("ecs", "*")
        ),
        permissions_boundary=environment.permissions_boundary,
        tags=tags,
        opts=opts,
    )
    arns = [environment.arn("ecr", f"repository/{one}") for one in repositories]
    aws.iam.RolePolicy(
        name,
        role=found.name,
        policy=iam.document(
            [container_instance.job_logs(environment), *iam.image_statements(arns)]
        ),
        opts=opts,
    )
    return found
