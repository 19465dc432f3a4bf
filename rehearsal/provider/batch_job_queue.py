"""Batch job queues."""

from rehearsal.provider.batch_common import ARN, name_problems, update_tags
from rehearsal.provider.changes import with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import given, reported
from rehearsal.provider.unfinished import made

_ACTION_TIME = range(600, 86401)
_LIMITS = "jobStateTimeLimitActions"
_POLICY = "schedulingPolicyArn"

_QUEUE_PARAMETERS = {
    "priority": "priority",
    "state": "state",
    "computeEnvironmentOrders": "computeEnvironmentOrder",
    _LIMITS: _LIMITS,
    _POLICY: _POLICY,
}


def _create_queue(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("batch").create_job_queue(
        jobQueueName=inputs["name"],
        **given(inputs, {**_QUEUE_PARAMETERS, "tags": "tags"}),
    )
    arn = made(answer["jobQueueArn"])
    return arn, _queue_outputs(cloud, arn, inputs) or {}


def _queue_outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    answer = cloud.client("batch").describe_job_queues(jobQueues=[arn])
    if not answer["jobQueues"]:
        return None
    queue = answer["jobQueues"][0]
    return {
        "arn": arn,
        "name": queue["jobQueueName"],
        "priority": queue["priority"],
        "state": queue["state"],
        "computeEnvironmentOrders": queue["computeEnvironmentOrder"],
        **reported(
            state,
            {_LIMITS: queue[_LIMITS] or None, _POLICY: queue.get(_POLICY) or None},
        ),
        **with_tags(state, queue.get("tags", {})),
    }


def _update_queue(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    parameters = given(inputs, _QUEUE_PARAMETERS)
    if state.get(_LIMITS):
        # Left out, they would stay.
        parameters.setdefault(_LIMITS, [])
    cloud.client("batch").update_job_queue(jobQueue=arn, **parameters)
    update_tags(cloud, state, inputs)
    outputs = _queue_outputs(cloud, arn, inputs) or {}
    # Batch keeps a policy that is left out; the provider only sees so when it reads again.
    return {name: one for name, one in outputs.items() if name != _POLICY or name in inputs}


def _delete_queue(cloud: Cloud, arn: str, _: Values) -> None:
    batch = cloud.client("batch")
    batch.update_job_queue(jobQueue=arn, state="DISABLED")
    batch.delete_job_queue(jobQueue=arn)


def _check_queue(inputs: Values) -> list[str]:
    problems = name_problems(inputs["name"])
    if inputs["state"] not in ("ENABLED", "DISABLED"):
        problems.append(f"state is {inputs['state']!r}; ENABLED and DISABLED are allowed")
    for order in inputs.get("computeEnvironmentOrders") or ():
        if not ARN.fullmatch(order["computeEnvironment"]):
            problems.append(
                f"computeEnvironment is {order['computeEnvironment']!r}; an ARN is needed"
            )
    for action in inputs.get(_LIMITS) or ():
        problems += _action_problems(action)
    return problems


def _action_problems(action: Values) -> list[str]:
    problems = [
        f"{_LIMITS}.{name} is {action[name]!r}; only {allowed} is allowed"
        for name, allowed in (("action", "CANCEL"), ("state", "RUNNABLE"))
        if action[name] != allowed
    ]
    if action["maxTimeSeconds"] not in _ACTION_TIME:
        problems.append(
            f"{_LIMITS}.maxTimeSeconds is {action['maxTimeSeconds']}; 600 to 86400 are allowed"
        )
    return problems


ROW = ResourceType(
    token="aws:batch/jobQueue:JobQueue",
    inputs={
        "name": Input(),
        "priority": Input(required=True),
        "state": Input(required=True),
        "computeEnvironmentOrders": Input(),
        _LIMITS: Input(),
        _POLICY: Input(),
        "tags": Input(),
    },
    auto_name=AutoName(max_length=128),
    check=_check_queue,
    create=_create_queue,
    read=_queue_outputs,
    update=_update_queue,
    delete=_delete_queue,
)
"""The row of this module."""
