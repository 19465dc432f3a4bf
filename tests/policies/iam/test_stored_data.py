"""Every action that hands out what is stored is reported on resources that nobody named."""

import pytest

from rules.iam.grants import no_data_exfiltration
from tests.policies.iam.policy_documents import allow, judged

READING = (
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:StartQueryExecution",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:CopySnapshot",
    "ec2:GetConsoleOutput",
    "ec2:GetLaunchTemplateData",
    "elasticfilesystem:ClientMount",
    "glacier:GetJobOutput",
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "neptune-db:ReadDataViaQuery",
    "rds-data:BatchExecuteStatement",
    "rds-data:ExecuteStatement",
    "rds:CopyDBClusterSnapshot",
    "rds:CopyDBSnapshot",
    "rds:CreateDBSnapshot",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBInstanceFromDBSnapshot",
    "rds:StartExportTask",
    "redshift-data:ExecuteStatement",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTorrent",
    "sqs:ReceiveMessage",
    "ssm:GetParameterHistory",
    "timestream:Select",
)
"""Actions that read objects, rows, messages, logs, secrets, or what holds some of them (AWS Service
Authorization Reference)."""


@pytest.mark.parametrize("action", READING)
def test_an_action_that_reads_what_is_stored(action: str) -> None:
    messages = judged(no_data_exfiltration, allow(action))
    assert messages == [
        "The policy document in policy must bound what it hands out; statement Sid allows "
        f"{action} on *."
    ]
    assert len(judged(no_data_exfiltration, allow(action.upper()))) == 1
