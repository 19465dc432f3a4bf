"""What API Gateway refuses although the emulator takes it: each with AWS's reason."""

import re
from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway

URI = "http://metadata.example/{proxy}"
LOG = {
    "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:gateway",
    "format": "$context.requestId",
}


@pytest.fixture
def gateway(rig: Any) -> Gateway:
    return Gateway(rig.provider).api()


@pytest.fixture
def deployed(gateway: Gateway) -> Gateway:
    return gateway.method().integration("link1", URI).deploy()


def refused(reason: str) -> Any:
    return pytest.raises(RefusedError, match=re.escape(reason))


def test_a_deployment_of_an_empty_api(gateway: Gateway) -> None:
    with refused("The REST API doesn't contain any methods"):
        gateway.deploy()


def test_a_deployment_while_one_method_has_no_integration(gateway: Gateway) -> None:
    gateway.method().integration("link1", URI).method("ping", "GET")
    with refused("No integration defined for method GET of /ping"):
        gateway.deploy()


def test_an_access_log_without_the_role_of_the_account(deployed: Gateway) -> None:
    with refused("CloudWatch Logs role ARN must be set in account settings to enable logging"):
        deployed.create(
            stack.STAGE,
            "logged",
            restApi=deployed.api_id,
            stageName="logged",
            deployment=deployed.made["deployment"].id,
            accessLogSettings=LOG,
        )


def test_an_access_log_without_a_request_id(rig: Any, deployed: Gateway) -> None:
    rig.create(stack.ACCOUNT, "account", cloudwatchRoleArn=stack.logging_role(rig.cloud))
    with refused("has neither $context.requestId nor $context.extendedRequestId"):
        deployed.create(
            stack.STAGE,
            "logged",
            restApi=deployed.api_id,
            stageName="logged",
            deployment=deployed.made["deployment"].id,
            accessLogSettings={**LOG, "format": "$context.status"},
        )


@pytest.mark.parametrize(
    "role", [{"with_policy": False}, {"service": "ecs-tasks"}], ids=["no policy", "not trusted"]
)
def test_a_logging_role_that_cannot_log(rig: Any, role: dict[str, Any]) -> None:
    with refused("does not have required permissions configured"):
        rig.create(stack.ACCOUNT, "a", cloudwatchRoleArn=stack.logging_role(rig.cloud, **role))


def test_a_logging_role_that_does_not_exist(rig: Any) -> None:
    with refused("does not have required permissions configured"):
        rig.create(stack.ACCOUNT, "a", cloudwatchRoleArn="arn:aws:iam::123456789012:role/gone")


def test_deleting_a_deployment_that_a_stage_serves(deployed: Gateway) -> None:
    served = deployed.made["deployment"]
    with refused("Active stages pointing to this deployment must be moved or deleted: api"):
        deployed.delete(stack.DEPLOYMENT, served)
    deployed.deploy()
    deployed.delete(stack.DEPLOYMENT, served)


def test_a_stage_of_a_deployment_that_does_not_exist(deployed: Gateway) -> None:
    with refused("Invalid Deployment identifier specified: gone"):
        deployed.create(stack.STAGE, "s", restApi=deployed.api_id, stageName="s", deployment="gone")


def test_deleting_a_vpc_link_that_a_deployment_still_uses(rig: Any, gateway: Gateway) -> None:
    target = stack.network_load_balancer(rig.cloud)
    link = gateway.create(stack.LINK, "link", targetArn=target)
    gateway.method().integration(link.id, URI).deploy()
    gateway.delete(stack.INTEGRATION, gateway.made["integration ANY {proxy+}"])
    reason = (
        f"Cannot delete vpc link. Vpc link '{link.id}', is referenced in "
        f"[{gateway.api_id}:ANY:/{{proxy+}}:api] in format of [RESTApiId:Method:Resource:Stage]"
    )
    with refused(reason):
        gateway.delete(stack.LINK, link)
    gateway.integration("link2", URI).deploy()
    gateway.delete(stack.LINK, link)


def test_a_vpc_link_to_an_application_load_balancer(rig: Any) -> None:
    target = stack.network_load_balancer(rig.cloud, kind="application")
    with refused("NLB ARN is malformed"):
        rig.create(stack.LINK, "link", targetArn=target)


def test_a_vpc_link_to_nothing(rig: Any) -> None:
    target = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/b"
    with refused("does not exist"):
        rig.create(stack.LINK, "link", targetArn=target)


def test_a_usage_plan_for_a_stage_that_does_not_exist(deployed: Gateway) -> None:
    stages = [{"apiId": deployed.api_id, "stage": "gone"}]
    with refused(f"API Stage not found: {deployed.api_id}:gone"):
        deployed.create(stack.PLAN, "plan", apiStages=stages)
    plan = deployed.create(stack.PLAN, "plan")
    with refused(f"API Stage not found: {deployed.api_id}:gone"):
        deployed.update(stack.PLAN, plan, name=plan.outputs["name"], apiStages=stages)


def test_deleting_a_stage_before_its_usage_plan(deployed: Gateway) -> None:
    deployed.key()
    with refused("is still in the usage plan"):
        deployed.delete(stack.STAGE, deployed.made["stage api"])
    deployed.delete(stack.PLAN, deployed.made["key plan"])
    deployed.delete(stack.STAGE, deployed.made["stage api"])


def test_deleting_a_usage_plan_with_stages_of_another_owner(rig: Any, deployed: Gateway) -> None:
    plan = deployed.create(stack.PLAN, "plan")
    operation = {"op": "add", "path": "/apiStages", "value": f"{deployed.api_id}:api"}
    rig.cloud.client("apigateway").update_usage_plan(
        usagePlanId=plan.id, patchOperations=[operation]
    )
    with refused(f"Cannot delete Usage Plan {plan.id} because there are API Stages associated"):
        deployed.delete(stack.PLAN, plan)


def test_a_mapping_of_a_parameter_that_the_method_does_not_declare(gateway: Gateway) -> None:
    gateway.method(requestParameters=None)
    with refused("Invalid mapping expression parameter specified: method.request.path.proxy"):
        gateway.integration("link1", URI)


def test_a_timeout_beyond_the_quota(gateway: Gateway) -> None:
    gateway.method()
    with refused("Timeout should be between 50 ms and 29000 ms, not 60000 ms"):
        gateway.integration("link1", URI, timeoutMilliseconds=60_000)


def test_two_resources_of_one_name(gateway: Gateway) -> None:
    root = gateway.made["api"].outputs["rootResourceId"]
    inputs = {"restApi": gateway.api_id, "parentId": root, "pathPart": "{proxy+}"}
    gateway.create(stack.RESOURCE, "a", **inputs)
    with refused("Another resource with the same parent already has this name: {proxy+}"):
        gateway.create(stack.RESOURCE, "b", **inputs)
