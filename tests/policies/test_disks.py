from typing import Any

import pytest

from rules.disks import ec2_volumes_encrypted
from tests.policies.harness import UNKNOWN, Verdict, judge

INSTANCE = "aws:ec2/instance:Instance"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"
SERVICE = "aws:ecs/service:Service"
FLEET = "aws:ec2/spotFleetRequest:SpotFleetRequest"

INSTANCES = {
    INSTANCE: "EC2 instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "EC2 spot instance request",
    CONFIGURATION: "EC2 launch configuration",
}
BASELINES: dict[str, dict[str, Any]] = {
    **{
        token: {
            "rootBlockDevice": {"encrypted": True},
            "ebsBlockDevices": [{"deviceName": "/dev/sdf", "encrypted": True}],
        }
        for token in INSTANCES
    },
    TEMPLATE: {
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}},
            {"deviceName": "/dev/sdb", "virtualName": "ephemeral0"},
            {"deviceName": "/dev/sdc", "noDevice": ""},
        ],
    },
    FLEET: {
        "launchSpecifications": [
            {
                "rootBlockDevices": [{"encrypted": True}],
                "ebsBlockDevices": [{"deviceName": "/dev/sdf", "encrypted": True}],
            }
        ]
    },
    VOLUME: {"encrypted": True},
    SERVICE: {
        "volumeConfiguration": {"name": "data", "managedEbsVolume": {"encrypted": True}},
    },
}


def changed(token: str, **changes: Any) -> dict[str, Any]:
    return {**BASELINES[token], **changes}


def of_fleet(**changes: Any) -> dict[str, Any]:
    (sound,) = BASELINES[FLEET]["launchSpecifications"]
    return {"launchSpecifications": [sound, {**sound, **changes}]}


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


def of_template(*disks: Any) -> dict[str, Any]:
    mappings = [
        {"deviceName": f"/dev/xvd{letter}", "ebs": disk}
        for letter, disk in zip("ab", disks, strict=False)
    ]
    return changed(TEMPLATE, blockDeviceMappings=mappings)


@pytest.mark.parametrize("token", BASELINES)
def test_the_baseline_passes(token: str) -> None:
    assert judge(ec2_volumes_encrypted, token, BASELINES[token]) == Verdict()


def test_another_type() -> None:
    assert not judge(ec2_volumes_encrypted, "aws:ec2/eip:Eip", {}).applicable


DISKS: dict[str, tuple[str, dict[str, Any], str]] = {
    "volume": (
        VOLUME,
        {"encrypted": False},
        "EBS volume must encrypt its disks; encrypted is false",
    ),
    "volume as text": (VOLUME, {"encrypted": "false"}, "; encrypted is false"),
    "volume of a snapshot": (VOLUME, {"encrypted": False, "snapshotId": "s"}, "encrypted is false"),
    "volume that does not say": (VOLUME, {}, "; encrypted is missing"),
    "volume of a snapshot that does not say": (
        VOLUME,
        {"snapshotId": "snap-1"},
        "; encrypted is missing",
    ),
    "root of a fleet": (
        FLEET,
        of_fleet(rootBlockDevices=[{"encrypted": False}]),
        "EC2 spot fleet request must encrypt its disks; rootBlockDevices.encrypted is false",
    ),
    "root of a fleet's image": (
        FLEET,
        of_fleet(rootBlockDevices=None),
        "; rootBlockDevices.encrypted is missing",
    ),
    "further disk of a fleet": (
        FLEET,
        of_fleet(ebsBlockDevices=[{"deviceName": "/dev/sdf", "encrypted": False}]),
        "; ebsBlockDevices /dev/sdf: encrypted is false",
    ),
    **{
        f"root of {kind}": (
            token,
            changed(token, rootBlockDevice={"encrypted": False}),
            f"{kind} must encrypt its disks; rootBlockDevice.encrypted is false",
        )
        for token, kind in INSTANCES.items()
    },
    **{
        f"further disk of {kind}": (
            token,
            changed(token, ebsBlockDevices=[{"deviceName": "/dev/sdf", "encrypted": False}]),
            f"{kind} must encrypt its disks; ebsBlockDevices /dev/sdf: encrypted is false",
        )
        for token, kind in INSTANCES.items()
    },
    "root that does not say": (
        INSTANCE,
        changed(INSTANCE, rootBlockDevice={}),
        "rootBlockDevice.encrypted is missing",
    ),
    "root of the image": (
        INSTANCE,
        {},
        "rootBlockDevice.encrypted is missing",
    ),
    "template": (
        TEMPLATE,
        of_template({"encrypted": "true"}, {"encrypted": "false"}),
        "EC2 launch template must encrypt its disks; blockDeviceMappings /dev/xvdb: ebs.encrypted "
        "is false",
    ),
    "template that does not say": (
        TEMPLATE,
        of_template({}),
        "/dev/xvda: ebs.encrypted is missing",
    ),
    "service": (
        SERVICE,
        {"volumeConfiguration": {"managedEbsVolume": {"encrypted": False}}},
        "ECS service must encrypt its disks; volumeConfiguration.managedEbsVolume.encrypted is "
        "false",
    ),
}


