"""Requests to AWS Batch and what they ask."""

from typing import Any

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

_BATCH = f"arn:aws:batch:us-east-1:{ACCOUNT}"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role"
_QUEUE, _DEFINITION = f"{_BATCH}:job-queue/q", f"{_BATCH}:job-definition/metaflow_1"
_JOB = f"{_BATCH}:job/j-1"
_TAGS = {"app": "metaflow", "user": "ada"}
_TAG_KEYS: dict[str, str | tuple[str, ...]] = {
    "aws:RequestTag/app": "metaflow",
    "aws:RequestTag/user": "ada",
    "aws:TagKeys": ("app", "user"),
}
_REFERENCE = "Service Authorization Reference, AWS Batch"
_QUEUE_PAGE = "AWS Batch User Guide, Resource: Restrict to a job queue"
_TAG_PAGE = (
    "AWS Batch User Guide, Resource: Restrict job submission by resource tags on job definition "
    "and job queue"
)
_PASSING = "IAM User Guide, Grant a user permissions to pass a role to an AWS service"

_TAGGED = StoredLook(
    tag_sets={
        _QUEUE: {"stack": "one"},
        f"{_DEFINITION}:3": {"project": "calc"},
        _JOB: {"app": "metaflow"},
    }
)


def _pass(role: str) -> Expected:
    return "iam:PassRole", role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


def _submit(definition: str, **others: Any) -> dict[str, Any]:
    return {"jobName": "n", "jobQueue": _QUEUE, "jobDefinition": definition, **others}


def _register(**others: Any) -> dict[str, Any]:
    return {"jobDefinitionName": "metaflow_1", "type": "container", **others}


_ANY_RESOURCE = [
    Row("batch", name, "", {}, [(f"batch:{name}", "*", {})], f"{_REFERENCE}: no resource type")
    for name in (
        "DescribeComputeEnvironments",
        "DescribeJobDefinitions",
        "DescribeJobQueues",
        "DescribeJobs",
        "ListJobs",
    )
]

_SUBMITTING = [
    Row(
        "batch",
        "SubmitJob",
        "by-name-of-queue-without-revision",
        {"jobName": "n", "jobQueue": "q", "jobDefinition": "metaflow_1"},
        [("batch:SubmitJob", _QUEUE, {}), ("batch:SubmitJob", _DEFINITION, {})],
        f"{_QUEUE_PAGE}; aws/aws-cdk issue 25574: the denial names no revision",
    ),
    Row(
        "batch",
        "SubmitJob",
        "revision",
        _submit("metaflow_1:3", shareIdentifier="team"),
        [
            (
                "batch:SubmitJob",
                _QUEUE,
                {"aws:ResourceTag/stack": "one", "batch:ShareIdentifier": "team"},
            ),
            (
                "batch:SubmitJob",
                f"{_DEFINITION}:3",
                {"aws:ResourceTag/project": "calc", "batch:ShareIdentifier": "team"},
            ),
        ],
        _TAG_PAGE,
        _TAGGED,
    ),
    Row(
        "batch",
        "SubmitJob",
        "arn",
        _submit(f"{_DEFINITION}:3"),
        [("batch:SubmitJob", _QUEUE, {}), ("batch:SubmitJob", f"{_DEFINITION}:3", {})],
        "AWS Batch API Reference, SubmitJob: name, name:revision or ARN",
    ),
    Row(
        "batch",
        "SubmitJob",
        "no-tags-of-a-definition-without-revision",
        _submit("metaflow_1"),
        [
            ("batch:SubmitJob", _QUEUE, {"aws:ResourceTag/stack": "one"}),
            ("batch:SubmitJob", _DEFINITION, {}),
        ],
        _TAG_PAGE,
        _TAGGED,
    ),
    Row(
        "batch",
        "SubmitJob",
        "tags",
        _submit("metaflow_1:3", tags=_TAGS),
        [
            ("batch:SubmitJob", _QUEUE, _TAG_KEYS),
            ("batch:SubmitJob", f"{_DEFINITION}:3", _TAG_KEYS),
            ("batch:TagResource", _QUEUE, _TAG_KEYS),
            ("batch:TagResource", f"{_DEFINITION}:3", _TAG_KEYS),
        ],
        "wri/gfw-data-api pull request 175: the denial of SubmitJob's batch:TagResource",
    ),
]

