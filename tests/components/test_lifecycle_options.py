"""What Pulumi refuses to delete, and what it leaves behind."""

from typing import Any

import pytest

from rehearsal.mocks import Deployment
from tests import deployed

DATABASE = "Instance:metaflow-db-instance"
TABLE = "Table:metaflow-flows-table"
BUCKET = "Bucket:metaflow-datastore-bucket"
KEY = "Key:metaflow-datastore-key"
VPC = "Vpc:metaflow-net-vpc"
PARAMETERS = "ParameterGroup:metaflow-db-parameters"

BUCKET_AND_GUARDS = {
    BUCKET,
    "BucketOwnershipControls:metaflow-datastore-ownership",
    "BucketPublicAccessBlock:metaflow-datastore-public-access",
    "BucketServerSideEncryptionConfiguration:metaflow-datastore-encryption",
    "BucketVersioning:metaflow-datastore-versioning",
    "BucketPolicy:metaflow-datastore-policy",
    "BucketLifecycleConfiguration:metaflow-datastore-lifecycle",
}

ACCOUNT = {
    "Role:metaflow-gateway-account-role",
    "RolePolicy:metaflow-gateway-account-policy",
    "Account:metaflow-gateway-account-setting",
}


def protected(deployment: Deployment) -> set[str]:
    return {deployed.label(one) for one in deployment.registrations if one.protect}


def retained(deployment: Deployment) -> set[str]:
    return {deployed.label(one) for one in deployment.registrations if one.retain_on_delete}


@pytest.mark.parametrize(
    ("stack", "settings", "expected"),
    [
        ("dev", {}, set()),
        ("prod", {}, {DATABASE, TABLE, BUCKET, KEY, VPC}),
        ("prod", {"datastoreKmsKey": False}, {DATABASE, TABLE, BUCKET, VPC}),
        ("prod", {"deletionProtection": False}, set()),
        (
            "dev",
            {"deletionProtection": True, "dbFinalSnapshot": True},
            {DATABASE, TABLE, BUCKET, VPC},
        ),
    ],
)
def test_exactly_what_holds_data_and_the_network_below_is_protected(
    stack: str, settings: dict[str, Any], expected: set[str]
) -> None:
    assert protected(deployed.deploy_stack(stack, **settings)) == expected


@pytest.mark.parametrize(
    ("stack", "settings", "expected"),
    [
        ("dev", {}, set()),
        ("dev", {"manageApiGatewayAccount": True}, ACCOUNT),
        (
            "dev",
            {"datastoreRetained": True, "datastoreForceDestroy": False},
            BUCKET_AND_GUARDS,
        ),
        # Objects under a key need it for ever, also those of a bucket that is emptied later.
        ("dev", {"datastoreKmsKey": True}, {KEY}),
        # The old parameter group is in use until the maintenance window.
        ("dev", {"dbApplyImmediately": False}, {PARAMETERS}),
        ("prod", {}, BUCKET_AND_GUARDS | {KEY, PARAMETERS} | ACCOUNT),
        ("prod", {"datastoreRetained": False}, {KEY, PARAMETERS} | ACCOUNT),
        ("prod", {"manageApiGatewayAccount": False}, BUCKET_AND_GUARDS | {KEY, PARAMETERS}),
    ],
)
def test_exactly_what_others_or_old_data_need_is_retained(
    stack: str, settings: dict[str, Any], expected: set[str]
) -> None:
    assert retained(deployed.deploy_stack(stack, **settings)) == expected


MAPPING = "ApiMapping:metaflow-domain-mapping"
LISTENER = "Listener:metaflow-service-listener"
IMAGES = {
    "LifecyclePolicy:metaflow-images-lifecycle",
    "PullThroughCacheRule:metaflow-images-ecr-public",
    "PullThroughCacheRule:metaflow-images-team-hub",
}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {LISTENER}),
        (deployed.GATEWAY_DOMAIN, {LISTENER, MAPPING}),
        ({**deployed.HTTP_GATEWAY, **deployed.GATEWAY_DOMAIN}, {MAPPING}),
        (deployed.IMAGES, {LISTENER, *IMAGES}),
    ],
    ids=["dev", "domain", "http", "images"],
)
def test_what_aws_has_one_of_goes_before_another_one_comes(
    settings: dict[str, Any], expected: set[str]
) -> None:
    deployment = deployed.deploy_stack("dev", **settings)
    requests = {urn: one.goal.request for urn, one in deployment.states.items()}
    found = {
        deployed.label(one)
        for one in deployment.registrations
        if requests[one.urn].deleteBeforeReplace
    }
    assert found == expected


IGNORED = {
    "metaflow-datastore-bucket": {"bucket"},
    "metaflow-db-instance": {"snapshotIdentifier", "dbName", "username"},
    "metaflow-flows-table": {"name"},
}
"""What would replace a thing that holds data, and counts only when it is made or taken over."""


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_other_change_is_ignored(stack: str) -> None:
    registered = deployed.deploy_stack(stack).registrations
    ignored = {one.name: set(one.ignore_changes) for one in registered if one.ignore_changes}
    assert ignored == IGNORED
