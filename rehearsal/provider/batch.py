"""Batch compute environments; the rows of all Batch types."""

import re
from typing import Any

from rehearsal.provider.batch_common import ARN, name_problems, unique_name, update_tags
from rehearsal.provider.batch_job_queue import ROW as JOB_QUEUE
from rehearsal.provider.batch_scheduling_policy import ROW as SCHEDULING_POLICY
from rehearsal.provider.changes import as_given, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_JOB_TIMEOUT_MINUTES = range(1, 361)
_UNIQUE_NAME = re.compile(r"(.+)[0-9a-f]{26}")
"""A name of a `namePrefix`; see NamePrefixFromName in internal/create/naming.go."""

_RESOURCE_NAMES = {
    "minVcpus": "minvCpus",
    "maxVcpus": "maxvCpus",
    "desiredVcpus": "desiredvCpus",
    "ec2Configurations": "ec2Configuration",
}
"""Names of a compute environment's resources that the API spells in another way."""

_UPDATABLE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)
_NOT_IN_UPDATES = frozenset({"spotIamFleetRole"})

_COMPUTED = frozenset({"desiredVcpus", "ec2Configurations"})
"""What AWS decides where the program leaves it out: Computed in the provider's schema."""

_REMOVED = {
    "bidPercentage": 0,
    "ec2KeyPair": "",
    "imageId": "",
    "instanceRole": "",
    "securityGroupIds": [],
    "tags": {},
}
"""What the provider sends for what is no longer given; see resourceComputeEnvironmentUpdate."""


def _api_resources(resources: Values) -> dict[str, Any]:
    """Return the API's computeResources; EC2 and Spot need the minimum even when it is zero."""
    converted = {
        _RESOURCE_NAMES.get(name, name): value
        for name, value in resources.items()
        if value is not None
    }
    if not resources["type"].startswith("FARGATE"):
        converted.setdefault("minvCpus", 0)
    return converted


def _service_role(cloud: Cloud, inputs: Values) -> str:
    """Return the given role, or the service-linked one, which Batch creates where it is left out.

    https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html
    """
    if inputs.get("serviceRole"):
        return str(inputs["serviceRole"])
    iam = cloud.client("iam")
    linked = {"PathPrefix": "/aws-service-role/batch.amazonaws.com/"}
    if not iam.list_roles(**linked)["Roles"]:
        # Two environments may be created at the same time.
        found(
            iam.create_service_linked_role,
            "InvalidInput",
            "EntityAlreadyExists",
            AWSServiceName="batch.amazonaws.com",
        )
    return str(iam.list_roles(**linked)["Roles"][0]["Arn"])


