"""API Gateway's handlers: stages, keys, usage plans, VPC links and the account."""

from typing import Any

import pytest

from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway

URI = "http://metadata.example/{proxy}"


@pytest.fixture
def gateway(rig: Any) -> Gateway:
    return Gateway(rig.provider).api()


def test_a_stage_lives_and_changes_in_place(rig: Any, gateway: Gateway) -> None:
    gateway.method().integration("link1", URI).deploy("other")
    rig.create(stack.ACCOUNT, "account", cloudwatchRoleArn=stack.logging_role(rig.cloud))
    log = {
        "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:gateway",
        "format": "$context.requestId",
    }
    inputs = {
        "restApi": gateway.api_id,
        "stageName": "api",
        "deployment": gateway.made["deployment"].id,
        "accessLogSettings": log,
        "xrayTracingEnabled": True,
        "tags": {"a": "b"},
    }
    newer = gateway.create(stack.DEPLOYMENT, "newer", restApi=gateway.api_id)
    changed = {
        "restApi": gateway.api_id,
        "stageName": "api",
        "deployment": newer.id,
        "description": "now",
        "tags": {"c": "d"},
    }
    created = rig.live(stack.STAGE, "stage", inputs, changed)
    assert created.outputs["invokeUrl"] == (
        f"https://{gateway.api_id}.execute-api.us-east-1.amazonaws.com/api"
    )
    assert created.outputs["arn"].endswith(f"::/restapis/{gateway.api_id}/stages/api")
    assert created.outputs["deployment"] == newer.id
    assert created.outputs["xrayTracingEnabled"] is False
    assert "accessLogSettings" not in created.outputs
    assert created.outputs["tags"] == {"c": "d"}


def test_a_removed_access_log_shows_as_drift(rig: Any, gateway: Gateway) -> None:
    gateway.method().integration("link1", URI).deploy("other")
    rig.create(stack.ACCOUNT, "account", cloudwatchRoleArn=stack.logging_role(rig.cloud))
    stage = rig.create(
        stack.STAGE,
        "stage",
        restApi=gateway.api_id,
        stageName="api",
        deployment=gateway.made["deployment"].id,
        accessLogSettings={
            "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:gateway:*",
            "format": "$context.extendedRequestId",
        },
    )
    assert stage.outputs["accessLogSettings"]["destinationArn"].endswith(":log-group:gateway")
    rig.cloud.client("apigateway").update_stage(
        restApiId=gateway.api_id,
        stageName="api",
        patchOperations=[{"op": "remove", "path": "/accessLogSettings"}],
    )
    assert rig.read(stack.STAGE, stage)["accessLogSettings"] is None


def test_a_key_lives_and_changes_in_place(rig: Any) -> None:
    created = rig.live(
        stack.KEY, "key", {"tags": {"a": "b"}}, {"enabled": False, "tags": {"a": "c"}}
    )
    assert created.outputs["description"] == "Managed by Pulumi"
    assert len(created.outputs["value"]) >= 20
    assert rig.provider.check(stack.KEY, rig.urn(stack.KEY, "key"), {})["enabled"] is True


def test_a_key_enabled_by_hand_shows_as_drift(rig: Any) -> None:
    key = rig.create(stack.KEY, "key", enabled=False)
    rig.cloud.client("apigateway").update_api_key(
        apiKey=key.id, patchOperations=[{"op": "replace", "path": "/enabled", "value": "true"}]
    )
    assert rig.read(stack.KEY, key)["enabled"] is True


def test_a_usage_plan_lives_and_changes_in_place(rig: Any, gateway: Gateway) -> None:
    gateway.method().integration("link1", URI).deploy("one").deploy("two")
    one = {"apiId": gateway.api_id, "stage": "one"}
    two = {"apiId": gateway.api_id, "stage": "two"}
    created = rig.live(
        stack.PLAN,
        "plan",
        {
            "apiStages": [one],
            "throttleSettings": {"rateLimit": 50.0, "burstLimit": 100},
            "quotaSettings": {"limit": 1000, "period": "DAY"},
            "tags": {"a": "b"},
        },
        {"apiStages": [two, one], "throttleSettings": {"rateLimit": 0.5, "burstLimit": 7}},
    )
    assert created.outputs["apiStages"] == [two, one]
    assert created.outputs["throttleSettings"] == {"rateLimit": 0.5, "burstLimit": 7}
    assert "quotaSettings" not in created.outputs


def test_a_stage_added_to_a_plan_by_hand_shows_as_drift(rig: Any, gateway: Gateway) -> None:
    gateway.method().integration("link1", URI).deploy()
    plan = rig.create(stack.PLAN, "plan")
    rig.cloud.client("apigateway").update_usage_plan(
        usagePlanId=plan.id,
        patchOperations=[{"op": "add", "path": "/apiStages", "value": f"{gateway.api_id}:api"}],
    )
    read = rig.read(stack.PLAN, plan)
    assert read["apiStages"] == [{"apiId": gateway.api_id, "stage": "api"}]


def test_a_plan_key_lives(rig: Any) -> None:
    key, plan = rig.create(stack.KEY, "key"), rig.create(stack.PLAN, "plan")
    inputs = {"keyId": key.id, "keyType": "API_KEY", "usagePlanId": plan.id}
    created = rig.live(stack.PLAN_KEY, "plan-key", inputs)
    assert created.outputs["value"] == key.outputs["value"]


def test_a_vpc_link_lives_and_changes_in_place(rig: Any) -> None:
    target = stack.network_load_balancer(rig.cloud)
    created = rig.live(
        stack.LINK,
        "link",
        {"targetArn": target, "tags": {"a": "b"}},
        {"targetArn": target, "description": "new", "tags": {}},
    )
    assert created.outputs["targetArn"] == target
    assert created.outputs["name"].startswith("link-")


def test_deleting_the_account_resets_the_role_of_the_whole_region(rig: Any) -> None:
    role = stack.logging_role(rig.cloud)
    account = rig.create(stack.ACCOUNT, "account", cloudwatchRoleArn=role)
    assert rig.read(stack.ACCOUNT, account) == account.outputs
    assert account.outputs["cloudwatchRoleArn"] == role
    rig.delete(stack.ACCOUNT, account)
    assert not rig.cloud.client("apigateway").get_account().get("cloudwatchRoleArn")
    assert rig.read(stack.ACCOUNT, account)["cloudwatchRoleArn"] is None
