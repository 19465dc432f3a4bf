"""Batch compute environments through the provider."""

import re
from typing import Any

import pytest

from rehearsal.provider import Cloud, Created, Provider, RefusedError
from tests.rehearsal.provider import surroundings

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"


def resources(cloud: Cloud, **changed: Any) -> dict[str, Any]:
    net = surroundings.network(cloud)
    return {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "maxVcpus": 16,
        "instanceTypes": ["m5.large"],
        "instanceRole": surroundings.instance_profile(cloud, "instances"),
        "subnets": net.subnets,
        "securityGroupIds": [net.group],
        "ec2Configurations": [{"imageType": "ECS_AL2023"}],
        **changed,
    }


def environment(cloud: Cloud, **changed: Any) -> dict[str, Any]:
    return {"type": "MANAGED", "computeResources": resources(cloud, **changed)}


def test_the_life_of_a_compute_environment(rig):
    given = environment(rig.cloud)
    grown = {**given["computeResources"], "maxVcpus": 64, "instanceTypes": ["m5.xlarge"]}
    changed = {**given, "computeResources": grown, "tags": {"team": "a"}}
    created = rig.live(ENVIRONMENT, "cpu", given, changed)
    assert created.outputs["status"] == "VALID"
    assert created.outputs["ecsClusterArn"].startswith("arn:aws:ecs:us-east-1:123456789012:")


def test_without_a_service_role_batch_makes_its_linked_one(rig):
    given = environment(rig.cloud)
    first = rig.create(ENVIRONMENT, "first", **given)
    second = rig.create(ENVIRONMENT, "second", **given)
    linked = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleFor"
    assert first.outputs["serviceRole"] == second.outputs["serviceRole"]
    assert first.outputs["serviceRole"].startswith(linked)


def test_a_prefix_makes_a_name_of_its_own_each_time(rig):
    given = {**environment(rig.cloud), "namePrefix": "metaflow-dev_default-", "state": "ENABLED"}
    first, second = (rig.create(ENVIRONMENT, name, **given) for name in ("first", "second"))
    names = [one.outputs["name"] for one in (first, second)]
    assert all(re.fullmatch(r"metaflow-dev_default-[0-9a-f]{26}", one) for one in names)
    assert names[0] != names[1]
    assert all(
        one.outputs["arn"].endswith(f"compute-environment/{one.id}") for one in (first, second)
    )
    found = rig.provider.diff(ENVIRONMENT, first.outputs, {**given, "namePrefix": "other-"})
    assert (found.replacing, found.delete_first) == (["namePrefix"], False)
    assert rig.provider.diff(ENVIRONMENT, first.outputs, given).changes == {}


def test_arns_carry_the_partition(emulator, rig):
    china = Provider(Cloud(emulator, "cn-north-1"))
    urn = rig.urn(ENVIRONMENT, "cpu")
    checked = china.check(ENVIRONMENT, urn, environment(china.cloud))
    outputs = china.create(ENVIRONMENT, urn, checked).outputs
    assert outputs["arn"].startswith("arn:aws-cn:batch:cn-north-1:123456789012:")
    assert outputs["serviceRole"].startswith("arn:aws-cn:iam::")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"type": "UNMANAGED", "computeResources": {"type": "EC2"}}, "an UNMANAGED environment"),
        ({"type": "MANAGED", "name": "-cpu"}, "name is '-cpu'"),
        (
            {"type": "MANAGED", "computeResources": {"instanceRole": "instances"}},
            "computeResources.instanceRole is 'instances'; an ARN is needed",
        ),
        (
            {
                "type": "MANAGED",
                "computeResources": {
                    "launchTemplate": {"launchTemplateId": "lt-1", "launchTemplateName": "a"}
                },
            },
            "both an id and a name",
        ),
        (
            {"type": "MANAGED", "updatePolicy": {"jobExecutionTimeoutMinutes": 361}},
            "jobExecutionTimeoutMinutes is 361; 1 to 360 are allowed",
        ),
    ],
)
def test_an_impossible_environment_stops_at_plan_time(rig, inputs, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(ENVIRONMENT, rig.urn(ENVIRONMENT, "cpu"), inputs)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ec2Configurations": [{"imageType": "ECS_AL2"}]}, "Amazon Linux 2 can no longer"),
        ({"ec2Configurations": [{"imageType": "ECS_AL2_NVIDIA"}]}, "Amazon Linux 2 can no longer"),
        (
            {"instanceRole": "arn:aws:iam::123456789012:role/instances"},
            "wants the ARN of an instance profile",
        ),
        (
            {"instanceRole": "arn:aws:iam::123456789012:instance-profile/other"},
            "instance-profile/other does not exist",
        ),
        ({"launchTemplate": {"launchTemplateId": "lt-1", "version": "1"}}, "lt-1 does not exist"),
        ({"type": "SPOT", "allocationStrategy": "BEST_FIT"}, "without spotIamFleetRole"),
        ({"allocationStrategy": "CHEAPEST"}, "allocationStrategy is 'CHEAPEST'"),
    ],
)
def test_aws_refuses_an_environment_that_would_never_be_valid(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud, **changed))


