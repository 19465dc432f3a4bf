"""Whatever cloudsplaining finds in a policy, and no well-formed policy makes a rule raise."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cloudsplaining.scan.policy_document import PolicyDocument
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.iam import bounds, grants, pass_role, principals, reference, wildcards
from tests.policies.harness import judge, judge_stack, resource
from tests.policies.iam import strategies
from tests.policies.iam.policy_documents import POLICY, ROLE, ROLE_POLICY, allow, deny

RESOURCE_RULES = (*wildcards.POLICIES, *grants.POLICIES, *pass_role.POLICIES)
QUICK = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ACTIONS = (
    "batch:*",
    "batch:RegisterJobDefinition",
    "batch:SubmitJob",
    "cloudformation:CreateStack",
    "codebuild:CreateProject",
    "codebuild:StartBuild",
    "dynamodb:*",
    "ec2:*",
    "ec2:DescribeInstances",
    "ec2:RunInstances",
    "ec2:StartInstances",
    "ecr:GetAuthorizationToken",
    "ecs:*",
    "glue:CreateJob",
    "glue:Start*",
    "iam:PassRole",
    "iam:*",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:Put*",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "logs:*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:PutBucketPolicy",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:CreateTrainingJob",
    "secretsmanager:GetSecretValue",
    "sns:AddPermission",
    "sqs:SendMessage",
    "ssm:Get*",
    "ssm:GetParameter",
    "sts:AssumeRole",
)
RESOURCES = ("*", "*", "*", "arn:aws:s3:::bucket/*", "arn:aws:iam::123456789012:role/job")
CONDITIONS: tuple[Any, ...] = (
    None,
    None,
    None,
    {"StringEquals": {"aws:ResourceTag/stack": "prod"}},
    {"Bool": {"aws:SecureTransport": "true"}},
)


@st.composite
def statement(draw: st.DrawFn) -> dict[str, Any]:
    actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=5))
    resources = draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2))
    found = allow(actions, resources, when=draw(st.sampled_from(CONDITIONS)))
    found["Effect"] = draw(st.sampled_from(("Allow", "Allow", "Allow", "Deny")))
    return found


SEVERAL = st.lists(statement(), min_size=1, max_size=3)


def found_by_us(document: Mapping[str, Any]) -> set[str]:
    props = {"policy": json.dumps(document)}
    names = {one.name for one in RESOURCE_RULES if judge(one, POLICY, props).violations}
    stack = [resource(POLICY, "policy", props)]
    return names | {one.name for one in principals.POLICIES if judge_stack(one, stack).violations}


def _restrictable(found: PolicyDocument) -> list[str]:
    """Return the actions that hand out credentials, where AWS offers anything narrower."""
    actions = [reference.find(name) for name in found.credentials_exposure]
    return [one.name for one in actions if one and bounds.is_restrictable(one)]


EXPECTED: Mapping[str, tuple[Callable[[PolicyDocument], Any], tuple[str, ...]]] = {
    "escalation": (
        lambda found: found.allows_privilege_escalation,
        ("iam-no-privilege-escalation",),
    ),
    "exfiltration": (
        lambda found: found.allows_data_exfiltration_actions,
        ("iam-no-data-exfiltration",),
    ),
    "credentials": (_restrictable, ("iam-no-data-exfiltration",)),
    "exposure": (
        lambda found: found.permissions_management_without_constraints,
        ("iam-no-resource-exposure", "iam-no-data-exfiltration", "iam-pass-role-named"),
    ),
    "modification": (
        lambda found: found.infrastructure_modification,
        (
            "iam-writes-bounded",
            "iam-no-resource-exposure",
            "iam-no-data-exfiltration",
            "iam-pass-role-named",
        ),
    ),
    "service wildcard": (lambda found: found.service_wildcard, ("iam-no-wildcard-actions",)),
}


@given(SEVERAL)
@example([allow("*")])
@example([allow("s3:GetObject"), deny("s3:PutObject")])
@example([allow(["iam:PassRole", "lambda:CreateFunction"]), allow("lambda:InvokeFunction")])
@example([allow("ec2:ModifyInstanceAttribute"), allow(["ec2:StopInstances", "ec2:StartInstances"])])
@QUICK
def test_what_cloudsplaining_finds_we_find(statements: list[dict[str, Any]]) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    theirs = PolicyDocument(document)
    ours = found_by_us(document)
    missed = {
        kind: look(theirs)
        for kind, (look, rules) in EXPECTED.items()
        if look(theirs) and not ours & set(rules)
    }
    assert missed == {}


@given(strategies.documents(), strategies.documents())
@QUICK
def test_no_well_formed_document_makes_a_rule_raise(one: Any, other: Any) -> None:
    for rule in RESOURCE_RULES:
        judge(rule, POLICY, {"policy": one})
    props = {"inlinePolicies": [{"policy": one}], "name": "worker"}
    stack = [
        resource(ROLE, "worker", props),
        resource(ROLE_POLICY, "other", {"role": "worker", "policy": other}),
        resource(POLICY, "alone", {"policy": other}),
    ]
    for stack_rule in principals.POLICIES:
        judge_stack(stack_rule, stack)
