"""A recorded stack, as its rules see it: values once it is made, relations in a preview."""

import pytest
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.reading import related
from tests.deployed import deploy_stack, only
from tests.policies.recorded import policy_resources, properties

INSTANCE = "aws:rds/instance:Instance"
GROUP = "metaflow-groups-database"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"


def _of_type(resources: list[PolicyResource], token: str) -> list[PolicyResource]:
    return [one for one in resources if one.resource_type == token]


@pytest.mark.parametrize("preview", [False, True])
def test_every_registration_is_handed_over(preview: bool) -> None:
    deployment = deploy_stack("prod", preview=preview)
    found = policy_resources(deployment, preview)
    assert [one.urn for one in found] == [one.urn for one in deployment.registrations]


@pytest.mark.parametrize("preview", [False, True])
def test_relations_are_found(preview: bool) -> None:
    resources = policy_resources(deploy_stack("prod", preview=preview), preview)
    (instance,) = _of_type(resources, INSTANCE)
    (group,) = _of_type(resources, SUBNET_GROUP)
    assert related(instance, "dbSubnetGroupName", _of_type(resources, SUBNET_GROUP)) == [group]
    assert related(instance, "parameterGroupName", _of_type(resources, SUBNET_GROUP)) == []


def test_a_deployed_resource_has_its_values() -> None:
    group = only(deploy_stack("prod"), SUBNET_GROUP)
    found = properties(group)
    assert found["id"] == group.id
    assert found["subnetIds"] == group.inputs["subnetIds"]
    assert found["arn"] == group.outputs["arn"]


def test_what_the_program_did_not_give_is_missing() -> None:
    deployment = deploy_stack("prod")
    found = properties(only(deployment, "aws:ec2/securityGroup:SecurityGroup", GROUP))
    assert "ingress" not in found
    assert found["name"] == GROUP  # the provider chose it
    assert found["ownerId"] == f"SecurityGroup:{GROUP}.ownerId"


def test_a_previewed_resource_has_unknown_ones() -> None:
    resources = policy_resources(deploy_stack("prod", preview=True), preview=True)
    (group,) = _of_type(resources, SUBNET_GROUP)
    with pytest.raises(UnknownValueError):
        group.props.get("id")
    with pytest.raises(UnknownValueError):
        group.props["subnetIds"][0]
    assert group.props["description"] == "Isolated subnets of Metaflow's metadata database"


def test_parents_are_resources() -> None:
    resources = policy_resources(deploy_stack("prod"))
    (instance,) = _of_type(resources, INSTANCE)
    assert instance.parent is not None
    assert instance.parent.resource_type == "metaflow:index:MetadataDatabase"
    assert instance.parent in resources
