"""Two of everything side by side in one program."""

import json
from collections import Counter
from typing import Any, cast

import pulumi
import pytest

from components.metaflow import Metaflow
from components.metaflow_args import MetaflowArgs
from rehearsal.mocks import Deployment, DeploymentError, deploy
from rehearsal.registrations import Registration
from tests import deployed
from tests.components import tiers
from tests.placeholder import Place, PlaceholderProvider

EVERYTHING: dict[str, Any] = {
    "private_subnets": True,
    "flow_logs": True,
    "datastore_kms_key": True,
    "api_access_log": True,
    "api_allowed_cidrs": ["203.0.113.0/24"],
    "execution_log": True,
    "job_secret_arns": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:token-??????"],
}

PHYSICAL_NAMES = ("name", "namePrefix", "identifier", "family", "bucket", "finalSnapshotIdentifier")
NAMING = {"bucket": "aws:s3/bucket:Bucket", "family": "aws:ecs/taskDefinition:TaskDefinition"}
"""On other types, these inputs name something else."""


def instance(name: str) -> dict[str, pulumi.Input[Any]]:
    return Metaflow(name, cast(MetaflowArgs, EVERYTHING)).outputs()


@pytest.fixture(scope="module")
def both() -> Deployment:
    return tiers.build(lambda: [instance("one"), instance("two")])


def of(deployment: Deployment, name: str) -> list[Registration]:
    return [one for one in deployment.registrations if one.name.split("-")[0] == name]


def test_they_have_the_same_resources_under_names_of_their_own(both: Deployment) -> None:
    first, second = (
        {(one.type, one.name.partition("-")[2]) for one in of(both, name)}
        for name in ("one", "two")
    )
    assert first == second
    urns = [one.urn for one in both.registrations]
    assert len(set(urns)) == len(urns) == 2 * len(first) + 1


def test_no_physical_name_is_shared(both: Deployment) -> None:
    names = Counter(
        (one.type, key, one.inputs[key])
        for one in both.registrations
        for key in PHYSICAL_NAMES
        if key in one.inputs and NAMING.get(key, one.type) == one.type
    )
    assert len(names) > 10
    assert [name for name, count in names.items() if count > 1] == []


def test_neither_refers_to_the_other(both: Deployment) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        for one in of(both, name):
            assert f"{other}-" not in json.dumps(dict(one.inputs))
            assert not any(f"::{other}-" in urn for urn in one.dependencies)


def test_a_stacks_name_that_leaves_no_room_for_names_is_refused() -> None:
    longest = "s" * (48 - len("metaflow-"))
    [gateway] = in_stack(longest).of_type("aws:apigateway/restApi:RestApi")
    assert gateway.inputs["name"] == f"metaflow-{longest}"
    with pytest.raises(DeploymentError, match=f"prefix metaflow-{longest}s of 49 characters"):
        in_stack(f"{longest}s")


def in_stack(stack: str) -> Deployment:
    return deploy(
        lambda: instance("metaflow"),
        PlaceholderProvider(Place()),
        project="tiers",
        stack_name=stack,
        config={},
    )


@pytest.mark.parametrize("tier", tiers.TIERS)
def test_a_tier_stands_by_itself_and_twice(tier: str) -> None:
    def program() -> None:
        tiers.TIERS[tier]("one")
        tiers.TIERS[tier]("two")

    deployment = tiers.build(program)
    first, second = (
        {deployed.label(one) for one in of(deployment, name)} for name in ("one", "two")
    )
    assert {label.replace(":one", ":two") for label in first} == second
    assert f"{tier}:one" in first
    assert len(first) > 1
