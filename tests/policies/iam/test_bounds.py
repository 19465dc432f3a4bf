"""What bounds a grant, and what only looks as if it did."""

import pytest

from rules.iam import bounds, reference
from rules.iam.reference import Action
from rules.iam.statements import Statement, parse
from tests.policies.iam.policy_documents import allow

HERE = "us-east-1:123456789012"


def action(name: str) -> Action:
    found = reference.find(name)
    assert found is not None, name
    return found


def statement(*arguments: object, **options: object) -> Statement:
    return parse({"Statement": allow(*arguments, **options)}).statements[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("s3:GetObject", "*"),
        ("s3:GetObject", "**"),
        ("s3:GetObject", "arn:*"),
        ("s3:GetObject", "arn:aws:s3:::*"),
        ("s3:GetObject", "arn:aws:s3:::*/*"),
        ("s3:GetObject", "arn:aws:s3:::*/metaflow/*"),
        ("s3:GetObject", "arn:aws:s3:::???*"),
        ("s3:GetObject", "arn:aws:s3:::*-*/*"),
        ("batch:TerminateJob", f"arn:aws:batch:{HERE}:job/*"),
        ("batch:TerminateJob", "arn:aws:batch:*:*:*"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/????????-????-*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/mrk-*"),
        ("ec2:StopInstances", f"arn:aws:ec2:{HERE}:instance/i-*"),
        ("events:PutRule", f"arn:aws:events:{HERE}:rule/*"),
        ("states:StopExecution", f"arn:aws:states:{HERE}:execution:*:*"),
        ("logs:GetLogEvents", f"arn:aws:logs:{HERE}:*"),
        ("logs:GetLogEvents", f"arn:aws:logs:{HERE}:log-group:*:log-stream:mine"),
        ("apigateway:GET", "arn:aws:apigateway:us-east-1::/apikeys/*"),
        ("dms:DeleteEndpoint", f"arn:aws:dms:{HERE}:endpoint:*"),
        ("securityhub:GetFindings", "*"),
        ("rds-db:connect", f"arn:aws:rds-db:{HERE}:dbuser:*/*"),
        ("rds-db:connect", f"arn:aws:rds-db:{HERE}:dbuser:db-ABC/*"),
        ("s3:GetObject", "arn:aws:s3:::a*/*"),
        ("s3:DeleteBucket", "arn:aws:s3:::*a*"),
        ("iam:PassRole", "arn:aws:iam::*:role/*e*"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/A*"),
        ("iam:CreateAccessKey", "arn:aws:iam::*:user/*a*"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:*e*"),
        ("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/*a*"),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*a*"),
        ("rds:DeleteDBInstance", "arn:aws:rds:*:*:db:*a*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/1*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/mrk-0*"),
        ("ec2:StopInstances", f"arn:aws:ec2:{HERE}:instance/i-0*"),
        ("ec2:StopInstances", f"arn:aws:ec2:{HERE}:instance/i-0ab*"),
        (
            "elasticfilesystem:DeleteFileSystem",
            f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-*",
        ),
        ("fsx:DeleteBackup", f"arn:aws:fsx:{HERE}:backup/backup-*"),
        ("vpc-lattice:DeleteService", f"arn:aws:vpc-lattice:{HERE}:service/svc-0*"),
    ],
)
def test_names_that_nobody_chose(name: str, resource: str) -> None:
    assert bounds.is_unbounded(action(name), resource)


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket/*"),
        ("s3:GetObject", "arn:aws:s3:::bucket-*/*"),
        ("s3:GetObject", "arn:aws:s3:::${aws:username}/*"),
        ("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team}-*/*"),
        ("s3:ListBucket", "arn:aws:s3:::*/metaflow/*"),
        ("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:metaflow_*"),
        ("states:StopExecution", f"arn:aws:states:{HERE}:execution:metaflow_*:*"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/*-metaflow"),
        ("iam:PassRole", "arn:aws:iam::*:role/team/*"),
        ("events:PutRule", f"arn:aws:events:{HERE}:rule/metaflow_*"),
        ("ec2:StopInstances", f"arn:aws:ec2:{HERE}:instance/i-0abc*"),
        ("ec2:StopInstances", f"arn:aws:ec2:{HERE}:instance/i-1"),
        ("s3:GetObject", "arn:aws:s3:::abc*/*"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/r"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/1"),
        ("events:PutRule", f"arn:aws:events:{HERE}:rule/mf_*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/1234*"),
        (
            "elasticfilesystem:DeleteFileSystem",
            f"arn:aws:elasticfilesystem:{HERE}:file-system/fs-0abc*",
        ),
        ("rds-db:connect", f"arn:aws:rds-db:{HERE}:dbuser:*/app"),
        ("ec2:DeleteKeyPair", f"arn:aws:ec2:{HERE}:key-pair/Team-*"),
        ("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:mine:*"),
        ("logs:GetLogEvents", "arn:aws:logs:*:*:log-group:mine*"),
        ("apigateway:GET", "arn:aws:apigateway:us-east-1::/account"),
        ("states:StopExecution", f"arn:aws:states:{HERE}:stateMachine:*"),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/"),
        ("batch:TerminateJob", f"arn:aws:batch:{HERE}:job/"),
    ],
)
def test_names_that_somebody_chose(name: str, resource: str) -> None:
    assert not bounds.is_unbounded(action(name), resource)


@pytest.mark.parametrize(
    ("name", "resource", "expected"),
    [
        ("states:StopExecution", f"arn:aws:states:{HERE}:stateMachine:*", False),
        ("states:StopExecution", f"arn:aws:states:{HERE}:execution:*:*", True),
        ("kms:Decrypt", "arn:aws:kms::key/1", False),
        ("kms:Decrypt", "arn:aws:kms::123456789012:key/1", False),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/", False),
        ("s3:GetObject", "arn:aws:s3:::bucket", False),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/1", True),
        ("iam:PassRole", "arn:aws:iam:us-east-1:123456789012:role/x", False),
        ("s3:ListBucket", "arn:aws:s3:us-east-1:123456789012:bucket", False),
        ("s3:ListBucket", "arn:aws-us-gov:s3:::bucket", True),
        ("batch:DescribeJobs", f"arn:aws:batch:{HERE}:job/1", False),
        ("batch:DescribeJobs", "*", True),
        ("ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript", True),
    ],
)
def test_can_act_on(name: str, resource: str, expected: bool) -> None:
    assert bounds.can_act_on(action(name), resource) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s3:GetObject", True),
        ("cloudwatch:PutMetricData", True),
        ("batch:DescribeJobs", False),
        ("redshift-data:GetStatementResult", False),  # reads, with a condition key
        ("s3:ListAllMyBuckets", False),  # its keys are about the request
        ("ec2:DescribeInstances", False),
        ("ec2:CreateDefaultVpc", False),  # ec2:Region only
        ("amplify:CreateApp", True),  # aws:RequestTag only
        ("logs:CreateLogDelivery", False),
        ("route53:GetChange", False),
        ("cloudwatch:GetMetricData", False),
        ("cloudwatch:ListMetrics", False),
        ("xray:PutTraceSegments", False),
    ],
)
def test_is_restrictable(name: str, expected: bool) -> None:
    assert bounds.is_restrictable(action(name)) is expected


