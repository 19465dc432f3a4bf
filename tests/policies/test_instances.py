import base64
import gzip
from typing import Any

import pytest

from rules import instances
from tests.policies.harness import UNKNOWN, Verdict, judge

INSTANCE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FLEET = "aws:ec2/spotFleetRequest:SpotFleetRequest"
EIP = "aws:ec2/eip:Eip"
EIP_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"

LAUNCHED = {
    INSTANCE: "EC2 instance",
    SPOT: "EC2 spot instance request",
    CONFIGURATION: "EC2 launch configuration",
    TEMPLATE: "EC2 launch template",
}
EVERY_LAUNCHED = pytest.mark.parametrize(("token", "kind"), LAUNCHED.items(), ids=LAUNCHED.values())

OPTIONS = {"httpEndpoint": "enabled", "httpTokens": "required"}
SCRIPT = "#!/bin/sh\necho hello\n"
ACCESS_KEY = "AKIA" + "Q7" * 8

BASELINES: dict[str, dict[str, Any]] = {
    **{
        token: {
            "metadataOptions": OPTIONS,
            "associatePublicIpAddress": False,
            "userData": SCRIPT,
        }
        for token in (INSTANCE, SPOT, CONFIGURATION)
    },
    TEMPLATE: {
        "metadataOptions": OPTIONS,
        "networkInterfaces": [{"associatePublicIpAddress": "false"}],
        "userData": base64.b64encode(SCRIPT.encode()).decode(),
    },
}


def changed(token: str, **changes: Any) -> dict[str, Any]:
    return {**BASELINES[token], **changes}


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


@pytest.mark.parametrize("policy", instances.POLICIES, ids=lambda policy: policy.name)
@pytest.mark.parametrize("token", BASELINES)
def test_the_baseline_passes(policy: Any, token: str) -> None:
    assert judge(policy, token, BASELINES[token]) == Verdict()


@pytest.mark.parametrize("policy", instances.POLICIES, ids=lambda policy: policy.name)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:ec2/fleet:Fleet", {}).applicable


@EVERY_LAUNCHED
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"httpTokens": "optional"}, "optional"),
        ({"httpEndpoint": "enabled"}, "missing"),
        (None, "missing"),
    ],
    ids=["optional", "no tokens", "no options"],
)
def test_imdsv1(token: str, kind: str, options: Any, found: str) -> None:
    verdict = judge(instances.ec2_imdsv2, token, changed(token, metadataOptions=options))
    assert only(verdict) == (
        f"The {kind} must require IMDSv2; metadataOptions.httpTokens is {found}, and must be "
        "required."
    )


def test_no_metadata_service_at_all() -> None:
    options = {"httpEndpoint": "disabled"}
    assert judge(instances.ec2_imdsv2, INSTANCE, {"metadataOptions": options}) == Verdict()


def test_a_launch_template_decides_about_imdsv2_where_the_instance_does_not() -> None:
    template = {"launchTemplate": {"id": "lt-1"}}
    assert judge(instances.ec2_imdsv2, INSTANCE, template) == Verdict()
    props = {**template, "metadataOptions": {"httpTokens": "optional"}}
    only(judge(instances.ec2_imdsv2, INSTANCE, props))


def test_an_unknown_metadata_service() -> None:
    assert judge(instances.ec2_imdsv2, TEMPLATE, {"metadataOptions": UNKNOWN}).unknown


def addressed(token: str, value: Any) -> dict[str, Any]:
    if token == TEMPLATE:
        return changed(token, networkInterfaces=[{}, {"associatePublicIpAddress": value}])
    return changed(token, associatePublicIpAddress=value)


@EVERY_LAUNCHED
@pytest.mark.parametrize("value", [True, "true"])
def test_public_addresses(token: str, kind: str, value: Any) -> None:
    props = addressed(token, value)
    assert only(judge(instances.ec2_no_public_address, token, props)) == (
        f"The {kind} must not ask for a public address; associatePublicIpAddress is true, and "
        "must be false."
    )
    assert judge(instances.ec2_no_public_address, token, props, {"allowed": True}) == Verdict()


@EVERY_LAUNCHED
def test_no_word_about_public_addresses(token: str, kind: str) -> None:
    assert judge(instances.ec2_no_public_address, token, {}) == Verdict(), kind


def of_fleet(**settings: Any) -> dict[str, Any]:
    return {"launchSpecifications": [{}, settings]}


@pytest.mark.parametrize(
    "rule",
    [instances.ec2_no_public_address, instances.ec2_no_secrets_in_user_data],
    ids=lambda rule: rule.name,
)
def test_a_sound_spot_fleet(rule: Any) -> None:
    sound = of_fleet(associatePublicIpAddress=False, userData=SCRIPT)
    for props in (sound, {}, {"launchTemplateConfigs": [{}]}):
        assert judge(rule, FLEET, props) == Verdict()


