"""What each role may do: every document in full, and bounds that hold with any settings."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.components.grants import (
    ACCOUNT,
    BATCH,
    DATASTORE,
    DEFINITIONS,
    DEV,
    EVENTS,
    JOB_SECRETS,
    LONGEST_QUEUES,
    PROD,
    QUEUE,
    READ_SECRETS,
    SETTINGS,
    STATES,
    Grants,
    granted,
    listed,
    statements,
    user,
)
from tests.components.service_grants import GATEWAY_ACCOUNT, everywhere
from tests.deployed import OTHER_VALUES


@pytest.mark.parametrize(
    ("stack", "expected"),
    [("dev", DEV | everywhere("dev")), ("prod", PROD | everywhere("prod") | GATEWAY_ACCOUNT)],
)
def test_every_role_is_granted_exactly(stack: str, expected: Grants) -> None:
    assert granted(deployed.deploy_stack(stack)) == expected


def test_without_a_gateway_there_is_no_key_to_read() -> None:
    found = granted(deployed.deploy_stack("dev", gateway="off"))
    expected = {sid: grant for sid, grant in user("dev").items() if sid != "ReadApiKey"}
    assert found["metaflow-users-policy"] == DATASTORE | expected


@pytest.mark.parametrize(("stack", "without"), [("dev", DEV), ("prod", PROD)])
def test_jobs_and_users_read_the_secrets_of_the_settings(stack: str, without: Grants) -> None:
    found = granted(deployed.deploy_stack(stack, jobSecretArns=JOB_SECRETS))
    job = "metaflow-compute-job"
    assert {holder: found[holder] for holder in (*without, "metaflow-users-secrets")} == {
        **without,
        job: without[job] | READ_SECRETS,
        "metaflow-users-secrets": READ_SECRETS,
    }


def test_users_and_state_machines_submit_to_every_queue_of_the_stack() -> None:
    deployment = deployed.deploy_stack("dev", queues=[{"name": "default"}, {"name": "large"}])
    found = granted(deployment)
    resources = [QUEUE, f"{BATCH}:job-queue/metaflow-compute-large", DEFINITIONS]
    for holder in ("metaflow-users-batch", "metaflow-flows-state-machine"):
        assert found[holder]["SubmitJobs"][1] == resources


def test_the_policies_hold_as_many_queues_as_the_settings_allow() -> None:
    deployment = deployed.deploy_stack("prod", region="us-gov-west-1", queues=LONGEST_QUEUES)
    lengths = [
        len(one.inputs["policy"].replace(" ", ""))
        for one in deployment.of_type("aws:iam/policy:Policy")
    ]
    # An automatic name adds eight characters to each queue's.
    assert max(lengths) + 8 * len(LONGEST_QUEUES) <= 6144
    [machines] = [
        one.inputs["policy"]
        for one in deployment.of_type("aws:iam/rolePolicy:RolePolicy")
        if one.name == "metaflow-flows-state-machine"
    ]
    assert len(machines.replace(" ", "")) + 8 * len(LONGEST_QUEUES) <= 10240


def test_the_policies_hold_as_many_secrets_as_the_settings_allow() -> None:
    start = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:"
    arns = [f"{start}{number:02}".ljust(118, "a") + "-AbCdEf" for number in range(20)]
    deployment = deployed.deploy_stack(
        "prod", region="us-gov-west-1", namePrefix="a" * 32, jobSecretArns=arns
    )
    assert sum(map(len, arns)) == 2500
    policy = deployed.only(deployment, "aws:iam/policy:Policy", "metaflow-users-secrets")
    # Automatic names and the key's identifier add less than a hundred characters.
    assert len(policy.inputs["policy"].replace(" ", "")) + 100 <= 6144


def test_the_prefix_narrows_state_machines_and_schedules() -> None:
    found = granted(deployed.deploy_stack("dev", **OTHER_VALUES))
    assert found["metaflow-flows-schedule"]["StartExecutions"][1] == [
        f"{STATES}:stateMachine:science_*"
    ]
    assert found["metaflow-users-policy"]["WriteSchedules"][1] == [f"{EVENTS}:rule/science_*"]
    assert "metaflow-dev_" not in json.dumps(found)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_these_policies_are_attached_and_none_of_aws(stack: str) -> None:
    attached = {
        (one.inputs["role"], one.inputs["policyArn"])
        for one in deployed.deploy_stack(stack).of_type(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
        )
    }
    own = f"arn:aws:iam::{ACCOUNT}:policy"
    assert attached == {
        ("metaflow-users-role", f"{own}/metaflow-users-policy"),
        ("metaflow-users-role", f"{own}/metaflow-users-batch"),
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_role_has_policies_inside_itself(stack: str) -> None:
    given = {
        key
        for one in deployed.deploy_stack(stack).of_type("aws:iam/role:Role")
        for key in one.inputs
    }
    assert given == {"assumeRolePolicy", "description", "maxSessionDuration", "tags"}


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_no_action_has_a_wildcard(settings: dict[str, Any]) -> None:
    actions = [
        action
        for _, one in statements(deployed.deploy_stack(**settings))
        for action in one["Action"]
    ]
    assert [action for action in actions if "*" in action or "?" in action] == []
    assert not any("NotAction" in one for _, one in statements(deployed.deploy_stack(**settings)))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_other_resource_names_account_or_bucket(settings: dict[str, Any]) -> None:
    resources = {
        resource
        for _, one in statements(deployed.deploy_stack(**settings))
        for resource in listed(one["Resource"])
        if resource != "*"
    }
    named = {*settings.get("jobReadBuckets", ()), *settings.get("jobReadWriteBuckets", ())}
    owned = (
        ":123456789012:",
        "arn:aws:s3:::metaflow-",
        "arn:aws:apigateway:us-east-1::/apikeys/",
        *(f"arn:aws:s3:::{bucket}" for bucket in named),
    )
    assert [one for one in resources if not any(part in one for part in owned)] == []


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_role_is_passed_to_one_service_only(settings: dict[str, Any]) -> None:
    passing = [
        one
        for _, one in statements(deployed.deploy_stack(**settings))
        if "iam:PassRole" in one["Action"]
    ]
    assert len(passing) == 3
    for one in passing:
        assert one["Action"] == ["iam:PassRole"]
        assert set(one["Condition"]) == {"StringEquals"}
        assert set(one["Condition"]["StringEquals"]) == {"iam:PassedToService"}
        assert all("*" not in resource for resource in listed(one["Resource"]))


def test_the_service_itself_may_do_nothing() -> None:
    prod = deployed.deploy_stack("prod")
    task_role = "metaflow-service-task"
    assert task_role not in {holder for holder, _ in statements(prod)}
    attachments = prod.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert task_role not in {one.inputs["role"] for one in attachments}
