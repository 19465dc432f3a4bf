"""Each rule about DynamoDB tables and EFS file systems."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import dynamodb, efs
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge

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
