"""Rules about the properties of RDS databases."""

from collections.abc import Mapping

from pulumi_policy import Severity

from rules.flags import REQUIRED, flag_rule, shown
from rules.reading import flag, judge_each, number
from rules.rule import About, Report, Subject, resource_rule

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
_GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
_SHARD_GROUP = "aws:rds/shardGroup:ShardGroup"

KINDS: Mapping[str, str] = {
    INSTANCE: "RDS instance",
    CLUSTER: "RDS cluster",
    CLUSTER_INSTANCE: "RDS cluster instance",
}
"""What messages call each type."""

DATABASES: Mapping[str, str] = {token: KINDS[token] for token in (INSTANCE, CLUSTER)}
"""Types that hold data; the instances of a cluster share its storage."""

_REACHABLE = {**KINDS, _SHARD_GROUP: "RDS shard group"}
_STORES = {**DATABASES, _GLOBAL_CLUSTER: "RDS global cluster"}

_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def _is_replica(subject: Subject) -> bool:
    """Say whether a database copies another one, which decides about storage and backups."""
    return subject.props.get("replicateSourceDb") is not None


def _is_custom(subject: Subject) -> bool:
    """Say whether a database is RDS Custom, in which AWS leaves more to its owner."""
    return str(subject.props.get("engine")).startswith("custom-")


def _set_by_instances(subject: Subject) -> bool:
    """Say whether a cluster's instances decide: an Aurora one's do, and only without a value."""
    if subject.type != CLUSTER or subject.props.get("publiclyAccessible") is not None:
        return False
    return subject.props.get("dbClusterInstanceClass") is None


rds_not_public = flag_rule(
    About(
        name="rds-not-public",
        description="Databases have no public address.",
        severity=Severity.CRITICAL,
        remediation="Set publiclyAccessible to false; what a missing one means depends on the type "
        "and the subnets.",
        url=f"{_RDS}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        control="RDS.2",
    ),
    _REACHABLE,
    "publiclyAccessible",
    wanted=False,
    must="have no public address, with publiclyAccessible set to false",
    spared=_set_by_instances,
)


def _always_encrypted(subject: Subject) -> bool:
    """Say whether nobody chooses: a copy is as its source; Aurora Serverless v1 always is."""
    if subject.props.get("storageEncrypted") is not None:
        return False
    if subject.type == _GLOBAL_CLUSTER:
        return subject.props.get("sourceDbClusterIdentifier") is not None
    if subject.type == CLUSTER:
        return bool(subject.props.get("engineMode") == "serverless")
    return _is_replica(subject)


rds_encrypted = flag_rule(
    About(
        name="rds-encrypted",
        description="Databases encrypt their storage.",
        severity=Severity.HIGH,
        remediation=(
            "Set storageEncrypted to true; a database that stands is encrypted by restoring an "
            "encrypted copy of its snapshot."
        ),
        url=f"{_RDS}/Overview.Encryption.html",
        control="RDS.3",
    ),
    _STORES,
    "storageEncrypted",
    wanted=True,
    must="encrypt its storage",
    spared=_always_encrypted,
)

rds_multi_az = flag_rule(
    About(
        name="rds-multi-az",
        description="Database instances have a standby in a second Availability Zone.",
        severity=Severity.MEDIUM,
        remediation="Set multiAz to true.",
        url=f"{_RDS}/Concepts.MultiAZ.html",
        control="RDS.5",
        thresholds=REQUIRED,
    ),
    {INSTANCE: KINDS[INSTANCE]},
    "multiAz",
    wanted=True,
    must="have a standby in a second Availability Zone",
    spared=_is_replica,
)

rds_deletion_protection = flag_rule(
    About(
        name="rds-deletion-protection",
        description="Databases are protected against deletion.",
        severity=Severity.MEDIUM,
        remediation="Set deletionProtection to true.",
        url=f"{_RDS}/USER_DeleteInstance.html",
        control="RDS.8",
        thresholds=REQUIRED,
    ),
    _STORES,
    "deletionProtection",
    wanted=True,
    must="be protected against deletion",
)