def _create_environment(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    batch = cloud.client("batch")
    name = inputs.get("name") or unique_name(inputs["namePrefix"])
    parameters = given(inputs, {"type": "type", "state": "state", "tags": "tags"})
    if inputs.get("computeResources"):
        parameters["computeResources"] = _api_resources(inputs["computeResources"])
    role = _service_role(cloud, inputs)
    batch.create_compute_environment(computeEnvironmentName=name, serviceRole=role, **parameters)
    made(name, name=name)
    if inputs.get("updatePolicy"):
        batch.update_compute_environment(
            computeEnvironment=name, updatePolicy=inputs["updatePolicy"]
        )
    return name, _environment_outputs(cloud, name, inputs) or {}


def _environment_outputs(cloud: Cloud, name: str, state: Values) -> Values | None:
    answer = cloud.client("batch").describe_compute_environments(computeEnvironments=[name])
    if not answer["computeEnvironments"]:
        return None
    environment = answer["computeEnvironments"][0]
    return {
        "name": environment["computeEnvironmentName"],
        **_prefix_output(environment["computeEnvironmentName"], state),
        "type": environment["type"],
        "arn": environment["computeEnvironmentArn"],
        "ecsClusterArn": environment["ecsClusterArn"],
        "status": environment["status"],
        "statusReason": environment["statusReason"],
        "serviceRole": environment["serviceRole"],
        "state": environment["state"],
        **_resources_output(environment, state),
        **with_tags(state, environment.get("tags", {})),
    }


def _prefix_output(name: str, state: Values) -> dict[str, str]:
    """Return the prefix of an environment that is imported: the provider knows its own names."""
    named = _UNIQUE_NAME.fullmatch(name)
    return {"namePrefix": named[1]} if named and not state else {}


def _resources_output(environment: Values, state: Values) -> dict[str, Any]:
    """Return the resources and the update policy that AWS has, but for what only AWS decided."""
    names = {there: here for here, there in _RESOURCE_NAMES.items()}
    has = environment.get("computeResources") or {}
    current = {names.get(name, name): value for name, value in has.items()}
    stated = state.get("computeResources") or {}
    resources = {
        name: as_given(stated.get(name), value)
        for name, value in current.items()
        if not stated or name in stated or (value and name not in _COMPUTED)
    }
    policy = environment.get("updatePolicy")
    return {
        **({"computeResources": resources} if resources else {}),
        **({"updatePolicy": as_given(state.get("updatePolicy"), policy)} if policy else {}),
    }


def _update_environment(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    batch = cloud.client("batch")
    parameters = given(
        inputs, {"state": "state", "serviceRole": "serviceRole", "updatePolicy": "updatePolicy"}
    )
    if inputs.get("computeResources"):
        parameters["computeResources"] = _resources_update(
            state.get("computeResources") or {}, inputs["computeResources"]
        )
    batch.update_compute_environment(computeEnvironment=name, **parameters)
    update_tags(cloud, state, inputs)
    return _environment_outputs(cloud, name, inputs) or {}


def _resources_update(before: Values, after: Values) -> dict[str, Any]:
    """Return the API's update of computeResources, in which an empty value removes one."""
    removed = {
        _RESOURCE_NAMES.get(name, name): empty
        for name, empty in _REMOVED.items()
        if before.get(name) and not after.get(name)
    }
    resources = {
        name: value for name, value in _api_resources(after).items() if name not in _NOT_IN_UPDATES
    }
    return {**resources, **removed}


def _delete_environment(cloud: Cloud, name: str, _: Values) -> None:
    batch = cloud.client("batch")
    batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
    batch.delete_compute_environment(computeEnvironment=name)


def _updatable(values: Values) -> bool:
    """Say whether Batch can update the environment's infrastructure in place."""
    role = values.get("serviceRole") or ""
    strategy = (values.get("computeResources") or {}).get("allocationStrategy", "BEST_FIT")
    linked = not role or "role/aws-service-role/batch.amazonaws.com/" in role
    return linked and strategy in _UPDATABLE_STRATEGIES


def _not_updatable(state: Values, inputs: Values) -> bool:
    return not (_updatable(state) and _updatable(inputs))


def _not_updatable_on_instances(state: Values, inputs: Values) -> bool:
    fargate = (inputs.get("computeResources") or {}).get("type", "").startswith("FARGATE")
    return not fargate and _not_updatable(state, inputs)


def _image_id_left_out(_: Values, inputs: Values) -> bool:
    """Say whether AWS decides which images the instances have."""
    images = (inputs.get("computeResources") or {}).get("ec2Configurations") or ()
    return not any(one.get("imageIdOverride") for one in images)


def _name_problems(inputs: Values) -> list[str]:
    if "name" in inputs and "namePrefix" in inputs:
        return ["name and namePrefix are given; one of them is allowed"]
    return name_problems(inputs.get("name") or unique_name(inputs["namePrefix"]))


def _check_environment(inputs: Values) -> list[str]:
    problems = _name_problems(inputs)
    resources = inputs.get("computeResources") or {}
    if inputs["type"].upper() == "UNMANAGED" and resources:
        problems.append("computeResources is given; an UNMANAGED environment takes none")
    template = resources.get("launchTemplate") or {}
    if template.get("launchTemplateId") and template.get("launchTemplateName"):
        problems.append("launchTemplate has both an id and a name; one of them is allowed")
    for name in ("instanceRole", "spotIamFleetRole"):
        if resources.get(name) and not ARN.fullmatch(resources[name]):
            problems.append(f"computeResources.{name} is {resources[name]!r}; an ARN is needed")
    minutes = (inputs.get("updatePolicy") or {}).get("jobExecutionTimeoutMinutes", 30)
    if minutes not in _JOB_TIMEOUT_MINUTES:
        problems.append(
            f"updatePolicy.jobExecutionTimeoutMinutes is {minutes}; 1 to 360 are allowed"
        )
    return problems


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:batch/computeEnvironment:ComputeEnvironment",
        inputs={
            "name": Input(),
            "namePrefix": Input(),
            "type": Input(required=True),
            "state": Input(default="ENABLED"),
            "serviceRole": Input(),
            "computeResources": Input(),
            "updatePolicy": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=128, instead="namePrefix"),
        check=_check_environment,
        create=_create_environment,
        read=_environment_outputs,
        update=_update_environment,
        delete=_delete_environment,
        conditions={
            "image id left out": _image_id_left_out,
            "not updatable": _not_updatable,
            "not updatable on instances": _not_updatable_on_instances,
        },
    ),
    JOB_QUEUE,
    SCHEDULING_POLICY,
)
"""The rows of this module."""