@pytest.mark.parametrize(("token", "props", "part"), DISKS.values(), ids=DISKS)
def test_disks_in_clear(token: str, props: dict[str, Any], part: str) -> None:
    found = only(judge(ec2_volumes_encrypted, token, props))
    assert found.endswith(f"{part}, and must be true.")
    verdict = judge(ec2_volumes_encrypted, token, props, {"encryptedByDefault": True})
    assert len(verdict.violations) == ("false" in part)


def test_the_message_about_disks() -> None:
    assert only(judge(ec2_volumes_encrypted, VOLUME, {"encrypted": False})) == (
        "The EBS volume must encrypt its disks; encrypted is false, and must be true."
    )


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (SERVICE, {"volumeConfiguration": {"managedEbsVolume": {}}}),
        (FLEET, {"launchTemplateConfigs": [{}]}),
        (TEMPLATE, of_template({"encrypted": True}, {"snapshotId": "snap-1"})),
        (CONFIGURATION, changed(CONFIGURATION, ebsBlockDevices=[{"noDevice": True}])),
        (INSTANCE, {"launchTemplate": {"id": "lt-1"}}),
        (SERVICE, {}),
        (SERVICE, {"volumeConfiguration": {"name": "data"}}),
    ],
    ids=[
        "managed volume",
        "fleet of a template",
        "mapped snapshot",
        "no device",
        "template",
        "no volume",
        "no managed volume",
    ],
)
def test_disks_that_something_else_decides(token: str, props: dict[str, Any]) -> None:
    assert judge(ec2_volumes_encrypted, token, props) == Verdict()


def test_a_template_does_not_excuse_a_disk_in_clear() -> None:
    props = {"launchTemplate": {"id": "lt-1"}, "rootBlockDevice": {"encrypted": False}}
    only(judge(ec2_volumes_encrypted, INSTANCE, props))


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (
            INSTANCE,
            {"rootBlockDevice": UNKNOWN, "ebsBlockDevices": [{"encrypted": False}]},
        ),
        (
            INSTANCE,
            changed(INSTANCE, ebsBlockDevices=[{"encrypted": UNKNOWN}, {"encrypted": False}]),
        ),
        (TEMPLATE, of_template({"encrypted": UNKNOWN}, {"encrypted": False})),
        (
            FLEET,
            {"launchSpecifications": [UNKNOWN, {"rootBlockDevices": [{"encrypted": False}]}]},
        ),
        (
            FLEET,
            of_fleet(rootBlockDevices=UNKNOWN, ebsBlockDevices=[{"encrypted": False}]),
        ),
    ],
    ids=["root", "further disk", "mapping", "specification", "root of a fleet"],
)
def test_an_unknown_disk_hides_no_other(token: str, props: dict[str, Any]) -> None:
    verdict = judge(ec2_volumes_encrypted, token, props)
    assert verdict.unknown
    only(verdict)


EBS = {"encrypted": True}
WITHOUT_ROOT: dict[str, Any] = {
    "nothing": None,
    "no mapping": [],
    "another disk": [{"deviceName": "/dev/sdf", "ebs": EBS}],
    "no EBS volume": [{"deviceName": "/dev/xvda", "virtualName": "ephemeral0"}],
    "a disk that is left out": [{"deviceName": "/dev/xvda", "noDevice": ""}],
    "a snapshot": [{"deviceName": "/dev/xvda", "ebs": {"snapshotId": "snap-1"}}],
}


@pytest.mark.parametrize("mappings", WITHOUT_ROOT.values(), ids=WITHOUT_ROOT)
def test_a_template_that_leaves_the_root_disk_to_the_image(mappings: Any) -> None:
    props = {"blockDeviceMappings": mappings}
    assert only(judge(ec2_volumes_encrypted, TEMPLATE, props)) == (
        "The EC2 launch template must encrypt its disks; blockDeviceMappings says nothing of the "
        "root disk that the image brings, and must set ebs.encrypted to true for /dev/xvda or "
        "/dev/sda1."
    )
    by_default = {"encryptedByDefault": True}
    assert judge(ec2_volumes_encrypted, TEMPLATE, props, by_default) == Verdict()


@pytest.mark.parametrize("name", ["/dev/xvda", "/dev/sda1"])
def test_a_template_with_a_root_disk(name: str) -> None:
    props = {"blockDeviceMappings": [{"deviceName": name, "ebs": EBS}]}
    assert judge(ec2_volumes_encrypted, TEMPLATE, props) == Verdict()


def test_another_name_of_the_root_disk() -> None:
    props = {"blockDeviceMappings": [{"deviceName": "/dev/sda", "ebs": EBS}]}
    names = {"rootDeviceNames": ["/dev/sda"]}
    assert judge(ec2_volumes_encrypted, TEMPLATE, props, names) == Verdict()
    assert only(judge(ec2_volumes_encrypted, TEMPLATE, {}, names)).endswith(" for /dev/sda.")


def test_a_disk_of_an_unknown_name_may_be_the_root() -> None:
    unknown = {"deviceName": UNKNOWN, "ebs": EBS}
    verdict = judge(ec2_volumes_encrypted, TEMPLATE, {"blockDeviceMappings": [unknown]})
    assert verdict.unknown
    assert verdict.violations == []
    known = {"deviceName": "/dev/xvda", "ebs": EBS}
    mappings = {"blockDeviceMappings": [unknown, known]}
    assert judge(ec2_volumes_encrypted, TEMPLATE, mappings).violations == []
