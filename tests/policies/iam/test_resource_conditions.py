"""Which conditions say something of what is acted on, and so bound it."""

import pytest

from rules.iam.grants import writes_bounded
from rules.iam.names import is_named
from rules.iam.resource_conditions import bounds, says_nothing
from rules.iam.statements import Condition
from tests.policies.iam.policy_documents import allow, judged

POLICIES = "arn:aws:iam::aws:policy"


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:ResourceTag/stack", ["prod"]),
        ("StringEquals", "aws:ResourceTag/stack", ["a", "b"]),
        ("StringEqualsIgnoreCase", "ec2:ResourceTag/stack", ["Prod"]),
        ("StringLike", "s3:ExistingObjectTag/team", ["metaflow*", "data*"]),
        ("stringlike", "S3:EXISTINGOBJECTTAG/team", ["abc*"]),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["metaflow"]),
        ("StringEquals", "aws:ResourceTag/stack", ["*"]),
        ("StringLike", "aws:RequestTag/owner", ["${aws:username}"]),
        ("StringEquals", "aws:RequestTag/stack", ["${aws:PrincipalTag/stack}"]),
        ("NumericEquals", "elasticloadbalancing:ListenerPort", ["443"]),
        ("Bool", "ec2:EbsOptimized", ["true"]),
        ("StringEquals", "ec2:RootDeviceType", ["ebs"]),
        ("StringEquals", "ec2:Tenancy", ["dedicated", "host"]),
        ("ArnEquals", "ecs:cluster", ["arn:aws:ecs:*:123456789012:cluster/metaflow-*"]),
        ("ArnLike", "lambda:FunctionArn", ["arn:aws:lambda:*:*:function:metaflow*:*"]),
        ("StringEquals", "iam:PermissionsBoundary", ["arn:aws:iam::123456789012:policy/x"]),
        ("ArnLike", "iam:PolicyARN", ["arn:aws:iam::*:policy/metaflow_*"]),
        ("ArnEquals", "iam:PolicyARN", [f"{POLICIES}/AmazonS3OutpostsReadOnlyAccess"]),
        ("ArnEquals", "iam:PolicyARN", ["arn:aws:iam::123456789012:policy/AdministratorAccess"]),
        ("ArnLike", "iam:PolicyARN", ["arn:aws:iam::123456789012:policy/Amazon*"]),
        ("ArnLike", "iam:PolicyARN", [f"{POLICIES}/service-role/AWSBatch*"]),
    ],
)
def test_conditions_that_bound(operator: str, key: str, values: list[str]) -> None:
    assert bounds(Condition(operator, key, tuple(values)))


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringEqualsIfExists", ["prod"]),
        ("stringlikeifexists", ["prod"]),
        ("ForAllValues:StringEquals", ["prod"]),
        ("StringNotEquals", ["prod"]),
        ("ArnNotLike", ["arn:aws:s3:::x"]),
        ("NotIpAddress", ["10.0.0.0/8"]),
        ("IpAddress", ["10.0.0.0/8"]),
        ("StringLike", ["*"]),
        ("StringLike", ["**"]),
        ("StringLike", ["prod", "?*"]),
        ("StringLike", ["*.*"]),
        ("StringLike", ["*-*"]),
        ("StringLike", ["*a*", "*e*"]),
        ("StringLike", ["a*"]),
        ("ForAnyValue:StringLike", ["*"]),
        ("ArnLike", ["arn:*"]),
        ("ArnEquals", ["arn:aws:*:*:*:*"]),
        ("ArnEquals", ["arn:aws:iam::*:instance-profile/*"]),
        ("ArnLike", ["arn:aws:ecs:*:123456789012:cluster/*"]),
        ("Null", ["true"]),
        ("Null", ["false"]),
        ("Bool", ["true", "false"]),
        ("Bool", ["True", "FALSE"]),
        ("BinaryEquals", ["QmluYXJ5"]),
        ("NumericLessThan", ["99999999"]),
        ("NumericGreaterThan", ["0"]),
        ("DateGreaterThan", ["2000-01-01T00:00:00Z"]),
    ],
)
def test_clauses_that_hold_for_everything(operator: str, values: list[str]) -> None:
    assert not bounds(Condition(operator, "aws:ResourceTag/stack", tuple(values)))


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("ec2:RootDeviceType", ["ebs", "instance-store"]),
        ("ec2:Tenancy", ["default", "Dedicated", "host"]),
        ("ec2:MetadataHttpTokens", ["optional", "required"]),
        ("ec2:MetadataHttpEndpoint", ["disabled", "enabled"]),
    ],
)
def test_every_value_that_there_is(key: str, values: list[str]) -> None:
    assert not bounds(Condition("StringEquals", key, tuple(values)))
    assert bounds(Condition("StringEquals", key, tuple(values[1:])))


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike", "StringEquals", "StringLike"])
@pytest.mark.parametrize("key", ["iam:PolicyARN", "IAM:policyarn", "iam:PermissionsBoundary"])
@pytest.mark.parametrize(
    "value",
    [
        f"{POLICIES}/AdministratorAccess",
        f"{POLICIES}/IAMFullAccess",
        f"{POLICIES}/job-function/SystemAdministrator",
        f"{POLICIES}/*",
        f"{POLICIES}/Amazon*",
        f"{POLICIES}/AmazonS3Full*",
        f"{POLICIES}/Admin*",
        f"{POLICIES}/AWS*",
        f"{POLICIES}/CloudWatch*",
        f"{POLICIES}/IAM*",
        f"{POLICIES}/ReadOnly*",
        f"{POLICIES}/SecretsManager*",
        f"{POLICIES}/job-function/*",
        "arn:aws:iam::*:policy/*",
        "arn:aws:iam::*:policy/PowerUser*",
        "arn:aws:iam::123456789012:policy/*",
        "arn:aws:iam::aws:*",
        "*",
        "*AdministratorAccess",
    ],
)
def test_policies_that_give_everything_bound_nothing(key: str, operator: str, value: str) -> None:
    harmless = "arn:aws:iam::123456789012:policy/team"
    assert not bounds(Condition(operator, key, (value,)))
    assert not bounds(Condition(operator, key, (harmless, value)))
    assert bounds(Condition(operator, key, (harmless,)))


