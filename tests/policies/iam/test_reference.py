"""The service authorization reference as the rules ask it."""

import subprocess
import sys

import pytest

from rules.iam import reference
from rules.iam.reference import LIST, PERMISSIONS, READ, TAGGING, WRITE
from tests.deployed import ROOT


def names(pattern: str) -> list[str]:
    return [one.name for one in reference.expand(pattern)]


def test_an_action_has_levels_types_and_keys() -> None:
    found = reference.find("s3:GETobject")
    assert found is not None
    assert found.name == "s3:GetObject"
    assert found.levels == {READ}
    assert found.reads
    assert "arn:${Partition}:s3:::${BucketName}/${ObjectName}" in found.templates
    assert "s3:existingobjecttag/*" in found.keys


@pytest.mark.parametrize(
    ("action", "levels"),
    [
        ("s3:ListBucket", {LIST}),
        ("s3:PutObject", {WRITE}),
        ("s3:PutObjectTagging", {TAGGING, WRITE}),
        ("s3:PutBucketPolicy", {PERMISSIONS, WRITE}),
    ],
)
def test_access_levels(action: str, levels: set[str]) -> None:
    found = reference.find(action)
    assert found is not None
    assert found.levels == levels


def test_keys_of_the_resource_types_count() -> None:
    found = reference.find("batch:TerminateJob")
    assert found is not None
    assert "aws:resourcetag/*" in found.keys


@pytest.mark.parametrize(
    "name", ["s3:NoSuchAction", "nosuch:Get", "s3", "", ":", "../s3:GetObject"]
)
def test_what_aws_does_not_have(name: str) -> None:
    assert reference.find(name) is None
    assert reference.expand(name) == ()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sts:GetCallerIdentity", ["sts:GetCallerIdentity"]),
        ("STS:getcaller*", ["sts:GetCallerIdentity"]),
        ("sts:Get?allerIdentity", ["sts:GetCallerIdentity"]),
        ("st?:GetCallerIdentity", ["sts:GetCallerIdentity"]),
        ("sts*", []),
        ("sts:[a-z]*", []),
        ("sts:Nothing*", []),
    ],
)
def test_patterns(pattern: str, expected: list[str]) -> None:
    assert names(pattern) == expected


def test_a_whole_service_and_everything() -> None:
    assert len(names("sqs:*")) > 15
    assert set(names("sqs:*")) == {one for one in names("*") if one.startswith("sqs:")}
    assert names("*") == names("*:*") == names("**")
    assert len(names("*")) > 15000


def test_not_action_is_everything_else() -> None:
    found = {one.name for one in reference.invert(("SQS:*", "iam:passrole"))}
    assert "iam:PassRole" not in found
    assert "sqs:SendMessage" not in found
    assert {"iam:CreateRole", "s3:GetObject"} <= found
    assert found | {"iam:PassRole", *names("sqs:*")} == set(names("*"))


@pytest.mark.parametrize(
    ("patterns", "name", "expected"),
    [
        (("s3:Get*",), "S3:GETOBJECT", True),
        (("*",), "s3:GetObject", True),
        (("s3:Put*", "s3:?etObject"), "s3:GetObject", True),
        (("s3:Get",), "s3:GetObject", False),
        ((), "s3:GetObject", False),
    ],
)
def test_covers(patterns: tuple[str, ...], name: str, expected: bool) -> None:
    assert reference.covers(patterns, name) is expected


def test_services_are_read_when_asked_for() -> None:
    script = (
        "from rules.iam import grants, pass_role, principals, reference, wildcards\n"
        "import sys\n"
        "assert reference._actions.cache_info().currsize == 0\n"
        "assert 'policy_sentry' not in sys.modules\n"
        "assert 'cloudsplaining.scan' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT / "policies", check=True, timeout=60)
