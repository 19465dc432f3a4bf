"""Rules about DynamoDB tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import Severity

from rules.flags import REQUIRED, at, flag_rule, shown
from rules.reading import elements, flag, judge_each, known, mapping
from rules.rule import About, Report, Subject, resource_rule

_TABLE = "aws:dynamodb/table:Table"
_REPLICA = "aws:dynamodb/tableReplica:TableReplica"

_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"

dynamodb_encrypted = flag_rule(
    About(
        name="dynamodb-encrypted",
        description="Tables are encrypted with a key of the account, whose use is on record.",
        severity=Severity.MEDIUM,
        remediation="Set serverSideEncryption.enabled to true; else AWS uses a key of its own.",
        url=f"{_DYNAMODB}/EncryptionAtRest.html",
    ),
    {_TABLE: "DynamoDB table"},
    "serverSideEncryption.enabled",
    wanted=True,
    must="be encrypted with a key of the account",
)


@dataclass(frozen=True)
class _ReplicatedFlag:
    """A boolean that each replica of a table has for itself, false by default.

    Attributes:
        table_key: the property of a table; `object.key` for one inside an object.
        replica_key: the property of a replica, in a table or as a resource of its own.
        must: what the message says that they must do.
    """

    table_key: str
    replica_key: str
    must: str

    def check(self, subject: Subject, report: Report) -> None:
        """Judge a table with its replicas, or a replica that is a resource of its own."""

        def judge_replica(found: Any) -> None:
            region = shown(known(mapping(found), "regionName"))
            kind = f"DynamoDB table's replica in {region}"
            self._judge(kind, mapping(found), self.replica_key, report)

        def judge_part(part: str) -> None:
            if part == "replicas":
                judge_each(elements(subject.props.get(part)), judge_replica)
            else:
                self._judge("DynamoDB table", subject.props, self.table_key, report)

        if not subject.thresholds["required"]:
            return
        if subject.type == _REPLICA:
            self._judge("DynamoDB table replica", subject.props, self.replica_key, report)
        else:
            judge_each(("table", "replicas"), judge_part)

    def _judge(self, kind: str, props: Mapping[str, Any], key: str, report: Report) -> None:
        value = at(props, key)
        if flag(value) is not True:
            report(f"The {kind} must {self.must}; {key} is {shown(value)}.")


dynamodb_point_in_time_recovery = resource_rule(
    About(
        name="dynamodb-point-in-time-recovery",
        description="Tables can be restored to any second of the last days.",
        severity=Severity.MEDIUM,
        remediation="Set pointInTimeRecovery.enabled to true, and pointInTimeRecovery of each "
        "replica.",
        url=f"{_DYNAMODB}/Point-in-time-recovery.html",
        control="DynamoDB.2",
        thresholds=REQUIRED,
    ),
    (_TABLE, _REPLICA),
    _ReplicatedFlag(
        table_key="pointInTimeRecovery.enabled",
        replica_key="pointInTimeRecovery",
        must="have point-in-time recovery",
    ).check,
)

dynamodb_deletion_protection = resource_rule(
    About(
        name="dynamodb-deletion-protection",
        description="Tables are protected against deletion.",
        severity=Severity.MEDIUM,
        remediation="Set deletionProtectionEnabled to true, for each replica too.",
        url=f"{_DYNAMODB}/WorkingWithTables.Basics.html",
        control="DynamoDB.6",
        thresholds=REQUIRED,
    ),
    (_TABLE, _REPLICA),
    _ReplicatedFlag(
        table_key="deletionProtectionEnabled",
        replica_key="deletionProtectionEnabled",
        must="be protected against deletion",
    ).check,
)

POLICIES = [
    dynamodb_encrypted,
    dynamodb_point_in_time_recovery,
    dynamodb_deletion_protection,
]
