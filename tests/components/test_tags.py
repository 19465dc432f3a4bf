"""Every resource that can have tags has the stack's."""

from typing import Any

import pytest

from rehearsal.mocks import STASH
from rehearsal.provider import sdk_schema
from tests import deployed

OWN = {"Team": "data", "CostCentre": "42"}


@pytest.mark.parametrize(
    "settings",
    [
        {"stack": "dev", **deployed.OTHER_VALUES},
        {"stack": "prod", "tags": OWN, "apiAllowedCidrs": ["203.0.113.0/24"]},
    ],
    ids=str,
)
def test_every_taggable_resource_has_the_tags(settings: dict[str, Any]) -> None:
    expected = {
        "Application": "metaflow",
        "Stack": settings["stack"],
        "ManagedBy": "pulumi",
        **OWN,
    }
    untagged = [
        one.urn
        for one in deployed.deploy_stack(**settings).registrations
        if one.custom
        and one.type != STASH
        and "tags" in sdk_schema.input_types(one.type)
        and not expected.items() <= one.inputs.get("tags", {}).items()
    ]
    assert untagged == []


def test_every_tagged_resource_has_a_name_in_the_consoles() -> None:
    tagged = [one for one in deployed.deploy_stack("prod").registrations if "tags" in one.inputs]
    assert len(tagged) > 60
    assert [one.urn for one in tagged if not one.inputs["tags"].get("Name")] == []


def test_what_batch_and_ecs_start_is_tagged_too() -> None:
    deployment = deployed.deploy_stack("dev", **deployed.OTHER_VALUES)
    template = deployed.inputs(deployment, "aws:ec2/launchTemplate:LaunchTemplate")
    kinds = {one["resourceType"]: one["tags"] for one in template["tagSpecifications"]}
    assert set(kinds) == {"instance", "volume"}
    assert all(OWN.items() <= tags.items() for tags in kinds.values())
    assert deployed.inputs(deployment, "aws:ecs/service:Service")["propagateTags"] == "SERVICE"


def test_a_tag_of_the_user_wins() -> None:
    deployment = deployed.deploy_stack("dev", tags={"Application": "science"})
    tags = deployed.only(deployment, "aws:s3/bucket:Bucket").inputs["tags"]
    assert tags == {
        "Application": "science",
        "Stack": "dev",
        "ManagedBy": "pulumi",
        "Name": "metaflow-datastore",
    }
