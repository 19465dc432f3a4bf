"""The resources beside S3 buckets; the rows of all S3 types."""

import json
from typing import Any

from rehearsal.provider.changes import as_given, same_json
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import json_text, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.s3_bucket import ROW as BUCKET
from rehearsal.provider.shapes import camel, found, pascal


def _create_versioning(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_bucket_versioning(
        Bucket=inputs["bucket"],
        VersioningConfiguration=pascal(inputs["versioningConfiguration"]),
    )
    return inputs["bucket"], {}


def _read_versioning(cloud: Cloud, bucket: str, _: Values) -> Values | None:
    answer = found(cloud.client("s3").get_bucket_versioning, "NoSuchBucket", Bucket=bucket) or {}
    status = answer.get("Status")
    if not status:
        return None
    return {"bucket": bucket, "versioningConfiguration": {"status": status}}


def _to_disabled(_: Values, inputs: Values) -> bool:
    return bool(inputs["versioningConfiguration"]["status"] == "Disabled")


def _delete_versioning(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
    )


_ENCRYPTION_NAMES = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}


def _create_encryption(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_bucket_encryption(
        Bucket=inputs["bucket"],
        ServerSideEncryptionConfiguration={"Rules": pascal(inputs["rules"], _ENCRYPTION_NAMES)},
    )
    return inputs["bucket"], {}


def _read_encryption(cloud: Cloud, bucket: str, state: Values) -> Values | None:
    missing = ("NoSuchBucket", "ServerSideEncryptionConfigurationNotFoundError")
    answer = found(cloud.client("s3").get_bucket_encryption, *missing, Bucket=bucket)
    if answer is None:
        return None
    rules = camel(answer["ServerSideEncryptionConfiguration"]["Rules"], _ENCRYPTION_NAMES)
    return {"bucket": bucket, "rules": as_given(state.get("rules"), rules)}


def _delete_encryption(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").delete_bucket_encryption(Bucket=bucket)


_PUBLIC_ACCESS = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)


def _create_public_access_block(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_public_access_block(
        Bucket=inputs["bucket"],
        PublicAccessBlockConfiguration=pascal({name: inputs[name] for name in _PUBLIC_ACCESS}),
    )
    return inputs["bucket"], {}


def _read_public_access_block(cloud: Cloud, bucket: str, _: Values) -> Values | None:
    missing = ("NoSuchBucket", "NoSuchPublicAccessBlockConfiguration")
    answer = found(cloud.client("s3").get_public_access_block, *missing, Bucket=bucket)
    if answer is None:
        return None
    block = answer["PublicAccessBlockConfiguration"]
    settings = {name: block[name[:1].upper() + name[1:]] for name in _PUBLIC_ACCESS}
    return {"bucket": bucket, **settings}


def _delete_public_access_block(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").delete_public_access_block(Bucket=bucket)


def _create_ownership(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_bucket_ownership_controls(
        Bucket=inputs["bucket"], OwnershipControls={"Rules": [pascal(inputs["rule"])]}
    )
    return inputs["bucket"], {}


def _read_ownership(cloud: Cloud, bucket: str, _: Values) -> Values | None:
    missing = ("NoSuchBucket", "OwnershipControlsNotFoundError")
    answer = found(cloud.client("s3").get_bucket_ownership_controls, *missing, Bucket=bucket)
    if answer is None:
        return None
    return {"bucket": bucket, "rule": camel(answer["OwnershipControls"]["Rules"][0])}


def _delete_ownership(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").delete_bucket_ownership_controls(Bucket=bucket)


def _create_policy(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return inputs["bucket"], {}


def _read_policy(cloud: Cloud, bucket: str, state: Values) -> Values | None:
    call = cloud.client("s3").get_bucket_policy
    answer = found(call, "NoSuchBucket", "NoSuchBucketPolicy", Bucket=bucket)
    if answer is None:
        return None
    policy = same_json(state.get("policy"), json.loads(answer["Policy"]))
    return {"bucket": bucket, "policy": policy}


def _check_policy(inputs: Values) -> list[str]:
    return problems(inputs, {"policy": json_text})


def _delete_policy(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").delete_bucket_policy(Bucket=bucket)


_SMALLEST_MOVED = "all_storage_classes_128K"
"""What AWS has as `transitionDefaultMinimumObjectSize` unless it is given."""


def _create_lifecycle(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("s3").put_bucket_lifecycle_configuration(
        Bucket=inputs["bucket"],
        LifecycleConfiguration={"Rules": pascal(inputs["rules"], {"id": "ID"})},
    )
    return inputs["bucket"], {"transitionDefaultMinimumObjectSize": _SMALLEST_MOVED}


def _read_lifecycle(cloud: Cloud, bucket: str, state: Values) -> Values | None:
    missing = ("NoSuchBucket", "NoSuchLifecycleConfiguration")
    answer = found(cloud.client("s3").get_bucket_lifecycle_configuration, *missing, Bucket=bucket)
    if answer is None:
        return None
    return {
        "bucket": bucket,
        "rules": as_given(state.get("rules"), camel(answer["Rules"], {"id": "ID"})),
        "transitionDefaultMinimumObjectSize": _SMALLEST_MOVED,
    }


def _delete_lifecycle(cloud: Cloud, bucket: str, _: Values) -> None:
    cloud.client("s3").delete_bucket_lifecycle(Bucket=bucket)


def _put_again(create: Any) -> Any:
    """Return an update that puts the whole configuration again, as S3's side resources do."""
    return lambda cloud, _id, _state, inputs: create(cloud, inputs)[1]


RESOURCE_TYPES = (
    BUCKET,
    ResourceType(
        token="aws:s3/bucketVersioning:BucketVersioning",
        inputs={
            "bucket": Input(required=True),
            "versioningConfiguration": Input(required=True),
        },
        create=_create_versioning,
        read=_read_versioning,
        update=_put_again(_create_versioning),
        delete=_delete_versioning,
        conditions={"to Disabled": _to_disabled},
    ),
    ResourceType(
        token=(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
        ),
        inputs={"bucket": Input(required=True), "rules": Input(required=True)},
        create=_create_encryption,
        read=_read_encryption,
        update=_put_again(_create_encryption),
        delete=_delete_encryption,
    ),
    ResourceType(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        inputs={
            "bucket": Input(required=True),
            **dict.fromkeys(_PUBLIC_ACCESS, Input(default=False)),
        },
        create=_create_public_access_block,
        read=_read_public_access_block,
        update=_put_again(_create_public_access_block),
        delete=_delete_public_access_block,
    ),
    ResourceType(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        inputs={"bucket": Input(required=True), "rule": Input(required=True)},
        create=_create_ownership,
        read=_read_ownership,
        update=_put_again(_create_ownership),
        delete=_delete_ownership,
    ),
    ResourceType(
        token="aws:s3/bucketPolicy:BucketPolicy",
        inputs={"bucket": Input(required=True), "policy": Input(required=True)},
        check=_check_policy,
        create=_create_policy,
        read=_read_policy,
        update=_put_again(_create_policy),
        delete=_delete_policy,
    ),
    ResourceType(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        inputs={"bucket": Input(required=True), "rules": Input(required=True)},
        create=_create_lifecycle,
        read=_read_lifecycle,
        update=_put_again(_create_lifecycle),
        delete=_delete_lifecycle,
    ),
)
"""The rows of this module."""
