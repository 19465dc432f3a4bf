"""Requests to AWS Step Functions and what they ask."""

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

_STATES = f"arn:aws:states:us-east-1:{ACCOUNT}"
_MACHINE, _EXECUTION = f"{_STATES}:stateMachine:P_F", f"{_STATES}:execution:P_F:e-1"
_RUN = f"{_STATES}:mapRun:P_F/label:r-1"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
_REFERENCE = "Service Authorization Reference, AWS Step Functions"
_VERSIONS = "Step Functions Developer Guide, Authorization for versions and aliases"
_PASSING = "IAM User Guide, Grant a user permissions to pass a role to an AWS service"
_TAG_KEYS: dict[str, str | tuple[str, ...]] = {
    "aws:RequestTag/app": "metaflow",
    "aws:TagKeys": ("app",),
}
_STACK: dict[str, str | tuple[str, ...]] = {"aws:ResourceTag/stack": "one"}
_TAGGED = StoredLook(tag_sets={_MACHINE: {"stack": "one"}})


def _pass(service: str) -> Expected:
    return "iam:PassRole", _ROLE, {"iam:PassedToService": service}


_STATES_PASS = _pass("states.amazonaws.com")

ROWS = [
    Row(
        "stepfunctions",
        "ListStateMachines",
        "",
        {},
        [("states:ListStateMachines", "*", {})],
        f"{_REFERENCE}: no resource type",
    ),
    Row(
        "stepfunctions",
        "CreateStateMachine",
        "",
        {"name": "P_F", "definition": "{}", "roleArn": _ROLE},
        [("states:CreateStateMachine", _MACHINE, {}), _STATES_PASS],
        f"{_REFERENCE}; {_PASSING}",
    ),
    Row(
        "stepfunctions",
        "CreateStateMachine",
        "tags-and-version",
        {
            "name": "P_F",
            "definition": "{}",
            "roleArn": _ROLE,
            "publish": True,
            "tags": [{"key": "app", "value": "metaflow"}],
        },
        [
            ("states:CreateStateMachine", _MACHINE, _TAG_KEYS),
            ("states:TagResource", _MACHINE, _TAG_KEYS),
            ("states:PublishStateMachineVersion", _MACHINE, {}),
            _STATES_PASS,
        ],
        f"Step Functions API Reference, CreateStateMachine; {_VERSIONS}",
    ),
    Row(
        "stepfunctions",
        "UpdateStateMachine",
        "role",
        {"stateMachineArn": _MACHINE, "roleArn": _ROLE},
        [("states:UpdateStateMachine", _MACHINE, _STACK), _STATES_PASS],
        f"{_REFERENCE}; {_PASSING}",
        _TAGGED,
    ),
    Row(
        "stepfunctions",
        "UpdateStateMachine",
        "definition-only",
        {"stateMachineArn": _MACHINE, "definition": "{}"},
        [("states:UpdateStateMachine", _MACHINE, {})],
        f"{_REFERENCE}; {_PASSING}",
    ),
    *(
        Row(
            "stepfunctions",
            name,
            "",
            {"stateMachineArn": _MACHINE},
            [(f"states:{name}", _MACHINE, _STACK)],
            _REFERENCE,
            _TAGGED,
        )
        for name in (
            "DescribeStateMachine",
            "DeleteStateMachine",
            "StartExecution",
            "ListExecutions",
        )
    ),
    Row(
        "stepfunctions",
        "StartExecution",
        "alias",
        {"stateMachineArn": f"{_MACHINE}:PROD"},
        [("states:StartExecution", _MACHINE, {"states:StateMachineQualifier": ("PROD",)})],
        _VERSIONS,
    ),
    Row(
        "stepfunctions",
        "ListExecutions",
        "map-run",
        {"mapRunArn": _RUN},
        [("states:ListExecutions", _RUN, {})],
        f"{_REFERENCE}: maprun",
    ),
    *(
        Row(
            "stepfunctions",
            name,
            "",
            {"executionArn": _EXECUTION},
            [(f"states:{name}", _EXECUTION, _STACK)],
            f"{_REFERENCE}: execution, not statemachine",
            _TAGGED,
        )
        for name in (
            "StopExecution",
            "RedriveExecution",
            "DescribeExecution",
            "DescribeStateMachineForExecution",
            "GetExecutionHistory",
        )
    ),
    Row(
        "stepfunctions",
        "TagResource",
        "",
        {"resourceArn": _MACHINE, "tags": [{"key": "app", "value": "metaflow"}]},
        [("states:TagResource", _MACHINE, _TAG_KEYS)],
        _REFERENCE,
    ),
    Row(
        "stepfunctions",
        "UntagResource",
        "",
        {"resourceArn": _MACHINE, "tagKeys": ["app"]},
        [("states:UntagResource", _MACHINE, {"aws:TagKeys": ("app",)})],
        _REFERENCE,
    ),
    Row(
        "stepfunctions",
        "ListTagsForResource",
        "",
        {"resourceArn": _MACHINE},
        [("states:ListTagsForResource", _MACHINE, {})],
        _REFERENCE,
    ),
]
