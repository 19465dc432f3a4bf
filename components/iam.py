"""Builders of IAM documents: statements, policies and trust policies; no resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.aws_environment import AwsEnvironment

Statement = Mapping[str, Any]
"""One statement of a policy document; values may be outputs."""

Texts = Sequence[pulumi.Input[str]] | pulumi.Input[str]


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Texts,
    *,
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Return a statement that allows actions on resources.

    Args:
        sid: the statement's name, letters and digits.
        actions: the actions, in full; wildcards have no place here.
        resources: the ARNs, or `*` for actions that AWS offers nothing narrower for.
        conditions: `{operator: {key: value}}`.
    """
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
    }
    return {**statement, "Condition": conditions} if conditions else statement


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Return a policy document as JSON."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust_service(
    environment: AwsEnvironment, service: str, *, source_arn: pulumi.Input[str] | None = None
) -> pulumi.Output[str]:
    """Return a trust policy by which one AWS service assumes a role, for this account only.

    Args:
        environment: where the stack is deployed.
        service: the service, such as `ecs-tasks`.
        source_arn: the resources on whose behalf it may, as an ARN with wildcards. The condition on
            the account stands in any case (AWS IAM User Guide, "The confused deputy problem").
    """
    conditions: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": environment.account_id}}
    if source_arn is not None:
        conditions["ArnLike"] = {"aws:SourceArn": source_arn}
    return _trust({"Service": environment.service_principal(service)}, conditions)


def trust_service_unconditionally(environment: AwsEnvironment, service: str) -> pulumi.Output[str]:
    """Return a trust policy for a service that sends no aws:SourceAccount and no aws:SourceArn.

    EC2 hands a role to the account's own instances only, by iam:PassRole; API Gateway's logging
    role is set for the account and checked by API Gateway without such a context (Amazon API
    Gateway Developer Guide, "Permissions for CloudWatch logging").
    """
    return _trust({"Service": environment.service_principal(service)}, None)


def trust_principals(arns: Sequence[str]) -> pulumi.Output[str]:
    """Return a trust policy by which accounts, users or roles assume a role."""
    return _trust({"AWS": sorted(arns)}, None)


def _trust(
    principal: Mapping[str, Any], conditions: Mapping[str, Any] | None
) -> pulumi.Output[str]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
    }
    return document([{**statement, "Condition": conditions} if conditions else statement])


def datastore_statements(
    environment: AwsEnvironment,
    bucket_arn: pulumi.Input[str],
    key_arn: pulumi.Input[str] | None,
) -> list[Statement]:
    """Return what reading and writing Metaflow's datastore takes.

    Metaflow heads and gets objects, puts them whole or in parts, and lists by prefix
    (`metaflow/plugins/datatools/s3/s3.py`, `s3op.py`); it deletes nothing. Listing also decides
    whether a missing object answers 404 or 403.
    """
    bucket = pulumi.Output.from_input(bucket_arn)
    objects = [pulumi.Output.concat(bucket, f"/{prefix}/*") for prefix in DATASTORE_PREFIXES]
    prefixes = [f"{prefix}/*" for prefix in DATASTORE_PREFIXES]
    statements = [
        allow(
            "DatastoreObjects", ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], objects
        ),
        allow(
            "DatastoreListing",
            ["s3:ListBucket"],
            bucket,
            conditions={"StringLike": {"s3:prefix": prefixes}},
        ),
    ]
    if key_arn is not None:
        statements.append(bucket_key_statement(environment, "DatastoreKey", key_arn))
    return statements


def bucket_key_statement(
    environment: AwsEnvironment, sid: str, key_arn: pulumi.Input[str]
) -> Statement:
    """Return what reading and writing a bucket of this region under a KMS key takes."""
    through_s3 = f"s3.{environment.region}.{environment.dns_suffix}"
    return allow(
        sid,
        ["kms:GenerateDataKey", "kms:Decrypt"],
        key_arn,
        conditions={"StringEquals": {"kms:ViaService": through_s3}},
    )


def secret_statements(
    environment: AwsEnvironment, secret_arns: Sequence[str], key_arns: Sequence[str]
) -> list[Statement]:
    """Return what reading secrets for Metaflow's `@secrets` takes; nothing where there are none.

    Metaflow gets a secret's value, by name or ARN, and calls nothing else
    (`metaflow/plugins/aws/secrets_manager/aws_secrets_manager_secrets_provider.py`).

    Args:
        environment: where the stack is deployed.
        secret_arns: the secrets.
        key_arns: KMS keys of the customer that may encrypt them.
    """
    if not secret_arns:
        return []
    reading = allow("ReadSecrets", ["secretsmanager:GetSecretValue"], list(secret_arns))
    if not key_arns:
        return [reading]
    return [
        reading,
        allow_through(environment, "KeysOfSecrets", ["kms:Decrypt"], key_arns, "secretsmanager"),
    ]


