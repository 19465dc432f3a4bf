"""China and GovCloud: ARNs, principals and domains of the region's own partition."""

import json
import re
from typing import Any

import pytest

from rehearsal.mocks import Deployment
from tests import deployed

ARN = re.compile(r"arn:([a-z-]+):([a-z0-9-]+):([a-z0-9-]*):(\d*):")
SETTINGS: dict[str, Any] = {"apiAllowedCidrs": ["203.0.113.0/24"]}

REGIONS = [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-central-1", "aws")]


def prod_in(region: str) -> Deployment:
    return deployed.deploy_stack("prod", region=region, **SETTINGS)


def everything_given(deployment: Deployment) -> str:
    return json.dumps([[one.urn, dict(one.inputs)] for one in deployment.registrations])


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_every_arn_is_of_the_partition_and_region(region: str, partition: str) -> None:
    deployment = prod_in(region)
    arns = set(ARN.findall(everything_given(deployment) + json.dumps(deployment.outputs)))
    assert len(arns) > 15
    assert {arn[0] for arn in arns} == {partition}
    # Global ones, the integrations of Step Functions and buckets name no region.
    assert {arn[2] for arn in arns} == {region, ""}
    assert {arn[1] for arn in arns if not arn[2]} == {"iam", "s3", "states"}


@pytest.mark.parametrize("region", [region for region, partition in REGIONS if partition != "aws"])
def test_the_commercial_partition_is_nowhere(region: str) -> None:
    assert "arn:aws:" not in everything_given(prod_in(region))
    assert "us-east-1" not in everything_given(prod_in(region))


PRINCIPALS = {
    "monitoring.rds.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "states.amazonaws.com",
    "events.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
    "apigateway.amazonaws.com",
}


@pytest.mark.parametrize(
    ("region", "ec2"),
    [
        ("cn-north-1", "ec2.amazonaws.com.cn"),
        ("us-gov-west-1", "ec2.amazonaws.com"),
        ("eu-central-1", "ec2.amazonaws.com"),
    ],
)
def test_services_are_trusted_by_their_names_in_the_partition(region: str, ec2: str) -> None:
    trust = deployed.documents(prod_in(region), "aws:iam/role:Role", "assumeRolePolicy")
    statements = [one for document in trust.values() for one in document["Statement"]]
    services = {one["Principal"]["Service"] for one in statements if "Service" in one["Principal"]}
    assert services == PRINCIPALS | {ec2}


def conditions(document: dict[str, Any], key: str) -> set[str]:
    return {
        value
        for statement in document["Statement"]
        for test in statement.get("Condition", {}).values()
        for name, value in test.items()
        if name == key
    }


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
        ("eu-central-1", "amazonaws.com"),
    ],
)
def test_the_key_is_used_through_the_regions_own_s3(region: str, suffix: str) -> None:
    policies = deployed.documents(prod_in(region), "aws:iam/policy:Policy", "policy")
    policy = policies["metaflow-users-policy"]
    assert conditions(policy, "kms:ViaService") == {f"s3.{region}.{suffix}"}
    assert conditions(policy, "iam:PassedToService") == {
        "ecs-tasks.amazonaws.com",
        "states.amazonaws.com",
        "events.amazonaws.com",
    }


def test_the_accounts_own_root_is_trusted_in_its_partition() -> None:
    trust = deployed.documents(prod_in("cn-north-1"), "aws:iam/role:Role", "assumeRolePolicy")
    [statement] = trust["metaflow-users-role"]["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws-cn:iam::123456789012:root"]}
