"""What each permission of a stack is needed for."""

from collections.abc import Mapping

_PROFILE = "write the profile again"
_FOREACH = "run foreach_flow, step-functions"
_S3 = "use S3, local"
_S3_ON_BATCH = "use S3, batch"
_LOCAL_READING = "read a secret, local"
_READING_ON_BATCH = "read a secret, batch"
_MAP = "run a distributed map"
_END_OF_MAP = "terminate a distributed map"
_DEPLOYMENT = "assume a role and find an image, batch"
_KILL = "list and kill a run on Batch"
_LIFE = "deploy, change, terminate and delete on Step Functions"
_PUSH = "push an image"
_SCHEDULE = "run branch_flow by its schedule"
_ROTATION = "rotate the password under a run"

NEEDED_FOR: Mapping[str, Mapping[str, str]] = {
    "metaflow-users-role": {
        "apigateway:GET": _PROFILE,
        "batch:DescribeComputeEnvironments": _READING_ON_BATCH,
        "batch:DescribeJobDefinitions": _READING_ON_BATCH,
        "batch:DescribeJobQueues": _READING_ON_BATCH,
        "batch:DescribeJobs": _READING_ON_BATCH,
        "batch:ListJobs": _KILL,
        "batch:RegisterJobDefinition": _READING_ON_BATCH,
        "batch:SubmitJob": _READING_ON_BATCH,
        "batch:TagResource": _READING_ON_BATCH,
        "batch:TerminateJob": _KILL,
        "ecr:BatchCheckLayerAvailability": _PUSH,
        "ecr:BatchGetImage": _PUSH,
        "ecr:CompleteLayerUpload": _PUSH,
        "ecr:GetAuthorizationToken": _PUSH,
        "ecr:GetDownloadUrlForLayer": _PUSH,
        "ecr:InitiateLayerUpload": _PUSH,
        "ecr:PutImage": _PUSH,
        "ecr:UploadLayerPart": _PUSH,
        "events:DeleteRule": _SCHEDULE,
        "events:DisableRule": _LIFE,
        "events:PutRule": _SCHEDULE,
        "events:PutTargets": _SCHEDULE,
        "events:RemoveTargets": _SCHEDULE,
        "iam:PassRole": _LIFE,
        "kms:Decrypt": _S3,
        "kms:GenerateDataKey": _S3,
        "s3:AbortMultipartUpload": _S3,
        "s3:GetObject": _S3,
        "s3:ListBucket": _S3,
        "s3:PutObject": _S3,
        "secretsmanager:GetSecretValue": _LOCAL_READING,
        "states:CreateStateMachine": _LIFE,
        "states:DeleteStateMachine": _LIFE,
        "states:DescribeStateMachine": _LIFE,
        "states:ListExecutions": _LIFE,
        "states:ListStateMachines": _LIFE,
        "states:StartExecution": _LIFE,
        "states:StopExecution": _LIFE,
        "states:UpdateStateMachine": _LIFE,
    },
    "metaflow-compute-job": {
        "dynamodb:GetItem": _FOREACH,
        "dynamodb:PutItem": _FOREACH,
        "dynamodb:UpdateItem": _FOREACH,
        "ecr:DescribeRepositories": _DEPLOYMENT,
        "kms:Decrypt": _S3_ON_BATCH,
        "kms:GenerateDataKey": _S3_ON_BATCH,
        "s3:AbortMultipartUpload": _S3_ON_BATCH,
        "s3:GetObject": _S3_ON_BATCH,
        "s3:ListBucket": _S3_ON_BATCH,
        "s3:PutObject": _S3_ON_BATCH,
        "secretsmanager:GetSecretValue": _READING_ON_BATCH,
        "sts:AssumeRole": _DEPLOYMENT,
    },
    "metaflow-flows-state-machine": {
        "batch:DescribeJobs": _FOREACH,
        "batch:SubmitJob": _FOREACH,
        "batch:TagResource": _FOREACH,
        "batch:TerminateJob": _LIFE,
        "dynamodb:GetItem": _FOREACH,
        "events:DescribeRule": _LIFE,
        "events:PutRule": _LIFE,
        "events:PutTargets": _LIFE,
        "kms:Decrypt": _MAP,
        "kms:GenerateDataKey": _MAP,
        "logs:CreateLogDelivery": _LIFE,
        "logs:DeleteLogDelivery": _LIFE,
        "logs:DescribeLogGroups": _LIFE,
        "logs:DescribeResourcePolicies": _LIFE,
        "logs:GetLogDelivery": _LIFE,
        "logs:ListLogDeliveries": _LIFE,
        "logs:PutResourcePolicy": _LIFE,
        "logs:UpdateLogDelivery": _LIFE,
        "s3:AbortMultipartUpload": _MAP,
        "s3:GetObject": _MAP,
        "s3:ListMultipartUploadParts": _MAP,
        "s3:PutObject": _MAP,
        "states:DescribeExecution": _MAP,
        "states:StartExecution": _MAP,
        "states:StopExecution": _END_OF_MAP,
    },
    "metaflow-flows-schedule": {"states:StartExecution": _SCHEDULE},
    "metaflow-rotation-start": {"states:StartExecution": _ROTATION},
    "metaflow-rotation-redeployment": {"ecs:UpdateService": _ROTATION},
}
"""By role and action: the exercise that does not work without it."""
