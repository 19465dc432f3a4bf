"""What roles may do, set against what they did."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal import iam_report, iam_unused
from rehearsal.authorization import grants
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.ledger import Ledger
from rehearsal.authorization.question import Question
from rehearsal.iam_report import IamReport, UnknownRoleError
from rehearsal.provider import Cloud
from rehearsal.registrations import Registration
from rehearsal.stage import stage

JOB = "metaflow-compute-job"
ARN = f"arn:aws:iam::123456789012:role/{JOB}"


def allow(actions: str | list[str], resources: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


@pytest.fixture(scope="module")
def emulated() -> Iterator[Cloud]:
    with stage("us-east-1", None) as stands:
        yield stands.cloud


@pytest.fixture
def cloud(emulated: Cloud) -> Iterator[Cloud]:
    """Have a role without a policy."""
    iam = emulated.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}}
    statement = {**trust, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName=JOB, AssumeRolePolicyDocument=document)
    yield emulated
    for name in iam.list_role_policies(RoleName=JOB)["PolicyNames"]:
        iam.delete_role_policy(RoleName=JOB, PolicyName=name)
    for one in iam.list_attached_role_policies(RoleName=JOB)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=JOB, PolicyArn=one["PolicyArn"])
    iam.delete_role(RoleName=JOB)


def give(cloud: Cloud, *statements: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    cloud.client("iam").put_role_policy(RoleName=JOB, PolicyName="p", PolicyDocument=document)


def registered(name: str = JOB) -> Registration:
    return Registration(
        urn=f"urn:pulumi:dev::tiny::aws:iam/role:Role::{name}",
        type="aws:iam/role:Role",
        name=name,
        parent="",
        custom=True,
        id=name,
        inputs={},
        outputs={"arn": ARN},
        dependencies=(),
        property_dependencies={},
        protect=False,
        retain_on_delete=False,
        ignore_changes=(),
    )


def reported(*used: str, denied: str = "", statement: str | None = None) -> IamReport:
    ledger = Ledger()
    role = Principal(arn="session", account="123456789012", role_arn=ARN)
    for action in (*used, *([denied] if denied else [])):
        question = Question(action, "*")
        decision = decide(question, role)
        assert not decision.allowed
        allowed = type(decision)(action != denied, False, statement)
        ledger.note(role, question, allowed)
    return iam_report.report([registered()], ledger)


def test_a_pattern_counts_as_all_that_it_allows(cloud: Cloud) -> None:
    give(cloud, allow("ecs:Submit*", "arn:aws:ecs:us-east-1:123456789012:cluster/a"))
    found = reported()
    assert found.roles[0].actions == [
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
    ]
    assert found.counted("acting") == 3


def test_an_action_counts_once_however_often_it_stands(cloud: Cloud) -> None:
    give(cloud, allow("s3:GetObject", "arn:aws:s3:::a/*"), allow("s3:GetObject", "arn:aws:s3:::b"))
    arn = cloud.client("iam").create_policy(
        PolicyName="attached",
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": allow(["s3:GetObject", "s3:PutObject"], "*")}
        ),
    )["Policy"]["Arn"]
    cloud.client("iam").attach_role_policy(RoleName=JOB, PolicyArn=arn)
    assert reported().counted("acting") == 2


@pytest.mark.parametrize("option", sorted(iam_unused.OPTIONAL))
def test_options_are_counted_apart(cloud: Cloud, option: str) -> None:
    give(
        cloud,
        allow("s3:GetObject", "arn:aws:s3:::a/*"),
        allow(["logs:CreateLogDelivery", "logs:GetLogDelivery"], "*", Sid=option),
    )
    found = reported()
    assert (found.counted("acting"), found.counted("aws_services"), found.options) == (1, 0, 2)


@pytest.mark.parametrize(
    ("statement", "unbounded", "narrowable"),
    [
        (allow("s3:GetObject", "*"), True, True),
        (allow("batch:DescribeJobs", "*"), True, False),
        (allow("s3:GetObject", "arn:aws:s3:::*"), True, True),
        (allow("s3:GetObject", "arn:aws:s3:::*/*"), True, True),
        (allow("s3:GetObject", "arn:aws:s3:::bucket/*"), False, True),
        (allow("batch:TerminateJob", "arn:aws:batch:us-east-1:123456789012:job/*"), True, True),
        (
            allow(
                "batch:TerminateJob",
                "arn:aws:batch:us-east-1:123456789012:job/*",
                Condition={"StringEquals": {"aws:ResourceTag/a": "b"}},
            ),
            False,
            True,
        ),
        (
            allow("batch:SubmitJob", "arn:aws:batch:us-east-1:123456789012:job-definition/a_*"),
            False,
            True,
        ),
    ],
    ids=lambda one: one["Resource"] if isinstance(one, dict) else str(one),
)
def test_what_is_for_every_resource(
    cloud: Cloud, statement: dict[str, Any], unbounded: bool, narrowable: bool
) -> None:
    give(cloud, statement)
    (grant,) = grants.of_role(ARN)
    assert (grant.unbounded, grant.narrowable) == (unbounded, narrowable)
    told = reported().as_json()
    assert told["on_star"] == int(unbounded)
    wanted = [f"{JOB} {statement['Action']}"] if unbounded and narrowable else []
    assert told["narrowable_on_star"] == wanted


def test_what_is_not_used_is_told(cloud: Cloud) -> None:
    give(cloud, allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::a"))
    found = reported("s3:GetObject")
    assert found.roles[0].unused == {"s3:ListBucket": None}
    (role,) = found.as_json()["roles"]
    assert role["used"] == ["s3:GetObject"]
    assert role["unused"] == [{"action": "s3:ListBucket", "why": None}]


def test_a_role_of_awss_own_has_one_reason_for_all(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(cloud, allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::a"))
    monkeypatch.setattr(iam_report, "BY_AWS_ITSELF", {JOB: "AWS calls it"})
    unused = reported().roles[0].unused
    assert unused == dict.fromkeys(("s3:GetObject", "s3:PutObject"), "AWS calls it")


def test_what_is_granted_and_not_used_is_surplus(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(
        cloud,
        allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::a", Sid="One"),
        allow("s3:GetObject", "arn:aws:s3:::b", Sid="Two"),
    )
    assert reported().roles[0].surplus == [
        f"{JOB} may s3:GetObject, which nothing uses",
        f"{JOB} may s3:ListBucket, which nothing uses",
        f"the statement p/One of {JOB} allowed nothing",
        f"the statement p/Two of {JOB} allowed nothing",
    ]
    assert reported("s3:GetObject", "s3:ListBucket", statement="p/One").roles[0].surplus == [
        f"the statement p/Two of {JOB} allowed nothing"
    ]
    monkeypatch.setattr(iam_report, "BY_AWS_ITSELF", {JOB: "AWS calls it"})
    assert reported().roles[0].surplus == []


def test_a_denial_is_told(cloud: Cloud) -> None:
    give(cloud, allow("s3:GetObject", "arn:aws:s3:::a"))
    found = reported(denied="s3:DeleteObject")
    assert found.as_json()["denied"] == [f"{JOB} may not s3:DeleteObject on *"]


@pytest.mark.usefixtures("cloud")
def test_a_role_of_which_nobody_said_who_acts_with_it() -> None:
    with pytest.raises(UnknownRoleError, match=r"The role stranger is in no table of"):
        iam_report.report([registered("stranger")], Ledger())
