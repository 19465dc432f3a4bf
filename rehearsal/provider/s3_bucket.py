"""S3 buckets."""

from rehearsal.provider.changes import with_tags
from rehearsal.provider.cloud import DNS_SUFFIX, Cloud
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, tag_list, tag_map
from rehearsal.provider.unfinished import made


def _create_bucket(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    place = {"CreateBucketConfiguration": {"LocationConstraint": cloud.region}}
    elsewhere = cloud.region != "us-east-1"
    cloud.client("s3").create_bucket(Bucket=inputs["bucket"], **(place if elsewhere else {}))
    made(inputs["bucket"])
    _put_bucket_tags(cloud, inputs)
    return inputs["bucket"], _bucket_outputs(cloud, inputs["bucket"])


def _put_bucket_tags(cloud: Cloud, inputs: Values) -> None:
    if inputs.get("tags"):
        cloud.client("s3").put_bucket_tagging(
            Bucket=inputs["bucket"], Tagging={"TagSet": tag_list(inputs["tags"])}
        )
    else:
        cloud.client("s3").delete_bucket_tagging(Bucket=inputs["bucket"])


def _bucket_outputs(cloud: Cloud, bucket: str) -> Values:
    suffix = DNS_SUFFIX[cloud.partition]
    return {
        "arn": f"arn:{cloud.partition}:s3:::{bucket}",
        "bucket": bucket,
        "bucketDomainName": f"{bucket}.s3.{suffix}",
        "bucketRegionalDomainName": f"{bucket}.s3.{cloud.region}.{suffix}",
        "region": cloud.region,
    }


def _read_bucket(cloud: Cloud, bucket: str, state: Values) -> Values | None:
    client = cloud.client("s3")
    if found(client.head_bucket, "404", "NoSuchBucket", Bucket=bucket) is None:
        return None
    answer = found(client.get_bucket_tagging, "NoSuchTagSet", Bucket=bucket) or {}
    return {**_bucket_outputs(cloud, bucket), **with_tags(state, tag_map(answer.get("TagSet")))}


def _update_bucket(cloud: Cloud, bucket: str, _: Values, inputs: Values) -> Values:
    _put_bucket_tags(cloud, inputs)
    return _bucket_outputs(cloud, bucket)


def _delete_bucket(cloud: Cloud, bucket: str, state: Values) -> None:
    """Delete a bucket; versions go first only when `forceDestroy` was in the state already."""
    client = cloud.client("s3")
    if state.get("forceDestroy"):
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                client.delete_object(
                    Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"]
                )
    client.delete_bucket(Bucket=bucket)


ROW = ResourceType(
    token="aws:s3/bucket:Bucket",
    inputs={
        "bucket": Input(),
        "forceDestroy": Input(default=False),
        "tags": Input(),
    },
    auto_name=AutoName(property="bucket", max_length=63),
    create=_create_bucket,
    read=_read_bucket,
    update=_update_bucket,
    delete=_delete_bucket,
)
