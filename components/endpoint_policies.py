"""Policies of VPC endpoints: whose credentials pass."""

import pulumi

from components import iam
from components.aws_environment import AwsEnvironment


def own_credentials(environment: AwsEnvironment) -> pulumi.Output[str]:
    """Return a policy that lets in credentials of the stack's account only.

    Code of a job cannot send data to another account by credentials that it brought along
    (aws-samples, data-perimeter-policy-examples, `vpc_endpoint_policies`).
    """
    return iam.document([_own(environment)])


def of_gateway(environment: AwsEnvironment, service: str) -> pulumi.Output[str]:
    """Return the same for a gateway endpoint.

    ECR signs the addresses of layers in its own bucket, for S3 (Amazon ECR User Guide, "Amazon ECR
    interface VPC endpoints", minimum S3 bucket permissions).

    Args:
        environment: where the stack is deployed.
        service: `s3` or `dynamodb`.
    """
    statements = [_own(environment)]
    if service == "s3":
        bucket = f"prod-{environment.region}-starport-layer-bucket"
        layers = f"arn:{environment.partition}:s3:::{bucket}/*"
        statements.append(
            {**iam.allow("ImageLayers", ["s3:GetObject"], [layers]), "Principal": "*"}
        )
    return iam.document(statements)


def _own(environment: AwsEnvironment) -> iam.Statement:
    account = {"StringEquals": {"aws:PrincipalAccount": environment.account_id}}
    return {**iam.allow("OwnCredentials", ["*"], "*", conditions=account), "Principal": "*"}
