"""Which secrets flows may be let read: one each by its whole ARN, and no database password."""

import re

import pytest

from settings import SettingsError, parse

HERE = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
NOT_WHOLE = "not the whole ARN of a Secrets Manager secret"
OF_RDS = "RDS keeps the password of a database in it, which no job may read"


def numbered(count: int) -> list[str]:
    return [f"{HERE}{number:02}-AbCdEf" for number in range(count)]


def of_length(length: int) -> list[str]:
    """Return ARNs of five secrets that have so many characters together."""
    lengths = [500, 500, 500, 500, length - 2000]
    return [f"{HERE}{number}".ljust(one - 7, "a") + "-AbCdEf" for number, one in enumerate(lengths)]


@pytest.mark.parametrize(
    "name",
    [
        "a-AbC123",
        "a-??????",
        "team/db.main_+=@-x-??????",
        "redshift!cluster-admin-AbCdEf",
        "my-rds!-AbCdEf",
        "a" * 512 + "-AbCdEf",
    ],
    ids=lambda name: name[:40],
)
def test_a_name_of_a_secret_is_taken(name: str) -> None:
    assert parse({"jobSecretArns": [HERE + name]}).job_secret_arns == (HERE + name,)


@pytest.mark.parametrize(
    "place",
    [
        "aws:secretsmanager:eu-west-1",
        "aws-cn:secretsmanager:cn-north-1",
        "aws-us-gov:secretsmanager:us-gov-west-1",
        "aws-iso-b:secretsmanager:us-isob-east-1",
        "aws-eusc:secretsmanager:eusc-de-east-1",
    ],
)
def test_every_partition_is_taken(place: str) -> None:
    arn = f"arn:{place}:123456789012:secret:a-AbCdEf"
    assert parse({"jobSecretArns": [arn]}).job_secret_arns == (arn,)


@pytest.mark.parametrize(
    "arns",
    [numbered(20), of_length(2500), [f"{HERE}a-AbCdEf", f"{HERE}a-??????"]],
    ids=["twenty", "2500 characters", "one secret in both forms"],
)
def test_a_list_within_its_bounds_is_taken(arns: list[str]) -> None:
    assert list(parse({"jobSecretArns": arns}).job_secret_arns) == arns


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (f"{HERE}rds!db-1a2b3c4d-0000-1111-2222-333344445555-AbCdEf", OF_RDS),
        (f"{HERE}rds!db-1a2b3c4d-0000-1111-2222-333344445555-??????", OF_RDS),
        (f"{HERE}rds!cluster-1-??????", OF_RDS),
        (f"{HERE}rds!-??????", OF_RDS),
        ("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-1-AbCdEf", OF_RDS),
        ("*", NOT_WHOLE),
        ("team/token", NOT_WHOLE),
        (f"{HERE}*", NOT_WHOLE),
        (f"{HERE}??????", NOT_WHOLE),
        (f"{HERE}-??????", NOT_WHOLE),
        (f"{HERE}team/*-AbCdEf", NOT_WHOLE),
        (f"{HERE}te?m-AbCdEf", NOT_WHOLE),
        (f"{HERE}rds?db-1-??????", NOT_WHOLE),
        (f"{HERE}???????-??????", NOT_WHOLE),
        (f"{HERE}team-*", NOT_WHOLE),
        (f"{HERE}team-?????", NOT_WHOLE),
        (f"{HERE}team-???????", NOT_WHOLE),
        (f"{HERE}team-AbC???", NOT_WHOLE),
        (f"{HERE}team-Ab_dEf", NOT_WHOLE),
        (f"{HERE}team", NOT_WHOLE),
        (f"{HERE}team-AbCdEf:password::", NOT_WHOLE),
        (f"{HERE}${{aws:username}}-AbCdEf", NOT_WHOLE),
        (f"{HERE}a b-AbCdEf", NOT_WHOLE),
        (f"{HERE}é-AbCdEf", NOT_WHOLE),
        (f"{HERE}a-AbCdEf\n", NOT_WHOLE),
        (f"{HERE}{'a' * 513}-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager:*:123456789012:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager::123456789012:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager:us-east-1:*:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager:us-east-1:12345678901:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager:us-east-1:١٢٣٤٥٦٧٨٩٠١٢:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws*:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:*:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf", NOT_WHOLE),
        ("arn:aws:ssm:us-east-1:123456789012:parameter/a-AbCdEf", NOT_WHOLE),
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret/a-AbCdEf", NOT_WHOLE),
    ],
    ids=lambda value: ascii(value.removeprefix(HERE)[:60]),
)
def test_an_arn_that_is_refused(arn: str, reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"jobSecretArns": [f"{HERE}good-AbCdEf", arn]})
    [head, line] = str(refused.value).splitlines()
    assert head == "1 setting is not usable:"
    assert line.startswith("  jobSecretArns[1] is ")
    assert f" ({reason}); allowed: up to 20 different ARNs of secrets " in line


@pytest.mark.parametrize(
    ("arns", "reason"),
    [
        (numbered(2) * 2, rf" \({HERE}00-AbCdEf, {HERE}01-AbCdEf more than once\);"),
        (of_length(2501), r" \(2501 characters, for which the jobs' policies have no room\);"),
        (numbered(21), r"-AbCdEf\"\];"),
    ],
    ids=["twice", "too long", "too many"],
)
def test_a_list_that_is_refused(arns: list[str], reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"jobSecretArns": arns})
    [_, line] = str(refused.value).splitlines()
    assert line.startswith("  jobSecretArns is [")
    assert re.search(f"{reason} allowed: up to 20 different ARNs of secrets ", line)
