"""Which parameter of RDS's API carries which input of an instance, and what a plan allows in it."""

from rehearsal.provider.plan_checks import arn, between, every, matching, one_of

IN_PLACE = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "deletionProtection": "DeletionProtection",
    "engineVersion": "EngineVersion",
    "instanceClass": "DBInstanceClass",
    "iops": "Iops",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "multiAz": "MultiAZ",
    "parameterGroupName": "DBParameterGroupName",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "publiclyAccessible": "PubliclyAccessible",
    "storageThroughput": "StorageThroughput",
    "storageType": "StorageType",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
}
"""Inputs that CreateDBInstance and ModifyDBInstance take under the same name."""

CREATE_ONLY = {
    "dbName": "DBName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "engine": "Engine",
    "identifier": "DBInstanceIdentifier",
    "kmsKeyId": "KmsKeyId",
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
    "port": "Port",
    "storageEncrypted": "StorageEncrypted",
    "username": "MasterUsername",
}

RESTORED = {
    name: parameter
    for name, parameter in {**IN_PLACE, **CREATE_ONLY}.items()
    if name
    in (
        *("autoMinorVersionUpgrade", "copyTagsToSnapshot", "dbSubnetGroupName"),
        *("deletionProtection", "enabledCloudwatchLogsExports", "engine", "identifier"),
        *("instanceClass", "multiAz", "parameterGroupName", "port", "publiclyAccessible"),
        "vpcSecurityGroupIds",
    )
}
"""Inputs that RestoreDBInstanceFromDBSnapshot is given (instance.go)."""

AFTER_RESTORE = {
    **{name: parameter for name, parameter in IN_PLACE.items() if name not in RESTORED},
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
}
"""Inputs that a modification brings to a restored instance (instance.go)."""

_OTHERWISE_REPORTED = (
    "dbSubnetGroupName",
    "engineVersion",
    "parameterGroupName",
    "vpcSecurityGroupIds",
    # The emulator drops these two.
    "performanceInsightsEnabled",
    "performanceInsightsRetentionPeriod",
)

REPORTED = {
    **{name: parameter for name, parameter in IN_PLACE.items() if name not in _OTHERWISE_REPORTED},
    "dbName": "DBName",
    "engine": "Engine",
    "identifier": "DBInstanceIdentifier",
    "storageEncrypted": "StorageEncrypted",
    "username": "MasterUsername",
}
"""Inputs that DescribeDBInstances answers as they were given."""

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_HYPHENATED = r"[A-Za-z](?!.*--)([0-9A-Za-z-]*[0-9A-Za-z])?"
_LOG_EXPORTS = (
    # Of all engines together, by the provider's InstanceExportableLogType_Values.
    *("agent", "alert", "audit", "diag.log", "error", "general", "iam-db-auth-error", "listener"),
    *("notify.log", "oemagent", "postgresql", "slowquery", "trace", "upgrade"),
)

CHECKS = {
    "backupRetentionPeriod": between(0, 35),
    "backupWindow": matching(f"{_CLOCK}-{_CLOCK}", "hh:mm-hh:mm"),
    "enabledCloudwatchLogsExports": every(one_of(_LOG_EXPORTS)),
    "finalSnapshotIdentifier": matching(
        _HYPHENATED, "a letter, then letters, digits and single hyphens, none at the end"
    ),
    "identifier": matching(
        r"[a-z](?!.*--)([0-9a-z-]*[0-9a-z])?",
        "a lower case letter, then those, digits and single hyphens, none at the end",
    ),
    "kmsKeyId": arn,
    "maintenanceWindow": matching(f"(?i:{_DAY}:{_CLOCK}-{_DAY}:{_CLOCK})", "ddd:hh:mm-ddd:hh:mm"),
    "monitoringInterval": one_of((0, 1, 5, 10, 15, 30, 60)),
    "monitoringRoleArn": arn,
}
"""What the provider allows at plan time, by its schema in internal/service/rds/instance.go."""
