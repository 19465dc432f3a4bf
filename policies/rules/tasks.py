"""Rules about how ECS tasks and Batch jobs are started: their addresses, and who may enter."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import Severity

from rules.container_definitions import JOB_DEFINITION, judge_tasks
from rules.flags import shown
from rules.reading import elements, flag, mapping
from rules.rule import About, Report, Subject, resource_rule

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_BATCH = "https://docs.aws.amazon.com/batch/latest/userguide"

_ALLOWED = {
    "type": "boolean",
    "description": "Whether public addresses are allowed, as Fargate needs them in public subnets "
    "without a NAT gateway.",
    "default": False,
}

_TASK_SET = "aws:ecs/taskSet:TaskSet"  # has no enableExecuteCommand
_DAEMON = "aws:ecs/daemon:Daemon"  # has no networkConfiguration

# What starts ECS tasks, as people call it, and the objects that lead to the task's settings.
_TASK_STARTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "aws:ecs/service:Service": ("ECS service", ()),
    _TASK_SET: ("ECS task set", ()),
    "aws:cloudwatch/eventTarget:EventTarget": ("EventBridge target", ("ecsTarget",)),
    "aws:scheduler/schedule:Schedule": ("EventBridge schedule", ("target", "ecsParameters")),
    "aws:pipes/pipe:Pipe": ("EventBridge pipe", ("targetParameters", "ecsTaskParameters")),
    _DAEMON: ("ECS daemon", ()),
}
_PRIVATE = {"true": "false", "enabled": "DISABLED"}  # a pipe takes it as text


def _started(subject: Subject) -> tuple[str, Mapping[str, Any]]:
    kind, path = _TASK_STARTERS[subject.type]
    settings = subject.props
    for key in path:
        settings = mapping(settings.get(key))
    return kind, settings


def _no_public_address(subject: Subject, report: Report) -> None:
    kind, settings = _started(subject)
    network = mapping(settings.get("networkConfiguration"))
    for holder in (network, mapping(network.get("awsVpcConfiguration"))):
        address = shown(holder.get("assignPublicIp"))
        wanted = _PRIVATE.get(address.lower())
        if wanted and not subject.thresholds["allowed"]:
            report(
                f"The {kind} must not give its tasks public addresses; assignPublicIp is "
                f"{address}, and must be {wanted}."
            )


ecs_no_public_address = resource_rule(
    About(
        name="ecs-no-public-address",
        description="ECS tasks have no public addresses.",
        severity=Severity.HIGH,
        remediation="Set networkConfiguration.assignPublicIp to false, and give the tasks' subnets "
        "a NAT gateway or VPC endpoints.",
        url=f"{_ECS}/fargate-task-networking.html",
        control="ECS.2",
        thresholds={"allowed": _ALLOWED},
    ),
    [one for one in _TASK_STARTERS if one != _DAEMON],
    _no_public_address,
)


def _no_execute_command(subject: Subject, report: Report) -> None:
    kind, settings = _started(subject)
    if flag(settings.get("enableExecuteCommand")):
        report(
            f"The {kind} must not let people run commands in its containers; "
            "enableExecuteCommand is true, and must be false."
        )


ecs_no_execute_command = resource_rule(
    About(
        name="ecs-no-execute-command",
        description="Nobody runs commands in ECS containers, which hold the secrets of the task.",
        severity=Severity.MEDIUM,
        remediation="Leave enableExecuteCommand out, or set it to false.",
        url=f"{_ECS}/ecs-exec.html",
    ),
    [one for one in _TASK_STARTERS if one != _TASK_SET],
    _no_execute_command,
)


def _batch_no_public_address(subject: Subject, report: Report) -> None:
    def judge(settings: Mapping[str, Any]) -> None:
        address = mapping(settings.get("networkconfiguration")).get("assignpublicip")
        if str(address).upper() == "ENABLED" and not subject.thresholds["allowed"]:
            report(
                "The Batch job definition must not give its jobs public addresses; assignPublicIp "
                "is ENABLED, and must be DISABLED."
            )

    def judge_task(task: Mapping[str, Any]) -> None:
        # A single container has the setting itself; several have it in what they share.
        for settings in (task, *elements(task.get("containers"))):
            judge(mapping(settings))

    judge_tasks(subject.type, subject.props, judge_task)


batch_no_public_address = resource_rule(
    About(
        name="batch-no-public-address",
        description="Batch jobs on Fargate have no public addresses.",
        severity=Severity.HIGH,
        remediation="Set networkConfiguration.assignPublicIp to DISABLED, and give the jobs' "
        "subnets a NAT gateway or VPC endpoints.",
        url=f"{_BATCH}/fargate.html",
        thresholds={"allowed": _ALLOWED},
    ),
    [JOB_DEFINITION],
    _batch_no_public_address,
)


POLICIES = [ecs_no_public_address, ecs_no_execute_command, batch_no_public_address]