rds_final_snapshot = flag_rule(
    About(
        name="rds-final-snapshot",
        description="A snapshot is taken of a database that is deleted.",
        severity=Severity.MEDIUM,
        remediation="Leave skipFinalSnapshot out, and give finalSnapshotIdentifier.",
        url=f"{_RDS}/USER_DeleteInstance.html",
        thresholds=REQUIRED,
    ),
    DATABASES,
    "skipFinalSnapshot",
    wanted=False,
    must="leave a snapshot behind when it is deleted",
    default=False,
    spared=_is_replica,  # RDS takes none of a replica
)

rds_minor_upgrades = flag_rule(
    About(
        name="rds-minor-upgrades",
        description="Databases install minor versions, which mend security holes, by themselves.",
        severity=Severity.HIGH,
        remediation="Leave autoMinorVersionUpgrade out, or set it to true.",
        url=f"{_RDS}/USER_UpgradeDBInstance.Upgrading.html",
        control="RDS.13",
    ),
    KINDS,
    "autoMinorVersionUpgrade",
    wanted=True,
    must="install minor versions by itself",
    default=True,
    spared=_is_custom,  # AWS takes nothing but false there
)


def _backups(subject: Subject, report: Report) -> None:
    least = subject.thresholds["minimumDays"]
    value = subject.props.get("backupRetentionPeriod")
    days = number(value)
    if (days is None or days < least) and not _is_replica(subject):
        report(
            f"The {KINDS[subject.type]} must keep backups for at least {shown(least)} days; "
            f"backupRetentionPeriod is {shown(value)}."
        )


rds_backups = resource_rule(
    About(
        name="rds-backups",
        description="Automated backups of databases are kept for long enough.",
        severity=Severity.MEDIUM,
        remediation="Set backupRetentionPeriod to the number of days, at most 35.",
        url=f"{_RDS}/USER_WorkingWithAutomatedBackups.html",
        control="RDS.11",
        thresholds={
            "minimumDays": {
                "type": "integer",
                "minimum": 1,
                "maximum": 35,
                "description": "Days for which backups are kept at least.",
                "default": 7,
            }
        },
    ),
    DATABASES,
    _backups,
)

_PASSWORDS = ("password", "passwordWo", "masterPassword", "masterPasswordWo")

# Databases that get their users from another one, or from a copy of it.
_SOURCES = (
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "snapshotIdentifier",
    "restoreToPointInTime",
)


def _has_a_password_of_its_own(subject: Subject) -> bool:
    """Say whether AWS refuses to manage a database's password.

    Amazon RDS and Aurora User Guides, "Limitations for Secrets Manager integration": clusters of a
    global database, Aurora Serverless v1, RDS Custom.
    """
    if subject.props.get("globalClusterIdentifier") is not None:
        return True
    return subject.props.get("engineMode") == "serverless" or _is_custom(subject)


def _no_password_in_clear(subject: Subject, report: Report) -> None:
    if _has_a_password_of_its_own(subject):
        return
    kind, props = KINDS[subject.type], subject.props
    given: list[str] = []

    def judge(key: str) -> None:
        if props.get(key) is not None:
            given.append(key)
            report(
                f"The {kind} must leave its password to Secrets Manager, with "
                f"manageMasterUserPassword set to true; {key} is set."
            )

    judge_each(_PASSWORDS, judge)
    managed = props.get("manageMasterUserPassword")
    if given or flag(managed):
        return
    if all(props.get(key) is None for key in _SOURCES):
        report(
            f"The {kind} must leave its password to Secrets Manager; manageMasterUserPassword is "
            f"{shown(managed)}."
        )


rds_no_password_in_clear = resource_rule(
    About(
        name="rds-no-password-in-clear",
        description="Nobody but RDS and Secrets Manager knows a database's password.",
        severity=Severity.CRITICAL,
        remediation="Set manageMasterUserPassword to true, and leave the password out.",
        url=f"{_RDS}/rds-secrets-manager.html",
    ),
    DATABASES,
    _no_password_in_clear,
)

POLICIES = [
    rds_not_public,
    rds_encrypted,
    rds_backups,
    rds_multi_az,
    rds_deletion_protection,
    rds_final_snapshot,
    rds_minor_upgrades,
    rds_no_password_in_clear,
]
