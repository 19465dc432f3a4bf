"""What each role is granted, as the tests expect it: every statement in full.

The grants are the calls that Metaflow (`metaflow/plugins/aws`, `metaflow/plugins/datatools/s3`),
its service and AWS's integrations make; whatever else stands in a document is an excess.
"""

import json
from typing import Any

from rehearsal.mocks import Deployment
from tests.deployed import HTTP_GATEWAY, IMAGES, JOB_PERMISSIONS

ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::metaflow-datastore-bucket"
OBJECTS = [f"{BUCKET}/metaflow/*", f"{BUCKET}/data/*"]
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/metaflow-datastore-key"
BATCH = f"arn:aws:batch:us-east-1:{ACCOUNT}"
QUEUE = f"{BATCH}:job-queue/metaflow-compute-default"
DEFINITIONS = f"{BATCH}:job-definition/metaflow_*"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/metaflow-flows-table"
STATES = f"arn:aws:states:us-east-1:{ACCOUNT}"
EVENTS = f"arn:aws:events:us-east-1:{ACCOUNT}"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
ECS = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!metaflow-db-postgres"

Grant = tuple[list[str], list[str], dict[str, Any]]
"""Actions, resources, conditions."""

Grants = dict[str, dict[str, Grant]]
"""For each role or managed policy, what it grants by the statements' names."""