def allow_through(
    environment: AwsEnvironment,
    sid: str,
    actions: Sequence[str],
    key_arns: Sequence[str],
    service: str,
) -> Statement:
    """Return a statement that allows the use of KMS keys through a service only.

    Source: AWS KMS Developer Guide, "AWS KMS condition keys", kms:ViaService. A service uses keys
    of its own region.
    """
    regions = sorted({arn.split(":")[3] for arn in key_arns})
    services = [f"{service}.{region}.{environment.dns_suffix}" for region in regions]
    return allow(
        sid,
        actions,
        list(key_arns),
        conditions={"StringEquals": {"kms:ViaService": services}},
    )


def secret_key_statements(environment: AwsEnvironment, key_arn: str | None) -> list[Statement]:
    """Return what reading a secret takes that a customer managed KMS key encrypts, if one does.

    Source: AWS Secrets Manager User Guide, "Secret encryption and decryption".
    """
    if key_arn is None:
        return []
    through = f"secretsmanager.{environment.region}.{environment.dns_suffix}"
    return [
        allow(
            "DecryptSecret",
            ["kms:Decrypt"],
            [key_arn],
            conditions={"StringEquals": {"kms:ViaService": through}},
        )
    ]


def image_statements(repository_arns: Sequence[str]) -> list[Statement]:
    """Return what pulling images from ECR repositories takes; nothing where there are none.

    Source: Amazon ECR User Guide, "Private repository policies".
    """
    if not repository_arns:
        return []
    return [
        # AWS offers no resource for the token, which opens nothing by itself.
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
        allow(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            list(repository_arns),
        ),
    ]


def image_cache_statements(repository_arns: Sequence[str]) -> list[Statement]:
    """Return what the first pull of an image takes that a cache has no copy of.

    Source: Amazon ECR User Guide, "IAM permissions required to sync an upstream registry with an
    Amazon ECR private registry".

    Args:
        repository_arns: the repositories of the copies, with IAM's wildcards.
    """
    if not repository_arns:
        return []
    actions = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    return [allow("CopyImages", actions, list(repository_arns))]


def image_push_statements(repository_arn: pulumi.Input[str]) -> list[Statement]:
    """Return what pushing images to an ECR repository takes, and pulling them from it.

    Source: Amazon ECR User Guide, "IAM permissions for pushing an image to an Amazon ECR private
    repository". Clients ask for a manifest before they push one.
    """
    return [
        # AWS offers no resource for the token, which opens nothing by itself.
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*"),
        allow(
            "PushImages",
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            [repository_arn],
        ),
    ]


def job_statements(
    environment: AwsEnvironment, queue_arns: Sequence[pulumi.Input[str]], label: str
) -> list[Statement]:
    """Return what submitting jobs takes, marked as the stack's own, and stopping those.

    Batch makes up the identifiers of jobs, so that no ARN tells one stack's jobs from another's; a
    tag does. Metaflow sets it when it submits (`metaflow/plugins/aws/batch/batch.py`, as the
    profile's METAFLOW_BATCH_EMIT_TAGS and METAFLOW_BATCH_DEFAULT_TAGS say), and no job can be
    submitted without it. AWS asks for batch:TagResource on what a job is submitted to and from
    (denials in wri/gfw-data-api pull request 175 name the job definition), not on the job: nobody
    may mark a job that is there already. The service authorization reference names the job among
    what batch:SubmitJob is for, which the AWS Batch User Guide's own policies do without.

    Args:
        environment: where the stack is deployed.
        queue_arns: the stack's queues.
        label: the value of the tag.
    """
    marked = {"StringEquals": {f"aws:RequestTag/{JOB_TAG}": label}}
    own = {f"aws:ResourceTag/{JOB_TAG}": label}
    jobs = [environment.arn("batch", "job/*")]
    return [
        allow(
            "SubmitJobs",
            ["batch:SubmitJob", "batch:TagResource"],
            [*queue_arns, environment.arn("batch", "job-definition/metaflow_*")],
            conditions=marked,
        ),
        allow("StopJobs", ["batch:TerminateJob"], jobs, conditions={"StringEquals": own}),
    ]


JOB_TAG = "metaflow-stack"
"""Tag of every job, whose value tells the stack."""

DATASTORE_PREFIXES = ("metaflow", "data")
"""Prefixes below which Metaflow keeps objects: the datastore's root and the datatools' root."""
