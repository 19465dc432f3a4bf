"""Rules about EBS volumes, wherever they are described."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import Severity

from rules.instances import INSTANCES, TEMPLATE
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

_VOLUME = "aws:ebs/volume:Volume"
_SERVICE = "aws:ecs/service:Service"

_WITH_DISKS: Mapping[str, str] = {
    **INSTANCES,
    TEMPLATE: "EC2 launch template",
    _VOLUME: "EBS volume",
    _SERVICE: "ECS service",
}


def _judge_disk(subject: Subject, report: Report, where: str, disk: Mapping[str, Any]) -> None:
    encrypted = flag(disk.get("encrypted"))
    if encrypted:
        return
    if encrypted is None and (subject.thresholds["encryptedByDefault"] or disk.get("snapshotId")):
        return  # the account or the snapshot decides
    found = "missing" if encrypted is None else "false"
    report(
        f"The {_WITH_DISKS[subject.type]} must encrypt its disks; {where}encrypted is {found}, and "
        "must be true."
    )


def _volumes_encrypted(subject: Subject, report: Report) -> None:
    props = subject.props
    if subject.type == _VOLUME:
        _judge_disk(subject, report, "", props)
    elif subject.type == _SERVICE:
        volume = mapping(props.get("volumeConfiguration")).get("managedEbsVolume")
        if volume is not None:
            where = "volumeConfiguration.managedEbsVolume."
            _judge_disk(subject, report, where, mapping(volume))
    elif subject.type == TEMPLATE:
        _template_disks(subject, report)
    else:
        judge_each((_root_disk, _further_disks), lambda judge_disks: judge_disks(subject, report))


def _root_disk(subject: Subject, report: Report) -> None:
    root = subject.props.get("rootBlockDevice")
    if root is not None or not subject.props.get("launchTemplate"):
        _judge_disk(subject, report, "rootBlockDevice.", mapping(root))


def _further_disks(subject: Subject, report: Report) -> None:
    def judge(disk: Any) -> None:
        if not flag(mapping(disk).get("noDevice")):
            where = f"ebsBlockDevices {mapping(disk).get('deviceName')}: "
            _judge_disk(subject, report, where, mapping(disk))

    judge_each(elements(subject.props.get("ebsBlockDevices")), judge)


def _template_disks(subject: Subject, report: Report) -> None:
    mappings = subject.props.get("blockDeviceMappings")

    def judge(one: Any) -> None:
        disk = mapping(one).get("ebs")
        if disk is not None:
            where = f"blockDeviceMappings {mapping(one).get('deviceName')}: ebs."
            _judge_disk(subject, report, where, mapping(disk))

    if not mappings:
        _judge_disk(subject, report, "blockDeviceMappings[].ebs.", {})
    judge_each(elements(mappings), judge)


ec2_volumes_encrypted = resource_rule(
    About(
        name="ec2-volumes-encrypted",
        description="Disks of instances are encrypted, including the one that an image brings.",
        severity=Severity.HIGH,
        remediation="Set encrypted to true for each disk, the root disk too; a snapshot without "
        "encryption must be copied with it first.",
        url="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
        control="EC2.3",
        thresholds={
            "encryptedByDefault": {
                "type": "boolean",
                "description": "Whether the account encrypts new disks by default, so that "
                "only an explicit false is a violation.",
                "default": False,
            }
        },
    ),
    _WITH_DISKS,
    _volumes_encrypted,
)


POLICIES = [ec2_volumes_encrypted]
