"""The rule that subnets give no public addresses by themselves."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.network import DEFAULT_SUBNET, SUBNET, subnet_no_automatic_public_address
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge
from tests.policies.recorded import properties

VPC = "aws:ec2/vpc:Vpc"

SUBNET_MESSAGE = (
    "The subnet must give no public addresses by itself; mapPublicIpOnLaunch is {}, and must be "
    "false."
)


@pytest.mark.parametrize(
    ("token", "props", "found"),
    [
        (SUBNET, {"mapPublicIpOnLaunch": True}, "true"),
        (SUBNET, {"mapPublicIpOnLaunch": "true"}, "true"),
        (DEFAULT_SUBNET, {}, "missing"),
        (DEFAULT_SUBNET, {"mapPublicIpOnLaunch": True}, "true"),
    ],
)
def test_a_subnet_with_public_addresses(token: str, props: Mapping[str, Any], found: str) -> None:
    rule = subnet_no_automatic_public_address
    assert judge(rule, token, props).violations == [SUBNET_MESSAGE.format(found)]
    assert judge(rule, token, props, {"allowed": True}).violations == []


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (SUBNET, {}),
        (SUBNET, {"mapPublicIpOnLaunch": False}),
        (DEFAULT_SUBNET, {"mapPublicIpOnLaunch": "false"}),
    ],
)
def test_a_subnet_without_public_addresses(token: str, props: Mapping[str, Any]) -> None:
    assert judge(subnet_no_automatic_public_address, token, props).violations == []


def test_a_subnet_that_nobody_knows() -> None:
    rule = subnet_no_automatic_public_address
    assert judge(rule, SUBNET, {"mapPublicIpOnLaunch": UNKNOWN}).unknown
    assert not judge(rule, VPC, {}).applicable


@pytest.mark.parametrize("preview", [False, True], ids=["made", "previewed"])
def test_prod_passes(preview: bool) -> None:
    for one in deploy_stack("prod", preview=preview).registrations:
        props = properties(one, preview=True) if preview else one.inputs
        verdict = judge(subnet_no_automatic_public_address, one.type, props)
        assert verdict.violations == []
        assert not verdict.unknown
