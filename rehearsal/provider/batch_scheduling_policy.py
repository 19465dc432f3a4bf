"""Batch scheduling policies."""

from typing import Any

from rehearsal.provider.batch_common import name_problems, update_tags
from rehearsal.provider.changes import as_given, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import given
from rehearsal.provider.unfinished import made

_SHARES = "shareDistributions"
_WEIGHTS = (0.0001, 999.9999)
_RANGES = {"computeReservation": range(100), "shareDecaySeconds": range(604_801)}


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("batch").create_scheduling_policy(
        name=inputs["name"], **given(inputs, {"tags": "tags"}), **_api_policy(inputs)
    )
    arn = made(answer["arn"])
    return arn, _outputs(cloud, arn, inputs) or {}


def _api_policy(inputs: Values) -> dict[str, Any]:
    """Return the API's policy; what is left out the provider sends as zero, weights too."""
    policy = inputs.get("fairSharePolicy")
    if not policy:
        return {}
    shares = [
        {"shareIdentifier": one["shareIdentifier"], "weightFactor": one.get("weightFactor", 0.0)}
        for one in policy.get(_SHARES) or ()
    ]
    numbers = {name: policy.get(name, 0) for name in _RANGES}
    return {"fairsharePolicy": {**numbers, "shareDistribution": shares}}


def _outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    answer = cloud.client("batch").describe_scheduling_policies(arns=[arn])
    if not answer["schedulingPolicies"]:
        return None
    found = answer["schedulingPolicies"][0]
    has = found.get("fairsharePolicy") or {}
    current = {
        _SHARES: has.get("shareDistribution") or [],
        **{name: has.get(name, 0) for name in _RANGES},
    }
    return {
        "arn": arn,
        "name": found["name"],
        "fairSharePolicy": as_given(state.get("fairSharePolicy"), current),
        **with_tags(state, found.get("tags", {})),
    }


def _update(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    cloud.client("batch").update_scheduling_policy(arn=arn, **_api_policy(inputs))
    update_tags(cloud, state, inputs)
    return _outputs(cloud, arn, inputs) or {}


def _delete(cloud: Cloud, arn: str, _: Values) -> None:
    cloud.client("batch").delete_scheduling_policy(arn=arn)


def _check(inputs: Values) -> list[str]:
    policy = inputs.get("fairSharePolicy") or {}
    problems = name_problems(inputs["name"])
    for name, allowed in _RANGES.items():
        if policy.get(name, 0) not in allowed:
            problems.append(
                f"fairSharePolicy.{name} is {policy[name]}; 0 to {allowed.stop - 1} are allowed"
            )
    least, most = _WEIGHTS
    problems += [
        f"fairSharePolicy.{_SHARES}.weightFactor is {one['weightFactor']}; "
        f"{least} to {most} are allowed"
        for one in policy.get(_SHARES) or ()
        if "weightFactor" in one and not least <= one["weightFactor"] <= most
    ]
    return problems


ROW = ResourceType(
    token="aws:batch/schedulingPolicy:SchedulingPolicy",
    inputs={"name": Input(), "fairSharePolicy": Input(), "tags": Input()},
    auto_name=AutoName(max_length=128),
    check=_check,
    create=_create,
    read=_outputs,
    update=_update,
    delete=_delete,
)
"""The row of this module."""