_JOBS = [
    Row(
        "batch",
        name,
        "",
        {"jobId": "j-1", "reason": "r"},
        [(f"batch:{name}", _JOB, {"aws:ResourceTag/app": "metaflow"})],
        f"{_REFERENCE}: job, aws:ResourceTag",
        _TAGGED,
    )
    for name in ("TerminateJob", "CancelJob")
] + [
    Row(
        "batch",
        "TagResource",
        "",
        {"resourceArn": _JOB, "tags": _TAGS},
        [("batch:TagResource", _JOB, {**_TAG_KEYS, "aws:ResourceTag/app": "metaflow"})],
        _REFERENCE,
        _TAGGED,
    ),
    Row(
        "batch",
        "UntagResource",
        "",
        {"resourceArn": _JOB, "tagKeys": ["app"]},
        [("batch:UntagResource", _JOB, {"aws:TagKeys": ("app",)})],
        _REFERENCE,
    ),
    Row(
        "batch",
        "ListTagsForResource",
        "",
        {"resourceArn": _JOB},
        [("batch:ListTagsForResource", _JOB, {})],
        _REFERENCE,
    ),
    Row(
        "batch",
        "DeregisterJobDefinition",
        "",
        {"jobDefinition": "metaflow_1:3"},
        [("batch:DeregisterJobDefinition", f"{_DEFINITION}:3", {})],
        f"{_REFERENCE}: job-definition-revision",
    ),
]

_REGISTERING = [
    Row(
        "batch",
        "RegisterJobDefinition",
        "container",
        _register(
            containerProperties={
                "image": "python:3.11",
                "jobRoleArn": f"{_ROLE}/job",
                "executionRoleArn": f"{_ROLE}/execution",
                "privileged": False,
                "user": "nobody",
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/g"}},
            }
        ),
        [
            (
                "batch:RegisterJobDefinition",
                _DEFINITION,
                {
                    "batch:Image": "python:3.11",
                    "batch:Privileged": "false",
                    "batch:User": "nobody",
                    "batch:LogDriver": "awslogs",
                    "batch:AWSLogsGroup": "/g",
                },
            ),
            _pass(f"{_ROLE}/job"),
            _pass(f"{_ROLE}/execution"),
        ],
        f"{_REFERENCE}; {_PASSING}",
    ),
    Row(
        "batch",
        "RegisterJobDefinition",
        "one-role-by-name-and-tags",
        _register(containerProperties={"image": "i", "jobRoleArn": "job"}, tags=_TAGS),
        [
            ("batch:RegisterJobDefinition", _DEFINITION, {**_TAG_KEYS, "batch:Image": "i"}),
            ("batch:TagResource", _DEFINITION, _TAG_KEYS),
            _pass(f"{_ROLE}/job"),
        ],
        f"{_REFERENCE}; {_PASSING}",
    ),
    Row(
        "batch",
        "RegisterJobDefinition",
        "several-containers-one-privileged",
        _register(
            ecsProperties={
                "taskProperties": [
                    {
                        "taskRoleArn": f"{_ROLE}/job",
                        "containers": [{"image": "a"}, {"image": "b", "privileged": True}],
                    }
                ]
            }
        ),
        [
            ("batch:RegisterJobDefinition", _DEFINITION, {"batch:Image": "a"}),
            (
                "batch:RegisterJobDefinition",
                _DEFINITION,
                {"batch:Image": "b", "batch:Privileged": "true"},
            ),
            _pass(f"{_ROLE}/job"),
        ],
        f"{_REFERENCE}: keys of each container",
    ),
    Row(
        "batch",
        "RegisterJobDefinition",
        "nodes",
        _register(
            type="multinode",
            nodeProperties={
                "nodeRangeProperties": [
                    {"container": {"image": "a", "jobRoleArn": f"{_ROLE}/job"}},
                    {"container": {"image": "b", "privileged": True}},
                ]
            },
        ),
        [
            ("batch:RegisterJobDefinition", _DEFINITION, {"batch:Image": "a"}),
            (
                "batch:RegisterJobDefinition",
                _DEFINITION,
                {"batch:Image": "b", "batch:Privileged": "true"},
            ),
            _pass(f"{_ROLE}/job"),
        ],
        f"{_REFERENCE}: keys of each container",
    ),
]

ROWS = [*_ANY_RESOURCE, *_SUBMITTING, *_JOBS, *_REGISTERING]
