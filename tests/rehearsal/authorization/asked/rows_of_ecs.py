"""Requests to Amazon ECS and what they ask."""

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

_ECS = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
_CLUSTER, _SERVICE, _TASK = f"{_ECS}:cluster/c", f"{_ECS}:service/c/s", f"{_ECS}:task/c/t"
_DEFINITION = f"{_ECS}:task-definition/d:1"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role"
_REFERENCE = "Service Authorization Reference, Amazon Elastic Container Service"
_ROLES = "ECS Developer Guide, Amazon ECS task IAM role"
_IN: dict[str, str | tuple[str, ...]] = {"ecs:cluster": _CLUSTER}
_TAG_KEYS: dict[str, str | tuple[str, ...]] = {"aws:RequestTag/a": "b", "aws:TagKeys": ("a",)}
_TAGGED = StoredLook(tag_sets={_SERVICE: {"stack": "one"}})


def _pass(role: str, service: str = "ecs-tasks.amazonaws.com") -> Expected:
    return "iam:PassRole", f"{_ROLE}/{role}", {"iam:PassedToService": service}


_SERVICES = [
    Row(
        "ecs",
        "UpdateService",
        "by-arns",
        {"cluster": _CLUSTER, "service": _SERVICE, "forceNewDeployment": True},
        [("ecs:UpdateService", _SERVICE, {**_IN, "aws:ResourceTag/stack": "one"})],
        _REFERENCE,
        _TAGGED,
    ),
    Row(
        "ecs",
        "UpdateService",
        "by-names-with-changes",
        {
            "cluster": "c",
            "service": "s",
            "taskDefinition": "d:2",
            "enableExecuteCommand": True,
            "networkConfiguration": {
                "awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}
            },
        },
        [
            (
                "ecs:UpdateService",
                _SERVICE,
                {
                    **_IN,
                    "ecs:task-definition": "d:2",
                    "ecs:enable-execute-command": "true",
                    "ecs:subnet": ("subnet-1",),
                    "ecs:auto-assign-public-ip": "false",
                },
            ),
            _pass("task"),
        ],
        f"{_REFERENCE}; keidarcy/e1s pull request 429",
        StoredLook(roles={f"{_ECS}:task-definition/d:2": (f"{_ROLE}/task",)}),
    ),
    Row(
        "ecs",
        "CreateService",
        "",
        {
            "cluster": "c",
            "serviceName": "s",
            "role": "balancer",
            "tags": [{"key": "a", "value": "b"}],
        },
        [
            ("ecs:CreateService", _SERVICE, {**_IN, **_TAG_KEYS}),
            ("ecs:TagResource", _SERVICE, {**_TAG_KEYS, "ecs:CreateAction": "CreateService"}),
            _pass("balancer", "ecs.amazonaws.com"),
        ],
        f"{_REFERENCE}; ECS Developer Guide, Grant permission to tag resources on creation",
    ),
    Row(
        "ecs",
        "DescribeServices",
        "",
        {"cluster": "c", "services": ["s", f"{_SERVICE}2"]},
        [
            ("ecs:DescribeServices", _SERVICE, {**_IN, "aws:ResourceTag/stack": "one"}),
            ("ecs:DescribeServices", f"{_SERVICE}2", _IN),
        ],
        _REFERENCE,
        _TAGGED,
    ),
    Row(
        "ecs",
        "ListServices",
        "default-cluster",
        {},
        [("ecs:ListServices", "*", {"ecs:cluster": f"{_ECS}:cluster/default"})],
        _REFERENCE,
    ),
    Row(
        "ecs",
        "DescribeClusters",
        "",
        {"clusters": ["c"]},
        [("ecs:DescribeClusters", _CLUSTER, {})],
        _REFERENCE,
    ),
]

_TASKS = [
    Row(
        "ecs",
        "ListTasks",
        "",
        {"cluster": "c", "serviceName": "s"},
        [("ecs:ListTasks", "*", _IN)],
        "cdklabs/construct-hub pull request 1207: the denial names *",
    ),
    Row(
        "ecs",
        "ListTasks",
        "instance",
        {"cluster": "c", "containerInstance": "i"},
        [("ecs:ListTasks", f"{_ECS}:container-instance/c/i", _IN)],
        _REFERENCE,
    ),
    Row(
        "ecs",
        "DescribeTasks",
        "",
        {"cluster": "c", "tasks": ["t"]},
        [("ecs:DescribeTasks", _TASK, _IN)],
        _REFERENCE,
    ),
    Row(
        "ecs",
        "StopTask",
        "",
        {"cluster": "c", "task": "t"},
        [("ecs:StopTask", _TASK, _IN)],
        _REFERENCE,
    ),
    Row(
        "ecs",
        "RunTask",
        "",
        {
            "cluster": "c",
            "taskDefinition": "d:1",
            "overrides": {"taskRoleArn": f"{_ROLE}/other"},
            "tags": [{"key": "a", "value": "b"}],
        },
        [
            ("ecs:RunTask", _DEFINITION, {**_IN, **_TAG_KEYS}),
            (
                "ecs:TagResource",
                f"{_ECS}:task/c/*",
                {**_TAG_KEYS, "ecs:CreateAction": "RunTask"},
            ),
            _pass("task"),
            _pass("execution"),
            _pass("other"),
        ],
        "ECS Developer Guide, Amazon ECS EventBridge IAM Role",
        StoredLook(roles={_DEFINITION: (f"{_ROLE}/task", f"{_ROLE}/execution")}),
    ),
    Row(
        "ecs",
        "RegisterTaskDefinition",
        "",
        {"family": "d", "taskRoleArn": f"{_ROLE}/task", "executionRoleArn": f"{_ROLE}/execution"},
        [
            ("ecs:RegisterTaskDefinition", f"{_ECS}:task-definition/d:*", {}),
            _pass("task"),
            _pass("execution"),
        ],
        f"{_REFERENCE}; {_ROLES}",
    ),
    Row(
        "ecs",
        "DescribeTaskDefinition",
        "",
        {"taskDefinition": "d:1"},
        [("ecs:DescribeTaskDefinition", "*", {})],
        f"{_REFERENCE}: no resource type",
    ),
]

ROWS = [*_SERVICES, *_TASKS]
