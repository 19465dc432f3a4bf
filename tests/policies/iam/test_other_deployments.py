"""What the other deployments of Metaflow on AWS grant too much, and the rules that say so.

The documents are of this test's own making; their faults are those of
outerbounds/metaflow-tools (CloudFormation), outerbounds/terraform-aws-metaflow and
bcgalvin/cdk-metaflow.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.iam import grants, pass_role, principals, wildcards
from tests.policies.harness import judge, judge_stack, resource
from tests.policies.iam.policy_documents import ROLE_POLICY, allow, inline, role

HERE = "us-east-1:123456789012"
ACCOUNT = "arn:aws:iam::123456789012"
BUCKET = "arn:aws:s3:::metaflow"
TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
NO_PRESIGNED = {
    "Effect": "Deny",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"s3:authType": "REST-HEADER"}},
}

READS, WRITES = "iam-reads-bounded", "iam-writes-bounded"
DATA, EFFECT = "iam-no-data-exfiltration", "iam-grants-take-effect"
WILDCARDS, PASSING = "iam-no-wildcard-actions", "iam-pass-role-named"
ESCALATION, EXPOSURE = "iam-no-privilege-escalation", "iam-no-resource-exposure"


def findings(*policies: PolicyResource) -> set[str]:
    """Return the names of the rules that policies of one role violate."""
    found = {
        rule.name
        for rule in (*wildcards.POLICIES, *grants.POLICIES, *pass_role.POLICIES)
        for one in policies
        if judge(rule, one.resource_type, one.props).violations
    }
    stack = [role("worker"), *policies]
    return found | {
        rule.name for rule in principals.POLICIES if judge_stack(rule, stack).violations
    }


FAULTS: Mapping[str, tuple[list[dict[str, Any]], set[str]]] = {
    "execution role pulls and logs on everything": (
        [
            allow(
                [
                    "ecr:GetAuthorizationToken",
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:BatchGetImage",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                ]
            )
        ],
        {READS, WRITES},
    ),
    "instance role with wildcards of EC2 and load balancing": (
        [allow(["ec2:AuthorizeSecurityGroupIngress", "ec2:Describe*", "elasticloadbalancing:*"])],
        {WILDCARDS, READS, WRITES},
    ),
    "notebook role passes any role and trains": (
        [
            allow("iam:PassRole"),
            allow("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{HERE}:training-job/mf-*"),
        ],
        {PASSING, ESCALATION},
    ),
    "job role passes any role to SageMaker, which it names": (
        [
            allow("iam:PassRole", when=TO_SAGEMAKER),
            allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateModel"]),
        ],
        {PASSING, WRITES, ESCALATION},
    ),
    "notebook role sends metrics, reads images and logs of all": (
        [allow(["cloudwatch:PutMetricData", "ecr:BatchGetImage", "logs:GetLogEvents"])],
        {READS, WRITES, DATA},
    ),
    "users pass roles by a prefix, to any service": (
        [allow("iam:PassRole", f"{ACCOUNT}:role/metaflow-*")],
        {PASSING},
    ),
    "users have object wildcards in the bucket": (
        [allow("s3:*Object", f"{BUCKET}/*"), NO_PRESIGNED],
        {WILDCARDS},
    ),
    "users have object wildcards everywhere": (
        [allow("s3:*Object", "arn:aws:s3:::*"), NO_PRESIGNED],
        {WILDCARDS, WRITES, DATA},
    ),
    "users decrypt with a key whose ARN is malformed": (
        [allow(["kms:Decrypt", "kms:Encrypt"], f"arn:aws:kms:{HERE}:key/")],
        {EFFECT},
    ),
    "users decrypt with a key whose ARN has no region": (
        [allow(["kms:Decrypt", "kms:Encrypt"], "arn:aws:kms::123456789012:key/1")],
        {EFFECT},
    ),
    "users read all logs": (
        [allow("logs:GetLogEvents", f"arn:aws:logs:{HERE}:log-group:*:log-stream:*")],
        {DATA},
    ),
    "users define and end all jobs": (
        [
            allow(["batch:RegisterJobDefinition", "batch:TerminateJob", "batch:DescribeJobs"]),
            allow("batch:SubmitJob", f"arn:aws:batch:{HERE}:job-definition/*:*"),
        ],
        {WRITES},
    ),
    "users change all state machines and rules": (
        [
            allow("states:CreateStateMachine", f"arn:aws:states:{HERE}:stateMachine:*"),
            allow(["events:PutRule", "events:DisableRule"], f"arn:aws:events:{HERE}:rule/*"),
        ],
        {WRITES},
    ),
    "users change and start all state machines": (
        [
            allow(
                ["states:UpdateStateMachine", "states:StartExecution"],
                f"arn:aws:states:{HERE}:stateMachine:*",
            )
        ],
        {WRITES, ESCALATION},
    ),
    "users stop executions by the state machine's ARN": (
        [allow("states:StopExecution", f"arn:aws:states:{HERE}:stateMachine:*")],
        {EFFECT},
    ),
    "users change any stack, which acts with its own role": (
        [allow(["cloudformation:UpdateStack", "cloudformation:DescribeStacks"])],
        {READS, WRITES, ESCALATION},
    ),
    "users open any notebook, which has a role": (
        [allow("sagemaker:CreatePresignedNotebookInstanceUrl")],
        {WRITES, ESCALATION},
    ),
    "schedules start any state machine": (
        [allow("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:*")],
        {WRITES},
    ),
    "state machines tag any job": ([allow("batch:TagResource")], {WRITES}),
    "service role of Batch on everything": (
        [
            allow(
                [
                    "autoscaling:CreateAutoScalingGroup",
                    "autoscaling:CreateLaunchConfiguration",
                    "ec2:RunInstances",
                    "ec2:DescribeInstances",
                    "ecs:RegisterTaskDefinition",
                    "ecs:RunTask",
                    "iam:PassRole",
                    "logs:PutLogEvents",
                ]
            )
        ],
        {WRITES, PASSING, ESCALATION},
    ),
    "migration function makes log groups and network interfaces": (
        [
            allow("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:*"),
            allow(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]),
        ],
        {WRITES},
    ),
    "a reader encrypts with any key": (
        [allow(["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"])],
        {WRITES, DATA},
    ),
    "a condition that holds for every principal of the account": (
        [allow("sqs:SendMessage", when={"StringEquals": {"aws:PrincipalAccount": "123456789012"}})],
        {WRITES},
    ),
    "buckets opened to others": ([allow("s3:PutBucketPolicy")], {EXPOSURE}),
}


@pytest.mark.parametrize(("statements", "expected"), FAULTS.values(), ids=FAULTS)
def test_their_faults(statements: list[dict[str, Any]], expected: set[str]) -> None:
    assert findings(inline("p", "worker", *statements)) == expected


@pytest.mark.parametrize(("statements", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_statement_that_is_no_list_hides_nothing(
    statements: list[dict[str, Any]], expected: set[str]
) -> None:
    each = [
        resource(ROLE_POLICY, f"p{place}", {"role": "worker", "policy": json.dumps(one)})
        for place, one in enumerate({"Statement": statement} for statement in statements)
    ]
    assert findings(*each) == expected


def test_policies_apart_are_no_escalation_and_together_are() -> None:
    passing = inline("pass", "worker", allow("iam:PassRole"))
    training = inline("train", "worker", allow("sagemaker:CreateTrainingJob"))
    assert ESCALATION not in findings(passing) | findings(training)
    assert ESCALATION in findings(passing, training)
