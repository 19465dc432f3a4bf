"""Rules about EC2 instances and what they are launched from."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from rules.clear_text import secret_in
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

_GZIP = zlib.MAX_WBITS | 16
"""How zlib is told to read gzip."""

_LONGEST = 1 << 20
"""Bytes of uncompressed user data that are read; EC2 takes 16 KiB of compressed ones."""

_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
"""What names its interfaces and disks in a way of its own."""

INSTANCES: Mapping[str, str] = {
    "aws:ec2/instance:Instance": "EC2 instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "EC2 spot instance request",
    "aws:ec2/launchConfiguration:LaunchConfiguration": "EC2 launch configuration",
}
"""What people call each type whose properties are those of an instance."""

SPOT_FLEET = "aws:ec2/spotFleetRequest:SpotFleetRequest"
"""What describes several instances, or names launch templates."""

_LAUNCHED: Mapping[str, str] = {**INSTANCES, TEMPLATE: "EC2 launch template"}
_DESCRIBED: Mapping[str, str] = {**_LAUNCHED, SPOT_FLEET: "EC2 spot fleet request"}

# What people call each type that gives an address to an instance, and the property that names it.
_ELASTIC_ADDRESSES: Mapping[str, tuple[str, str]] = {
    "aws:ec2/eip:Eip": ("elastic IP", "instance"),
    "aws:ec2/eipAssociation:EipAssociation": ("elastic IP association", "instanceId"),
}


def instances_in(subject: Subject) -> Iterable[Any]:
    """Return the settings of each instance that a resource describes, to be read one by one."""
    if subject.type == SPOT_FLEET:
        return elements(subject.props.get("launchSpecifications"))
    return (subject.props,)


def _imdsv2(subject: Subject, report: Report) -> None:
    options = mapping(subject.props.get("metadataOptions"))
    tokens = options.get("httpTokens")
    if tokens == "required" or options.get("httpEndpoint") == "disabled":
        return
    if tokens is None and subject.props.get("launchTemplate"):
        return  # the template is judged by itself
    report(
        f"The {_LAUNCHED[subject.type]} must require IMDSv2; metadataOptions.httpTokens is "
        f"{tokens or 'missing'}, and must be required."
    )


ec2_imdsv2 = resource_rule(
    About(
        name="ec2-imdsv2",
        description="The instance metadata service, which hands out the role's credentials, takes "
        "requests with a session token only.",
        severity=Severity.HIGH,
        remediation="Set metadataOptions.httpTokens to required.",
        url=f"{_EC2}/configuring-instance-metadata-service.html",
        control="EC2.8",
    ),
    _LAUNCHED,
    _imdsv2,
)


def _no_public_address(subject: Subject, report: Report) -> None:
    if subject.thresholds["allowed"]:
        return
    if subject.type in _ELASTIC_ADDRESSES:
        _no_elastic_address(subject, report)
        return

    def judge(interface: Any) -> None:
        if flag(mapping(interface).get("associatePublicIpAddress")):
            report(
                f"The {_DESCRIBED[subject.type]} must not ask for a public address; "
                "associatePublicIpAddress is true, and must be false."
            )

    if subject.type == TEMPLATE:
        judge_each(elements(subject.props.get("networkInterfaces")), judge)
    else:
        judge_each(instances_in(subject), judge)


def _no_elastic_address(subject: Subject, report: Report) -> None:
    kind, key = _ELASTIC_ADDRESSES[subject.type]
    instance = subject.props.get(key)
    if instance:
        report(
            f"The {kind} must not give an instance a public address; {key} is {instance}, and must "
            "be left out."
        )


ec2_no_public_address = resource_rule(
    About(
        name="ec2-no-public-address",
        description="Instances have no public addresses.",
        severity=Severity.HIGH,
        remediation="Set associatePublicIpAddress to false, associate no elastic IP, and give the "
        "subnet a NAT gateway or VPC endpoints.",
        url=f"{_EC2}/using-instance-addressing.html",
        control="EC2.9",
        thresholds={
            "allowed": {
                "type": "boolean",
                "description": "Whether instances may have public addresses.",
                "default": False,
            }
        },
    ),
    (*_DESCRIBED, *_ELASTIC_ADDRESSES),
    _no_public_address,
)


def _texts_in(data: str) -> Iterator[str]:
    """Yield user data, and what it is without its base64 encoding and gzip compression."""
    yield data
    try:
        decoded = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return
    yield decoded.decode(errors="replace")
    try:
        unpacked = zlib.decompressobj(_GZIP).decompress(decoded, _LONGEST)
    except zlib.error:
        return
    yield unpacked.decode(errors="replace")


def _no_secrets_in_user_data(subject: Subject, report: Report) -> None:
    def judge(settings: Mapping[str, Any], key: str) -> None:
        data = settings.get(key)
        if not isinstance(data, str):
            return
        kind = next(filter(None, map(secret_in, _texts_in(data))), None)
        if kind is not None:
            report(
                f"The {_DESCRIBED[subject.type]} must not hold secrets in its user data, which "
                f"every process on the instance can read; {key} holds {kind}, and must fetch it "
                "from Secrets Manager or SSM."
            )

    judge_each(
        instances_in(subject),
        lambda one: judge_each(
            ("userData", "userDataBase64"), lambda key: judge(mapping(one), key)
        ),
    )


ec2_no_secrets_in_user_data = resource_rule(
    About(
        name="ec2-no-secrets-in-user-data",
        description="No access key, private key, token or URL with a password stands in user data.",
        severity=Severity.HIGH,
        remediation="Store the secret in Secrets Manager or SSM, and let the instance fetch it "
        "with its role.",
        url=f"{_EC2}/user-data.html",
    ),
    _DESCRIBED,
    _no_secrets_in_user_data,
)


POLICIES = [
    ec2_imdsv2,
    ec2_no_public_address,
    ec2_no_secrets_in_user_data,
]
