"""The functions that ask for what a program names and has not made: policies and secrets."""

from collections.abc import Mapping
from types import MappingProxyType

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import InvokeFunction, NoSingleMatchError, Values, taught
from rehearsal.provider.shapes import found, tag_map


def _policy(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.iam.getPolicy; source: internal/service/iam/policy_data_source.go."""
    arn = str(taught("getPolicy", arguments, "arn")["arn"])
    client = cloud.client("iam")
    answer = found(client.get_policy, "NoSuchEntity", PolicyArn=arn)
    if answer is None:
        raise NoSingleMatchError(f"reading IAM Policy ({arn}): couldn't find resource")
    policy = answer["Policy"]
    return {
        "id": arn,
        "arn": arn,
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "policyId": policy["PolicyId"],
        "attachmentCount": policy["AttachmentCount"],
    }


def _secret(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.secretsmanager.getSecret; a secret that is being deleted is not found.

    Source: internal/service/secretsmanager/secret_data_source.go and findSecretByID of secret.go.
    """
    given = taught("getSecret", arguments, "arn", "region")
    arn, region = str(given["arn"]), str(given.get("region", cloud.region))
    there = Cloud(cloud.endpoint, region, account_id=cloud.account_id)
    call = there.client("secretsmanager").describe_secret
    secret = found(call, "ResourceNotFoundException", SecretId=arn)
    if secret is None or secret.get("DeletedDate"):
        raise NoSingleMatchError(f"reading Secrets Manager Secret ({arn}): couldn't find resource")
    return {
        "id": secret["ARN"],
        "arn": secret["ARN"],
        "region": region,
        "name": secret["Name"],
        "kmsKeyId": secret.get("KmsKeyId", ""),
        "tags": tag_map(secret.get("Tags", [])),
    }


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType(
    {
        "aws:iam/getPolicy:getPolicy": _policy,
        "aws:secretsmanager/getSecret:getSecret": _secret,
    }
)
"""The functions of this module."""
