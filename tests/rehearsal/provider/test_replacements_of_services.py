"""Which changes replace databases, tables, launch templates and ECS services."""

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, registry
from rehearsal.provider.resource_type import OnChange

INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SERVICE = "aws:ecs/service:Service"
TABLE = "aws:dynamodb/table:Table"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: a difference must not need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


@pytest.mark.parametrize(
    ("changed", "effect"),
    [
        ({"engine": "mysql"}, OnChange.REPLACE),
        ({"dbName": "other"}, OnChange.REPLACE),
        ({"username": "other"}, OnChange.REPLACE),
        ({"storageEncrypted": False}, OnChange.REPLACE),
        ({"kmsKeyId": "arn:key"}, OnChange.REPLACE),
        ({"identifier": "renamed"}, OnChange.IN_PLACE),
        ({"instanceClass": "db.r8g.large"}, OnChange.IN_PLACE),
        ({"multiAz": True}, OnChange.IN_PLACE),
        ({"parameterGroupName": "other"}, OnChange.IN_PLACE),
        ({"dbSubnetGroupName": "other"}, OnChange.IN_PLACE),
        ({"engineVersion": "18"}, OnChange.IN_PLACE),
        ({"allocatedStorage": 40}, OnChange.IN_PLACE),
        ({"skipFinalSnapshot": True}, OnChange.STATE_ONLY),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value.value,
)
def test_a_database_is_replaced_for_what_it_was_made_with_only(
    provider: Provider, changed: dict[str, Any], effect: OnChange
) -> None:
    state = {
        "identifier": "metadata",
        "engine": "postgres",
        "engineVersion": "17",
        "dbName": "metaflow",
        "username": "metaflow",
        "storageEncrypted": True,
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
    }
    found = provider.diff(INSTANCE, state, {**state, **changed})
    assert found.changes == dict.fromkeys(changed, effect)
    assert not found.delete_first


@pytest.mark.parametrize(
    ("most", "changes"),
    [(100, {}), (20, {"allocatedStorage": OnChange.IN_PLACE})],
    ids=["autoscaling", "no-autoscaling"],
)
def test_storage_that_autoscaling_added_is_no_change(
    provider: Provider, most: int, changes: dict[str, OnChange]
) -> None:
    grown = {"allocatedStorage": 50, "maxAllocatedStorage": most}
    found = provider.diff(INSTANCE, grown, {**grown, "allocatedStorage": 20})
    assert found.changes == changes
    assert found.kept == ({} if changes else {"allocatedStorage": 50})


def test_how_a_parameter_is_applied_changes_with_its_value_only(provider: Provider) -> None:
    parameter = {"name": "work_mem", "value": "64", "applyMethod": "immediate"}
    state = {"name": "pg", "family": "postgres17", "parameters": [parameter]}
    later = {**parameter, "applyMethod": "pending-reboot"}
    assert provider.diff(PARAMETERS, state, {**state, "parameters": [later]}).changes == {}
    found = provider.diff(PARAMETERS, state, {**state, "parameters": [{**later, "value": "128"}]})
    assert found.changes == {"parameters": OnChange.IN_PLACE}
    other = provider.diff(PARAMETERS, state, {**state, "family": "postgres18"}, frozenset({"name"}))
    assert (other.replacing, other.delete_first) == (["family"], False)


def test_a_table_is_replaced_for_its_key_only(provider: Provider) -> None:
    key = [{"name": "key", "type": "S"}]
    state = {"name": "flows", "hashKey": "key", "attributes": key, "billingMode": "PROVISIONED"}
    cheaper = {**state, "billingMode": "PAY_PER_REQUEST", "ttl": {"attributeName": "ttl"}}
    assert provider.diff(TABLE, state, cheaper).replacing == []
    found = provider.diff(TABLE, state, {**state, "hashKey": "id"})
    assert (found.replacing, found.delete_first) == (["hashKey"], True)


def test_a_launch_template_gets_versions_and_no_successor(provider: Provider) -> None:
    disk = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 30}}
    state = {"name": "jobs", "imageId": "ami-1", "blockDeviceMappings": [disk]}
    larger = {**disk, "ebs": {"volumeSize": 60, "volumeType": "gp3"}}
    inputs = {**state, "imageId": "ami-2", "blockDeviceMappings": [larger]}
    found = provider.diff(TEMPLATE, state, inputs)
    assert found.changes == dict.fromkeys(("imageId", "blockDeviceMappings"), OnChange.IN_PLACE)


SERVED = {"name": "metadata", "cluster": "arn:cluster", "launchType": "FARGATE"}


@pytest.mark.parametrize(
    ("changed", "changes"),
    [
        ({"launchType": "EC2"}, {"launchType": OnChange.REPLACE}),
        ({"cluster": "arn:other"}, {"cluster": OnChange.REPLACE}),
        ({"taskDefinition": "arn:task:2"}, {"taskDefinition": OnChange.IN_PLACE}),
        ({"loadBalancers": []}, {"loadBalancers": OnChange.IN_PLACE}),
        ({"triggers": {"image": "2"}}, {}),
        (
            {"triggers": {"image": "2"}, "forceNewDeployment": True},
            {"triggers": OnChange.IN_PLACE, "forceNewDeployment": OnChange.IN_PLACE},
        ),
    ],
    ids=["launch-type", "cluster", "task", "balancers", "triggers", "forced-triggers"],
)
def test_a_service_is_replaced_for_where_it_runs_only(
    provider: Provider, changed: dict[str, Any], changes: dict[str, OnChange]
) -> None:
    balanced = [{"containerName": "metadata", "containerPort": 8080, "targetGroupArn": "arn:1"}]
    state = {**SERVED, "loadBalancers": balanced, "triggers": {"image": "1"}}
    assert provider.diff(SERVICE, state, {**state, **changed}).changes == changes


def test_a_service_keeps_what_the_program_no_longer_states(provider: Provider) -> None:
    breaker = {"enable": True, "rollback": True}
    state = {**SERVED, "deploymentCircuitBreaker": breaker, "desiredCount": 2}
    found = provider.diff(SERVICE, state, {**SERVED, "desiredCount": 2})
    assert (found.changes, found.kept) == ({}, {"deploymentCircuitBreaker": breaker})
    assert "launchType" not in provider.diff(SERVICE, state, {"name": "metadata"}).changes
    off = {**state, "deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    found = provider.diff(SERVICE, state, off)
    assert found.changes == {"deploymentCircuitBreaker": OnChange.IN_PLACE}


def test_an_update_gets_what_is_kept_and_not_what_is_ignored(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    row = replace(
        registry.resource_type(SERVICE),
        update=lambda _cloud, _id, _state, inputs: asked.append(dict(inputs)) or {},
    )
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {SERVICE: row})
    state = {**SERVED, "arn": "arn:service", "desiredCount": 1, "triggers": {"image": "1"}}
    inputs = {**SERVED, "desiredCount": 2, "triggers": {"image": "2"}}
    kept = {**inputs, "triggers": {"image": "1"}}
    urn = f"urn:pulumi:test::metaflow-aws::{SERVICE}::metadata"
    assert provider.update(SERVICE, urn, "arn:service", state, inputs) == kept
    assert asked == [kept]
    assert provider.planned(SERVICE, inputs, state)["triggers"] == {"image": "1"}
