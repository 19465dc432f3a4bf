"""Refusals of Batch compute environments, job queues and scheduling policies."""

import re
from contextlib import suppress
from itertools import permutations
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide"
_REFERENCE = "https://docs.aws.amazon.com/batch/latest/APIReference"
_MOST_ENVIRONMENTS = 3
_ACTION_TIME = range(600, 86401)

TIME_LIMIT_REASONS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
)
"""The reasons for which Batch acts on a job stuck at the head of a queue.

AWS Batch User Guide, job_stuck_in_runnable_time_limit_actions.html. The guide of the European
Sovereign Cloud (docs.aws.eu) lists all four; the guide of the China regions (docs.amazonaws.cn) and
the AWS CDK's enumeration JobStateTimeLimitActionsReason list the first three only.
SERVICE_ROLE_PERMISSIONS, ACTION_REQUIRED and UNDETERMINED are reasons that Batch reports but does
not act upon; SERVICE_ENVIRONMENT_MAX_RESOURCE and QUOTA_MANAGEMENT_LIMIT_EXCEEDED belong to the
queues of SageMaker training jobs (sm_job_stuck_in_runnable_time_limit_actions.html). The service
model has no enumeration of them: a wrong one would be noticed by nobody else.
"""


def _image_type(_: "Cloud", parameters: Parameters) -> str | None:
    resources = parameters.get("computeResources") or {}
    for configuration in resources.get("ec2Configuration", ()):
        kind = configuration.get("imageType", "")
        if kind in ("ECS_AL2", "ECS_AL2_NVIDIA"):
            return (
                f"computeResources.ec2Configuration.imageType is {kind}; Amazon Linux 2 can no "
                "longer be created, use ECS_AL2023 or ECS_AL2023_NVIDIA"
            )
    return None


def _instance_role(cloud: "Cloud", parameters: Parameters) -> str | None:
    role = (parameters.get("computeResources") or {}).get("instanceRole")
    if role is None:
        return None
    match = re.search(r":instance-profile/(?:.*/)?([^/]+)$", role)
    if match is None:
        return (
            f"computeResources.instanceRole is {role}; Batch wants the ARN of an instance profile"
        )
    pages = cloud.client("iam").get_paginator("list_instance_profiles").paginate()
    if all(role != profile["Arn"] for page in pages for profile in page["InstanceProfiles"]):
        return f"computeResources.instanceRole {role} does not exist"
    return None


def _groups_or_interfaces(cloud: "Cloud", parameters: Parameters) -> str | None:
    resources = parameters.get("computeResources") or {}
    template = resources.get("launchTemplate") or {}
    if not template.get("launchTemplateId"):
        return None
    answer: Any = {"LaunchTemplateVersions": []}
    # Another refusal is about a template or a version that there is not.
    with suppress(ClientError):
        answer = cloud.client("ec2").describe_launch_template_versions(
            LaunchTemplateId=template["launchTemplateId"],
            Versions=[str(template.get("version", "$Default"))],
        )
    data = [one["LaunchTemplateData"] for one in answer["LaunchTemplateVersions"]]
    interfaces = any(one.get("NetworkInterfaces") for one in data)
    if interfaces and resources.get("securityGroupIds"):
        return (
            "Either compute environment Security Groups or Network Interfaces in Launch template "
            "are exclusively allowed"
        )
    return None


def _launch_template(cloud: "Cloud", parameters: Parameters) -> str | None:
    template = (parameters.get("computeResources") or {}).get("launchTemplate") or {}
    wanted = template.get("launchTemplateId")
    if not wanted:
        return None
    known = []
    # AWS refuses an unknown id; the emulator answers with an empty list.
    with suppress(ClientError):
        answer = cloud.client("ec2").describe_launch_templates(LaunchTemplateIds=[wanted])
        known = answer["LaunchTemplates"]
    if not known:
        return f"computeResources.launchTemplate {wanted} does not exist"
    latest = known[0]["LatestVersionNumber"]
    version = str(template.get("version", "$Default"))
    if version.isdigit() and int(version) > latest:
        return (
            f"computeResources.launchTemplate {wanted} has no version {version}; "
            f"the latest is {latest}"
        )
    return None


def _type_of_fargate(cloud: "Cloud", parameters: Parameters) -> str | None:
    wanted = (parameters.get("computeResources") or {}).get("type")
    answer = cloud.client("batch").describe_compute_environments(
        computeEnvironments=[parameters["computeEnvironment"]]
    )
    for environment in answer["computeEnvironments"]:
        kind = str((environment.get("computeResources") or {}).get("type", ""))
        if wanted and wanted != kind and "FARGATE" in kind + wanted:
            return (
                "The following parameters can't be updated for Fargate compute environment: type "
                f"(from {kind} to {wanted})"
            )
    return None


