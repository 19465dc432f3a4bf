"""A queue has the instance types that its region offers, or nothing is made."""

from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from tests.deployed import deploy_stack, run
from tests.placeholder import Place, PlaceholderProvider

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
REGION = "ap-southeast-4"


def types(lacking: set[str], **settings: Any) -> list[list[str]]:
    provider = PlaceholderProvider(Place(REGION, lacking_types=frozenset(lacking)))
    deployment = run("dev", provider, settings=settings)
    resources = [one.inputs["computeResources"] for one in deployment.of_type(ENVIRONMENT)]
    return [one.get("instanceTypes", []) for one in resources]


def refusal(lacking: set[str], **settings: Any) -> list[str]:
    with pytest.raises(DeploymentError) as refused:
        types(lacking, **settings)
    return str(refused.value).splitlines()


def test_of_the_types_by_default_those_are_left_out_that_the_region_lacks() -> None:
    [every] = deploy_stack("dev").of_type(ENVIRONMENT)
    default = every.inputs["computeResources"]["instanceTypes"]
    assert types({"r6i.large", "c6i.xlarge"}) == [
        [one for one in default if one not in ("r6i.large", "c6i.xlarge")]
    ]


def test_a_type_that_is_named_must_be_offered() -> None:
    queues = [{"name": "default", "instanceTypes": ["m6i.large", "m7i.large"]}]
    assert refusal({"m7i.large"}, queues=queues) == [
        f"queues[0].instanceTypes has m7i.large; {REGION} does not offer it. Set others with: "
        "pulumi config set --path 'queues[0].instanceTypes[0]' <type>"
    ]


def test_a_queue_without_any_type_is_refused() -> None:
    queues = [{"name": "default"}, {"name": "gpu", "kind": "gpu"}]
    lacking = {"g4dn", "g5", "g6"}
    gone = {f"{family}.{size}" for family in lacking for size in ("xlarge", "2xlarge")}
    assert refusal(gone, queues=queues) == [
        f"queues[1].instanceTypes is empty; {REGION} offers none of the types of a gpu queue by "
        "default. Set some with: pulumi config set --path 'queues[1].instanceTypes[0]' <type>"
    ]


def test_fargate_asks_for_no_type() -> None:
    assert types({"m6i.large"}, queues=[{"name": "default", "kind": "fargate"}]) == [[]]
