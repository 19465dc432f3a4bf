"""What the roles are granted that only AWS services use, as the tests expect it.

Each has the actions of the AWS managed policy that AWS would attach, on the stack's own resources.
"""

from tests.components.grants import ACCOUNT, ECS, LOGS, Grant, Grants

_ECR = f"arn:aws:ecr:us-east-1:{ACCOUNT}"


def images(*repositories: str) -> dict[str, Grant]:
    return {
        "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"], {}),
        "PullImages": (
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            [f"{_ECR}:repository/{name}" for name in repositories],
            {},
        ),
    }


def instance(stack: str) -> dict[str, Grant]:
    clusters = f"AWSBatch-metaflow-{stack}_*"
    instances = f"{ECS}:container-instance/{clusters}/*"
    return {
        "FindAgentsEndpoint": (["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"], ["*"], {}),
        "JoinCluster": (
            [
                "ecs:RegisterContainerInstance",
                "ecs:DeregisterContainerInstance",
                "ecs:SubmitAttachmentStateChanges",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ],
            [f"{ECS}:cluster/{clusters}"],
            {},
        ),
        "RunTasks": (
            ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
            [instances],
            {},
        ),
        "TagInstance": (
            ["ecs:TagResource"],
            [instances],
            {"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
        ),
        "ReadTags": (["ecs:ListTagsForResource"], [instances, f"{ECS}:task/{clusters}/*"], {}),
        "WriteJobLogs": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [f"{LOGS}:/aws/batch/job:*"],
            {},
        ),
    }


def everywhere(stack: str) -> Grants:
    return {"metaflow-compute-instance": instance(stack) | images("metaflow/*"), **MONITORING}


MONITORING: Grants = {
    "metaflow-db-monitoring": {
        "KeepGroup": (
            ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DescribeLogStreams"],
            [f"{LOGS}:RDSOSMetrics", f"{LOGS}:RDSOSMetrics:*"],
            {},
        ),
        "WriteStreams": (
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:GetLogEvents"],
            [f"{LOGS}:RDSOSMetrics:*"],
            {},
        ),
    },
}

GATEWAY_ACCOUNT: Grants = {
    "metaflow-gateway-account-role": {
        "FindGroups": (["logs:DescribeLogGroups"], ["*"], {}),
        "WriteLogs": (
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
                "logs:GetLogEvents",
                "logs:FilterLogEvents",
            ],
            [f"{LOGS}:API-Gateway-Execution-Logs_*", f"{LOGS}:/aws/apigateway/*"],
            {},
        ),
    }
}
