"""What is adopted: what belongs together, and what contradicts it."""

from typing import Any

import pytest

from settings import SettingsError, parse
from tests.deployed import ADOPTED_DATABASE

BUCKET = {"datastoreBucketName": "flows-of-years"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
ROLE = "arn:aws:iam::123456789012:role/scientists"
BY_NETWORK = {**ADOPTED_DATABASE, "dbSecurityGroupId": "", "dbCidr": "10.1.0.0/16"}


@pytest.mark.parametrize(
    "values",
    [
        ADOPTED_DATABASE,
        {**BY_NETWORK, "dbPort": 6543, "dbName": "flows", "dbSecretKmsKeyArn": KEY},
        BUCKET,
        {**BUCKET, "datastoreKmsKeyArn": KEY, "datastoreRetained": True},
        {"datastoreKmsKeyArn": KEY, "datastoreForceDestroy": True},
        {"userRoleArn": ROLE},
    ],
    ids=str,
)
def test_what_belongs_together_is_taken(values: dict[str, Any]) -> None:
    parse(dict(values))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({**ADOPTED_DATABASE, "dbSecretArn": ""}, "dbSecretArn is empty together with dbHost;"),
        ({**ADOPTED_DATABASE, "dbHost": ""}, "dbSecretArn is set without dbHost;"),
        ({"dbSecurityGroupId": "sg-01234567"}, "dbSecurityGroupId is set without dbHost;"),
        ({"dbCidr": "10.1.0.0/16"}, "dbCidr is set without dbHost;"),
        ({"dbSecretKmsKeyArn": KEY}, "dbSecretKmsKeyArn is set without dbSecretArn;"),
        ({**ADOPTED_DATABASE, "dbCidr": "10.1.0.0/16"}, "dbCidr is set together with dbSec"),
        ({**BY_NETWORK, "dbCidr": ""}, "dbSecurityGroupId is empty together with dbHost;"),
        ({**BY_NETWORK, "vpcCidr": "10.1.4.0/22"}, "vpcCidr is 10.1.4.0/22, which overlaps dbCid"),
        (
            {**ADOPTED_DATABASE, "dbSnapshotIdentifier": "a"},
            "dbSnapshotIdentifier is set together with dbHost;",
        ),
        (
            {**BUCKET, "datastoreForceDestroy": True},
            "datastoreForceDestroy is true together with datastoreBucketName;",
        ),
        ({**BUCKET, "datastoreKmsKey": True}, "datastoreKmsKey is true together with datastoreB"),
        (
            {"datastoreKmsKeyArn": KEY, "datastoreKmsKey": True},
            "datastoreKmsKey is true together with datastoreKmsKeyArn;",
        ),
        (
            {"userRoleArn": ROLE, "userRolePrincipals": [ROLE]},
            "userRolePrincipals is set together with userRoleArn;",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_contradicts_is_refused(values: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(values)
    assert any(one.strip().startswith(line) for one in str(refused.value).splitlines())
