"""What every component registers: exact lists, with each setting that changes them on and off."""

from typing import Any

import pytest

from tests import deployed
from tests.components import grants
from tests.components.resource_tables import (
    ACCESS_LOG,
    ALWAYS,
    DATASTORE_KEY,
    DOMAIN_RECORD,
    EXECUTION_LOG,
    FIRST_LINK,
    FLOW_LOGS,
    GATEWAY,
    GATEWAY_ACCOUNT,
    GATEWAY_DOMAIN,
    GATEWAY_FIREWALL,
    HTTP_GATEWAY,
    IMAGE_CACHES,
    IMAGES,
    JOB_PERMISSIONS,
    JOB_SECRETS,
    LOAD_BALANCER,
    NAT,
    NETWORK,
    ON_DEMAND,
    PRIVATE_SUBNETS,
    PUSHED_IMAGES,
    REGISTERED,
    SECOND_LINK,
    SPOT,
    WEB_ACL,
    Children,
    queue,
    table,
)

THREE_ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")

DEV = (
    ALWAYS | table(NETWORK) | table(LOAD_BALANCER) | table(GATEWAY) | table(SPOT) | queue("default")
)

PROD = (
    ALWAYS
    | table(NETWORK, THREE_ZONES)
    | table(PRIVATE_SUBNETS, THREE_ZONES)
    | table(NAT, THREE_ZONES)
    | table(FLOW_LOGS)
    | table(DATASTORE_KEY)
    | table(ON_DEMAND)
    | table(LOAD_BALANCER)
    | table(GATEWAY)
    | table(ACCESS_LOG)
    | table(GATEWAY_ACCOUNT)
    | table(EXECUTION_LOG)
    | queue("default")
)

NOTHING: Children = frozenset()


def registered(stack: str, **settings: Any) -> Children:
    return frozenset(
        (one.type, one.name, one.parent.rsplit("::", 1)[-1])
        for one in deployed.deploy_stack(stack, **settings).registrations
        if one.name not in {"metaflow", f"metaflow-aws-{stack}"}
    )


def shown(value: object) -> str:
    """Name a test after its settings; sets of children have another order in every process."""
    return str(value) if isinstance(value, dict) else ""


@pytest.mark.parametrize(("stack", "expected"), [("dev", DEV), ("prod", PROD)])
def test_the_stack_files_register_exactly(stack: str, expected: Children) -> None:
    assert registered(stack) == expected


def test_the_top_component_stands_in_the_stack() -> None:
    top, stack = (
        deployed.only(deployed.deploy_stack("dev"), token)
        for token in ("metaflow:index:Metaflow", "pulumi:pulumi:Stack")
    )
    assert (top.name, top.parent, stack.parent) == ("metaflow", stack.urn, "")


QUEUES = [{"name": name} for name in ("default", "large")]


