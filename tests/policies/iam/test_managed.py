"""AWS managed policies that are too broad."""

import pytest

from rules.iam.managed import no_broad_managed_policies as rule
from tests.policies.harness import UNKNOWN, judge

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE = "aws:iam/role:Role"
AWS = "arn:aws:iam::aws:policy/"
FULL = f"{AWS}AmazonS3FullAccess"
NARROW = f"{AWS}service-role/AmazonECSTaskExecutionRolePolicy"

BROAD = [
    "AdministratorAccess",
    "AdministratorAccess-Amplify",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "IAMFullAccess",
    "AmazonS3FullAccess",
    "AWSLambda_FullAccess",
    "AmazonDynamoDBFullAccess_v2",
    "AmazonAPIGatewayAdministrator",
    "AmazonEC2ContainerRegistryPowerUser",
    "AWSKeyManagementServicePowerUser",
    "job-function/DatabaseAdministrator",
    "job-function/ViewOnlyAccess",
    "service-role/AmazonSageMakerServiceCatalogProductsFullAccess",
    "AWSLambdaExecute",
    "SageMakerStudioAdminIAMPermissiveExecutionPolicy",
    "SageMakerStudioUserIAMPermissiveExecutionPolicy",
    "SecretsManagerReadWrite",
    "service-role/AWSCodeStarServiceRole",
    "service-role/AWSElasticBeanstalkService",
    "service-role/AmazonEC2RoleforDataPipelineRole",
    "service-role/AmazonEC2RoleforSSM",
    "service-role/AmazonElasticMapReduceRole",
    "service-role/AmazonElasticMapReduceforEC2Role",
    "service-role/AmazonSSMAutomationRole",
]


@pytest.mark.parametrize("name", BROAD)
@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_broad(name: str, partition: str) -> None:
    arn = f"arn:{partition}:iam::aws:policy/{name}"
    assert judge(rule, ATTACHMENT, {"policyArn": arn}).violations == [
        "No AWS managed policy that grants a whole service or more must be attached; policyArn "
        f"has {arn}."
    ]


@pytest.mark.parametrize(
    "arn",
    [
        NARROW,
        f"{AWS}service-role/AmazonEC2ContainerServiceforEC2Role",
        f"{AWS}SecurityAudit",
        f"{AWS}AmazonS3ReadOnlyAccess",
        f"{AWS}CloudWatchAgentServerPolicy",
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
    ],
)
def test_narrow_or_not_of_aws(arn: str) -> None:
    assert judge(rule, ATTACHMENT, {"policyArn": arn}).violations == []


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("aws:iam/userPolicyAttachment:UserPolicyAttachment", "policyArn"),
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "policyArn"),
        ("aws:iam/policyAttachment:PolicyAttachment", "policyArn"),
        ("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "managedPolicyArn"),
    ],
)
def test_other_attachments(token: str, key: str) -> None:
    assert len(judge(rule, token, {key: FULL}).violations) == 1
    assert judge(rule, token, {key: NARROW}).violations == []


@pytest.mark.parametrize(
    ("token", "key"),
    [
        (ROLE, "managedPolicyArns"),
        ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "policyArns"),
        ("aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", "policyArns"),
        ("aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive", "policyArns"),
        (
            "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
            "managedPolicyArns",
        ),
    ],
)
def test_lists(token: str, key: str) -> None:
    assert len(judge(rule, token, {key: [NARROW, FULL, f"{AWS}ReadOnlyAccess"]}).violations) == 2
    assert judge(rule, token, {key: [NARROW]}).violations == []


@pytest.mark.parametrize("allowed", [FULL, "AmazonS3FullAccess"], ids=["arn", "name"])
def test_allowed(allowed: str) -> None:
    assert judge(rule, ATTACHMENT, {"policyArn": FULL}, {"allow": [allowed]}).violations == []
    other = {"policyArn": f"{AWS}AmazonEC2FullAccess"}
    assert len(judge(rule, ATTACHMENT, other, {"allow": [allowed]}).violations) == 1


def test_missing_unknown_and_another_type() -> None:
    assert judge(rule, ATTACHMENT, {}).violations == []
    assert judge(rule, ATTACHMENT, {"policyArn": UNKNOWN}).unknown
    verdict = judge(rule, ROLE, {"managedPolicyArns": [UNKNOWN, FULL]})
    assert verdict.unknown
    assert len(verdict.violations) == 1
    assert not judge(rule, "aws:iam/policy:Policy", {}).applicable
