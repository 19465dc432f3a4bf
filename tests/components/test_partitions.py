"""What a partition lacks is refused with the setting that wants it."""

from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from tests import deployed
from tests.deployed import IMAGES

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
