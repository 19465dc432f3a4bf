"""What jobs are granted by the settings, and what that leaves alone."""

import pytest

from tests import deployed
from tests.components.grants import (
    ACCOUNT,
    DEV,
    JOB_SECRETS,
    LONGEST_QUEUES,
    READ_SECRETS,
    Grant,
    granted,
)
from tests.deployed import JOB_PERMISSIONS

KEYS = list(JOB_PERMISSIONS["jobKmsKeyArns"])
JOB = "metaflow-compute-job"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


def through(service: str) -> dict[str, dict[str, list[str]]]:
    suffixes = ["eu-west-1.amazonaws.com", "us-east-1.amazonaws.com"]
    return {"StringEquals": {"kms:ViaService": [f"{service}.{one}" for one in suffixes]}}


KEYS_OF_SECRETS: dict[str, Grant] = {
    "KeysOfSecrets": (["kms:Decrypt"], KEYS, through("secretsmanager"))
}

GRANTED: dict[str, Grant] = {
    **READ_SECRETS,
    **KEYS_OF_SECRETS,
    "ListBuckets": (
        ["s3:ListBucket"],
        ["arn:aws:s3:::raw-data", "arn:aws:s3:::shared-data"],
        {},
    ),
    "ReadBuckets": (["s3:GetObject"], ["arn:aws:s3:::raw-data/*"], {}),
    "ReadAndWriteBuckets": (
        ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
        ["arn:aws:s3:::shared-data/*"],
        {},
    ),
    "KeysOfBuckets": (["kms:GenerateDataKey", "kms:Decrypt"], KEYS, through("s3")),
    "AssumeRoles": (["sts:AssumeRole"], [f"arn:aws:iam::{ACCOUNT}:role/deployer"], {}),
    "DescribeRepositories": (
        ["ecr:DescribeRepositories"],
        [f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/models"],
        {},
    ),
}


def test_jobs_are_granted_what_is_set_and_users_the_secrets_alone() -> None:
    assert list(JOB_PERMISSIONS["jobSecretArns"]) == JOB_SECRETS
    found = granted(deployed.deploy_stack("dev", **JOB_PERMISSIONS))
    assert {holder: found[holder] for holder in (*DEV, "metaflow-users-secrets")} == {
        **DEV,
        JOB: DEV[JOB] | GRANTED,
        "metaflow-users-secrets": READ_SECRETS | KEYS_OF_SECRETS,
    }


def test_policies_are_attached_to_the_role_of_jobs_under_their_own_names() -> None:
    arns = [
        f"arn:aws:iam::{ACCOUNT}:policy/team/jobs",
        f"arn:aws:iam::{ACCOUNT}:policy/jobs",
        "arn:aws:iam::aws:policy/service-role/jobs",
    ]
    deployment = deployed.deploy_stack("dev", jobPolicyArns=arns)
    attached = {
        one.name: one.inputs["policyArn"]
        for one in deployment.of_type(ATTACHMENT)
        if one.inputs["role"] == JOB
    }
    assert attached == {
        f"{JOB}-{ACCOUNT}-team-jobs": arns[0],
        f"{JOB}-{ACCOUNT}-jobs": arns[1],
        f"{JOB}-aws-service-role-jobs": arns[2],
    }


@pytest.mark.parametrize(
    ("settings", "sids"),
    [
        ({"jobReadBuckets": ["raw"]}, {"ListBuckets", "ReadBuckets"}),
        ({"jobReadWriteBuckets": ["raw"]}, {"ListBuckets", "ReadAndWriteBuckets"}),
        (
            {"jobReadBuckets": ["raw"], "jobKmsKeyArns": KEYS},
            {"ListBuckets", "ReadBuckets", "KeysOfBuckets"},
        ),
        (
            {"jobSecretArns": JOB_SECRETS, "jobKmsKeyArns": KEYS},
            {"ReadSecrets", "KeysOfSecrets"},
        ),
    ],
)
def test_nothing_more_is_granted(settings: dict[str, list[str]], sids: set[str]) -> None:
    found = granted(deployed.deploy_stack("dev", **settings))[JOB]
    assert set(found) - set(DEV[JOB]) == sids
    if "KeysOfBuckets" in found:
        assert found["KeysOfBuckets"][0] == ["kms:Decrypt"]


@pytest.mark.parametrize(
    ("region", "start", "suffix"),
    [
        ("us-gov-west-1", "arn:aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "arn:aws-cn", "amazonaws.com.cn"),
    ],
)
def test_every_partition_has_its_own_names(region: str, start: str, suffix: str) -> None:
    key = f"{start}:kms:{region}:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"
    found = granted(
        deployed.deploy_stack(
            "dev",
            region=region,
            jobReadWriteBuckets=["shared"],
            jobKmsKeyArns=[key],
            jobDescribableRepositories=["models"],
        )
    )[JOB]
    assert found["ReadAndWriteBuckets"][1] == [f"{start}:s3:::shared/*"]
    assert found["DescribeRepositories"][1] == [f"{start}:ecr:{region}:{ACCOUNT}:repository/models"]
    assert found["KeysOfBuckets"][2] == {
        "StringEquals": {"kms:ViaService": [f"s3.{region}.{suffix}"]}
    }


def ljusted(start: str, count: int, length: int, end: str = "") -> list[str]:
    """Return values of equal lengths that have so many characters together."""
    each = length // count - len(end)
    return [f"{start}{number:02}".ljust(each, "a") + end for number in range(count)]


def test_the_policies_hold_as_much_as_the_settings_allow() -> None:
    arn = f"arn:aws-us-gov:{{}}:us-gov-west-1:{ACCOUNT}:"
    key = arn.format("kms") + "key/12345678-90ab-cdef-1234-567890abcde"
    settings = {
        "namePrefix": "a" * 32,
        "queues": LONGEST_QUEUES,
        "jobSecretArns": ljusted(arn.format("secretsmanager") + "secret:", 20, 2500, "-AbCdEf"),
        "jobReadWriteBuckets": ljusted("b", 10, 630),
        "jobKmsKeyArns": [f"{key}{number}" for number in range(5)],
        "jobAssumableRoleArns": ljusted(
            f"arn:aws-us-gov:iam::{ACCOUNT}:role/{'p' * 50}/", 10, 1200
        ),
        "jobDescribableRepositories": ljusted("r", 10, 600),
    }
    deployment = deployed.deploy_stack("prod", region="us-gov-west-1", **settings)
    inline = [one for one in deployment.of_type(ROLE_POLICY) if one.inputs["role"] == JOB]
    # Automatic names and the key's identifier add less than a hundred characters.
    lengths = {one.name: len(one.inputs["policy"].replace(" ", "")) for one in inline}
    assert sum(lengths.values()) + 100 <= 10240, lengths
    for one in deployment.of_type("aws:iam/policy:Policy"):
        assert len(one.inputs["policy"].replace(" ", "")) + 8 * 49 <= 6144, one.name
