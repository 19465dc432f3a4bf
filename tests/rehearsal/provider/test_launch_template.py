"""Launch templates: versions, checks, and drift."""

import base64
from typing import Any

import pytest

from rehearsal.provider import RefusedError, replacements
from rehearsal.provider.resource_type import OnChange
from tests.rehearsal.provider import networks as net

IMDS_V2 = {"httpTokens": "required", "httpPutResponseHopLimit": 2}
DISK = {
    "deviceName": "/dev/xvda",
    "ebs": {"encrypted": "true", "volumeSize": 30, "volumeType": "gp3"},
}


def test_life_of_a_template(rig: Any) -> None:
    created = rig.live(
        net.LAUNCH_TEMPLATE,
        "jobs",
        {
            "metadataOptions": IMDS_V2,
            "blockDeviceMappings": [DISK],
            "vpcSecurityGroupIds": ["sg-1"],
            "imageId": "ami-1",
            "userData": base64.b64encode(b"hello").decode(),
            "description": "first",
            "tagSpecifications": [{"resourceType": "instance", "tags": {"team": "data"}}],
            "tags": {"a": "b"},
        },
        {"metadataOptions": IMDS_V2, "blockDeviceMappings": [DISK], "tags": {"a": "c"}},
    )
    assert created.outputs["name"].startswith("jobs-")
    assert created.outputs["tags"] == {"a": "c"}


def test_aws_gets_what_the_program_says(rig: Any) -> None:
    created = rig.create(
        net.LAUNCH_TEMPLATE,
        "jobs",
        metadataOptions=IMDS_V2,
        blockDeviceMappings=[DISK],
        tagSpecifications=[{"resourceType": "volume", "tags": {"team": "data"}}],
    )
    version = rig.cloud.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=created.id, Versions=["$Latest"]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert version["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    assert version["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert version["TagSpecifications"] == [
        {"ResourceType": "volume", "Tags": [{"Key": "team", "Value": "data"}]}
    ]


def test_a_change_makes_a_version_that_is_not_the_default(rig: Any) -> None:
    created = rig.create(net.LAUNCH_TEMPLATE, "jobs", imageId="ami-1")
    assert (created.outputs["latestVersion"], created.outputs["defaultVersion"]) == (1, 1)
    name = created.outputs["name"]
    updated = rig.update(net.LAUNCH_TEMPLATE, "jobs", created, name=name, imageId="ami-2")
    assert (updated.outputs["latestVersion"], updated.outputs["defaultVersion"]) == (2, 1)
    assert updated.outputs["imageId"] == "ami-2"


def test_update_default_version_moves_the_default_along(rig: Any) -> None:
    follow = {"updateDefaultVersion": True}
    created = rig.create(net.LAUNCH_TEMPLATE, "jobs", imageId="ami-1", **follow)
    keep = {"name": created.outputs["name"], **follow}
    updated = rig.update(net.LAUNCH_TEMPLATE, "jobs", created, **keep, imageId="ami-2")
    assert (updated.outputs["latestVersion"], updated.outputs["defaultVersion"]) == (2, 2)


def test_tags_alone_make_no_version(rig: Any) -> None:
    created = rig.create(net.LAUNCH_TEMPLATE, "jobs", metadataOptions=IMDS_V2)
    keep = {"name": created.outputs["name"], "metadataOptions": IMDS_V2}
    updated = rig.update(net.LAUNCH_TEMPLATE, "jobs", created, **keep, tags={"a": "b"})
    assert updated.outputs["latestVersion"] == 1


def test_a_weaker_version_made_behind_the_back_shows(rig: Any) -> None:
    created = rig.create(net.LAUNCH_TEMPLATE, "jobs", metadataOptions=IMDS_V2)
    rig.cloud.client("ec2").create_launch_template_version(
        LaunchTemplateId=created.id,
        LaunchTemplateData={
            "MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 2},
            "UserData": base64.b64encode(b"#!/bin/sh").decode(),
        },
    )
    drifted = rig.read(net.LAUNCH_TEMPLATE, created)
    assert drifted["metadataOptions"]["httpTokens"] == "optional"
    assert base64.b64decode(drifted["userData"]) == b"#!/bin/sh"
    assert drifted["latestVersion"] == 2


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"name": "lt"}, "name is 'lt'; the provider takes 3 to 128 letters"),
        ({"name": "my template"}, "name is 'my template'; the provider takes"),
        ({"description": "d" * 256}, "the provider takes at most 255 characters"),
        ({"metadataOptions": {"httpTokens": "v2"}}, "httpTokens is 'v2'; .* optional, required"),
        ({"metadataOptions": {"httpEndpoint": "on"}}, "httpEndpoint is 'on'; .* enabled, disabled"),
        ({"metadataOptions": {"httpPutResponseHopLimit": 65}}, "HopLimit is 65; .* 1 to 64"),
        ({"blockDeviceMappings": [{"ebs": {"encrypted": "yes"}}]}, "encrypted is 'yes'; .* true"),
        ({"blockDeviceMappings": [{"ebs": {"volumeType": "ssd"}}]}, "volumeType is 'ssd'"),
        ({"blockDeviceMappings": [{"ebs": {"encrypted": True}}]}, "the provider takes a string"),
        ({"instanceType": "m5.large"}, "not taught the input instanceType"),
    ],
)
def test_the_provider_refuses_a_template(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.LAUNCH_TEMPLATE, "jobs", **inputs)


def test_the_arn_carries_the_partition(rig: Any) -> None:
    created = net.in_region(rig, "cn-north-1").create(net.LAUNCH_TEMPLATE, "jobs")
    expected = f"arn:aws-cn:ec2:cn-north-1:123456789012:launch-template/{created.id}"
    assert created.outputs["arn"] == expected


def test_only_the_name_replaces() -> None:
    entries = replacements.of(net.LAUNCH_TEMPLATE).inputs.items()
    assert {name for name, entry in entries if entry.effect is OnChange.REPLACE} == {"name"}
