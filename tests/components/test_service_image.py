"""What the metadata service's tasks may pull: an image of a private ECR registry, and no other."""

from typing import Any

import pytest

from tests import deployed
from tests.components.grants import Grant, everywhere, granted

ROLE = "metaflow-service-execution"
WITHOUT = everywhere("dev")[ROLE]
DIGEST = "sha256:" + "0" * 64


def pulled(repository: str) -> dict[str, Grant]:
    return {
        "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"], {}),
        "PullImages": (
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            [repository],
            {},
        ),
    }


def execution_role(image: str, **more: Any) -> dict[str, Grant]:
    return granted(deployed.deploy_stack("dev", serviceImage=image, **more))[ROLE]


@pytest.mark.parametrize(
    ("image", "region", "repository"),
    [
        (
            "999999999999.dkr.ecr.eu-west-1.amazonaws.com/metaflow/service:v2.5.1",
            "us-east-1",
            "arn:aws:ecr:eu-west-1:999999999999:repository/metaflow/service",
        ),
        (
            f"123456789012.dkr.ecr.us-east-1.amazonaws.com/service@{DIGEST}",
            "us-east-1",
            "arn:aws:ecr:us-east-1:123456789012:repository/service",
        ),
        (
            "123456789012.dkr-ecr.us-east-1.on.aws/service:1",
            "us-east-1",
            "arn:aws:ecr:us-east-1:123456789012:repository/service",
        ),
        (
            "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/service:1",
            "us-gov-west-1",
            "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/service",
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/service:1",
            "cn-north-1",
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/service",
        ),
    ],
    ids=["other-account-and-region", "digest", "dual-stack", "fips", "china"],
)
def test_an_image_of_a_private_registry_can_be_pulled_and_no_other(
    image: str, region: str, repository: str
) -> None:
    found = execution_role(image, region=region)
    assert {sid: found[sid] for sid in set(found) - set(WITHOUT)} == pulled(repository)


@pytest.mark.parametrize(
    "image",
    [
        "netflixoss/metaflow_metadata_service:v2.5.1",
        "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1",
        "123456789012.dkr.ecr.us-east-1.example.com/service:1",
        "registry.example.com/123456789012.dkr.ecr.us-east-1.amazonaws.com/service:1",
    ],
    ids=["docker-hub", "public-ecr", "look-alike", "in-the-path"],
)
def test_images_of_other_registries_take_no_permission(image: str) -> None:
    assert execution_role(image) == WITHOUT