def _spot_fleet_role(_: "Cloud", parameters: Parameters) -> str | None:
    resources = parameters.get("computeResources") or {}
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    if resources.get("type") != "SPOT" or strategy != "BEST_FIT":
        return None
    if resources.get("spotIamFleetRole"):
        return None
    return (
        "computeResources.type is SPOT with the allocation strategy BEST_FIT but without "
        "spotIamFleetRole; give it, or use SPOT_PRICE_CAPACITY_OPTIMIZED"
    )


def _environments(cloud: "Cloud", parameters: Parameters) -> str | None:
    orders = parameters.get("computeEnvironmentOrder") or ()
    if len(orders) > _MOST_ENVIRONMENTS:
        return (
            f"{len(orders)} compute environments are given; a job queue takes {_MOST_ENVIRONMENTS}"
        )
    if len({order["order"] for order in orders}) < len(orders):
        return "two compute environments have the same order; each needs its own"
    return _unusable(cloud, [order["computeEnvironment"] for order in orders])


def _unusable(cloud: "Cloud", names: list[str]) -> str | None:
    """Return why a queue cannot use compute environments (ARNs or names)."""
    if not names:
        return None
    answer = cloud.client("batch").describe_compute_environments(computeEnvironments=names)
    known: dict[str, Any] = {}
    for each in answer["computeEnvironments"]:
        known[each["computeEnvironmentArn"]] = known[each["computeEnvironmentName"]] = each
    for name in names:
        if name not in known:
            return f"the compute environment {name} does not exist"
        if known[name]["status"] != "VALID":
            return f"the compute environment {name} is {known[name]['status']}; it must be VALID"
    kinds = {
        str(known[name].get("computeResources", {}).get("type", "")).startswith("FARGATE")
        for name in names
    }
    return "a job queue cannot mix Fargate with EC2 environments" if len(kinds) > 1 else None


def _time_limits(_: "Cloud", parameters: Parameters) -> str | None:
    for action in parameters.get("jobStateTimeLimitActions") or ():
        if action["reason"] not in TIME_LIMIT_REASONS:
            return (
                f"jobStateTimeLimitActions.reason is {action['reason']!r}; "
                f"Batch acts upon {', '.join(TIME_LIMIT_REASONS)}"
            )
        if action["maxTimeSeconds"] not in _ACTION_TIME:
            return (
                f"jobStateTimeLimitActions.maxTimeSeconds is {action['maxTimeSeconds']}; "
                "600 to 86400 are allowed"
            )
        if action["action"] != "CANCEL":
            return (
                f"jobStateTimeLimitActions.action is {action['action']}; "
                "a queue with compute environments takes CANCEL only"
            )
    return None


def _deletion_of_environment(cloud: "Cloud", parameters: Parameters) -> str | None:
    batch, name = cloud.client("batch"), parameters["computeEnvironment"]
    answer = batch.describe_compute_environments(computeEnvironments=[name])
    for environment in answer["computeEnvironments"]:
        if environment["state"] != "DISABLED":
            return f"Cannot delete, the state of {name} must be DISABLED first"
        identities = {environment["computeEnvironmentArn"], environment["computeEnvironmentName"]}
        for queue in batch.describe_job_queues()["jobQueues"]:
            used = {order["computeEnvironment"] for order in queue["computeEnvironmentOrder"]}
            if used & identities:
                return (
                    "Cannot delete, found existing JobQueue relationship: "
                    f"{queue['jobQueueName']} uses {name}"
                )
    return None


def _deletion_of_queue(cloud: "Cloud", parameters: Parameters) -> str | None:
    name = parameters["jobQueue"]
    for queue in cloud.client("batch").describe_job_queues(jobQueues=[name])["jobQueues"]:
        if queue["state"] != "DISABLED":
            return f"Cannot delete, the state of {name} must be DISABLED first"
    return None


def _policy_of_queue(cloud: "Cloud", parameters: Parameters) -> str | None:
    policy = parameters.get("schedulingPolicyArn")
    if not policy:
        return None
    batch = cloud.client("batch")
    if not batch.describe_scheduling_policies(arns=[policy])["schedulingPolicies"]:
        return f"the scheduling policy {policy} does not exist"
    for queue in batch.describe_job_queues(jobQueues=[parameters.get("jobQueue", "")])["jobQueues"]:
        if not queue.get("schedulingPolicyArn"):
            return (
                f"{queue['jobQueueName']} is a first-in-first-out queue, which cannot be given a "
                "scheduling policy"
            )
    return None


