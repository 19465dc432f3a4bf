"""Whoever may define Batch jobs may not define privileged ones."""

import json
from typing import Any

import pytest

from rules.iam.privileged_jobs import no_privileged_jobs
from tests.policies.harness import UNKNOWN, judge

POLICY = "aws:iam/policy:Policy"
DEFINITIONS = "arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_*"


def document(action: Any, condition: Any = None) -> str:
    statement = {"Sid": "Define", "Effect": "Allow", "Action": action, "Resource": DEFINITIONS}
    if condition is not None:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    "condition",
    [
        {"BoolIfExists": {"batch:Privileged": "false"}},
        {"Bool": {"BATCH:privileged": False}},
        {"StringEquals": {"aws:RequestTag/a": "b"}, "Bool": {"batch:Privileged": ["false"]}},
    ],
)
def test_unprivileged_jobs_only(condition: Any) -> None:
    verdict = judge(
        no_privileged_jobs, POLICY, {"policy": document("batch:RegisterJobDefinition", condition)}
    )
    assert verdict.violations == []


@pytest.mark.parametrize(
    "action", ["batch:RegisterJobDefinition", "batch:registerjobdefinition", "batch:R*", "*"]
)
@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"BoolIfExists": {"batch:Privileged": "true"}},
        {"BoolIfExists": {"batch:Privileged": ["false", "true"]}},
        {"StringEquals": {"batch:Image": "python:3.11"}},
        {"Null": {"batch:Privileged": "false"}},
    ],
)
def test_privileged_jobs(action: str, condition: Any) -> None:
    verdict = judge(no_privileged_jobs, POLICY, {"policy": document([action], condition)})
    assert verdict.violations == [
        "The policy in policy must allow batch:RegisterJobDefinition for unprivileged jobs only; "
        "statement Define has no condition batch:Privileged false, so that a job can be root on "
        "the instance that it shares with others."
    ]


def test_another_action() -> None:
    verdict = judge(no_privileged_jobs, POLICY, {"policy": document("batch:SubmitJob")})
    assert verdict.violations == []


def test_a_policy_that_is_missing_or_unknown_or_no_policy() -> None:
    assert judge(no_privileged_jobs, POLICY, {}).violations == []
    assert judge(no_privileged_jobs, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(no_privileged_jobs, "aws:s3/bucket:Bucket", {}).applicable
