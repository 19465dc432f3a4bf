"""Sharing without a policy document: with everybody, and with other accounts."""

from typing import Any

import pytest

from rules.iam.other_accounts import other_accounts_bounded
from rules.iam.resource_policies import no_public_principal
from tests.policies.harness import UNKNOWN, judge, judge_stack, resource

OURS, THEIRS = "123456789012", "999999999999"
ROOT = f"arn:aws:iam::{THEIRS}:root"

LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission"
BUS = "aws:cloudwatch/eventPermission:EventPermission"
IMAGE = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
VOLUME = "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
GRANT = "aws:kms/grant:Grant"
SNAPSHOT = "aws:rds/snapshot:Snapshot"
CLUSTER_SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"

OURS_ONLY = {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"}
BY_SOURCE = {"key": "aws:SourceIp", "type": "StringEquals", "value": "o-1"}

OPEN: list[tuple[str, str, Any, str]] = [
    (LAYER, "principal", "*", "permission of a Lambda layer"),
    (BUS, "principal", "*", "permission of an event bus"),
    (IMAGE, "group", "all", "launch permission of an image"),
    (SERVICE, "allowedPrincipals", "*", "endpoint service"),
    (SNAPSHOT, "sharedAccounts", "all", "RDS snapshot"),
    (CLUSTER_SNAPSHOT, "sharedAccounts", "all", "RDS cluster snapshot"),
]
TO_ACCOUNTS: list[tuple[str, str, str, str]] = [
    (LAYER, "principal", "permission of a Lambda layer", "organizationId"),
    (BUS, "principal", "permission of an event bus", "condition"),
    (GRANT, "granteePrincipal", "KMS grant", "trustedAccounts"),
    (IMAGE, "accountId", "launch permission of an image", "trustedAccounts"),
    (VOLUME, "accountId", "permission of a snapshot", "trustedAccounts"),
    (SNAPSHOT, "sharedAccounts", "RDS snapshot", "trustedAccounts"),
    (CLUSTER_SNAPSHOT, "sharedAccounts", "RDS cluster snapshot", "trustedAccounts"),
    (SERVICE, "allowedPrincipals", "endpoint service", "acceptanceRequired"),
]
BOUNDED: list[tuple[str, str, dict[str, Any]]] = [
    (LAYER, "principal", {"organizationId": "o-1"}),
    (BUS, "principal", {"condition": OURS_ONLY}),
    (SERVICE, "allowedPrincipals", {"acceptanceRequired": True}),
    (SERVICE, "allowedPrincipals", {"acceptanceRequired": "true"}),
]
NOT_BOUNDED: list[tuple[str, str, dict[str, Any]]] = [
    (LAYER, "principal", {"organizationId": "*"}),
    (BUS, "principal", {"condition": BY_SOURCE}),
    (BUS, "principal", {"condition": {**OURS_ONLY, "value": "*"}}),
    (SERVICE, "allowedPrincipals", {"acceptanceRequired": False}),
]


def public(token: str, **props: Any) -> list[str]:
    return judge(no_public_principal, token, props).violations


def foreign(token: str, **props: Any) -> list[str]:
    config = {"account": OURS}
    return judge_stack(other_accounts_bounded, [resource(token, "it", props)], config).violations


@pytest.mark.parametrize(("token", "key", "value", "what"), OPEN, ids=[row[0] for row in OPEN])
def test_sharing_with_everybody(token: str, key: str, value: str, what: str) -> None:
    expected = [f"The {what} must not let everybody in; {key} has {value}."]
    assert public(token, **{key: value}) == expected
    assert public(token, **{key: [OURS, value]}) == expected
    assert public(token, **{key: OURS}) == []
    assert public(token) == []
    assert judge(no_public_principal, token, {key: UNKNOWN}).unknown
    assert foreign(token, **{key: value}) == []


@pytest.mark.parametrize(
    ("token", "key", "what", "bound"), TO_ACCOUNTS, ids=[row[0] for row in TO_ACCOUNTS]
)
@pytest.mark.parametrize("principal", [THEIRS, ROOT])
def test_sharing_with_another_account(
    token: str, key: str, what: str, bound: str, principal: str
) -> None:
    expected = [
        f"The {what} must bound another account than the stack's {OURS} by {bound}; it lets "
        f"{principal} in."
    ]
    assert foreign(token, **{key: principal}) == expected
    assert foreign(token, **{key: [UNKNOWN, principal]}) == expected
    assert foreign(token, **{key: [OURS, f"arn:aws:iam::{OURS}:root"]}) == []
    assert foreign(token) == []


@pytest.mark.parametrize(("token", "key", "props"), BOUNDED, ids=str)
def test_sharing_within_bounds(token: str, key: str, props: dict[str, Any]) -> None:
    assert public(token, **{key: "*"}, **props) == []
    assert foreign(token, **{key: THEIRS}, **props) == []


@pytest.mark.parametrize(("token", "key", "props"), NOT_BOUNDED, ids=str)
def test_sharing_with_a_bound_that_is_none(token: str, key: str, props: dict[str, Any]) -> None:
    assert len(public(token, **{key: "*"}, **props)) == 1
    assert len(foreign(token, **{key: THEIRS}, **props)) == 1


@pytest.mark.parametrize("row", BOUNDED[:3], ids=lambda row: str(row[0]))
def test_a_bound_that_is_unknown(row: tuple[str, str, dict[str, Any]]) -> None:
    token, key, props = row
    verdict = judge(no_public_principal, token, {key: "*", **dict.fromkeys(props, UNKNOWN)})
    assert (verdict.violations, verdict.unknown) == ([], True)


def test_a_lambda_permission_for_everybody_is_another_rules() -> None:
    assert not judge(
        no_public_principal, "aws:lambda/permission:Permission", {"principal": "*"}
    ).applicable
