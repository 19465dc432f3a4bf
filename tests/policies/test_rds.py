"""Each rule about a database's properties: what it accepts, finds and cannot know."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import rds
from rules.rds import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from tests.policies.harness import UNKNOWN, judge

SHARD_GROUP = "aws:rds/shardGroup:ShardGroup"
GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"

COMPLIANT: Mapping[str, Mapping[str, Any]] = {
    INSTANCE: {
        "engine": "postgres",
        "publiclyAccessible": False,
        "storageEncrypted": True,
        "backupRetentionPeriod": 7,
        "multiAz": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "manageMasterUserPassword": True,
        "autoMinorVersionUpgrade": True,
    },
    CLUSTER: {
        "engine": "aurora-postgresql",
        "storageEncrypted": True,
        "backupRetentionPeriod": 7,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "manageMasterUserPassword": True,
    },
    CLUSTER_INSTANCE: {"engine": "aurora-postgresql", "publiclyAccessible": False},
    SHARD_GROUP: {"publiclyAccessible": False},
    GLOBAL_CLUSTER: {
        "engine": "aurora-postgresql",
        "storageEncrypted": True,
        "deletionProtection": True,
    },
}

MISSING = object()
"""The property is not given at all."""

REPLICA = {"replicateSourceDb": "source"}
CUSTOM = {"engine": "custom-sqlserver-se"}
GLOBAL = {"globalClusterIdentifier": "global"}

VIOLATIONS: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
    (
        "rds-not-public",
        INSTANCE,
        {"publiclyAccessible": True},
        "The RDS instance must have no public address, with publiclyAccessible set to false; "
        "publiclyAccessible is true.",
    ),
    ("rds-not-public", INSTANCE, {"publiclyAccessible": "true"}, "publiclyAccessible is true."),
    ("rds-not-public", INSTANCE, {"publiclyAccessible": MISSING}, "is missing."),
    ("rds-not-public", CLUSTER_INSTANCE, {"publiclyAccessible": MISSING}, "is missing."),
    ("rds-not-public", CLUSTER, {"publiclyAccessible": True}, "publiclyAccessible is true."),
    ("rds-not-public", CLUSTER, {"dbClusterInstanceClass": "db.r6gd.large"}, "is missing."),
    ("rds-not-public", SHARD_GROUP, {"publiclyAccessible": True}, "The RDS shard group must have"),
    ("rds-not-public", SHARD_GROUP, {"publiclyAccessible": MISSING}, "is missing."),
    (
        "rds-encrypted",
        INSTANCE,
        {"storageEncrypted": False},
        "The RDS instance must encrypt its storage; storageEncrypted is false.",
    ),
    ("rds-encrypted", INSTANCE, {"storageEncrypted": MISSING}, "storageEncrypted is missing."),
    ("rds-encrypted", INSTANCE, {"storageEncrypted": False, **REPLICA}, "is false."),
    ("rds-encrypted", CLUSTER, {"storageEncrypted": MISSING}, "The RDS cluster must encrypt"),
    ("rds-encrypted", CLUSTER, {"storageEncrypted": MISSING, **REPLICA}, "is missing."),
    ("rds-encrypted", GLOBAL_CLUSTER, {"storageEncrypted": False}, "The RDS global cluster must"),
    ("rds-encrypted", GLOBAL_CLUSTER, {"storageEncrypted": MISSING}, "is missing."),
    (
        "rds-backups",
        INSTANCE,
        {"backupRetentionPeriod": 0},
        "The RDS instance must keep backups for at least 7 days; backupRetentionPeriod is 0.",
    ),
    ("rds-backups", INSTANCE, {"backupRetentionPeriod": 6}, "backupRetentionPeriod is 6."),
    ("rds-backups", INSTANCE, {"backupRetentionPeriod": "6"}, "backupRetentionPeriod is 6."),
    ("rds-backups", INSTANCE, {"backupRetentionPeriod": MISSING}, "is missing."),
    ("rds-backups", CLUSTER, {"backupRetentionPeriod": 1}, "The RDS cluster must keep backups"),
    (
        "rds-multi-az",
        INSTANCE,
        {"multiAz": False},
        "The RDS instance must have a standby in a second Availability Zone; multiAz is false.",
    ),
    ("rds-multi-az", INSTANCE, {"multiAz": MISSING}, "multiAz is missing."),
    (
        "rds-deletion-protection",
        INSTANCE,
        {"deletionProtection": False},
        "The RDS instance must be protected against deletion; deletionProtection is false.",
    ),
    ("rds-deletion-protection", INSTANCE, {"deletionProtection": MISSING}, "is missing."),
    ("rds-deletion-protection", CLUSTER, {"deletionProtection": False}, "The RDS cluster must"),
    ("rds-deletion-protection", GLOBAL_CLUSTER, {"deletionProtection": MISSING}, "is missing."),
    (
        "rds-final-snapshot",
        INSTANCE,
        {"skipFinalSnapshot": True},
        "The RDS instance must leave a snapshot behind when it is deleted; "
        "skipFinalSnapshot is true.",
    ),
    ("rds-final-snapshot", CLUSTER, {"skipFinalSnapshot": "true"}, "The RDS cluster must leave"),
    (
        "rds-minor-upgrades",
        INSTANCE,
        {"autoMinorVersionUpgrade": False},
        "The RDS instance must install minor versions by itself; autoMinorVersionUpgrade is false.",
    ),
    ("rds-minor-upgrades", CLUSTER, {"autoMinorVersionUpgrade": False}, "The RDS cluster must"),
    ("rds-minor-upgrades", CLUSTER_INSTANCE, {"autoMinorVersionUpgrade": False}, "is false."),
    (
        "rds-no-password-in-clear",
        INSTANCE,
        {"password": "correct horse", "manageMasterUserPassword": MISSING},
        "The RDS instance must leave its password to Secrets Manager, with "
        "manageMasterUserPassword set to true; password is set.",
    ),
    ("rds-no-password-in-clear", INSTANCE, {"passwordWo": "correct horse"}, "passwordWo is set."),
    ("rds-no-password-in-clear", CLUSTER, {"masterPassword": "horse"}, "masterPassword is set."),
    ("rds-no-password-in-clear", CLUSTER, {"masterPasswordWo": "horse"}, "PasswordWo is set."),
    (
        "rds-no-password-in-clear",
        INSTANCE,
        {"manageMasterUserPassword": False},
        "The RDS instance must leave its password to Secrets Manager; manageMasterUserPassword is "
        "false.",
    ),
    ("rds-no-password-in-clear", CLUSTER, {"manageMasterUserPassword": MISSING}, "is missing."),
    (
        "rds-no-password-in-clear",
        CLUSTER,
        {"masterPassword": "horse", "engineMode": "provisioned"},
        "masterPassword is set.",
    ),
)

ACCEPTED: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("rds-not-public", INSTANCE, {"publiclyAccessible": "false"}),
    ("rds-not-public", CLUSTER, {"publiclyAccessible": False}),
    ("rds-encrypted", INSTANCE, {"storageEncrypted": MISSING, **REPLICA}),
    ("rds-encrypted", CLUSTER, {"storageEncrypted": MISSING, "engineMode": "serverless"}),
    ("rds-backups", INSTANCE, {"backupRetentionPeriod": "35"}),
    ("rds-backups", INSTANCE, {"backupRetentionPeriod": 0, **REPLICA}),
    ("rds-multi-az", INSTANCE, {"multiAz": False, **REPLICA}),
    ("rds-final-snapshot", INSTANCE, {"skipFinalSnapshot": MISSING}),
    ("rds-final-snapshot", INSTANCE, {"skipFinalSnapshot": True, **REPLICA}),
    (
        "rds-encrypted",
        GLOBAL_CLUSTER,
        {"storageEncrypted": MISSING, "sourceDbClusterIdentifier": "source"},
    ),
    ("rds-minor-upgrades", INSTANCE, {"autoMinorVersionUpgrade": MISSING}),
    ("rds-minor-upgrades", INSTANCE, {"autoMinorVersionUpgrade": False, **CUSTOM}),
    *(
        ("rds-no-password-in-clear", token, {**with_a_password, **refused})
        for token, with_a_password, refused in (
            (INSTANCE, {"password": "horse", "manageMasterUserPassword": MISSING}, CUSTOM),
            (INSTANCE, {"manageMasterUserPassword": MISSING}, CUSTOM),
            (CLUSTER, {"masterPassword": "horse", "manageMasterUserPassword": MISSING}, GLOBAL),
            (CLUSTER, {"masterPasswordWo": "horse"}, {"engineMode": "serverless"}),
        )
    ),
    ("rds-no-password-in-clear", INSTANCE, {"manageMasterUserPassword": MISSING, **REPLICA}),
    *(
        ("rds-no-password-in-clear", CLUSTER, {"manageMasterUserPassword": MISSING, key: source})
        for key, source in (
            ("snapshotIdentifier", "snapshot"),
            ("replicationSourceIdentifier", "source"),
            ("restoreToPointInTime", {"sourceClusterIdentifier": "source"}),
        )
    ),
)

UNKNOWNS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("rds-not-public", {"publiclyAccessible": UNKNOWN}),
    ("rds-encrypted", {"storageEncrypted": UNKNOWN}),
    ("rds-encrypted", {"storageEncrypted": MISSING, "replicateSourceDb": UNKNOWN}),
    ("rds-backups", {"backupRetentionPeriod": UNKNOWN}),
    ("rds-multi-az", {"multiAz": UNKNOWN}),
    ("rds-deletion-protection", {"deletionProtection": UNKNOWN}),
    ("rds-final-snapshot", {"skipFinalSnapshot": UNKNOWN}),
    ("rds-minor-upgrades", {"autoMinorVersionUpgrade": UNKNOWN}),
    ("rds-no-password-in-clear", {"password": UNKNOWN}),
    ("rds-no-password-in-clear", {"manageMasterUserPassword": UNKNOWN}),
)

THRESHOLDS: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any], bool], ...] = (
    ("rds-backups", {"minimumDays": 8}, {"backupRetentionPeriod": 7}, False),
    ("rds-backups", {"minimumDays": 1}, {"backupRetentionPeriod": 1}, True),
    ("rds-multi-az", {"required": False}, {"multiAz": False}, True),
    ("rds-deletion-protection", {"required": False}, {"deletionProtection": False}, True),
    ("rds-final-snapshot", {"required": False}, {"skipFinalSnapshot": True}, True),
)

RULES = {rule.name: rule for rule in rds.POLICIES}


def changed(token: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    props = {**COMPLIANT[token], **changes}
    return {key: value for key, value in props.items() if value is not MISSING}


@pytest.mark.parametrize("token", COMPLIANT)
@pytest.mark.parametrize("rule", rds.POLICIES, ids=lambda rule: rule.name)
def test_a_compliant_database_passes(rule: ResourceValidationPolicy, token: str) -> None:
    verdict = judge(rule, token, COMPLIANT[token])
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize(("rule", "token", "changes", "message"), VIOLATIONS)
def test_violations(rule: str, token: str, changes: Mapping[str, Any], message: str) -> None:
    found = {
        name: judge(one, token, changed(token, changes)).violations for name, one in RULES.items()
    }
    assert [message in one for one in found.pop(rule)] == [True]
    assert [one for messages in found.values() for one in messages] == []


@pytest.mark.parametrize("rule", RULES)
def test_the_whole_message_is_tested(rule: str) -> None:
    assert any(name == rule and text.startswith("The RDS") for name, _, _, text in VIOLATIONS)


@pytest.mark.parametrize(("rule", "token", "changes"), ACCEPTED)
def test_accepted(rule: str, token: str, changes: Mapping[str, Any]) -> None:
    verdict = judge(RULES[rule], token, changed(token, changes))
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize(("rule", "changes"), UNKNOWNS)
def test_unknown(rule: str, changes: Mapping[str, Any]) -> None:
    verdict = judge(RULES[rule], INSTANCE, changed(INSTANCE, changes))
    assert verdict.unknown
    assert verdict.violations == []


def test_an_unknown_password_hides_no_other_one() -> None:
    props = changed(INSTANCE, {"password": UNKNOWN, "passwordWo": "correct horse"})
    verdict = judge(RULES["rds-no-password-in-clear"], INSTANCE, props)
    assert [message[-18:] for message in verdict.violations] == ["passwordWo is set."]
    assert verdict.unknown


def test_no_password_is_shown() -> None:
    props = changed(INSTANCE, {"password": "correct horse"})
    (message,) = judge(RULES["rds-no-password-in-clear"], INSTANCE, props).violations
    assert "horse" not in message


@pytest.mark.parametrize(("rule", "config", "changes", "passes"), THRESHOLDS)
def test_thresholds(
    rule: str, config: Mapping[str, Any], changes: Mapping[str, Any], passes: bool
) -> None:
    verdict = judge(RULES[rule], INSTANCE, changed(INSTANCE, changes), config)
    assert (verdict.violations == []) is passes


@pytest.mark.parametrize("rule", RULES)
def test_other_types_are_not_judged(rule: str) -> None:
    assert not judge(RULES[rule], "aws:s3/bucket:Bucket", {}).applicable
