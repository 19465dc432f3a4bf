"""Rules about DynamoDB tables."""

from pulumi_policy import Severity

from rules.flags import REQUIRED, flag_rule
from rules.rule import About

TABLES = {"aws:dynamodb/table:Table": "DynamoDB table"}

_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"

dynamodb_encrypted = flag_rule(
    About(
        name="dynamodb-encrypted",
        description="Tables are encrypted with a key of the account, whose use is on record.",
        severity=Severity.MEDIUM,
        remediation="Set serverSideEncryption.enabled to true; else AWS uses a key of its own.",
        url=f"{_DYNAMODB}/EncryptionAtRest.html",
    ),
    TABLES,
    "serverSideEncryption.enabled",
    wanted=True,
    must="be encrypted with a key of the account",
)

dynamodb_point_in_time_recovery = flag_rule(
    About(
        name="dynamodb-point-in-time-recovery",
        description="Tables can be restored to any second of the last days.",
        severity=Severity.MEDIUM,
        remediation="Set pointInTimeRecovery.enabled to true.",
        url=f"{_DYNAMODB}/Point-in-time-recovery.html",
        control="DynamoDB.2",
        thresholds=REQUIRED,
    ),
    TABLES,
    "pointInTimeRecovery.enabled",
    wanted=True,
    must="have point-in-time recovery",
)

dynamodb_deletion_protection = flag_rule(
    About(
        name="dynamodb-deletion-protection",
        description="Tables are protected against deletion.",
        severity=Severity.MEDIUM,
        remediation="Set deletionProtectionEnabled to true.",
        url=f"{_DYNAMODB}/WorkingWithTables.Basics.html",
        control="DynamoDB.6",
        thresholds=REQUIRED,
    ),
    TABLES,
    "deletionProtectionEnabled",
    wanted=True,
    must="be protected against deletion",
)

POLICIES = [
    dynamodb_encrypted,
    dynamodb_point_in_time_recovery,
    dynamodb_deletion_protection,
]