DATASTORE: dict[str, Grant] = {
    "DatastoreObjects": (["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], OBJECTS, {}),
    "DatastoreListing": (
        ["s3:ListBucket"],
        [BUCKET],
        {"StringLike": {"s3:prefix": ["metaflow/*", "data/*"]}},
    ),
}

DATASTORE_KEY: dict[str, Grant] = {
    "DatastoreKey": (
        ["kms:GenerateDataKey", "kms:Decrypt"],
        [KEY],
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    )
}

JOB: dict[str, Grant] = {
    "ForeachState": (["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"], [TABLE], {}),
}

JOB_SECRETS = [
    f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:team/token-AbC123",
    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:warehouse-??????",
]

READ_SECRETS: dict[str, Grant] = {
    "ReadSecrets": (["secretsmanager:GetSecretValue"], JOB_SECRETS, {})
}

LOG_DELIVERY: dict[str, Grant] = {
    "DeliverLogs": (
        [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ],
        ["*"],
        {},
    )
}

FLOW_LOGS: Grants = {
    "metaflow-net-flow-logs-role": {
        "FindGroups": (["logs:DescribeLogGroups"], ["*"], {}),
        "Write": (
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [f"{LOGS}:metaflow-net-flow-logs-group:*"],
            {},
        ),
    }
}


def passed_to(service: str) -> dict[str, Any]:
    return {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}


def jobs(stack: str) -> dict[str, Grant]:
    every, label = [f"{BATCH}:job/*"], f"metaflow-{stack}"
    marked = {"StringEquals": {"aws:RequestTag/metaflow-stack": label}}
    own = {"aws:ResourceTag/metaflow-stack": label}
    return {
        "SubmitJobs": (["batch:SubmitJob", "batch:TagResource"], [QUEUE, DEFINITIONS], marked),
        "StopJobs": (["batch:TerminateJob"], every, {"StringEquals": own}),
    }


def state_machine(stack: str) -> dict[str, Grant]:
    return {
        "WatchJobs": (["batch:DescribeJobs"], ["*"], {}),
        **jobs(stack),
        "AwaitJobs": (
            ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            [f"{EVENTS}:rule/StepFunctionsGetEventsForBatchJobsRule"],
            {},
        ),
        "ReadForeachState": (["dynamodb:GetItem"], [TABLE], {}),
    }


def user_batch(stack: str) -> dict[str, Grant]:
    return {
        "ReadBatch": (
            [
                "batch:DescribeComputeEnvironments",
                "batch:DescribeJobDefinitions",
                "batch:DescribeJobQueues",
                "batch:DescribeJobs",
                "batch:ListJobs",
            ],
            ["*"],
            {},
        ),
        "DefineJobs": (
            ["batch:RegisterJobDefinition"],
            [DEFINITIONS],
            {"BoolIfExists": {"batch:Privileged": "false"}},
        ),
        **jobs(stack),
    }


def user(stack: str) -> dict[str, Grant]:
    machines = f"{STATES}:stateMachine:metaflow-{stack}_*"
    rules = f"{EVENTS}:rule/metaflow-{stack}_*"
    return {
        "ListStateMachines": (["states:ListStateMachines"], ["*"], {}),
        "ManageStateMachines": (
            [
                "states:CreateStateMachine",
                "states:UpdateStateMachine",
                "states:DescribeStateMachine",
                "states:DeleteStateMachine",
                "states:StartExecution",
                "states:ListExecutions",
            ],
            [machines],
            {},
        ),
        "StopExecutions": (
            ["states:StopExecution"],
            [f"{STATES}:execution:metaflow-{stack}_*:*"],
            {},
        ),
        "WriteSchedules": (
            ["events:PutRule"],
            [rules],
            {"Null": {"events:source": "true", "events:detail-type": "true"}},
        ),
        "AimSchedules": (
            ["events:PutTargets"],
            [rules],
            {"ArnLike": {"events:TargetArn": machines}},
        ),
        "EndSchedules": (
            ["events:DisableRule", "events:RemoveTargets", "events:DeleteRule"],
            [rules],
            {},
        ),
        "PassJobRole": (
            ["iam:PassRole"],
            [f"{ROLE}/metaflow-compute-job"],
            passed_to("ecs-tasks"),
        ),
        "PassStateMachineRole": (
            ["iam:PassRole"],
            [f"{ROLE}/metaflow-flows-state-machine"],
            passed_to("states"),
        ),
        "PassScheduleRole": (
            ["iam:PassRole"],
            [f"{ROLE}/metaflow-flows-schedule"],
            passed_to("events"),
        ),
        "ReadApiKey": (
            ["apigateway:GET"],
            ["arn:aws:apigateway:us-east-1::/apikeys/ApiKey:metaflow-gateway-key.id"],
            {},
        ),
    }


SERVICES = {"dev": "metaflow-service-service-spot", "prod": "metaflow-service-service"}


def everywhere(stack: str) -> Grants:
    return {
        "metaflow-service-execution": {
            "WriteLog": (
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [f"{LOGS}:metaflow-service-log:*"],
                {},
            ),
            "ReadDatabasePassword": (["secretsmanager:GetSecretValue"], [SECRET], {}),
        },
        "metaflow-rotation-redeployment": {
            "Redeploy": (
                ["ecs:UpdateService"],
                [f"{ECS}:service/metaflow-service-cluster/{SERVICES[stack]}"],
                {},
            )
        },
        "metaflow-rotation-start": {
            "StartRedeployment": (
                ["states:StartExecution"],
                [f"{STATES}:stateMachine:metaflow-rotation-redeployment"],
                {},
            )
        },
        "metaflow-flows-schedule": {
            "StartExecutions": (
                ["states:StartExecution"],
                [f"{STATES}:stateMachine:metaflow-{stack}_*"],
                {},
            )
        },
    }


DEV: Grants = {
    **everywhere("dev"),
    "metaflow-compute-job": DATASTORE | JOB,
    "metaflow-flows-state-machine": state_machine("dev"),
    "metaflow-users-policy": DATASTORE | user("dev"),
    "metaflow-users-batch": user_batch("dev"),
}

PROD: Grants = {
    **everywhere("prod"),
    **FLOW_LOGS,
    "metaflow-compute-job": DATASTORE | DATASTORE_KEY | JOB,
    "metaflow-flows-state-machine": state_machine("prod") | LOG_DELIVERY,
    "metaflow-users-policy": DATASTORE | DATASTORE_KEY | user("prod"),
    "metaflow-users-batch": user_batch("prod"),
}


SETTINGS: list[dict[str, Any]] = [
    {"stack": "dev"},
    {"stack": "prod"},
    {"stack": "dev", "gateway": "off"},
    {"stack": "dev", **HTTP_GATEWAY},
    {"stack": "dev", "queues": [{"name": "default"}, {"name": "large"}]},
    {"stack": "dev", "jobSecretArns": JOB_SECRETS},
    {"stack": "prod", **JOB_PERMISSIONS, **IMAGES, "distributedMap": True},
]
"""Stacks, by what is handed to `deploy_stack`, in which the bounds of every grant must hold."""


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def statements(deployment: Deployment) -> list[tuple[str, dict[str, Any]]]:
    """Return every statement with its role's or managed policy's name."""
    inline = [
        (one.inputs["role"], one) for one in deployment.of_type("aws:iam/rolePolicy:RolePolicy")
    ]
    managed = [(one.name, one) for one in deployment.of_type("aws:iam/policy:Policy")]
    found = []
    for holder, one in [*inline, *managed]:
        document = json.loads(one.inputs["policy"])
        assert document.pop("Version") == "2012-10-17"
        found += [(holder, statement) for statement in document.pop("Statement")]
        assert document == {}
    return found


def granted(deployment: Deployment) -> Grants:
    grants: Grants = {}
    for holder, statement in statements(deployment):
        rest = dict(statement)
        assert rest.pop("Effect") == "Allow"
        resources = rest.pop("Resource")
        grant = (rest.pop("Action"), listed(resources), rest.pop("Condition", {}))
        sid = rest.pop("Sid")
        assert rest == {}
        assert sid not in grants.setdefault(holder, {})
        grants[holder][sid] = grant
    return grants


LONGEST_QUEUES = [
    {"name": f"longest-{number:04}", **({"fairShare": {"shares": {"a": 1}}} if number else {})}
    for number in range(49)
]
"""As many queues as there can be, with the longest names: those that are shared say so."""