def _weights(_: "Cloud", parameters: Parameters) -> str | None:
    shares = (parameters.get("fairsharePolicy") or {}).get("shareDistribution") or ()
    wrong = [one for one in shares if not one.get("weightFactor", 1.0)]
    return f"the weight of {wrong[0]['shareIdentifier']} is 0; it must be above" if wrong else None


def _overlapping_shares(_: "Cloud", parameters: Parameters) -> str | None:
    shares = (parameters.get("fairsharePolicy") or {}).get("shareDistribution") or ()
    names = sorted(str(one["shareIdentifier"]) for one in shares)
    for one, other in permutations(names, 2):
        if one == other or (one.endswith("*") and other.startswith(one[:-1])):
            return f"the share identifiers {one} and {other} overlap"
    return None


def _deletion_of_policy(cloud: "Cloud", parameters: Parameters) -> str | None:
    for queue in cloud.client("batch").describe_job_queues()["jobQueues"]:
        if queue.get("schedulingPolicyArn") == parameters["arn"]:
            return f"Cannot delete, the job queue {queue['jobQueueName']} uses it"
    return None


_MAKES_ENVIRONMENT = ("CreateComputeEnvironment", "UpdateComputeEnvironment")
_MAKES_QUEUE = ("CreateJobQueue", "UpdateJobQueue")

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        service="batch",
        operations=_MAKES_ENVIRONMENT,
        source="AWS notice quoted in https://github.com/ASFHyP3/hyp3/issues/3039",
        problem=_image_type,
    ),
    Refusal(
        service="batch",
        operations=_MAKES_ENVIRONMENT,
        source=f"{_REFERENCE}/API_ComputeResource.html",
        problem=_instance_role,
    ),
    Refusal(
        service="batch",
        operations=_MAKES_ENVIRONMENT,
        source=f"{_GUIDE}/invalid_compute_environment.html",
        problem=_launch_template,
    ),
    Refusal(
        service="batch",
        operations=("CreateComputeEnvironment",),
        source="AWS's message quoted in https://github.com/aws/aws-cdk/issues/21577",
        problem=_groups_or_interfaces,
    ),
    Refusal(
        service="batch",
        operations=("UpdateComputeEnvironment",),
        source="AWS's message quoted in https://github.com/aws/aws-cdk/issues/27054",
        problem=_type_of_fargate,
    ),
    Refusal(
        service="batch",
        operations=("CreateComputeEnvironment",),
        source=f"{_REFERENCE}/API_ComputeResource.html",
        problem=_spot_fleet_role,
    ),
    Refusal(
        service="batch",
        operations=_MAKES_QUEUE,
        source=f"{_REFERENCE}/API_CreateJobQueue.html",
        problem=_environments,
    ),
    Refusal(
        service="batch",
        operations=_MAKES_QUEUE,
        source=f"{_GUIDE}/job_stuck_in_runnable_time_limit_actions.html",
        problem=_time_limits,
    ),
    Refusal(
        service="batch",
        operations=_MAKES_QUEUE,
        source=f"{_REFERENCE}/API_UpdateJobQueue.html",
        problem=_policy_of_queue,
    ),
    Refusal(
        service="batch",
        operations=("CreateSchedulingPolicy", "UpdateSchedulingPolicy"),
        source=f"{_REFERENCE}/API_ShareAttributes.html",
        problem=_weights,
    ),
    Refusal(
        service="batch",
        operations=("CreateSchedulingPolicy", "UpdateSchedulingPolicy"),
        source=f"{_REFERENCE}/API_ShareAttributes.html",
        problem=_overlapping_shares,
    ),
    Refusal(
        service="batch",
        operations=("DeleteSchedulingPolicy",),
        source=f"{_REFERENCE}/API_DeleteSchedulingPolicy.html",
        problem=_deletion_of_policy,
    ),
    Refusal(
        service="batch",
        operations=("DeleteComputeEnvironment",),
        source=f"{_REFERENCE}/API_DeleteComputeEnvironment.html",
        problem=_deletion_of_environment,
    ),
    Refusal(
        service="batch",
        operations=("DeleteJobQueue",),
        source=f"{_REFERENCE}/API_DeleteJobQueue.html",
        problem=_deletion_of_queue,
    ),
)
"""The rows of this module."""