def opened(found: Statement) -> list[str]:
    return [one.name for one in bounds.open_actions(found)]


def test_one_unbounded_resource_opens_a_statement() -> None:
    resources = ["arn:aws:s3:::bucket/*", "arn:aws:s3:::*"]
    assert opened(statement(["s3:GetObject", "s3:getobject"], resources)) == ["s3:GetObject"]
    assert opened(statement("s3:GetObject", resources[:1])) == []


def test_one_bounding_condition_closes_a_statement() -> None:
    conditions = {
        "StringEquals": {"aws:PrincipalAccount": "1", "aws:ResourceTag/stack": "prod"},
    }
    assert opened(statement("s3:GetObject", when=conditions)) == []
    conditions["StringEquals"].pop("aws:ResourceTag/stack")
    assert opened(statement("s3:GetObject", when=conditions)) == ["s3:GetObject"]


@pytest.mark.parametrize("key", ["aws:RequestTag/stack", "aws:TagKeys"])
@pytest.mark.parametrize(
    ("name", "narrowed"),
    [
        ("batch:SubmitJob", False),
        ("ecs:StartTask", False),
        ("ec2:TerminateInstances", False),
        ("mgn:StartExport", True),  # which acts on nothing else
        ("batch:TagResource", True),
        ("batch:RegisterJobDefinition", True),
        ("ec2:CreateVolume", True),
        ("ec2:RunInstances", True),
        ("ec2:CopyImage", True),
        ("ec2:ImportImage", True),
        ("ec2:AllocateAddress", True),
        ("ec2:PurchaseHostReservation", True),
        ("ec2:ProvisionIpamByoasn", True),
        ("ec2:RequestSpotInstances", True),
        ("elasticloadbalancing:AddTags", True),
        ("rds:RestoreDBInstanceFromS3", True),
        ("events:PutRule", True),
    ],
)
def test_tags_of_a_request_narrow_what_makes_or_tags(name: str, narrowed: bool, key: str) -> None:
    found = statement(name, when={"StringEquals": {key: "prod"}})
    assert opened(found) == ([] if narrowed else [name])


def test_not_resource_and_not_action_are_open() -> None:
    excepted = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}
    assert opened(parse({"Statement": excepted}).statements[0]) == ["s3:GetObject"]
    negated = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:iam::*:role/*"}
    found = opened(parse({"Statement": negated}).statements[0])
    assert "iam:PassRole" in found
    assert not [one for one in found if one.startswith("s3:")]
