"""What some partitions of AWS lack, and settings that would need it."""

import pulumi

_COMMERCIAL = "aws"


def check(partition: str, *, distributed_map: bool, image_caches: bool) -> None:
    """Refuse what cannot work in a partition.

    Metaflow writes arn:aws:states:::s3:getObject and the like into state machines, whatever the
    partition (`metaflow/plugins/aws/step_functions/step_functions.py`). ECR has pull-through caches
    in all regions but those of GovCloud and China (AWS What's New, 17 November 2023;
    https://github.com/aws/containers-roadmap/issues/2458).

    Args:
        partition: `aws`, `aws-us-gov` or `aws-cn`.
        distributed_map: whether state machines may use distributed maps.
        image_caches: whether images are to be had through caches.

    Raises:
        pulumi.RunError: the partition has not what is wanted.
    """
    if partition == _COMMERCIAL:
        return
    if distributed_map:
        raise pulumi.RunError(
            f"distributedMap is true; {partition} has not the ARNs by which Metaflow names "
            "services in distributed maps. Set it with: pulumi config set distributedMap false"
        )
    if image_caches:
        raise pulumi.RunError(
            f"imageCaches has caches; ECR has none in {partition}. Take it out with: "
            "pulumi config rm imageCaches"
        )
