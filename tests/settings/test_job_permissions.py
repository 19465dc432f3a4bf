"""What jobs may be granted: by whole names and ARNs, in lists that a role's policies hold."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from settings import SettingsError, parse

ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy"


def lines(**settings: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        parse(settings)
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("jobReadBuckets", "raw.data-1"),
        ("jobReadWriteBuckets", "a" * 63),
        ("jobPolicyArns", f"{POLICY}/team/jobs"),
        ("jobPolicyArns", "arn:aws-us-gov:iam::aws:policy/service-role/AmazonSomethingReadOnly"),
        # Not AWS's own, whatever they are called.
        ("jobPolicyArns", f"{POLICY}/AdministratorAccess"),
        ("jobAssumableRoleArns", f"{ROLE}/deployer"),
        ("jobAssumableRoleArns", "arn:aws-cn:iam::999999999999:role/team/deployer@x"),
        ("jobDescribableRepositories", "team/model"),
    ],
)
def test_a_value_is_taken(key: str, value: str) -> None:
    assert parse({key: [value]}).model_dump(by_alias=True)[key] == (value,)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "arn:aws-cn:kms:cn-north-1:999999999999:key/mrk-1234567890abcdef1234567890abcdef",
    ],
)
@pytest.mark.parametrize("beside", ["jobReadBuckets", "jobReadWriteBuckets"])
def test_a_key_is_taken_beside_what_it_encrypts(key: str, beside: str) -> None:
    assert parse({"jobKmsKeyArns": [key], beside: ["data"]}).job_kms_key_arns == (key,)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("jobReadBuckets", "ab", "no name of a bucket"),
        ("jobReadBuckets", "raw*", "no name of a bucket"),
        ("jobReadBuckets", "*", "no name of a bucket"),
        ("jobReadBuckets", "a..b", "no name of a bucket"),
        ("jobReadBuckets", "bucket/prefix", "no name of a bucket"),
        ("jobReadBuckets", "arn:aws:s3:::bucket", "no name of a bucket"),
        ("jobReadBuckets", "192.168.1.1", "an address, and no name of a bucket"),
        ("jobReadBuckets", "a--use1-az4--x-s3", "no name of a general purpose bucket"),
        ("jobReadWriteBuckets", "access-point-s3alias", "no name of a general purpose bucket"),
        ("jobKmsKeyArns", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/k", "an alias, by which"),
        ("jobKmsKeyArns", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*", "no ARN of a KMS key"),
        ("jobKmsKeyArns", KEY.partition("/")[2], "no ARN of a KMS key"),
        (
            "jobPolicyArns",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "AdministratorAccess would let every job",
        ),
        (
            "jobPolicyArns",
            "arn:aws-cn:iam::aws:policy/PowerUserAccess",
            "PowerUserAccess would let every job",
        ),
        (
            "jobPolicyArns",
            "arn:aws:iam::aws:policy/IAMFullAccess",
            "IAMFullAccess would let every job",
        ),
        ("jobPolicyArns", f"{POLICY}/*", "no ARN of a managed policy"),
        ("jobPolicyArns", f"{ROLE}/jobs", "no ARN of a managed policy"),
        ("jobAssumableRoleArns", f"{ROLE}/*", "no ARN of a role"),
        ("jobAssumableRoleArns", "*", "no ARN of a role"),
        ("jobAssumableRoleArns", f"arn:aws:iam::{ACCOUNT}:root", "no ARN of a role"),
        (
            "jobAssumableRoleArns",
            f"{ROLE}/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
            "only its AWS service can assume it",
        ),
        ("jobDescribableRepositories", "team/*", "a pattern, where a name is needed"),
        ("jobDescribableRepositories", "Team", "'Team' is no name of an ECR repository"),
    ],
)
def test_a_value_is_refused_in_one_line(key: str, value: str, reason: str) -> None:
    [line] = [one for one in lines(**{key: [value]}) if one.startswith(f"{key}[0]")]
    assert f"({reason}" in line
    assert "; allowed: " in line


def of_length(start: str, count: int, length: int) -> list[str]:
    """Return values that have so many characters together."""
    each, rest = divmod(length, count)
    return [
        f"{start}{number}".ljust(each + (rest if number == 0 else 0), "a")
        for number in range(count)
    ]


LISTS: Sequence[tuple[str, list[str], str]] = [
    ("jobReadBuckets", ["raw", "raw"], "raw more than once"),
    ("jobKmsKeyArns", [KEY, KEY], f"{KEY} more than once"),
    ("jobPolicyArns", [f"{POLICY}/a"] * 2, f"{POLICY}/a more than once"),
    ("jobAssumableRoleArns", [f"{ROLE}/a"] * 2, f"{ROLE}/a more than once"),
    (
        "jobAssumableRoleArns",
        of_length(f"{ROLE}/{'a' * 40}/", 10, 1201),
        "1201 characters, for which the jobs' policies have no room",
    ),
    ("jobDescribableRepositories", ["models"] * 2, "models more than once"),
    (
        "jobDescribableRepositories",
        of_length("m", 3, 601),
        "601 characters, for which the jobs' policies have no room",
    ),
]


@pytest.mark.parametrize(("key", "values", "reason"), LISTS)
def test_a_list_is_refused(key: str, values: list[str], reason: str) -> None:
    assert f"({reason})" in "".join(lines(**{key: values}))


def test_a_list_within_its_bounds_is_taken() -> None:
    roles = of_length(f"{ROLE}/{'a' * 40}/", 10, 1200)
    names = of_length("m", 10, 600)
    assert sum(map(len, [*roles, *names])) == 1800
    found = parse({"jobAssumableRoleArns": roles, "jobDescribableRepositories": names})
    assert list(found.job_assumable_role_arns) == roles


@pytest.mark.parametrize(
    ("key", "most", "value"),
    [
        ("jobReadBuckets", 10, "bucket-{}"),
        ("jobReadWriteBuckets", 10, "bucket-{}"),
        ("jobPolicyArns", 10, f"{POLICY}/p{{}}"),
        ("jobAssumableRoleArns", 10, f"{ROLE}/r{{}}"),
        ("jobDescribableRepositories", 10, "repository-{}"),
        ("jobKmsKeyArns", 5, KEY[:-1] + "{:x}"),
    ],
)
def test_a_list_has_so_many_at_most(key: str, most: int, value: str) -> None:
    values = [value.format(number) for number in range(most + 1)]
    beside = {"jobReadWriteBuckets" if key == "jobKmsKeyArns" else "tags": {}}
    rest = {"jobReadBuckets": ["raw"]} if key == "jobKmsKeyArns" else beside
    assert len(parse({**rest, key: values[:most]}).model_dump(by_alias=True)[key]) == most
    [line] = lines(**{**rest, key: values})
    assert re.match(rf"{key} is \[.*\]; allowed: ", line)


def test_a_bucket_stands_in_one_list() -> None:
    assert lines(jobReadBuckets=["raw", "both"], jobReadWriteBuckets=["both"]) == [
        "jobReadBuckets is both, which jobReadWriteBuckets has too; allowed: each bucket once."
    ]


def test_the_lists_of_buckets_share_their_bound() -> None:
    names = [f"bucket-{number}" for number in range(11)]
    assert lines(jobReadBuckets=names[:5], jobReadWriteBuckets=names[5:]) == [
        "jobReadBuckets is 5 names beside 6 in jobReadWriteBuckets; allowed: up to 10 in both."
    ]
    assert parse({"jobReadBuckets": names[:5], "jobReadWriteBuckets": names[5:10]})


def test_a_key_without_anything_that_it_encrypts_is_a_mistake() -> None:
    assert lines(jobKmsKeyArns=[KEY]) == [
        "jobKmsKeyArns is set without a bucket or secret that a key encrypts; allowed: keys "
        "beside jobReadBuckets, jobReadWriteBuckets or jobSecretArns."
    ]
