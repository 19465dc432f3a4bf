"""Rules about EBS volumes, wherever they are described."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import Severity

from rules.instances import INSTANCES, SPOT_FLEET, TEMPLATE, instances_in
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

_VOLUME = "aws:ebs/volume:Volume"
_SERVICE = "aws:ecs/service:Service"

_WITH_DISKS: Mapping[str, str] = {
    **INSTANCES,
    SPOT_FLEET: "EC2 spot fleet request",
    TEMPLATE: "EC2 launch template",
    _VOLUME: "EBS volume",
    _SERVICE: "ECS service",
}


def _judge_disk(subject: Subject, report: Report, where: str, disk: Mapping[str, Any]) -> None:
    encrypted = flag(disk.get("encrypted"))
    if encrypted:
        return
    if encrypted is None and _something_else_decides(subject, disk):
        return
    found = "missing" if encrypted is None else "false"
    report(
        f"The {_WITH_DISKS[subject.type]} must encrypt its disks; {where}encrypted is {found}, and "
        "must be true."
    )


def _something_else_decides(subject: Subject, disk: Mapping[str, Any]) -> bool:
    """Say whether a disk that does not say is encrypted, or as its snapshot is.

    Amazon EC2 API Reference, `EbsBlockDevice`: whoever launches an instance cannot choose for the
    disk of a snapshot. Amazon ECS Developer Guide, "Use Amazon EBS volumes with Amazon ECS": ECS
    encrypts volumes by default.
    """
    if subject.thresholds["encryptedByDefault"] or subject.type == _SERVICE:
        return True
    return subject.type != _VOLUME and bool(disk.get("snapshotId"))


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
        judge_each(
            instances_in(subject), lambda one: _instance_disks(subject, report, mapping(one))
        )


def _instance_disks(subject: Subject, report: Report, settings: Mapping[str, Any]) -> None:
    judge_each(
        (_root_disk, _further_disks), lambda judge_disks: judge_disks(subject, report, settings)
    )


def _root_disk(subject: Subject, report: Report, settings: Mapping[str, Any]) -> None:
    key = "rootBlockDevices" if subject.type == SPOT_FLEET else "rootBlockDevice"
    root = settings.get(key)
    if root is None and settings.get("launchTemplate"):
        return  # the template is judged by itself
    for disk in elements(root or {}):
        _judge_disk(subject, report, f"{key}.", mapping(disk))


def _further_disks(subject: Subject, report: Report, settings: Mapping[str, Any]) -> None:
    def judge(disk: Any) -> None:
        if not flag(mapping(disk).get("noDevice")):
            where = f"ebsBlockDevices {mapping(disk).get('deviceName')}: "
            _judge_disk(subject, report, where, mapping(disk))

    judge_each(elements(settings.get("ebsBlockDevices")), judge)


def _template_disks(subject: Subject, report: Report) -> None:
    judge_each((_mapped_disks, _mapped_root), lambda judge: judge(subject, report))


def _mapped_disks(subject: Subject, report: Report) -> None:
    def judge(one: Any) -> None:
        disk = mapping(one).get("ebs")
        if disk is not None:
            where = f"blockDeviceMappings {mapping(one).get('deviceName')}: ebs."
            _judge_disk(subject, report, where, mapping(disk))

    judge_each(elements(subject.props.get("blockDeviceMappings")), judge)


def _mapped_root(subject: Subject, report: Report) -> None:
    """Report a template that leaves the root disk to the image, or to a snapshot."""
    if subject.thresholds["encryptedByDefault"]:
        return
    names = list(elements(subject.thresholds["rootDeviceNames"]))
    decided: list[bool] = []

    def look(one: Any) -> None:
        disk = mapping(one).get("ebs")
        if disk is not None and mapping(one).get("deviceName") in names:
            decided.append(
                mapping(disk).get("encrypted") is not None or not mapping(disk).get("snapshotId")
            )

    judge_each(elements(subject.props.get("blockDeviceMappings")), look)
    if not any(decided):
        report(
            "The EC2 launch template must encrypt its disks; blockDeviceMappings says nothing of "
            f"the root disk that the image brings, and must set ebs.encrypted to true for "
            f"{' or '.join(names)}."
        )


ec2_volumes_encrypted = resource_rule(
    About(
        name="ec2-volumes-encrypted",
        description="Disks of instances are encrypted, including the one that an image brings.",
        severity=Severity.HIGH,
        remediation="Set encrypted to true for each disk, the root disk too; where an instance or "
        "a launch template takes a further disk from a snapshot, copy that with encryption first.",
        url="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
        control="EC2.3",
        thresholds={
            "encryptedByDefault": {
                "type": "boolean",
                "description": "Whether the account encrypts new disks by default, so that "
                "only an explicit false is a violation.",
                "default": False,
            },
            "rootDeviceNames": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "minItems": 1,
                "description": "Names of the root disks of the images that launch templates "
                "start; one of them must be mapped.",
                "default": ["/dev/xvda", "/dev/sda1"],
            },
        },
    ),
    _WITH_DISKS,
    _volumes_encrypted,
)


POLICIES = [ec2_volumes_encrypted]
