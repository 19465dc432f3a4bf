"""Orchestration: the table of foreach state and the log of executions."""

from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES

TABLE = "aws:dynamodb/table:Table"


def table(protected: bool, restorable: bool) -> dict[str, Any]:
    return {
        "hashKey": "pathspec",
        "attributes": [{"name": "pathspec", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "ttl": {"attributeName": "ttl", "enabled": True},
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": restorable},
        "deletionProtectionEnabled": protected,
    }


@pytest.mark.parametrize(
    ("stack", "settings", "expected"),
    [
        ("dev", {}, table(protected=False, restorable=False)),
        ("prod", {}, table(protected=True, restorable=True)),
        ("dev", OTHER_VALUES, table(protected=False, restorable=True)),
        ("prod", {"deletionProtection": False}, table(protected=False, restorable=True)),
    ],
)
def test_the_table_is_exactly(
    stack: str, settings: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert deployed.inputs(deployed.deploy_stack(stack, **settings), TABLE) == expected


@pytest.mark.parametrize(
    ("settings", "name"),
    [({}, "metaflow-prod"), ({"namePrefix": "science"}, "science")],
)
def test_the_log_of_executions_has_a_retention(settings: dict[str, Any], name: str) -> None:
    deployment = deployed.deploy_stack("prod", **settings)
    group = deployed.inputs(
        deployment, "aws:cloudwatch/logGroup:LogGroup", "metaflow-flows-executions"
    )
    assert group == {"name": f"/aws/vendedlogs/states/{name}", "retentionInDays": 365}
