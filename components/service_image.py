"""What pulling the metadata service's image takes, where it stands in a private ECR registry."""

import re

import pulumi

from components import iam

_PRIVATE_REGISTRY = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)"
    r"\.(amazonaws\.com|amazonaws\.com\.cn|on\.aws)/(?P<repository>[^:@]+)[:@].+"
)
"""Amazon ECR User Guide, "Private registry": the registries' host names, also the dual-stack ones.

The repository ends where a tag or a digest begins.
"""


def statements(partition: str, image: str) -> list[iam.Statement]:
    """Return what the tasks' execution role needs to pull an image; nothing for other registries.

    Source: Amazon ECS Developer Guide, "Amazon ECS task execution IAM role". The repository of
    another account must let this one pull by a policy of its own.

    Args:
        partition: the partition of the stack, whose registries alone it reaches.
        image: an image with a tag or digest.
    """
    found = _PRIVATE_REGISTRY.fullmatch(image)
    if found is None:
        return []
    return iam.image_statements(
        [
            f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/"
            f"{found['repository']}"
        ]
    )


def require_reach(region: str, image: str) -> None:
    """Refuse an image that tasks without a way to the internet cannot pull.

    An endpoint leads to the private registries of its own region only (Amazon ECR User Guide,
    "Amazon ECR interface VPC endpoints").

    Raises:
        pulumi.RunError: the image stands elsewhere.
    """
    found = _PRIVATE_REGISTRY.fullmatch(image)
    if found is None or found["region"] != region:
        raise pulumi.RunError(
            f"serviceImage is {image}, and tasks have no way to the internet; allowed: an image in "
            f"a private ECR repository of {region}."
        )
