"""ARNs of another partition, region or account are refused where AWS would not take them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pytest

from components import arns
from components.aws_environment import AwsEnvironment
from rehearsal.mocks import DeploymentError
from rehearsal.registrations import Registration
from settings import QueueSettings, Settings, parse
from settings.image_caches import ImageCacheSettings
from settings.parts import SettingsModel
from settings.queues import FairShareSettings
from tests import deployed
from tests.deployed import ADOPTED, ADOPTED_DATABASE, GATEWAY_DOMAIN, IMAGES, JOB_PERMISSIONS
from tests.placeholder import ACCOUNT, PlaceholderProvider

REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "permissionsBoundaryArn": {
        "permissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/teams/boundary"
    },
    "datastoreKmsKeyArn": {"datastoreKmsKeyArn": KEY},
    "dbSnapshotIdentifier": {
        "dbSnapshotIdentifier": f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:before"
    },
    "dbSecretArn": ADOPTED_DATABASE,
    "dbSecretKmsKeyArn": {**ADOPTED_DATABASE, "dbSecretKmsKeyArn": KEY},
    "apiCertificateArn": GATEWAY_DOMAIN,
    "apiWebAclArn": {"apiWebAclArn": deployed.WEB_ACL},
    "imageRepositoryKmsKeyArn": {"imageRepository": "jobs", "imageRepositoryKmsKeyArn": KEY},
    "imageCaches.secretArn": {"imageCaches": IMAGES["imageCaches"]},
    "jobSecretArns": {"jobSecretArns": JOB_PERMISSIONS["jobSecretArns"]},
    "jobKmsKeyArns": {"jobReadBuckets": ["raw"], "jobKmsKeyArns": [KEY]},
    "jobPolicyArns": {"jobPolicyArns": JOB_PERMISSIONS["jobPolicyArns"]},
    "jobAssumableRoleArns": {"jobAssumableRoleArns": JOB_PERMISSIONS["jobAssumableRoleArns"]},
    "userRolePrincipals": {
        "userRolePrincipals": [f"arn:aws:sts::{ACCOUNT}:assumed-role/scientists/ada"]
    },
    "userRoleArn": {"userRoleArn": ADOPTED["userRoleArn"]},
}
"""Each setting that takes ARNs, with what it needs beside it, in us-east-1."""


def keys_of_arns(model: type[SettingsModel], within: str = "") -> Iterator[str]:
    """Yield the keys of a model that take ARNs by the words that the settings' page has."""
    for field in model.model_fields.values():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and re.search(r"\bARNs?\b", str(extra["allowed"])):
            yield f"{within}{field.alias}"


def placed(key: str, partition: str) -> dict[str, Any]:
    """Return the settings of a key with ARNs of a partition."""
    text = json.dumps(dict(SETTINGS[key])).replace("arn:aws:", f"arn:{partition}:")
    return dict(json.loads(text.replace(":us-east-1:", f":{REGIONS[partition]}:")))


def environment(partition: str) -> AwsEnvironment:
    return AwsEnvironment(
        partition=partition, region=REGIONS[partition], account_id=ACCOUNT, zones=(), zone_ids=()
    )


def test_every_setting_that_takes_arns_is_tried() -> None:
    nested = {QueueSettings: "queues.", FairShareSettings: "queues.fairShare."}
    taking = {
        *keys_of_arns(Settings),
        *keys_of_arns(ImageCacheSettings, "imageCaches."),
        *(key for model, within in nested.items() for key in keys_of_arns(model, within)),
    }
    assert taking == set(SETTINGS)


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize("key", SETTINGS)
def test_arns_of_the_stacks_partition_are_taken(key: str, partition: str) -> None:
    given = list(parse(placed(key, partition)).arns())
    assert key in {of(one) for one, _ in given}
    arns.check(environment(partition), given)


def of(key: str) -> str:
    """Return the setting of a key, which may name an item of a list."""
    return re.sub(r"\[\d+\]", "", key)


@pytest.mark.parametrize(
    ("partition", "others"), [(one, other) for one in REGIONS for other in REGIONS if one != other]
)
@pytest.mark.parametrize("key", SETTINGS)
def test_arns_of_another_partition_are_refused(key: str, partition: str, others: str) -> None:
    given = list(parse(placed(key, others)).arns())
    with pytest.raises(pulumi.RunError) as refused:
        arns.check(environment(partition), given)
    lines = str(refused.value).splitlines()
    assert key in {of(one) for one, _ in given}
    for line, (full, arn) in zip(lines, given, strict=True):
        assert line.startswith(f"{full} is {arn}; allowed: one of the partition {partition}")
        path = full if full == of(full) else f"--path '{full}'"
        assert line.endswith(f". Set it with: pulumi config set {path} <value>")