def test_aws_refuses_groups_beside_the_interfaces_of_a_launch_template(rig):
    given = environment(rig.cloud)
    groups = given["computeResources"]["securityGroupIds"]
    adapter = {"DeviceIndex": 0, "InterfaceType": "efa", "Groups": groups}
    template = rig.cloud.client("ec2").create_launch_template(
        LaunchTemplateName="fast", LaunchTemplateData={"NetworkInterfaces": [adapter]}
    )["LaunchTemplate"]["LaunchTemplateId"]
    given["computeResources"]["launchTemplate"] = {"launchTemplateId": template}
    with pytest.raises(RefusedError, match="Security Groups or Network Interfaces in Launch"):
        rig.create(ENVIRONMENT, "fast", **given)
    del given["computeResources"]["securityGroupIds"]
    made = rig.create(ENVIRONMENT, "fast", **given)
    assert made.outputs["status"] == "VALID"
    assert "securityGroupIds" not in made.outputs["computeResources"]


def test_aws_refuses_a_version_that_the_launch_template_lacks(rig):
    template = rig.cloud.client("ec2").create_launch_template(
        LaunchTemplateName="jobs", LaunchTemplateData={"EbsOptimized": True}
    )["LaunchTemplate"]["LaunchTemplateId"]
    wanted = {"launchTemplateId": template, "version": "2"}
    given = environment(rig.cloud, launchTemplate=wanted)
    with pytest.raises(RefusedError, match="has no version 2; the latest is 1"):
        rig.create(ENVIRONMENT, "cpu", **given)
    wanted["version"] = "1"
    assert rig.create(ENVIRONMENT, "cpu", **given).outputs["status"] == "VALID"


@pytest.mark.parametrize(
    ("changed", "replaced"),
    [
        ({"launchTemplate": {"launchTemplateId": "lt-1"}}, "launchTemplate"),
        ({"placementGroup": "near"}, "placementGroup"),
        ({"ec2Configurations": []}, "ec2Configurations"),
        ({"allocationStrategy": "BEST_FIT"}, "allocationStrategy"),
    ],
)
def test_a_change_that_batch_cannot_make_in_place_is_a_replacement(rig, changed, replaced):
    given = environment(rig.cloud)
    created = rig.create(ENVIRONMENT, "cpu", **given)
    given["computeResources"] = {**given["computeResources"], **changed}
    with pytest.raises(RefusedError, match=f"change of computeResources.{replaced} replaces"):
        rig.update(ENVIRONMENT, "cpu", created, **given)


def test_with_a_role_of_its_own_an_environment_is_not_updatable(rig):
    given = environment(rig.cloud)
    given["serviceRole"] = surroundings.role(rig.cloud, "own")
    created = rig.create(ENVIRONMENT, "cpu", **given)
    given["computeResources"] = {**given["computeResources"], "maxVcpus": 32}
    created = rig.update(ENVIRONMENT, "cpu", created, **given)
    given["computeResources"] = {**given["computeResources"], "instanceTypes": ["c5.large"]}
    with pytest.raises(RefusedError, match=r"change of computeResources.instanceTypes replaces"):
        rig.update(ENVIRONMENT, "cpu", created, **given)


def described(rig: Any, created: Any) -> dict[str, Any]:
    answer = rig.cloud.client("batch").describe_compute_environments(
        computeEnvironments=[created.id]
    )
    return answer["computeEnvironments"][0]


