"""Actions that hand out stored data or credentials."""

from cloudsplaining.shared import constants

READING: tuple[str, ...] = (
    # Objects, files, blocks. AWS Service Authorization Reference, each service's own page.
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTorrent",
    "ebs:GetSnapshotBlock",
    "glacier:GetJobOutput",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "elasticfilesystem:ClientMount",
    # Rows and items.
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:StartQueryExecution",
    "neptune-db:ReadDataViaQuery",
    "rds-data:BatchExecuteStatement",
    "rds-data:ExecuteStatement",
    "redshift-data:ExecuteStatement",
    "timestream:Select",
    # Databases as a whole.
    "rds:CopyDBClusterSnapshot",
    "rds:CopyDBSnapshot",
    "rds:CreateDBSnapshot",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBInstanceFromDBSnapshot",
    "rds:StartExportTask",
    "ec2:CopySnapshot",
    # Messages and logs.
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "sqs:ReceiveMessage",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    # Secrets, what decrypts them, and code and settings that often hold some.
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "ssm:GetParameterHistory",
    "ec2:GetConsoleOutput",
    "ec2:GetLaunchTemplateData",
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
)
"""Actions that read what is stored, beyond cloudsplaining's lists."""

HANDED_OUT: frozenset[str] = frozenset(
    name.lower()
    for name in (
        *constants.READ_ONLY_DATA_EXFILTRATION_ACTIONS,
        *constants.ACTIONS_THAT_RETURN_CREDENTIALS,
        *READING,
    )
)
"""The actions in small letters: cloudsplaining's lists, and more."""
