"""Subnet groups and parameter groups: their life, what drifts, and what is refused."""

from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE, PARAMETERS, SUBNETS

FORCE_TLS = {"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}
SLOW = {"name": "log_min_duration_statement", "value": "1000"}


def test_a_subnet_group_lives(rig: Any) -> None:
    subnets = databases.subnet_ids(rig.cloud, "a", "b", "c")
    created = rig.live(
        SUBNETS,
        "Metaflow",
        {"subnetIds": subnets[:2], "tags": {"a": "1", "b": "2"}},
        {"subnetIds": subnets[::-1], "description": "isolated", "tags": {"b": "3"}},
    )
    assert created.id.startswith("metaflow-")
    assert created.outputs["subnetIds"] == subnets[::-1]
    assert created.outputs["description"] == "isolated"
    assert created.outputs["tags"] == {"b": "3"}


def test_a_subnet_group_changes_its_tags_alone(rig: Any) -> None:
    given = {"subnetIds": databases.subnet_ids(rig.cloud, "a", "b")}
    rig.live(SUBNETS, "m", {**given, "tags": {"a": "1"}}, {**given, "tags": {"b": "2"}})


def test_the_order_of_subnets_is_no_drift_but_another_subnet_is(rig: Any) -> None:
    subnets = databases.subnet_ids(rig.cloud, "b", "a")
    created = rig.create(SUBNETS, "m", subnetIds=subnets)
    assert rig.read(SUBNETS, created)["subnetIds"] == subnets
    others = databases.subnet_ids(rig.cloud, "a", "b")
    client = rig.cloud.client("rds")
    # Through deletion, as the emulator loses a group that it modifies.
    client.delete_db_subnet_group(DBSubnetGroupName=created.id)
    client.create_db_subnet_group(
        DBSubnetGroupName=created.id, DBSubnetGroupDescription="d", SubnetIds=others
    )
    assert rig.read(SUBNETS, created)["subnetIds"] == sorted(others)


@pytest.mark.parametrize("name", ["default", "Capital", "two/parts"])
def test_a_plan_refuses_the_name_of_a_subnet_group(rig: Any, name: str) -> None:
    with pytest.raises(RefusedError, match=f"name is '{name}'; the provider takes lower case"):
        rig.create(SUBNETS, "m", name=name, subnetIds=["subnet-1"])


def test_a_subnet_group_needs_two_zones(rig: Any) -> None:
    one_zone = databases.subnet_ids(rig.cloud, "a", "a")
    with pytest.raises(RefusedError, match=r"DoesNotCoverEnoughAZs.*us-east-1a only"):
        rig.create(SUBNETS, "m", subnetIds=one_zone)
    two = databases.subnet_ids(rig.cloud, "a", "b")
    created = rig.create(SUBNETS, "m", subnetIds=two)
    with pytest.raises(RefusedError, match="DoesNotCoverEnoughAZs"):
        rig.update(SUBNETS, "m", created, name=created.id, subnetIds=two[:1])


def test_a_parameter_group_lives(rig: Any) -> None:
    given = {"family": "postgres17", "parameters": [FORCE_TLS, SLOW], "tags": {"a": "1"}}
    changed = {
        **given,
        "parameters": [
            {**SLOW, "value": "500"},
            FORCE_TLS,
            {"name": "log_statement", "value": "ddl"},
        ],
        "tags": {"b": "2"},
    }
    created = rig.live(PARAMETERS, "Metaflow", given, changed)
    assert created.id.startswith("metaflow-")
    assert created.outputs["description"] == "Managed by Pulumi"
    assert created.outputs["tags"] == {"b": "2"}


def test_more_parameters_than_one_call_takes(rig: Any) -> None:
    many = [{"name": f"app.setting_{number}", "value": str(number)} for number in range(45)]
    created = rig.create(PARAMETERS, "m", family="postgres17", parameters=many)
    assert rig.read(PARAMETERS, created)["parameters"] == many


def test_a_change_of_the_method_alone_is_no_change(rig: Any) -> None:
    given = {"family": "postgres17", "parameters": [FORCE_TLS]}
    created = rig.create(PARAMETERS, "m", **given)
    soon = [{**FORCE_TLS, "applyMethod": "immediate"}]
    changed = rig.update(
        PARAMETERS, "m", created, name=created.id, family="postgres17", parameters=soon
    )
    answer = rig.cloud.client("rds").describe_db_parameters(DBParameterGroupName=created.id)
    assert answer["Parameters"][0]["ApplyMethod"] == "pending-reboot"
    assert changed.outputs["parameters"] == soon


def test_removing_a_parameter_is_said_to_be_missing_here(rig: Any) -> None:
    created = rig.create(PARAMETERS, "m", family="postgres17", parameters=[FORCE_TLS])
    with pytest.raises(RefusedError, match=r"cannot reset the parameter rds\.force_ssl"):
        rig.update(PARAMETERS, "m", created, name=created.id, family="postgres17")


@pytest.mark.parametrize("name", ["rds.force_ssl", "shared_preload_libraries", "MAX_CONNECTIONS"])
@pytest.mark.parametrize("method", [{}, {"applyMethod": "immediate"}])
def test_a_static_parameter_must_wait_for_a_reboot(
    rig: Any, name: str, method: dict[str, str]
) -> None:
    parameter = {"name": name, "value": "1", **method}
    with pytest.raises(RefusedError, match="immediate apply method for static parameter"):
        rig.create(PARAMETERS, "m", family="postgres17", parameters=[parameter])


def test_drift_of_a_parameter_shows(rig: Any) -> None:
    created = rig.create(
        PARAMETERS, "m", family="postgres17", parameters=[FORCE_TLS], tags={"a": "1"}
    )
    client = rig.cloud.client("rds")
    off = {
        "ParameterName": "rds.force_ssl",
        "ParameterValue": "0",
        "ApplyMethod": "pending-reboot",
    }
    more = {"ParameterName": "ssl", "ParameterValue": "0", "ApplyMethod": "pending-reboot"}
    client.modify_db_parameter_group(DBParameterGroupName=created.id, Parameters=[off, more])
    client.remove_tags_from_resource(ResourceName=created.outputs["arn"], TagKeys=["a"])
    read = rig.read(PARAMETERS, created)
    assert read["parameters"] == [
        {**FORCE_TLS, "value": "0"},
        {"name": "ssl", "value": "0", "applyMethod": "pending-reboot"},
    ]
    assert read["tags"] == {}


def test_groups_in_use_cannot_go(rig: Any) -> None:
    database = rig.create(INSTANCE, "db", **databases.inputs(rig))
    client = rig.cloud.client("rds")
    subnet_group = database.outputs["dbSubnetGroupName"]
    parameter_group = database.outputs["parameterGroupName"]
    with pytest.raises(RefusedError, match="InvalidDBSubnetGroupStateFault: the database db-"):
        client.delete_db_subnet_group(DBSubnetGroupName=subnet_group)
    with pytest.raises(RefusedError, match="InvalidDBParameterGroupState: the database db-"):
        client.delete_db_parameter_group(DBParameterGroupName=parameter_group)
    rig.delete(INSTANCE, database)
    client.delete_db_subnet_group(DBSubnetGroupName=subnet_group)
    client.delete_db_parameter_group(DBParameterGroupName=parameter_group)


def test_arns_carry_the_partition(rig: Any, emulator: str) -> None:
    there = type(rig)(Provider(Cloud(emulator, "cn-north-1")))
    subnets = databases.subnet_ids(there.cloud, "a", "b")
    group = there.create(SUBNETS, "m", subnetIds=subnets)
    parameters = there.create(PARAMETERS, "m", family="postgres17")
    start = "arn:aws-cn:rds:cn-north-1:123456789012"
    assert group.outputs["arn"] == f"{start}:subgrp:{group.id}"
    assert parameters.outputs["arn"] == f"{start}:pg:{parameters.id}"
