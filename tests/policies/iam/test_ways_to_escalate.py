"""Ways to escalate beyond those that cloudsplaining knows, each by a document of its own."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.iam.escalations import escalations
from rules.iam.holders import Held, Holder
from rules.iam.statements import parse
from tests.policies.iam.policy_documents import allow, document

WAYS: Mapping[str, tuple[str, ...]] = {
    "PassRoleToBatchJob": (
        "iam:PassRole",
        "batch:RegisterJobDefinition",
        "batch:SubmitJob",
    ),
    "PassRoleToNewStateMachine": (
        "iam:PassRole",
        "states:CreateStateMachine",
        "states:StartExecution",
    ),
    "PassRoleToUpdatedStateMachine": (
        "iam:PassRole",
        "states:UpdateStateMachine",
    ),
    "PassRoleToTestedState": (
        "iam:PassRole",
        "states:TestState",
    ),
    "PassRoleToEventTarget": (
        "iam:PassRole",
        "events:PutTargets",
    ),
    "PassRoleToSchedule": (
        "iam:PassRole",
        "scheduler:CreateSchedule",
    ),
    "PassRoleToPipe": (
        "iam:PassRole",
        "pipes:CreatePipe",
    ),
    "PassRoleToSageMakerTransformJob": (
        "iam:PassRole",
        "sagemaker:CreateModel",
        "sagemaker:CreateTransformJob",
    ),
    "PassRoleToSageMakerEndpoint": (
        "iam:PassRole",
        "sagemaker:CreateModel",
        "sagemaker:CreateEndpoint",
    ),
    "PassRoleToSageMakerTuningJob": (
        "iam:PassRole",
        "sagemaker:CreateHyperParameterTuningJob",
    ),
    "PassRoleToSageMakerAutoMLJob": (
        "iam:PassRole",
        "sagemaker:CreateAutoMLJob",
    ),
    "PassRoleToSageMakerAutoMLJobV2": (
        "iam:PassRole",
        "sagemaker:CreateAutoMLJobV2",
    ),
    "PassRoleToSageMakerPipeline": (
        "iam:PassRole",
        "sagemaker:CreatePipeline",
        "sagemaker:StartPipelineExecution",
    ),
    "PassRoleToAutomation": (
        "iam:PassRole",
        "ssm:StartAutomationExecution",
    ),
    "PassRoleToRunningInstance": (
        "iam:PassRole",
        "ec2:AssociateIamInstanceProfile",
    ),
    "PassRoleInsteadOfInstanceProfile": (
        "iam:PassRole",
        "ec2:ReplaceIamInstanceProfileAssociation",
    ),
    "PassRoleToLaunchConfiguration": (
        "iam:PassRole",
        "autoscaling:CreateLaunchConfiguration",
        "autoscaling:CreateAutoScalingGroup",
    ),
    "PassRoleToEmrCluster": (
        "iam:PassRole",
        "elasticmapreduce:RunJobFlow",
    ),
    "PassRoleToEmrServerlessJob": (
        "iam:PassRole",
        "emr-serverless:StartJobRun",
    ),
    "PassRoleToCodePipeline": (
        "iam:PassRole",
        "codepipeline:CreatePipeline",
    ),
    "PassRoleToUpdatedStack": (
        "iam:PassRole",
        "cloudformation:UpdateStack",
    ),
    "UpdateStateMachineThenStartIt": (
        "states:UpdateStateMachine",
        "states:StartExecution",
    ),
    "StartBuildWithOtherCommands": ("codebuild:StartBuild",),
    "StartBuildBatchWithOtherCommands": ("codebuild:StartBuildBatch",),
    "SendCommandToInstance": ("ssm:SendCommand",),
    "StartSessionOnInstance": ("ssm:StartSession",),
    "UpdateStackWithItsRole": ("cloudformation:UpdateStack",),
    "AddLayerToLambdaFunction": ("lambda:UpdateFunctionConfiguration",),
    "AssumeAnyRole": ("sts:AssumeRole",),
    "DeleteRolePermissionsBoundary": ("iam:DeleteRolePermissionsBoundary",),
    "DeleteUserPermissionsBoundary": ("iam:DeleteUserPermissionsBoundary",),
    "PutRolePermissionsBoundary": ("iam:PutRolePermissionsBoundary",),
    "PutUserPermissionsBoundary": ("iam:PutUserPermissionsBoundary",),
}
"""What is told of, and the actions that are it."""

ON_ITSELF: Mapping[str, tuple[str, ...]] = {
    "role": (
        "iam:AttachRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
    ),
    "user": (
        "iam:AttachUserPolicy",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
    ),
    "group": (
        "iam:AttachGroupPolicy",
        "iam:PutGroupPolicy",
    ),
    "policy": (
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ),
}
"""What nobody of a kind may do to itself, or to a policy that it has."""


PASSING = "iam:PassRole"
OF_A_TEAM = {"StringEquals": {"aws:ResourceTag/team": "data"}}


def told(holder: Holder, *statements: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the ways to escalate that a holder has, with the actions of each."""
    text = document(*statements)
    holder.hold([Held(source="p", document=parse(text), inline=True)])
    return {
        one.name: {grant.split(" by ")[0] for grant in one.grants} for one in escalations(holder)
    }


@pytest.mark.parametrize("name", WAYS)
def test_a_way_to_escalate(name: str) -> None:
    # Whoever may pass any role needs only something of its own to pass it to.
    narrowed = OF_A_TEAM if PASSING in WAYS[name] else None
    statements = [allow(one, when=None if one == PASSING else narrowed) for one in WAYS[name]]
    found = told(Holder(kind="role", name="worker", urn="urn"), *statements)
    assert found == {name: set(WAYS[name])}


@pytest.mark.parametrize(
    ("kind", "action"),
    [(kind, action) for kind, actions in ON_ITSELF.items() for action in actions],
)
def test_what_nobody_may_do_to_itself(kind: str, action: str) -> None:
    itself = f"arn:aws:iam::123456789012:{kind}/mine"
    holder = Holder(kind="role", name="worker", urn="urn", names={(kind, itself)})
    method = f"{action.split(':')[1]}OnItself"
    assert told(holder, allow(action, itself)) == {method: {action}}
    other = Holder(kind="role", name="other", urn="urn")
    assert told(other, allow(action, itself)) == {}