OF_THE_CALL = (
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/team",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:userid",
    "aws:username",
    "batch:Privileged",
    "ec2:Region",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceARN",
    "events:TargetArn",
    "events:detail-type",
    "events:source",
    "kms:CallerAccount",
    "kms:ViaService",
    "lambda:SourceFunctionArn",
    "s3:ResourceAccount",
    "s3:TlsVersion",
    "s3:authType",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:x-amz-content-sha256",
    "ssm:SourceInstanceARN",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
)
OF_WHAT_IS_ACTED_ON = ("aws:ResourceTag/team", "ec2:ResourceTag/team", "ec2:Vpc")


@pytest.mark.parametrize("key", OF_THE_CALL)
def test_a_condition_about_the_call_leaves_every_instance_open(key: str) -> None:
    open_to = allow("ec2:TerminateInstances", when={"StringEquals": {key: "something"}})
    assert len(judged(writes_bounded, open_to)) == 1
    assert not bounds(Condition("StringEquals", key.upper(), ("something",)))


@pytest.mark.parametrize("key", OF_WHAT_IS_ACTED_ON)
def test_a_condition_about_an_instance_narrows(key: str) -> None:
    narrowed = allow("ec2:TerminateInstances", when={"StringEquals": {key: "something"}})
    assert judged(writes_bounded, narrowed) == []
    assert not says_nothing(key)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::data/*", True),
        ("arn:aws:s3:::*/data/*", False),
        ("arn:aws:sqs:*:123456789012:*", False),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:*", False),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:mf_*", True),
        ("arn:aws:iam::123456789012:instance-profile/p", True),
        ("arn:aws:*:*:*:team", True),
        ("arn:aws:*:*:*:function:*", False),
        ("arn:aws:nosuch:*:*:thing/*", False),
        ("arn:aws:nosuch:*:*:thing/team*", True),
        ("arn:aws:s3*", False),
        ("arn:aws:s3", True),
        ("ARN:*", False),
        ("team-*", True),
        ("t*", False),
    ],
)
def test_patterns_with_a_name(pattern: str, expected: bool) -> None:
    assert is_named(pattern) is expected
