"""A KMS key of the customer, with which others than the stack encrypt what jobs read."""

from rehearsal.provider import Cloud

_ALIAS = "alias/rehearsal"


def arn(cloud: Cloud) -> str:
    """Return the ARN of the key, which is made when it is first asked for."""
    kms = cloud.client("kms")
    for one in kms.list_aliases()["Aliases"]:
        if one["AliasName"] == _ALIAS:
            return str(cloud.arn("kms", f"key/{one['TargetKeyId']}"))
    key = kms.create_key(Description="Not the stack's")["KeyMetadata"]
    kms.create_alias(AliasName=_ALIAS, TargetKeyId=key["KeyId"])
    return str(key["Arn"])
