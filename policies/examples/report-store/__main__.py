"""A bucket of reports and the role that writes them: done well, or carelessly."""

import json

import pulumi
import pulumi_aws as aws

careless = pulumi.Config().get_bool("careless") or False
account = aws.get_caller_identity().account_id


def document(**statement: object) -> str:
    """Return a policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


bucket = aws.s3.Bucket("reports")
aws.s3.BucketServerSideEncryptionConfiguration(
    "reports",
    bucket=bucket.bucket,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
)
aws.s3.BucketVersioning(
    "reports", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}
)
aws.s3.BucketPolicy(
    "reports",
    bucket=bucket.bucket,
    policy=bucket.arn.apply(
        lambda arn: document(
            Effect="Deny",
            Principal="*",
            Action="s3:*",
            Resource=[arn, f"{arn}/*"],
            Condition={"Bool": {"aws:SecureTransport": "false"}},
        )
    ),
)
if not careless:
    aws.s3.BucketPublicAccessBlock(
        "reports",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )

of_this_account = {"StringEquals": {"aws:SourceAccount": account}}
role = aws.iam.Role(
    "writer",
    assume_role_policy=document(
        Effect="Allow",
        Principal={"Service": "ecs-tasks.amazonaws.com"},
        Action="sts:AssumeRole",
        **({} if careless else {"Condition": of_this_account}),
    ),
)
aws.iam.RolePolicy(
    "writer",
    role=role.name,
    policy=bucket.arn.apply(
        lambda arn: document(
            Effect="Allow",
            Action="s3:*" if careless else ["s3:PutObject", "s3:AbortMultipartUpload"],
            Resource=f"{arn}/reports/*",
        )
    ),
)
