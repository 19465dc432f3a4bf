"""Principals and domains are the partition's; what it lacks is refused with the setting for it."""

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from rehearsal.provider.cloud import partition_of
from tests import deployed
from tests.deployed import EVERY_KIND, HTTP_GATEWAY, IMAGES
from tests.partition_names import DOMAIN, EC2, UNIVERSAL, domains, service_principals

MAPS = (
    "distributedMap is true; {} has not the ARNs by which Metaflow names services in distributed "
    "maps. Set it with: pulumi config set distributedMap false"
)
CACHES = (
    "imageCaches has caches; ECR has none in {}. Take it out with: pulumi config rm imageCaches"
)


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
@pytest.mark.parametrize(
    ("settings", "words"),
    [({"distributedMap": True}, MAPS), ({"imageCaches": IMAGES["imageCaches"]}, CACHES)],
    ids=["maps", "caches"],
)
def test_what_a_partition_lacks_is_refused(
    region: str, partition: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(DeploymentError) as refused:
        deployed.deploy_stack("dev", region=region, **settings)
    assert str(refused.value) == words.format(partition)


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize(
    ("settings", "lacking"),
    [
        ({}, {"lambda.amazonaws.com"}),
        ({**HTTP_GATEWAY, "manageApiGatewayAccount": False, "interfaceEndpoints": True}, set()),
    ],
    ids=["rest", "http"],
)
def test_a_stack_names_principals_and_domains_of_its_partition(
    region: str, settings: Mapping[str, Any], lacking: set[str]
) -> None:
    partition = partition_of(region)
    images = {key: value for key, value in IMAGES.items() if key != "imageCaches"}
    of_every_kind = {**EVERY_KIND, **images, "flowLogs": True}
    deployment = deployed.deploy_stack("prod", region=region, **of_every_kind, **settings)
    assert service_principals(deployment) == {*UNIVERSAL, EC2[partition]} - lacking
    assert domains(deployment) == {DOMAIN[partition]}
