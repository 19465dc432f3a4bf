"""Multi-node parallel jobs: several nodes that start together, and end with their main node.

AWS Batch User Guide, "Multi-node parallel jobs", "Node groups" and "Job lifecycle for MNP".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.jobs.job import NOT_STARTED, STARTED, Job, Status

MAIN_ENDED = "Main node ended"
_MOST_NODES = 1000


def node_requests(
    definition: Mapping[str, Any], request: Mapping[str, Any]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return for each node what a job of one container would be defined and submitted as."""
    properties = definition["nodeProperties"]
    overrides = (request.get("nodeOverrides") or {}).get("nodePropertyOverrides") or ()
    ranges = properties["nodeRangeProperties"]
    found = []
    for index in range(_count(definition, request)):
        container = _of_node(ranges, index, properties["numNodes"]).get("container") or {}
        override = _of_node(overrides, index, properties["numNodes"]).get("containerOverrides")
        found.append(
            (
                {**definition, "containerProperties": container},
                {**request, "containerOverrides": override or {}},
            )
        )
    return found


def problems(definition: Mapping[str, Any], request: Mapping[str, Any]) -> list[str]:
    """Return why AWS refuses a submission of a multi-node job; one line for each reason."""
    found = []
    count = _count(definition, request)
    if not 1 <= count <= _MOST_NODES:
        found.append(f"numNodes is {count}; 1 to {_MOST_NODES} are allowed")
    main = definition["nodeProperties"]["mainNode"]
    if main not in range(count):
        found.append(f"mainNode is {main}; it has to be one of the {count} nodes, from 0")
    if request.get("arrayProperties"):
        found.append("arrayProperties is given; a multi-node job is no array")
    if request.get("containerOverrides"):
        found.append("containerOverrides is given; a multi-node job takes nodeOverrides")
    return found


def _count(definition: Mapping[str, Any], request: Mapping[str, Any]) -> int:
    given = (request.get("nodeOverrides") or {}).get("numNodes")
    return int(given or definition["nodeProperties"]["numNodes"])


def _of_node(ranges: Sequence[Mapping[str, Any]], index: int, nodes: int) -> Mapping[str, Any]:
    """Return what a list of node ranges says of one node, nothing if it leaves it out."""
    for one in ranges:
        first, separated, last = str(one["targetNodes"]).partition(":")
        low = int(first or 0)
        high = int(last or nodes - 1) if separated else low
        if low <= index <= high:
            return one
    return {}


def main_node(job: Job) -> Job:
    """Return the node that decides how a multi-node job ends."""
    return job.nodes[int(job.definition["nodeProperties"]["mainNode"])]


def is_node(job: Job) -> bool:
    """Tell whether a job is a node of another one."""
    return job.parent is not None and bool(job.parent.nodes)


def is_secondary(job: Job) -> bool:
    """Tell whether a job is a node whose end decides nothing."""
    return job.parent is not None and bool(job.parent.nodes) and main_node(job.parent) is not job


def settle(job: Job, now: float) -> None:
    """Give a multi-node job the state of its main node, and end the others with that.

    Where the main node is tried again, all nodes start anew once the others have ended.
    """
    main = main_node(job)
    others = [one for one in job.nodes if one is not main]
    if main.status not in STARTED:
        for one in others:
            if one.attempt is not None:
                one.attempt.stop(MAIN_ENDED)
            elif main.ended and not one.ended:
                one.fail(MAIN_ENDED, now)
    if main.status in NOT_STARTED:
        job.status = Status.RUNNABLE if main.attempts else job.status
        if all(one.attempt is None for one in others):
            for one in job.nodes:
                one.status, one.stopped_at, one.status_reason = job.status, None, None
        return
    job.status, job.started_at, job.stopped_at = main.status, main.started_at, main.stopped_at
    job.status_reason, job.attempts = main.status_reason, main.attempts