def test_aws_has_what_an_update_gave(rig):
    given = environment(rig.cloud, bidPercentage=60, imageId="ami-1", tags={"Team": "a"})
    created = rig.create(ENVIRONMENT, "cpu", **given)
    grown = {"maxVcpus": 64, "minVcpus": 2, "instanceTypes": ["m5.xlarge", "c5.large"]}
    policy = {"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 60}
    taken_away = {"bidPercentage", "imageId", "securityGroupIds", "tags"}
    kept = {
        name: value for name, value in given["computeResources"].items() if name not in taken_away
    }
    changed = {**given, "computeResources": {**kept, **grown}}
    changed |= {"name": created.outputs["name"], "updatePolicy": policy}
    updated = rig.update(ENVIRONMENT, "cpu", created, **changed)
    answer = described(rig, created)
    has = answer["computeResources"]
    assert (has["maxvCpus"], has["minvCpus"]) == (64, 2)
    assert has["instanceTypes"] == grown["instanceTypes"]
    assert has["ec2Configuration"] == [{"imageType": "ECS_AL2023"}]
    assert not taken_away & set(has)
    assert answer["updatePolicy"] == policy
    assert updated.outputs["computeResources"] == changed["computeResources"]
    assert rig.read(ENVIRONMENT, updated) == updated.outputs


def test_what_an_update_leaves_out_stays(rig):
    created = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud))
    before = described(rig, created)["computeResources"]
    batch = rig.cloud.client("batch")
    batch.update_compute_environment(computeEnvironment=created.id, state="DISABLED")
    batch.update_compute_environment(
        computeEnvironment=created.id, computeResources={"maxvCpus": 4}
    )
    assert described(rig, created)["computeResources"] == {**before, "maxvCpus": 4}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"maxvCpus": 4}, {"maxVcpus": 4}),
        ({"minvCpus": 4}, {"minVcpus": 4}),
        ({"instanceTypes": ["p4d.24xlarge"]}, {"instanceTypes": ["p4d.24xlarge"]}),
        ({"bidPercentage": 90}, {"bidPercentage": 90}),
    ],
    ids=["max", "min", "types", "bid"],
)
def test_a_size_that_somebody_changed_is_found_and_put_back(rig, changed, found):
    given = environment(rig.cloud)
    created = rig.create(ENVIRONMENT, "cpu", **given)
    before = described(rig, created)["computeResources"]
    batch = rig.cloud.client("batch")
    batch.update_compute_environment(computeEnvironment=created.id, computeResources=changed)
    read = rig.read(ENVIRONMENT, created)
    assert read["computeResources"] == {**created.outputs["computeResources"], **found}
    drifted = Created(created.id, read)
    rig.update(ENVIRONMENT, "cpu", drifted, **given, name=created.outputs["name"])
    assert described(rig, created)["computeResources"] == before


def test_what_batch_scales_by_itself_is_no_drift(rig):
    created = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud))
    rig.cloud.client("batch").update_compute_environment(
        computeEnvironment=created.id, computeResources={"desiredvCpus": 8}
    )
    assert rig.read(ENVIRONMENT, created) == created.outputs


@pytest.mark.parametrize(
    ("before", "after"), [("FARGATE", "FARGATE_SPOT"), ("FARGATE_SPOT", "FARGATE")]
)
def test_aws_refuses_another_type_of_fargate(rig, before, after):
    has = ("maxVcpus", "subnets", "securityGroupIds")
    fargate = {name: one for name, one in resources(rig.cloud).items() if name in has}
    given = {"type": "MANAGED", "computeResources": {**fargate, "type": before}}
    created = rig.create(ENVIRONMENT, "cpu", **given)
    name = created.outputs["name"]
    changed = {**given, "computeResources": {**fargate, "type": after}}
    with pytest.raises(
        RefusedError, match="can't be updated for Fargate compute environment: type"
    ):
        rig.update(ENVIRONMENT, "cpu", created, **changed, name=name)
    grown = {**given, "computeResources": {**given["computeResources"], "maxVcpus": 64}}
    updated = rig.update(ENVIRONMENT, "cpu", created, **grown, name=name)
    assert updated.outputs["computeResources"]["maxVcpus"] == 64