@pytest.mark.parametrize("key", SETTINGS)
def test_they_stop_a_stack_before_anything_is_registered(key: str) -> None:
    registered: list[Registration] = []
    with pytest.raises(DeploymentError, match="allowed: one of the partition aws") as refused:
        deployed.run(
            "dev",
            PlaceholderProvider(),
            settings=placed(key, "aws-cn"),
            on_resource=registered.append,
        )
    assert key in {of(line.partition(" is ")[0]) for line in str(refused.value).splitlines()}
    assert {one.type for one in registered} <= {"pulumi:pulumi:Stack"}


HERE, THERE = "us-east-1", "eu-west-1"
OTHERS = "999999999999"


@pytest.mark.parametrize(
    ("key", "place", "allowed"),
    [
        ("apiCertificateArn", THERE, f"one of the region {HERE}"),
        ("apiCertificateArn", OTHERS, f"one of the account {ACCOUNT}"),
        ("apiWebAclArn", THERE, f"one of the region {HERE}"),
        ("apiWebAclArn", OTHERS, f"one of the account {ACCOUNT}"),
        ("datastoreKmsKeyArn", THERE, f"one of the region {HERE}"),
        ("dbSecretKmsKeyArn", THERE, f"one of the region {HERE}"),
        ("imageCaches.secretArn", THERE, f"one of the region {HERE}"),
        ("imageCaches.secretArn", OTHERS, f"one of the account {ACCOUNT}"),
        ("imageRepositoryKmsKeyArn", THERE, f"one of the region {HERE}"),
        ("jobPolicyArns", OTHERS, f"one of the account {ACCOUNT} or aws"),
        ("permissionsBoundaryArn", OTHERS, f"one of the account {ACCOUNT} or aws"),
        ("userRoleArn", OTHERS, f"one of the account {ACCOUNT}"),
    ],
)
def test_what_aws_takes_from_here_only_is_refused_from_elsewhere(
    key: str, place: str, allowed: str
) -> None:
    own = HERE if place == THERE else ACCOUNT
    settings = json.loads(json.dumps(dict(SETTINGS[key])).replace(own, place))
    settings |= {one: item for one, item in SETTINGS[key].items() if one.startswith("dbHost")}
    with pytest.raises(pulumi.RunError, match=rf"allowed: {allowed}\. Set it with") as refused:
        arns.check(environment("aws"), parse(settings).arns())
    assert of(str(refused.value)).startswith(f"{key} is arn:aws:")


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("datastoreKmsKeyArn", OTHERS),
        ("dbSecretArn", THERE),
        ("jobAssumableRoleArns", OTHERS),
        ("jobKmsKeyArns", THERE),
        ("jobSecretArns", THERE),
        ("jobSecretArns", OTHERS),
        ("userRolePrincipals", OTHERS),
    ],
)
def test_what_may_be_elsewhere_is_taken(key: str, place: str) -> None:
    own = HERE if place == THERE else ACCOUNT
    given = parse(json.loads(json.dumps(dict(SETTINGS[key])).replace(own, place))).arns()
    arns.check(environment("aws"), given)


def test_a_policy_of_aws_may_be_named() -> None:
    policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    given = parse({"jobPolicyArns": [policy], "permissionsBoundaryArn": policy}).arns()
    arns.check(environment("aws"), given)


def test_each_arn_has_its_line() -> None:
    policies = [f"arn:aws-cn:iam::{ACCOUNT}:policy/{one}" for one in "ab"]
    with pytest.raises(pulumi.RunError) as refused:
        arns.check(environment("aws"), parse({"jobPolicyArns": policies}).arns())
    assert str(refused.value).splitlines() == [
        f"jobPolicyArns[{place}] is {arn}; allowed: one of the partition aws. "
        f"Set it with: pulumi config set --path 'jobPolicyArns[{place}]' <value>"
        for place, arn in enumerate(policies)
    ]


def test_tags_may_hold_arns_of_anything() -> None:
    tags = {"Owner": "arn:aws-cn:iam::123456789012:user/ada"}
    assert list(parse({"tags": tags, "jobTags": tags}).arns()) == []
