"""Rules about containers in the types that describe them as objects, with lists in the plural."""

from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import container_secrets, containers
from tests.policies.harness import UNKNOWN, Verdict, judge

DAEMON = "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition"
EXPRESS = "aws:ecs/expressGatewayService:ExpressGatewayService"
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3"

SOUND: dict[str, Any] = {
    "environments": [{"name": "DB_HOST", "value": "db.example.com"}],
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": ARN}],
}
CLEAR = {"environments": [{"name": "DB_PSWD", "value": "hunter2"}]}
BARE = {"secrets": [{"name": "DB_PASSWORD", "valueFrom": "db-password"}]}
BARE_OPTION = {"logConfiguration": {"secretOptions": [{"name": "token", "valueFrom": "token"}]}}
CAPABLE = {"linuxParameters": {"capabilities": {"adds": ["SYS_ADMIN"]}}}

FAULTS = [
    (containers.container_not_privileged, {"privileged": True}),
    (containers.container_not_privileged, CAPABLE),
    (container_secrets.container_no_secrets_in_environment, CLEAR),
    (container_secrets.container_secrets_by_arn, BARE),
    (container_secrets.container_secrets_by_arn, BARE_OPTION),
]
FAULT_IDS = ["privileged", "capability", "environment", "secret", "secret option"]


def daemon(*settings: dict[str, Any]) -> dict[str, Any]:
    return {"containerDefinitions": [{"name": "agent", **SOUND, **one} for one in settings]}


def express(**settings: Any) -> dict[str, Any]:
    return {"primaryContainer": {**SOUND, **settings}}


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


every_fault = pytest.mark.parametrize(("policy", "fault"), FAULTS, ids=FAULT_IDS)


@every_fault
def test_a_daemon(policy: ResourceValidationPolicy, fault: dict[str, Any]) -> None:
    assert judge(policy, DAEMON, {}) == Verdict()
    assert judge(policy, DAEMON, daemon({}, {"privileged": False})) == Verdict()
    found = only(judge(policy, DAEMON, daemon({}, fault)))
    assert found.startswith("The ECS daemon task definition must ")
    assert "container agent" in found


@every_fault
def test_an_unknown_container_hides_no_other(
    policy: ResourceValidationPolicy, fault: dict[str, Any]
) -> None:
    unknown = {"environments": [{"name": "DB_HOST", "value": UNKNOWN}]}
    verdict = judge(policy, DAEMON, daemon(unknown, fault))
    assert verdict.unknown
    only(verdict)


@pytest.mark.parametrize(("policy", "fault"), FAULTS[2:4], ids=FAULT_IDS[2:4])
def test_an_express_service(policy: ResourceValidationPolicy, fault: dict[str, Any]) -> None:
    assert judge(policy, EXPRESS, {}) == Verdict()
    assert judge(policy, EXPRESS, express()) == Verdict()
    assert judge(policy, EXPRESS, {"primaryContainer": UNKNOWN}).unknown
    found = only(judge(policy, EXPRESS, express(**fault)))
    assert found.startswith("The ECS Express service must ")
    assert "its container" in found


def test_an_express_service_cannot_be_privileged() -> None:
    assert not judge(containers.container_not_privileged, EXPRESS, {}).applicable
