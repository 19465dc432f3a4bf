"""Combinations of actions by which a principal gets more than its policies say."""

from collections.abc import Mapping
from types import MappingProxyType

from cloudsplaining.shared import constants

ROLE_PASSING = "iam:passrole"

_FURTHER: Mapping[str, tuple[str, ...]] = {
    # Code that runs as a role passed to it: each service's page in the Service Authorization
    # Reference has iam:PassRole among the dependent actions, or its API takes a role's ARN.
    "PassRoleToBatchJob": (ROLE_PASSING, "batch:registerjobdefinition", "batch:submitjob"),
    "PassRoleToNewStateMachine": (
        ROLE_PASSING,
        "states:createstatemachine",
        "states:startexecution",
    ),
    "PassRoleToUpdatedStateMachine": (ROLE_PASSING, "states:updatestatemachine"),
    "PassRoleToTestedState": (ROLE_PASSING, "states:teststate"),
    "PassRoleToEventTarget": (ROLE_PASSING, "events:puttargets"),
    "PassRoleToSchedule": (ROLE_PASSING, "scheduler:createschedule"),
    "PassRoleToPipe": (ROLE_PASSING, "pipes:createpipe"),
    "PassRoleToSageMakerTransformJob": (
        ROLE_PASSING,
        "sagemaker:createmodel",
        "sagemaker:createtransformjob",
    ),
    "PassRoleToSageMakerEndpoint": (
        ROLE_PASSING,
        "sagemaker:createmodel",
        "sagemaker:createendpoint",
    ),
    "PassRoleToSageMakerTuningJob": (ROLE_PASSING, "sagemaker:createhyperparametertuningjob"),
    "PassRoleToSageMakerAutoMLJob": (ROLE_PASSING, "sagemaker:createautomljob"),
    "PassRoleToSageMakerAutoMLJobV2": (ROLE_PASSING, "sagemaker:createautomljobv2"),
    "PassRoleToSageMakerPipeline": (
        ROLE_PASSING,
        "sagemaker:createpipeline",
        "sagemaker:startpipelineexecution",
    ),
    "PassRoleToAutomation": (ROLE_PASSING, "ssm:startautomationexecution"),
    "PassRoleToRunningInstance": (ROLE_PASSING, "ec2:associateiaminstanceprofile"),
    "PassRoleInsteadOfInstanceProfile": (
        ROLE_PASSING,
        "ec2:replaceiaminstanceprofileassociation",
    ),
    "PassRoleToLaunchConfiguration": (
        ROLE_PASSING,
        "autoscaling:createlaunchconfiguration",
        "autoscaling:createautoscalinggroup",
    ),
    "PassRoleToEmrCluster": (ROLE_PASSING, "elasticmapreduce:runjobflow"),
    "PassRoleToEmrServerlessJob": (ROLE_PASSING, "emr-serverless:startjobrun"),
    "PassRoleToCodePipeline": (ROLE_PASSING, "codepipeline:createpipeline"),
    "PassRoleToUpdatedStack": (ROLE_PASSING, "cloudformation:updatestack"),
    # What runs already as a role, given other code. AWS Step Functions API Reference,
    # "UpdateStateMachine"; AWS CodeBuild API Reference, "StartBuild" (buildspecOverride);
    # AWS Systems Manager API Reference, "SendCommand", "StartSession"; AWS CloudFormation User
    # Guide, "AWS CloudFormation service role".
    "UpdateStateMachineThenStartIt": ("states:updatestatemachine", "states:startexecution"),
    "StartBuildWithOtherCommands": ("codebuild:startbuild",),
    "StartBuildBatchWithOtherCommands": ("codebuild:startbuildbatch",),
    "SendCommandToInstance": ("ssm:sendcommand",),
    "StartSessionOnInstance": ("ssm:startsession",),
    "UpdateStackWithItsRole": ("cloudformation:updatestack",),
    "AddLayerToLambdaFunction": ("lambda:updatefunctionconfiguration",),
    # Roles and limits themselves. AWS IAM User Guide, "Permissions boundaries for IAM entities".
    "AssumeAnyRole": ("sts:assumerole",),
    "DeleteRolePermissionsBoundary": ("iam:deleterolepermissionsboundary",),
    "DeleteUserPermissionsBoundary": ("iam:deleteuserpermissionsboundary",),
    "PutRolePermissionsBoundary": ("iam:putrolepermissionsboundary",),
    "PutUserPermissionsBoundary": ("iam:putuserpermissionsboundary",),
}

METHODS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        name: frozenset(actions)
        for name, actions in (*constants.PRIVILEGE_ESCALATION_METHODS.items(), *_FURTHER.items())
    }
)
"""Actions in small letters that together are an escalation; cloudsplaining's and further ones."""

ON_ITSELF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "role": (
            "iam:attachrolepolicy",
            "iam:deleterolepermissionsboundary",
            "iam:putrolepermissionsboundary",
            "iam:putrolepolicy",
            "iam:updateassumerolepolicy",
        ),
        "user": (
            "iam:attachuserpolicy",
            "iam:deleteuserpermissionsboundary",
            "iam:putuserpermissionsboundary",
            "iam:putuserpolicy",
        ),
        "group": ("iam:attachgrouppolicy", "iam:putgrouppolicy"),
        "policy": ("iam:createpolicyversion", "iam:setdefaultpolicyversion"),
    }
)
"""Actions that are an escalation even on one resource: the principal itself or a policy of its."""