def test_public_addresses_of_a_spot_fleet() -> None:
    props = of_fleet(associatePublicIpAddress=True)
    assert only(judge(instances.ec2_no_public_address, FLEET, props)) == (
        "The EC2 spot fleet request must not ask for a public address; associatePublicIpAddress "
        "is true, and must be false."
    )


def test_an_unknown_specification_hides_no_other() -> None:
    props = {
        "launchSpecifications": [
            UNKNOWN,
            {"associatePublicIpAddress": True, "userData": WRITTEN},
        ]
    }
    for rule in (instances.ec2_no_public_address, instances.ec2_no_secrets_in_user_data):
        verdict = judge(rule, FLEET, props)
        assert verdict.unknown
        only(verdict)


@pytest.mark.parametrize(
    ("token", "key", "kind"),
    [
        (EIP, "instance", "elastic IP"),
        (EIP_ASSOCIATION, "instanceId", "elastic IP association"),
    ],
)
def test_elastic_addresses(token: str, key: str, kind: str) -> None:
    rule = instances.ec2_no_public_address
    assert only(judge(rule, token, {key: "i-1"})) == (
        f"The {kind} must not give an instance a public address; {key} is i-1, and must be left "
        "out."
    )
    assert judge(rule, token, {key: "i-1"}, {"allowed": True}) == Verdict()
    assert judge(rule, token, {"domain": "vpc", "networkInterface": "eni-1"}) == Verdict()
    assert judge(rule, token, {key: UNKNOWN}).unknown


def test_an_unknown_address_hides_no_other() -> None:
    interfaces = [
        {"associatePublicIpAddress": UNKNOWN},
        {"associatePublicIpAddress": "true"},
    ]
    props = {"networkInterfaces": interfaces}
    verdict = judge(instances.ec2_no_public_address, TEMPLATE, props)
    assert verdict.unknown
    only(verdict)


WRITTEN = f"export AWS_ACCESS_KEY_ID={ACCESS_KEY}"


@EVERY_LAUNCHED
@pytest.mark.parametrize("key", ["userData", "userDataBase64"])
@pytest.mark.parametrize(
    "data",
    [
        WRITTEN,
        ACCESS_KEY,
        base64.b64encode(WRITTEN.encode()).decode(),
        base64.encodebytes(WRITTEN.encode() * 9).decode(),
        base64.b64encode(gzip.compress(WRITTEN.encode())).decode(),
        base64.b64encode(gzip.compress(WRITTEN.encode())[:-8]).decode(),
    ],
    ids=["text", "what could be base64", "base64", "base64 in lines", "gzip", "cut gzip"],
)
def test_secrets_in_user_data(token: str, kind: str, key: str, data: str) -> None:
    verdict = judge(instances.ec2_no_secrets_in_user_data, token, {key: data})
    assert only(verdict) == (
        f"The {kind} must not hold secrets in its user data, which every process on the instance "
        f"can read; {key} holds an AWS access key, and must fetch it from Secrets Manager or SSM."
    )


def test_secrets_in_the_user_data_of_a_spot_fleet() -> None:
    verdict = judge(instances.ec2_no_secrets_in_user_data, FLEET, of_fleet(userData=WRITTEN))
    assert only(verdict).startswith("The EC2 spot fleet request must not hold secrets in its user")


@pytest.mark.parametrize(
    "data",
    [
        SCRIPT,
        "",
        None,
        "not base64!",
        "café",
        base64.b64encode(bytes(range(256))).decode(),
        base64.b64encode(gzip.compress(SCRIPT.encode())).decode(),
        base64.b64encode(gzip.compress(SCRIPT.encode())[:12] + b"broken").decode(),
        base64.b64encode(gzip.compress(bytes(1 << 24))).decode(),
    ],
    ids=[
        "script",
        "empty",
        "missing",
        "no base64",
        "no ASCII",
        "no text",
        "gzip",
        "broken gzip",
        "gzip of very much",
    ],
)
def test_user_data_without_secrets(data: str | None) -> None:
    rule = instances.ec2_no_secrets_in_user_data
    assert judge(rule, TEMPLATE, {"userData": data}) == Verdict()


def test_unknown_user_data_hides_no_other() -> None:
    props = {"userData": UNKNOWN, "userDataBase64": WRITTEN}
    verdict = judge(instances.ec2_no_secrets_in_user_data, INSTANCE, props)
    assert verdict.unknown
    only(verdict)
