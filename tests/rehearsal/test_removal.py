"""An action that is taken away from a role, and given back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.authorization import callers
from rehearsal.authorization.evaluation import decide
from rehearsal.authorization.question import Question
from rehearsal.authorization.removal import without
from rehearsal.provider import Cloud
from rehearsal.stage import stage

ROLE = "worker"
BUCKET = "arn:aws:s3:::bucket"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Have a role with inline policies and one that is attached."""
    with stage("us-east-1", None) as stands:
        iam = stands.cloud.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        text = document({**trust, "Action": "sts:AssumeRole"})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=text)
        yield stands.cloud
        for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
        for one in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=ROLE, PolicyArn=one["PolicyArn"])
            iam.delete_policy(PolicyArn=one["PolicyArn"])
        iam.delete_role(RoleName=ROLE)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str, actions: str | list[str]) -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": f"{BUCKET}/*"}


def put(cloud: Cloud, name: str, *statements: dict[str, Any]) -> None:
    cloud.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName=name, PolicyDocument=document(*statements)
    )


def attach(cloud: Cloud, *statements: dict[str, Any]) -> None:
    iam = cloud.client("iam")
    answer = iam.create_policy(PolicyName="attached", PolicyDocument=document(*statements))
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=answer["Policy"]["Arn"])


def allowed(cloud: Cloud) -> set[str]:
    """Return what the role may do, of four actions."""
    role = callers.role(f"arn:aws:iam::{cloud.account_id}:role/{ROLE}")
    actions = ("s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "s3:DeleteObject")
    return {one for one in actions if decide(Question(one, f"{BUCKET}/a"), role).allowed}


def taken(cloud: Cloud, action: str) -> set[str]:
    """Return what the role may do without an action; see that it gets everything back."""
    before = allowed(cloud)
    with without(cloud, f"arn:aws:iam::{cloud.account_id}:role/{ROLE}", action):
        found = allowed(cloud)
    assert allowed(cloud) == before
    return found


def test_one_action_goes_and_its_neighbours_stay(cloud: Cloud) -> None:
    put(cloud, "inline", statement("Allow", ["s3:GetObject", "s3:PutObject"]))
    assert taken(cloud, "s3:GetObject") == {"s3:PutObject"}


def test_a_pattern_goes_on_allowing_everything_else(cloud: Cloud) -> None:
    put(cloud, "inline", statement("Allow", "s3:Get*"), statement("Allow", "S3:putobject"))
    assert taken(cloud, "s3:GetObject") == {"s3:GetObjectAcl", "s3:PutObject"}
    assert taken(cloud, "s3:PutObject") == {"s3:GetObject", "s3:GetObjectAcl"}


def test_it_goes_wherever_it_is_allowed(cloud: Cloud) -> None:
    put(cloud, "one", statement("Allow", "s3:GetObject"))
    put(cloud, "two", statement("Allow", ["s3:GetObject", "s3:PutObject"]))
    attach(cloud, statement("Allow", ["s3:GetObject", "s3:DeleteObject"]))
    assert taken(cloud, "s3:GetObject") == {"s3:PutObject", "s3:DeleteObject"}


def test_what_is_denied_stays_denied(cloud: Cloud) -> None:
    put(cloud, "inline", statement("Allow", "s3:*"), statement("Deny", "s3:PutObject"))
    assert taken(cloud, "s3:GetObject") == {"s3:GetObjectAcl", "s3:DeleteObject"}


def test_it_is_given_back_when_something_fails(cloud: Cloud) -> None:
    put(cloud, "inline", statement("Allow", "s3:GetObject"))
    role = f"arn:aws:iam::{cloud.account_id}:role/{ROLE}"
    with pytest.raises(ZeroDivisionError), without(cloud, role, "s3:GetObject"):
        raise ZeroDivisionError
    assert allowed(cloud) == {"s3:GetObject"}
