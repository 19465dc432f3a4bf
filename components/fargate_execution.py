"""The role with which Fargate starts jobs: it pulls their images and writes their logs."""

import pulumi
import pulumi_aws as aws

from components import container_instance, iam
from components.aws_environment import AwsEnvironment


def role(
    name: str,
    environment: AwsEnvironment,
    images: container_instance.ImageSources,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.Role:
    """Make the execution role of jobs on Fargate.

    It has what the AWS managed policy AmazonECSTaskExecutionRolePolicy has, narrowed to the jobs'
    log group and repositories.

    Args:
        name: logical name of the role and of its policy.
        environment: where the stack is deployed.
        images: what jobs may pull.
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
    aws.iam.RolePolicy(
        name,
        role=found.name,
        policy=iam.document(
            [
                container_instance.job_logs(environment),
                *container_instance.image_statements(environment, images),
            ]
        ),
        opts=opts,
    )
    return found
