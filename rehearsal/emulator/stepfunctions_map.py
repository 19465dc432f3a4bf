"""Distributed maps: an execution for each item, and their results in S3.

For moto 5.2.5 (pinned exactly), whose children are part of their parent's execution, of whose
results it writes none, and whose maps succeed whatever becomes of the items.
"""

import json
import uuid
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import (  # noqa: E501 moto's name
    IterationWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iterator.distributed_iterator_worker import (  # noqa: E501 moto's name
    DistributedIteratorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval.resource_eval_s3 import (  # noqa: E501 moto's name
    ResourceEvalS3,
)

from rehearsal.authorization import current
from rehearsal.authorization.question import Question
from rehearsal.emulator.stepfunctions_role import boto_client_for, failed

_IN_PARTS = ("s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
"""What is asked for beside putting objects, and not done: results are small here.

AWS Step Functions Developer Guide, "ResultWriter", IAM policies.
"""

_WRITING = Lock()


def eval_job(worker: Any, env: Any, job: Any) -> None:
    """Run an item as an execution of its own, which the state machine's role starts and follows.

    AWS Step Functions Developer Guide, "IAM policies for using Distributed Map states". An item
    that fails fails the map, as with moto's inline maps.
    """
    record = worker._map_run_record
    data = env.states.context_object.context_object_data
    name, started = str(uuid.uuid4()), _now()
    machine = str(data["StateMachine"]["Id"])
    child = f"{record.map_state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
    if not _may(env, "states:StartExecution", machine):
        job.job_output = _denied(env, "states:StartExecution", machine)
        return
    data["Execution"] = {**data["Execution"], "Id": child, "Name": name}
    IterationWorker._eval_job(worker, env, job)
    if isinstance(job.job_output, Exception):
        return
    if not _may(env, "states:DescribeExecution", child):
        job.job_output = _denied(env, "states:DescribeExecution", child)
        return
    result = {
        "ExecutionArn": child,
        "Input": json.dumps(job.job_input),
        "Name": name,
        "Output": json.dumps(job.job_output),
        "StartDate": started,
        "StateMachineArn": record.map_state_machine_arn,
        "Status": "SUCCEEDED",
        "StopDate": _now(),
    }
    with _WRITING:
        record.__dict__.setdefault("results", {})[job.job_index] = result


def may_stop(env: Any) -> bool:
    """Tell whether what runs may be stopped: an item's execution by states:StopExecution only."""
    execution = env.states.context_object.context_object_data["Execution"]["Id"]
    is_child = "/" in execution
    return not is_child or _may(env, "states:StopExecution", execution)


def handle_put_object(env: Any, runtime: Any, credentials: Any) -> None:
    """Write a map's results and their list, as AWS names and forms them.

    AWS Step Functions Developer Guide, "ResultWriter (Map)": manifest.json, SUCCEEDED_0.json.
    """
    parameters = env.stack.pop()
    env.stack.pop()
    bucket, record = parameters["Bucket"], _last_run(env)
    prefix = f"{parameters['Prefix'].rstrip('/')}/{record.map_run_arn.rpartition(':')[2]}"
    _refuse_writing(env, f"arn:aws:s3:::{bucket}/{prefix}/SUCCEEDED_0.json")
    s3 = boto_client_for(runtime.region, "s3", credentials)
    results = record.__dict__.get("results", {})
    body = json.dumps([results[index] for index in sorted(results)]).encode()
    written = {"Key": f"{prefix}/SUCCEEDED_0.json", "Size": len(body)}
    s3.put_object(Bucket=bucket, Key=written["Key"], Body=body)
    manifest = {
        "DestinationBucket": bucket,
        "MapRunArn": record.map_run_arn,
        "ResultFiles": {"FAILED": [], "PENDING": [], "SUCCEEDED": [written]},
    }
    key = f"{prefix}/manifest.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(manifest).encode())
    details = {"Bucket": bucket, "Key": key}
    env.stack.append({"MapRunArn": record.map_run_arn, "ResultWriterDetails": details})


def _last_run(env: Any) -> Any:
    """Return the last map that the execution ran; moto takes any of the whole state machine."""
    execution = env.states.context_object.context_object_data["Execution"]["Id"]
    records = env.map_run_record_pool_manager.get_all()
    return max(
        (one for one in records if one.execution_arn == execution), key=lambda one: one.start_date
    )


def _refuse_writing(env: Any, arn: str) -> None:
    for action in _IN_PARTS:
        if not _may(env, action, arn):
            raise _denied(env, action, arn)


def _may(env: Any, action: str, resource: str) -> bool:
    """Ask whether the state machine's role may do something that Step Functions does with it."""
    authorizer = current.authorizer()
    role = str(env.aws_execution_details.role_arn)
    return authorizer is None or authorizer.allows(role, Question(action, resource))


def _denied(env: Any, action: str, resource: str) -> Exception:
    return failed(env, f"The role is not authorized to perform {action} on {resource}.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


PATCHES = (
    (DistributedIteratorWorker, "_eval_job", eval_job),
    (ResourceEvalS3, "_handle_put_object", staticmethod(handle_put_object)),
)
