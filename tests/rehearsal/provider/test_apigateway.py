"""API Gateway's handlers: each resource's life, what the provider checks, and what drifts."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from rehearsal.provider.deployed_api import deployed_api
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway

URI = "http://metadata.example/{proxy}"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
        ],
    }
)


@pytest.fixture
def gateway(rig: Any) -> Gateway:
    return Gateway(rig.provider).api()


def test_an_api_lives_and_changes_in_place(rig: Any) -> None:
    created = rig.live(
        stack.REST_API,
        "api",
        {
            "description": "Metadata",
            "endpointConfiguration": {"types": "EDGE"},
            "disableExecuteApiEndpoint": True,
            "tags": {"team": "a", "stack": "dev"},
        },
        {
            "endpointConfiguration": {"types": "REGIONAL"},
            "disableExecuteApiEndpoint": False,
            "tags": {"team": "b"},
        },
    )
    assert created.outputs["endpointConfiguration"] == {"types": "REGIONAL"}
    assert created.outputs["disableExecuteApiEndpoint"] is False
    assert created.outputs["tags"] == {"team": "b"}
    assert (
        created.outputs["executionArn"]
        == f"arn:aws:execute-api:us-east-1:123456789012:{created.id}"
    )


def test_arns_carry_the_partition(rig: Any) -> None:
    cloud = Cloud(rig.cloud.endpoint, "us-gov-west-1")
    gateway = Gateway(Provider(cloud)).api()
    api = gateway.made["api"]
    assert api.outputs["arn"] == f"arn:aws-us-gov:apigateway:us-gov-west-1::/restapis/{api.id}"
    link = gateway.create(stack.LINK, "link", targetArn=stack.network_load_balancer(cloud))
    assert link.outputs["arn"] == f"arn:aws-us-gov:apigateway:us-gov-west-1::/vpclinks/{link.id}"
    gateway.method().integration(link.id, URI).deploy()
    assert gateway.made["stage api"].outputs["executionArn"] == (
        f"arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:{api.id}/api"
    )
    gateway.key()
    for name, kind in (("key", "apikeys"), ("key plan", "usageplans")):
        made = gateway.made[name]
        assert made.outputs["arn"] == f"arn:aws-us-gov:apigateway:us-gov-west-1::/{kind}/{made.id}"


def test_a_policy_lives_and_shows_drift(rig: Any, gateway: Gateway) -> None:
    inputs = {"restApiId": gateway.api_id, "policy": POLICY}
    rig.live(stack.POLICY, "policy", inputs, {**inputs, "policy": POLICY.replace("Allow", "Deny")})
    policy = rig.create(stack.POLICY, "policy", **inputs)
    rig.cloud.client("apigateway").update_rest_api(
        restApiId=gateway.api_id,
        patchOperations=[{"op": "replace", "path": "/policy", "value": "{}"}],
    )
    assert rig.read(stack.POLICY, policy)["policy"] == "{}"


def test_a_resource_is_renamed_in_place(rig: Any, gateway: Gateway) -> None:
    root = gateway.made["api"].outputs["rootResourceId"]
    inputs = {"restApi": gateway.api_id, "parentId": root, "pathPart": "flows"}
    created = rig.live(stack.RESOURCE, "flows", inputs, {**inputs, "pathPart": "runs"})
    assert created.outputs["path"] == "/runs"


def test_a_method_changes_in_place_and_shows_drift(rig: Any, gateway: Gateway) -> None:
    root = gateway.made["api"].outputs["rootResourceId"]
    inputs = {
        "restApi": gateway.api_id,
        "resourceId": root,
        "httpMethod": "ANY",
        "authorization": "NONE",
        "requestParameters": {"method.request.header.a": True},
    }
    changed = {
        **inputs,
        "apiKeyRequired": True,
        "requestParameters": {"method.request.header.b": False},
    }
    created = rig.live(stack.METHOD, "method", inputs, changed)
    assert created.id == f"agm-{gateway.api_id}-{root}-ANY"
    assert created.outputs["requestParameters"] == {"method.request.header.b": False}
    method = rig.create(stack.METHOD, "method", **changed)
    rig.cloud.client("apigateway").update_method(
        restApiId=gateway.api_id,
        resourceId=root,
        httpMethod="ANY",
        patchOperations=[{"op": "replace", "path": "/apiKeyRequired", "value": "false"}],
    )
    assert rig.read(stack.METHOD, method)["apiKeyRequired"] is False


def test_a_changed_method_keeps_its_integration(gateway: Gateway) -> None:
    gateway.method().integration("link1", URI)
    method = gateway.made["ANY {proxy+}"]
    kept = ("restApi", "resourceId", "httpMethod", "authorization", "requestParameters")
    gateway.update(stack.METHOD, method, **{name: method.outputs[name] for name in kept})
    integration = gateway.made["integration ANY {proxy+}"]
    read = gateway.provider.read(
        stack.INTEGRATION, stack.urn(stack.INTEGRATION, "read"), integration.id, integration.outputs
    )
    assert read == integration.outputs
    assert read["connectionId"] == "link1"


def test_an_integration_changes_in_place(rig: Any, gateway: Gateway) -> None:
    gateway.method()
    inputs = {
        "restApi": gateway.api_id,
        "resourceId": gateway.made["{proxy+}"].id,
        "httpMethod": "ANY",
        "type": "HTTP_PROXY",
        "integrationHttpMethod": "ANY",
        "connectionType": "VPC_LINK",
        "connectionId": "link1",
        "uri": URI,
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
    }
    changed = {
        **inputs,
        "connectionId": "link2",
        "timeoutMilliseconds": 5000,
        "uri": "http://other.example/x",
        "requestParameters": {"integration.request.header.x": "'y'"},
    }
    created = rig.live(stack.INTEGRATION, "integration", inputs, changed)
    assert created.outputs["connectionId"] == "link2"
    assert created.outputs["timeoutMilliseconds"] == 5000
    assert created.outputs["requestParameters"] == {"integration.request.header.x": "'y'"}
    assert created.outputs["passthroughBehavior"] == "WHEN_NO_MATCH"


def test_a_deployment_is_a_snapshot(rig: Any, gateway: Gateway) -> None:
    gateway.method(apiKeyRequired=False).integration("link1", URI)
    rig.live(
        stack.DEPLOYMENT,
        "deployment",
        {"restApi": gateway.api_id, "triggers": {"routes": "a"}, "description": "first"},
        {"restApi": gateway.api_id, "triggers": {"routes": "a"}, "description": "second"},
    )
    gateway.deploy()
    method = gateway.made["ANY {proxy+}"]
    kept = ("restApi", "resourceId", "httpMethod", "authorization", "requestParameters")
    inputs = {name: method.outputs[name] for name in kept}
    gateway.update(stack.METHOD, method, **inputs, apiKeyRequired=True)
    served = deployed_api(rig.cloud, gateway.api_id, "api")
    assert served is not None
    assert [route.key_required for route in served.routes] == [False]
    gateway.deploy()
    served = deployed_api(rig.cloud, gateway.api_id, "api")
    assert served is not None
    (route,) = served.routes
    assert (route.path, route.method, route.key_required) == ("/{proxy+}", "ANY", True)
    assert route.integration["connectionId"] == "link1"


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (
            stack.REST_API,
            {"endpointConfiguration": {"types": "GLOBAL"}},
            "endpointConfiguration.types is 'GLOBAL'; the provider allows EDGE, REGIONAL, PRIVATE",
        ),
        (stack.POLICY, {"restApiId": "a", "policy": "{"}, "the policy is not valid JSON"),
        (
            stack.METHOD,
            {"restApi": "a", "resourceId": "b", "httpMethod": "FETCH", "authorization": "NONE"},
            "httpMethod is 'FETCH'; the provider allows ANY, DELETE, GET",
        ),
        (
            stack.INTEGRATION,
            {"restApi": "a", "resourceId": "b", "httpMethod": "ANY", "type": "PROXY"},
            "type is 'PROXY'; the provider allows HTTP, AWS",
        ),
        (
            stack.INTEGRATION,
            {
                "restApi": "a",
                "resourceId": "b",
                "httpMethod": "ANY",
                "type": "HTTP",
                "connectionType": "VPC",
                "timeoutMilliseconds": 10,
            },
            "connectionType is 'VPC'; the provider allows INTERNET, VPC_LINK; "
            "timeoutMilliseconds is 10; the provider allows 50 to 300000",
        ),
        (
            stack.PLAN,
            {"throttleSettings": {}, "quotaSettings": {"limit": 1, "period": "YEAR"}},
            "throttleSettings is empty; the provider demands burstLimit or rateLimit; "
            "quotaSettings.period is 'YEAR'; the provider allows DAY, WEEK, MONTH",
        ),
        (
            stack.ACCOUNT,
            {"cloudwatchRoleArn": "gateway-log"},
            "cloudwatchRoleArn is 'gateway-log'; the provider allows an ARN",
        ),
    ],
)
def test_what_the_provider_refuses_at_plan_time(
    rig: Any, token: str, inputs: dict[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        rig.provider.check(token, rig.urn(token, "bad"), inputs)
    assert message in str(refused.value)
