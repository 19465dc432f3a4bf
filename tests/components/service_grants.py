"""What the roles are granted that only AWS services use, as the tests expect it.

Each has the actions of the AWS managed policy that AWS would attach, on the stack's own resources.
"""

from tests.components.grants import ACCOUNT, ECS, LOGS, Grant, Grants

_CLUSTERS = "AWSBatch-metaflow-compute-*"
_INSTANCES = f"{ECS}:container-instance/{_CLUSTERS}/*"
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


INSTANCE: dict[str, Grant] = {
    "FindAgentsEndpoint": (["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"], ["*"], {}),
    "JoinCluster": (
        [
            "ecs:RegisterContainerInstance",
            "ecs:DeregisterContainerInstance",
            "ecs:SubmitAttachmentStateChanges",
            "ecs:SubmitContainerStateChange",
            "ecs:SubmitTaskStateChange",
        ],
        [f"{ECS}:cluster/{_CLUSTERS}"],
        {},
    ),
    "RunTasks": (
        ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
        [_INSTANCES],
        {},
    ),
    "TagInstance": (
        ["ecs:TagResource"],
        [_INSTANCES],
        {"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}},
    ),
    "ReadTags": (["ecs:ListTagsForResource"], [_INSTANCES, f"{ECS}:task/{_CLUSTERS}/*"], {}),
    "WriteJobLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [f"{LOGS}:/aws/batch/job:*"],
        {},
    ),
}

EVERYWHERE: Grants = {
    "metaflow-compute-instance": INSTANCE | images("metaflow/*"),
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
