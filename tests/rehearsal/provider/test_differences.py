"""What a change of inputs does to a live resource, as the engine asks before it acts."""

from typing import Any

import pytest
from pulumi.output import Unknown

from rehearsal.provider import Cloud, Provider, RefusedError
from rehearsal.provider.resource_type import OnChange

GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

STATE = {"name": "group", "retentionInDays": 7, "skipDestroy": False, "arn": "arn:group"}
INPUTS = {"name": "group", "retentionInDays": 7, "skipDestroy": False}


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: a difference must not need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


def test_the_same_inputs_change_nothing(provider: Provider) -> None:
    assert provider.diff(GROUP, STATE, INPUTS).changes == {}


@pytest.mark.parametrize(
    ("changed", "effect"),
    [
        ({"name": "other"}, OnChange.REPLACE),
        ({"retentionInDays": 30}, OnChange.IN_PLACE),
        ({"skipDestroy": True}, OnChange.STATE_ONLY),
        ({"tags": {"Team": "data"}}, OnChange.IN_PLACE),
    ],
    ids=["name", "retentionInDays", "skipDestroy", "tags"],
)
def test_each_input_does_what_its_row_says(
    provider: Provider, changed: dict[str, Any], effect: OnChange
) -> None:
    found = provider.diff(GROUP, STATE, {**INPUTS, **changed})
    assert found.changes == dict.fromkeys(changed, effect)
    assert found.replacing == (["name"] if effect is OnChange.REPLACE else [])


def test_an_untaught_type_is_refused(provider: Provider) -> None:
    with pytest.raises(RefusedError, match="not taught the resource type aws:nothing/at:All"):
        provider.diff("aws:nothing/at:All", {}, {})


def test_an_input_that_is_taken_away_is_a_change(provider: Provider) -> None:
    tagged = {**STATE, "tags": {"Team": "data"}}
    assert set(provider.diff(GROUP, tagged, INPUTS).changes) == {"tags"}


def test_what_aws_chose_stays_where_the_program_says_nothing(provider: Provider) -> None:
    state = {"name": "cpu", "type": "MANAGED", "state": "ENABLED", "serviceRole": "arn:role"}
    inputs = {"name": "cpu", "type": "MANAGED", "state": "ENABLED"}
    assert provider.diff(ENVIRONMENT, state, inputs).changes == {}


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (None, "", True),
        (None, False, True),
        ("", None, True),
        ("text", None, False),
        ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}', True),
        ('{"a": 1}', '{"a": 2}', False),
        ('{"a": 1}', "{a}", False),
    ],
    ids=["empty", "false", "left-out", "removed", "spelling", "content", "no-json"],
)
def test_values_that_mean_the_same_are_no_change(
    provider: Provider, before: Any, after: Any, same: bool
) -> None:
    state = {"name": "role", "assumeRolePolicy": "{}", "description": before}
    inputs = {"name": "role", "assumeRolePolicy": "{}", "description": after}
    assert (provider.diff(ROLE, state, inputs).changes == {}) is same


def test_what_is_unknown_yet_counts_as_changed(provider: Provider) -> None:
    assert provider.diff(GROUP, STATE, {**INPUTS, "name": Unknown()}).replacing == ["name"]
    resources = {"type": "EC2", "launchTemplate": {"launchTemplateId": "lt-1", "version": "1"}}
    state = {"name": "cpu", "type": "MANAGED", "state": "ENABLED", "computeResources": resources}
    unknown = {**resources, "launchTemplate": {"launchTemplateId": "lt-1", "version": Unknown()}}
    found = provider.diff(ENVIRONMENT, state, {**state, "computeResources": unknown})
    assert found.replacing == ["computeResources.launchTemplate.version"]
    updatable = {"allocationStrategy": "BEST_FIT_PROGRESSIVE"}
    found = provider.diff(
        ENVIRONMENT,
        {**state, "computeResources": {**resources, **updatable}},
        {**state, "computeResources": {**unknown, **updatable}},
    )
    assert found.changes == {"computeResources": OnChange.IN_PLACE}


def test_an_unknown_peer_of_another_kind_replaces_a_rule(provider: Provider) -> None:
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 1, "toPort": 1}
    known = {**rule, "cidrIpv4": "10.0.0.0/16"}
    found = provider.diff(RULE, known, {**rule, "referencedSecurityGroupId": Unknown()})
    assert "referencedSecurityGroupId" in found.changes
    assert "cidrIpv4" in found.replacing


def test_a_preview_knows_of_an_update_what_stays(provider: Provider) -> None:
    planned = provider.planned(GROUP, {**INPUTS, "retentionInDays": 30}, STATE)
    assert planned == {**STATE, "retentionInDays": 30}
    tagged = {**STATE, "tags": {"Team": "data"}}
    assert provider.planned(GROUP, INPUTS, tagged) == STATE


@pytest.mark.parametrize(
    ("changed", "unknown"),
    [
        ({}, set()),
        ({"imageId": "ami-2"}, {"latestVersion"}),
        ({"tags": {"Team": "data"}}, {"latestVersion"}),
        ({"description": "better"}, set()),
        ({"updateDefaultVersion": True}, {"defaultVersion"}),
        ({"updateDefaultVersion": True, "description": "better"}, {"defaultVersion"}),
        (
            {"updateDefaultVersion": True, "imageId": "ami-2"},
            {"latestVersion", "defaultVersion"},
        ),
    ],
    ids=["nothing", "image", "tags", "description", "default", "both", "followed"],
)
def test_a_preview_does_not_know_the_next_version_of_a_launch_template(
    provider: Provider, changed: dict[str, Any], unknown: set[str]
) -> None:
    """By CustomizeDiff in internal/service/ec2/ec2_launch_template.go."""
    inputs = {"name": "template", "imageId": "ami-1"}
    state = {**inputs, "latestVersion": 3, "defaultVersion": 1, "arn": "arn:template"}
    planned = provider.planned(TEMPLATE, {**inputs, **changed}, state)
    assert {name for name, value in planned.items() if isinstance(value, Unknown)} == unknown


def test_a_description_alone_moves_no_default_in_a_preview(provider: Provider) -> None:
    inputs = {"name": "template", "imageId": "ami-1", "updateDefaultVersion": True}
    state = {**inputs, "latestVersion": 3, "defaultVersion": 3}
    planned = provider.planned(TEMPLATE, {**inputs, "description": "better"}, state)
    assert planned == {**state, "description": "better"}


def test_an_output_of_a_new_resource_is_unknown_in_a_preview(provider: Provider) -> None:
    planned = provider.planned(GROUP, INPUTS)
    assert isinstance(planned["arn"], Unknown)
    assert planned["retentionInDays"] == 7


def test_a_live_resource_keeps_its_automatic_name(provider: Provider) -> None:
    urn = f"urn:pulumi:test::metaflow-aws::{GROUP}::group"
    first = provider.check(GROUP, urn, {}, seed=b"first")["name"]
    again = provider.check(GROUP, urn, {}, automatic={"name": first}, seed=b"second")["name"]
    beside = provider.check(GROUP, urn, {}, seed=b"second")["name"]
    assert again == first
    assert beside != first
    assert provider.check(GROUP, urn, {"name": "mine"}, automatic={"name": first})["name"] == "mine"