@pytest.mark.parametrize(
    ("settings", "added", "removed"),
    [
        (
            {"privateSubnets": True},
            table(PRIVATE_SUBNETS) | table(NAT, ["us-east-1a"]),
            NOTHING,
        ),
        (
            {"privateSubnets": True, "natGateways": "per-zone"},
            table(PRIVATE_SUBNETS) | table(NAT),
            NOTHING,
        ),
        ({"flowLogs": True}, table(FLOW_LOGS), NOTHING),
        ({"datastoreKmsKey": True}, table(DATASTORE_KEY), NOTHING),
        ({"gateway": "off"}, NOTHING, table(GATEWAY)),
        (
            {"gateway": "http"},
            table(HTTP_GATEWAY) | table(REGISTERED),
            table(LOAD_BALANCER) | table(GATEWAY) | table(SPOT),
        ),
        (
            dict(deployed.HTTP_GATEWAY),
            table(HTTP_GATEWAY) | table(REGISTERED) | table(ACCESS_LOG),
            table(LOAD_BALANCER) | table(GATEWAY) | table(SPOT),
        ),
        ({"vpcLinkVersion": 2}, table(SECOND_LINK), table(FIRST_LINK)),
        ({"serviceSpot": False}, table(ON_DEMAND), table(SPOT)),
        (
            dict(deployed.GATEWAY_DOMAIN),
            table(GATEWAY_DOMAIN) | table(DOMAIN_RECORD),
            NOTHING,
        ),
        (
            {**deployed.GATEWAY_DOMAIN, "gateway": "http", "apiHostedZoneId": ""},
            table(HTTP_GATEWAY) | table(REGISTERED) | table(GATEWAY_DOMAIN),
            table(LOAD_BALANCER) | table(GATEWAY) | table(SPOT),
        ),
        ({"apiWaf": True}, table(GATEWAY_FIREWALL) | table(WEB_ACL), NOTHING),
        ({"apiWebAclArn": deployed.WEB_ACL}, table(GATEWAY_FIREWALL), NOTHING),
        ({"apiAllowedCidrs": ["203.0.113.0/24"]}, NOTHING, NOTHING),
        ({"apiAccessLog": True}, table(ACCESS_LOG), NOTHING),
        ({"manageApiGatewayAccount": True}, table(GATEWAY_ACCOUNT), NOTHING),
        ({"executionLog": True}, table(EXECUTION_LOG), NOTHING),
        ({"queues": QUEUES}, queue("large"), NOTHING),
        ({"jobSecretArns": grants.JOB_SECRETS}, table(JOB_SECRETS), NOTHING),
        (
            deployed.JOB_PERMISSIONS,
            table(JOB_SECRETS) | table(JOB_PERMISSIONS),
            NOTHING,
        ),
        ({"imageRepository": "metaflow/jobs"}, table(IMAGES), NOTHING),
        (
            deployed.IMAGES,
            table(IMAGES) | table(PUSHED_IMAGES) | table(IMAGE_CACHES),
            NOTHING,
        ),
        ({"availabilityZoneCount": 3}, table(NETWORK, THREE_ZONES), NOTHING),
        (
            {"availabilityZones": ["us-east-1f", "us-east-1b"]},
            table(NETWORK, ["us-east-1b", "us-east-1f"]),
            table(NETWORK),
        ),
        ({"datastoreRetained": True, "datastoreForceDestroy": False}, NOTHING, NOTHING),
        ({"deletionProtection": True, "dbFinalSnapshot": True}, NOTHING, NOTHING),
        ({"dbFinalSnapshot": True}, NOTHING, NOTHING),
    ],
    ids=shown,
)
def test_a_setting_adds_and_removes_exactly(
    settings: dict[str, Any], added: Children, removed: Children
) -> None:
    assert registered("dev", **settings) == (DEV - removed) | added


@pytest.mark.parametrize(
    ("settings", "removed"),
    [
        (
            {"privateSubnets": False, "natGateways": "one"},
            table(PRIVATE_SUBNETS, THREE_ZONES) | table(NAT, THREE_ZONES),
        ),
        ({"natGateways": "one"}, table(NAT, THREE_ZONES[1:])),
        ({"flowLogs": False}, table(FLOW_LOGS)),
        ({"datastoreKmsKey": False}, table(DATASTORE_KEY)),
        ({"apiAccessLog": False}, table(ACCESS_LOG)),
        ({"manageApiGatewayAccount": False}, table(GATEWAY_ACCOUNT)),
        (
            {"gateway": "off", "apiAccessLog": False, "manageApiGatewayAccount": False},
            table(GATEWAY) | table(ACCESS_LOG) | table(GATEWAY_ACCOUNT),
        ),
        ({"executionLog": False}, table(EXECUTION_LOG)),
        ({"deletionProtection": False}, NOTHING),
        ({"datastoreRetained": False}, NOTHING),
    ],
    ids=shown,
)
def test_a_setting_that_is_off_in_prod_removes_exactly(
    settings: dict[str, Any], removed: Children
) -> None:
    assert registered("prod", **settings) == PROD - removed


def test_children_are_named_after_their_component() -> None:
    # An alias can follow a component's name only where its children carry it.
    strangers = [
        one.urn
        for one in deployed.deploy_stack("prod").registrations
        if one.custom and not one.name.startswith(one.parent.rsplit("::", 1)[-1] + "-")
    ]
    assert strangers == []


def test_no_urn_stands_twice() -> None:
    urns = [one.urn for one in deployed.deploy_stack("prod").registrations]
    assert len(set(urns)) == len(urns)
