"""Each permission is needed: without it, something that users do fails by that denial alone."""

import io
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from rehearsal import iam_report, minimality
from rehearsal.exercises import ALL, Exercise, Hands
from rehearsal.exercises.exercise import FLOWS
from rehearsal.flow_runner import FlowError, Mode
from rehearsal.iam_needs import NEEDED_FOR
from rehearsal.iam_report import RoleUse
from rehearsal.iam_unused import ACTING, BY_AWS_ITSELF
from rehearsal.minimality import Trial
from rehearsal.progress import Progress
from tests.rehearsal.standing import standing

SAMPLE = [
    ("metaflow-users-role", "batch:ListJobs"),
    ("metaflow-users-role", "apigateway:GET"),
    ("metaflow-compute-job", "secretsmanager:GetSecretValue"),
    ("metaflow-flows-state-machine", "events:PutRule"),
    ("metaflow-flows-schedule", "states:StartExecution"),
    ("metaflow-rotation-redeployment", "ecs:UpdateService"),
]


QUICK = SAMPLE[:2] + SAMPLE[3:]
THOROUGH = pytest.mark.thorough


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("prod") as found:
        yield found


@pytest.fixture(scope="module")
def roles(hands: Hands) -> dict[str, RoleUse]:
    ledger = hands.stands.authorizer.ledger
    return {
        one.role: one for one in iam_report.report(hands.deployment.registrations, ledger).roles
    }


def test_whatever_is_granted_is_needed_for_something_or_used_by_aws_alone(
    roles: dict[str, RoleUse],
) -> None:
    granted = {name: set(one.actions) for name, one in roles.items() if one.actions}
    assert {name: set(needed) for name, needed in NEEDED_FOR.items()} == {
        name: actions for name, actions in granted.items() if name not in BY_AWS_ITSELF
    }


def test_roles_of_users_and_flows_have_nothing_that_cannot_be_tried() -> None:
    assert ACTING & set(BY_AWS_ITSELF) == {"metaflow-service-execution"}


def test_each_is_needed_for_something_that_is_tried(roles: dict[str, RoleUse]) -> None:
    trials = minimality.trials(roles.values(), ALL)
    assert len(trials) == sum(len(needed) for needed in NEEDED_FOR.values())


@pytest.mark.parametrize(
    ("role", "action"),
    [pytest.param(*one, id=one[1], marks=() if one in QUICK else THOROUGH) for one in SAMPLE],
)
def test_a_permission_less_is_one_too_few(
    hands: Hands, roles: dict[str, RoleUse], role: str, action: str
) -> None:
    [trial] = [
        one
        for one in minimality.trials([roles[role]], ALL)
        if (one.role, one.action) == (role, action)
    ]
    assert minimality.problem(hands, trial) is None


def trial(roles: dict[str, RoleUse], action: str, exercise: Exercise) -> Trial:
    return Trial("metaflow-users-role", roles["metaflow-users-role"].arn, action, exercise)


def test_a_permission_that_nothing_asks_for_is_found(
    hands: Hands, roles: dict[str, RoleUse]
) -> None:
    idle = Exercise("do nothing", lambda _: None)
    found = minimality.problem(hands, trial(roles, "s3:GetObject", idle))
    assert found == "metaflow-users-role without s3:GetObject: do nothing: nothing was denied"


def test_a_permission_that_is_not_missed_is_found(hands: Hands, roles: dict[str, RoleUse]) -> None:
    def lists(given: Hands) -> None:
        given.runner.sandbox.run(
            [sys.executable, "-c", "import boto3; boto3.client('batch').list_jobs(jobQueue='q')"],
            given.runner.profile.environment,
        )

    found = minimality.problem(hands, trial(roles, "batch:ListJobs", Exercise("list", lists)))
    assert found == (
        "metaflow-users-role without batch:ListJobs: list: works all the same, so that the "
        "permission is not needed"
    )


def test_other_denials_are_told(hands: Hands, roles: dict[str, RoleUse]) -> None:
    def deletes(given: Hands) -> None:
        bucket = given.deployment.outputs["bucketName"]
        code = f"""
import boto3
from botocore.exceptions import ClientError
for call in ("get_object", "delete_object"):
    try:
        getattr(boto3.client("s3"), call)(Bucket={bucket!r}, Key="metaflow/a")
    except ClientError:
        pass
"""
        given.runner.sandbox.run([sys.executable, "-c", code], given.runner.profile.environment)

    found = minimality.problem(hands, trial(roles, "s3:GetObject", Exercise("delete", deletes)))
    assert found is not None
    assert "also denied: " in found
    assert "may not s3:DeleteObject" in found


def test_what_is_not_needed_is_told_and_shown(hands: Hands, roles: dict[str, RoleUse]) -> None:
    def fails(_: Hands) -> None:
        raise FlowError("whatever happens")

    text = io.StringIO()
    progress = Progress(Console(file=text, width=200, _environ={}))
    role = roles["metaflow-flows-schedule"]
    exercises = [Exercise(NEEDED_FOR[role.role]["states:StartExecution"], fails)]
    [verdict] = minimality.judged(hands, [role], exercises, progress)
    name = f"metaflow-flows-schedule without states:StartExecution: {exercises[0].name}"
    assert verdict.problem == f"{name}: nothing was denied"
    assert f"{name} ...\n{name}: {verdict.problem} (" in text.getvalue()
    assert verdict.as_json() == {
        "role": role.role,
        "action": "states:StartExecution",
        "exercise": exercises[0].name,
        "problem": verdict.problem,
    }
    assert minimality.problems([role], [verdict]) == [*role.surplus, verdict.problem]


def test_permissions_are_given_back(hands: Hands, roles: dict[str, RoleUse]) -> None:
    ledger = hands.stands.authorizer.ledger
    assert hands.stands.addresses.faults == []
    [run] = [replace(hands.runner, runs=[]).run(FLOWS / "card_flow.py", Mode.LOCAL)]
    assert run.successful
    assert [str(one) for one in ledger.unexpected_denials()] == []
    assert ledger.faults == []
    now = iam_report.report(hands.deployment.registrations, ledger).roles
    assert {one.role: set(one.actions) for one in now} == {
        name: set(one.actions) for name, one in roles.items()
    }
