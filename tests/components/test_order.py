"""What stands before what: every order that AWS needs at run time, and none that only costs time.

A slow database hides a missing edge: without it, each of these pairs happens to be in order as long
as the service waits for the database anyway.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pytest

from tests import deployed
from tests.placeholder import PlaceholderProvider

SERVICE = "Service:metaflow-service-service"
SERVICES = {"dev": f"{SERVICE}-spot", "prod": SERVICE}
"""The service of each stack: one on Spot is another one."""

ENVIRONMENT = "ComputeEnvironment:metaflow-compute-default"
DEPLOYMENT = "Deployment:metaflow-gateway-deployment"
STAGE = "Stage:metaflow-gateway-stage"
DATABASE = "Instance:metaflow-db-instance"
ALLOW_LIST: dict[str, Any] = {"apiAllowedCidrs": ["203.0.113.0/24"]}

INGRESS, EGRESS = (
    "SecurityGroupIngressRule:metaflow-groups",
    "SecurityGroupEgressRule:metaflow-groups",
)
NET = "metaflow-net"


def associations(tier: str, letters: str) -> list[str]:
    return [f"RouteTableAssociation:{NET}-{tier}-us-east-1{letter}" for letter in letters]


def nat_routes(letters: str) -> list[str]:
    return [f"Route:{NET}-private-us-east-1{letter}" for letter in letters]


EVERYWHERE: dict[str, Sequence[str]] = {
    SERVICE: [
        # CreateService refuses a target group without a load balancer.
        "Listener:metaflow-service-listener",
        f"{INGRESS}-balancer-from-jobs",
        f"{EGRESS}-balancer-to-service",
        f"{INGRESS}-service-from-balancer",
        f"{EGRESS}-service-to-database",
        f"{INGRESS}-database-from-service",
        f"{EGRESS}-service-to-internet",
        # They must also outlive the service, or its tasks never finish draining.
        "RolePolicy:metaflow-service-execution-log",
        "RolePolicy:metaflow-service-execution-secret",
        "LogGroup:metaflow-service-log",
    ],
    ENVIRONMENT: [
        f"{EGRESS}-jobs-to-balancer",
        f"{EGRESS}-jobs-to-internet",
        "RolePolicy:metaflow-compute-instance",
    ],
    "JobQueue:metaflow-compute-default": [ENVIRONMENT],
    # A deployment is a snapshot of what is there.
    DEPLOYMENT: ["Method:metaflow-gateway-method", "Integration:metaflow-gateway-integration"],
    "UsagePlan:metaflow-gateway-plan": [STAGE],
    DATABASE: [
        "RolePolicy:metaflow-db-monitoring",
        # RDS would make them itself, without retention.
        "LogGroup:metaflow-db-postgresql-log",
        "LogGroup:metaflow-db-upgrade-log",
    ],
    "StateMachine:metaflow-rotation-redeployment": ["RolePolicy:metaflow-rotation-redeployment"],
    "EventTarget:metaflow-rotation-target": ["RolePolicy:metaflow-rotation-start"],
    "SecretRotation:metaflow-rotation-schedule": [
        "EventTarget:metaflow-rotation-target",
        "EventRule:metaflow-rotation-rotated",
        "StateMachine:metaflow-rotation-redeployment",
        "RolePolicy:metaflow-rotation-start",
    ],
    "BucketPolicy:metaflow-datastore-policy": [
        "BucketPublicAccessBlock:metaflow-datastore-public-access"
    ],
}

PUBLIC = [f"Route:{NET}-public", f"InternetGateway:{NET}-internet"]

DEV_ONLY: dict[str, Sequence[str]] = {
    SERVICE: [*PUBLIC, *associations("public", "ab")],
    ENVIRONMENT: [*PUBLIC, *associations("public", "ab")],
}

PROD_ONLY: dict[str, Sequence[str]] = {
    SERVICE: [*PUBLIC, *nat_routes("abc"), *associations("private", "abc")],
    ENVIRONMENT: [*PUBLIC, *nat_routes("abc"), *associations("private", "abc")],
    # Without the way to the internet an address or a NAT gateway fails, also while it is deleted.
    **{
        f"{kind}:{NET}-nat-us-east-1{letter}": [*PUBLIC, *associations("public", "abc")]
        for kind in ("Eip", "NatGateway")
        for letter in "abc"
    },
    f"FlowLog:{NET}-flow-logs-log": [
        f"RolePolicy:{NET}-flow-logs-policy",
        f"LogGroup:{NET}-flow-logs-group",
    ],
    # API Gateway refuses a stage with a log in an account that has no logging role.
    STAGE: [
        "Account:metaflow-gateway-account-setting",
        "LogGroup:metaflow-gateway-access-log",
        "RolePolicy:metaflow-gateway-account-policy",
    ],
}


def edges(*tables: dict[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(later, earlier) for table in tables for later in table for earlier in table[later]]


def names(value: Any) -> str:
    return value.replace("metaflow-", "") if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("later", "earlier"), edges(EVERYWHERE, DEV_ONLY), ids=names)
def test_dev_waits(later: str, earlier: str) -> None:
    label = SERVICES["dev"] if later == SERVICE else later
    assert earlier in deployed.waits_for(deployed.deploy_stack("dev"))[label]


@pytest.mark.parametrize(("later", "earlier"), edges(EVERYWHERE, PROD_ONLY), ids=names)
def test_prod_waits(later: str, earlier: str) -> None:
    assert earlier in deployed.waits_for(deployed.deploy_stack("prod"))[later]


def test_an_allow_list_stands_before_the_api_is_deployed() -> None:
    waiting = deployed.waits_for(deployed.deploy_stack("dev", **ALLOW_LIST))
    assert "RestApiPolicy:metaflow-gateway-policy" in waiting[DEPLOYMENT]


HTTP = {
    # Without the key's value or the right to read it, the function refuses every caller.
    "Route:metaflow-gateway-route": [
        "SecretVersion:metaflow-gateway-authorizer-value",
        "RolePolicy:metaflow-gateway-authorizer-policy",
        "Permission:metaflow-gateway-key-check",
    ],
    "Function:metaflow-gateway-authorizer-function": [
        "RolePolicy:metaflow-gateway-authorizer-policy",
    ],
    "Stage:metaflow-gateway-stage": ["Route:metaflow-gateway-route"],
}


@pytest.mark.parametrize(("later", "earlier"), edges(HTTP), ids=names)
def test_an_http_api_waits(later: str, earlier: str) -> None:
    deployment = deployed.deploy_stack("dev", gateway="http")
    assert earlier in deployed.waits_for(deployment)[later]


def test_one_nat_gateway_stands_before_what_uses_it() -> None:
    waiting = deployed.waits_for(deployed.deploy_stack("dev", privateSubnets=True))
    needed = {*PUBLIC, *nat_routes("a"), *associations("private", "ab")}
    assert needed <= waiting[SERVICES["dev"]]
    assert needed <= waiting[ENVIRONMENT]


ROTATION = {
    # They name the service, to deploy it anew.
    "RolePolicy:metaflow-rotation-redeployment",
    "StateMachine:metaflow-rotation-redeployment",
    "RolePolicy:metaflow-rotation-start",
    "EventTarget:metaflow-rotation-target",
    "SecretRotation:metaflow-rotation-schedule",
}


def waiting_for(deployment: Any, label: str) -> set[str]:
    waiting = deployed.waits_for(deployment)
    return {later for later, before in waiting.items() if label in before}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_only_these_wait_for_the_database(stack: str) -> None:
    assert waiting_for(deployed.deploy_stack(stack), DATABASE) == {
        # They need its address or its secret.
        "TaskDefinition:metaflow-service-task",
        "RolePolicy:metaflow-service-execution-secret",
        "EventRule:metaflow-rotation-rotated",
        # The rule may start the redeployment.
        "Role:metaflow-rotation-start",
        SERVICES[stack],
        *ROTATION,
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_only_the_rotation_waits_for_the_service(stack: str) -> None:
    assert waiting_for(deployed.deploy_stack(stack), SERVICES[stack]) == ROTATION


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_depends_on_a_component(stack: str) -> None:
    deployment = deployed.deploy_stack(stack)
    components = {one.urn for one in deployment.registrations if not one.custom}
    assert [one.urn for one in deployment.registrations if components & set(one.dependencies)] == []


def test_no_resource_is_told_to_wait_for_a_whole_component(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The SDK replaces a component by all of its children before anything is registered.
    told: list[Any] = []
    original = pulumi.ResourceOptions.__init__

    def record(self: pulumi.ResourceOptions, *args: Any, **options: Any) -> None:
        depends_on = options.get("depends_on") or []
        told.extend(depends_on if isinstance(depends_on, list) else [depends_on])
        original(self, *args, **options)

    monkeypatch.setattr(pulumi.ResourceOptions, "__init__", record)
    deployed.run("prod", PlaceholderProvider(), settings={})
    assert len(told) > 20
    assert [one for one in told if isinstance(one, pulumi.ComponentResource)] == []
