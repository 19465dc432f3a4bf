"""Which changes of a compute environment Batch makes in place, and which replace it."""

from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider
from rehearsal.provider.resource_type import OnChange

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"

LINKED = (
    "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
)
OWN = "arn:aws:iam::123456789012:role/batch"


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: a difference must not need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


def environment(**resources: Any) -> dict[str, Any]:
    """Return a compute environment that Batch can update in place."""
    known = {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "maxVcpus": 8,
        "subnets": ["subnet-1"],
        "instanceTypes": ["m5"],
        "launchTemplate": {"launchTemplateId": "lt-1", "version": "1"},
        "ec2Configurations": [{"imageType": "ECS_AL2023"}],
    }
    stated = {name: one for name, one in {**known, **resources}.items() if one is not None}
    return {"name": "cpu", "type": "MANAGED", "serviceRole": LINKED, "computeResources": stated}


INFRASTRUCTURE = {
    "bidPercentage": 50,
    "ec2Configurations.imageIdOverride": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}],
    "ec2Configurations.imageType": [{"imageType": "ECS_AL2023_NVIDIA"}],
    "ec2KeyPair": "key",
    "imageId": "ami-1",
    "instanceRole": "arn:aws:iam::123456789012:instance-profile/jobs",
    "instanceTypes": ["c5"],
    "launchTemplate.launchTemplateId": {"launchTemplateId": "lt-2", "version": "1"},
    "launchTemplate.version": {"launchTemplateId": "lt-1", "version": "2"},
    "securityGroupIds": ["sg-1"],
    "subnets": ["subnet-2"],
    "tags": {"Team": "data"},
}


@pytest.mark.parametrize("part", INFRASTRUCTURE)
def test_batch_updates_the_infrastructure_of_an_updatable_environment(
    provider: Provider, part: str
) -> None:
    after = environment(**{part.partition(".")[0]: INFRASTRUCTURE[part]})
    found = provider.diff(ENVIRONMENT, environment(), after)
    assert found.changes == {"computeResources": OnChange.IN_PLACE}


@pytest.mark.parametrize("part", INFRASTRUCTURE)
@pytest.mark.parametrize(
    ("role", "strategy"), [(OWN, "BEST_FIT_PROGRESSIVE"), (LINKED, None)], ids=["role", "strategy"]
)
def test_another_role_or_strategy_makes_them_replacements(
    provider: Provider, part: str, role: str, strategy: str | None
) -> None:
    changed = {part.partition(".")[0]: INFRASTRUCTURE[part]}
    before = {**environment(allocationStrategy=strategy), "serviceRole": role}
    after = {**environment(allocationStrategy=strategy, **changed), "serviceRole": role}
    assert provider.diff(ENVIRONMENT, before, after).replacing == [f"computeResources.{part}"]


@pytest.mark.parametrize(
    ("before", "after", "replacing"),
    [
        ("BEST_FIT", "BEST_FIT_PROGRESSIVE", ["computeResources.allocationStrategy"]),
        ("BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", []),
    ],
    ids=["from-best-fit", "between-updatable-ones"],
)
def test_a_strategy_changes_in_place_where_both_are_updatable(
    provider: Provider, before: str, after: str, replacing: list[str]
) -> None:
    state, inputs = environment(allocationStrategy=before), environment(allocationStrategy=after)
    assert provider.diff(ENVIRONMENT, state, inputs).replacing == replacing


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"placementGroup": "cluster"}, "placementGroup"),
        ({"spotIamFleetRole": OWN}, "spotIamFleetRole"),
        ({"launchTemplate": None}, "launchTemplate"),
        ({"ec2Configurations": [{"imageType": "ECS_AL2023"}] * 2}, "ec2Configurations"),
    ],
    ids=["placement-group", "spot-role", "template-removed", "configurations-in-number"],
)
def test_some_parts_replace_an_updatable_environment_too(
    provider: Provider, changed: dict[str, Any], part: str
) -> None:
    found = provider.diff(ENVIRONMENT, environment(), environment(**changed))
    assert found.replacing == [f"computeResources.{part}"]


def test_an_image_id_that_is_left_out_again_stays(provider: Provider) -> None:
    own = environment(ec2Configurations=[{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}])
    assert provider.diff(ENVIRONMENT, own, environment()).changes == {}


@pytest.mark.parametrize("kind", ["FARGATE", "FARGATE_SPOT"])
@pytest.mark.parametrize("part", ["subnets", "securityGroupIds"])
def test_fargate_changes_its_network_in_place(provider: Provider, kind: str, part: str) -> None:
    fargate = {"type": kind, "allocationStrategy": None}
    before = {**environment(**fargate), "serviceRole": OWN}
    after = {**environment(**fargate, **{part: INFRASTRUCTURE[part]}), "serviceRole": OWN}
    assert provider.diff(ENVIRONMENT, before, after).replacing == []


@pytest.mark.parametrize("part", ["minVcpus", "maxVcpus", "desiredVcpus"])
def test_sizes_never_replace_an_environment(provider: Provider, part: str) -> None:
    before = {**environment(allocationStrategy=None), "serviceRole": OWN}
    after = {**environment(allocationStrategy=None, **{part: 4}), "serviceRole": OWN}
    assert provider.diff(ENVIRONMENT, before, after).replacing == []
