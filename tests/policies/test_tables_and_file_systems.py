"""Each rule about DynamoDB tables and EFS file systems."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import dynamodb, efs
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, Verdict, judge

TABLE = "aws:dynamodb/table:Table"
FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"

COMPLIANT: Mapping[str, Mapping[str, Any]] = {
    TABLE: {
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": True},
        "deletionProtectionEnabled": True,
    },
    FILE_SYSTEM: {"encrypted": True},
}

RULES = {rule.name: rule for rule in (*dynamodb.POLICIES, *efs.POLICIES)}

MUST: Mapping[str, tuple[str, str, str]] = {
    "dynamodb-encrypted": (
        TABLE,
        "serverSideEncryption.enabled",
        "The DynamoDB table must be encrypted with a key of the account",
    ),
    "dynamodb-point-in-time-recovery": (
        TABLE,
        "pointInTimeRecovery.enabled",
        "The DynamoDB table must have point-in-time recovery",
    ),
    "dynamodb-deletion-protection": (
        TABLE,
        "deletionProtectionEnabled",
        "The DynamoDB table must be protected against deletion",
    ),
    "efs-encrypted": (FILE_SYSTEM, "encrypted", "The EFS file system must be encrypted"),
}
"""The type, property and words of each rule."""

VALUES = [(False, "false"), ("false", "false"), (None, "missing"), ("yes", "yes")]


def changed(rule: str, value: Any) -> dict[str, Any]:
    """Return compliant properties with the one that the rule is about changed."""
    token, path, _ = MUST[rule]
    outer, _, inner = path.partition(".")
    return {**COMPLIANT[token], outer: {inner: value} if inner else value}


@pytest.mark.parametrize("value", [True, "true"])
@pytest.mark.parametrize("rule", RULES)
def test_compliant(rule: str, value: Any) -> None:
    assert judge(RULES[rule], MUST[rule][0], changed(rule, value)).violations == []


@pytest.mark.parametrize(("value", "found"), VALUES)
@pytest.mark.parametrize("rule", RULES)
def test_violations(rule: str, value: Any, found: str) -> None:
    token, path, words = MUST[rule]
    messages = {
        name: judge(one, token, changed(rule, value)).violations for name, one in RULES.items()
    }
    assert messages.pop(rule) == [f"{words}; {path} is {found}."]
    assert not any(messages.values())


REPLICA = "aws:dynamodb/tableReplica:TableReplica"
OF_REPLICAS: Mapping[str, tuple[str, str]] = {
    "dynamodb-point-in-time-recovery": ("pointInTimeRecovery", "have point-in-time recovery"),
    "dynamodb-deletion-protection": ("deletionProtectionEnabled", "be protected against deletion"),
}
every_rule_of_replicas = pytest.mark.parametrize("rule", OF_REPLICAS)


def with_replicas(*values: Any, key: str) -> dict[str, Any]:
    replicas = [{"regionName": "eu-west-1", key: value} for value in values]
    return {**COMPLIANT[TABLE], "replicas": replicas}


@every_rule_of_replicas
def test_sound_replicas(rule: str) -> None:
    key, _ = OF_REPLICAS[rule]
    assert judge(RULES[rule], TABLE, with_replicas(True, "true", key=key)) == Verdict()
    assert judge(RULES[rule], REPLICA, {key: True}) == Verdict()


@pytest.mark.parametrize(("value", "found"), VALUES)
@every_rule_of_replicas
def test_replicas(rule: str, value: Any, found: str) -> None:
    key, must = OF_REPLICAS[rule]
    assert judge(RULES[rule], TABLE, with_replicas(True, value, key=key)).violations == [
        f"The DynamoDB table's replica in eu-west-1 must {must}; {key} is {found}."
    ]
    assert judge(RULES[rule], REPLICA, {key: value}).violations == [
        f"The DynamoDB table replica must {must}; {key} is {found}."
    ]


@every_rule_of_replicas
def test_unknown_replicas_hide_nothing(rule: str) -> None:
    key, _ = OF_REPLICAS[rule]
    table = with_replicas(UNKNOWN, False, key=key)
    for props in (table, {**changed(rule, False), "replicas": UNKNOWN}):
        verdict = judge(RULES[rule], TABLE, props)
        assert verdict.unknown
        assert len(verdict.violations) == 1
    assert judge(RULES[rule], REPLICA, {key: UNKNOWN}).unknown


@every_rule_of_replicas
def test_a_replica_in_a_region_that_is_not_known(rule: str) -> None:
    key, _ = OF_REPLICAS[rule]
    props = {**COMPLIANT[TABLE], "replicas": [{"regionName": UNKNOWN, key: False}]}
    assert len(judge(RULES[rule], TABLE, props).violations) == 1


@every_rule_of_replicas
def test_replicas_that_an_environment_may_leave_unprotected(rule: str) -> None:
    key, _ = OF_REPLICAS[rule]
    config = {"required": False}
    assert judge(RULES[rule], TABLE, with_replicas(False, key=key), config) == Verdict()
    assert judge(RULES[rule], REPLICA, {}, config) == Verdict()


@pytest.mark.parametrize("rule", RULES)
def test_missing(rule: str) -> None:
    assert len(judge(RULES[rule], MUST[rule][0], {}).violations) == 1


@pytest.mark.parametrize("rule", RULES)
def test_unknown(rule: str) -> None:
    token, path, _ = MUST[rule]
    outer = {**COMPLIANT[token], path.partition(".")[0]: UNKNOWN}
    for props in (changed(rule, UNKNOWN), outer):
        verdict = judge(RULES[rule], token, props)
        assert verdict.unknown
        assert verdict.violations == []


@pytest.mark.parametrize(
    "rule", ["dynamodb-point-in-time-recovery", "dynamodb-deletion-protection"]
)
def test_what_an_environment_may_do_without(rule: str) -> None:
    verdict = judge(RULES[rule], TABLE, changed(rule, False), {"required": False})
    assert verdict.violations == []


@pytest.mark.parametrize("rule", RULES)
def test_other_types_are_not_judged(rule: str) -> None:
    assert not judge(RULES[rule], "aws:ec2/vpc:Vpc", {}).applicable


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_prod_passes(rule: ResourceValidationPolicy) -> None:
    for one in deploy_stack("prod").registrations:
        assert judge(rule, one.type, one.inputs).violations == []
