"""The service gateway: one route with an API key, and when it is deployed again."""

import json
from typing import Any

import pytest
from pulumi.runtime import rpc

from tests import deployed
from tests.deployed import OTHER_VALUES

API = "RestApi:metaflow-gateway-api.id"
PROXY = "Resource:metaflow-gateway-proxy.id"
LINK = "VpcLink:metaflow-gateway-link.id"


def gateway(kind: str, stack: str = "dev", **settings: Any) -> dict[str, Any]:
    token = f"aws:apigateway/{kind[0].lower()}{kind[1:]}:{kind}"
    return deployed.inputs(deployed.deploy_stack(stack, **settings), token)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_one_route_takes_an_api_key_and_leads_to_the_load_balancer(stack: str) -> None:
    assert gateway("RestApi", stack) == {
        "name": f"metaflow-{stack}",
        "description": "Metaflow's metadata service",
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"types": "REGIONAL"},
    }
    assert gateway("Resource", stack) == {
        "restApi": API,
        "parentId": "RestApi:metaflow-gateway-api.rootResourceId",
        "pathPart": "{proxy+}",
    }
    assert gateway("Method", stack) == {
        "restApi": API,
        "resourceId": PROXY,
        "httpMethod": "ANY",
        "authorization": "NONE",
        "apiKeyRequired": True,
        "requestParameters": {"method.request.path.proxy": True},
    }
    assert gateway("Integration", stack) == {
        "restApi": API,
        "resourceId": PROXY,
        "httpMethod": "ANY",
        "type": "HTTP_PROXY",
        "integrationHttpMethod": "ANY",
        "connectionType": "VPC_LINK",
        "connectionId": LINK,
        "uri": "http://metaflow-service-lb.elb.us-east-1.amazonaws.com/{proxy}",
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
        "timeoutMilliseconds": 29_000,
    }
    assert gateway("VpcLink", stack) == {
        "targetArn": "arn:aws:lb:us-east-1:123456789012:loadBalancer/metaflow-service-lb",
        "description": "To Metaflow's metadata service",
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_key_belongs_to_a_plan_with_limits(stack: str) -> None:
    assert gateway("UsagePlan", stack) == {
        "name": f"metaflow-{stack}",
        "description": "Clients of Metaflow's metadata service",
        "apiStages": [{"apiId": API, "stage": "api"}],
        "throttleSettings": {"rateLimit": 200, "burstLimit": 400},
    }
    assert gateway("UsagePlanKey", stack) == {
        "keyId": "ApiKey:metaflow-gateway-key.id",
        "keyType": "API_KEY",
        "usagePlanId": "UsagePlan:metaflow-gateway-plan.id",
    }
    # AWS makes up the key's value.
    assert gateway("ApiKey", stack) == {
        "name": f"metaflow-{stack}",
        "description": "Clients of Metaflow's metadata service",
    }


def test_the_limits_are_those_that_are_set() -> None:
    plan = gateway("UsagePlan", **OTHER_VALUES)
    assert plan["throttleSettings"] == {"rateLimit": 7, "burstLimit": 9}


def test_dev_has_no_access_log() -> None:
    assert gateway("Stage") == {
        "restApi": API,
        "deployment": "Deployment:metaflow-gateway-deployment.id",
        "stageName": "api",
    }


# The logging role that the account may have from this stack writes to groups of such names.
ACCESS_LOG = "/aws/apigateway/RestApi:metaflow-gateway-api.id/access-log"


def test_the_access_log_says_who_asked_for_what() -> None:
    stage = gateway("Stage", "prod")
    log = stage.pop("accessLogSettings")
    assert stage == gateway("Stage")
    assert log["destinationArn"] == (f"arn:aws:logs:us-east-1:123456789012:log-group:{ACCESS_LOG}")
    assert json.loads(log["format"]) == {
        "requestId": "$context.requestId",
        "time": "$context.requestTimeEpoch",
        "ip": "$context.identity.sourceIp",
        "apiKeyId": "$context.identity.apiKeyId",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "latency": "$context.responseLatency",
        "error": "$context.error.messageString",
    }
    # The key itself is no field.
    assert '$context.identity.apiKey"' not in log["format"]
    assert deployed.inputs(
        deployed.deploy_stack("prod"),
        "aws:cloudwatch/logGroup:LogGroup",
        "metaflow-gateway-access-log",
    ) == {"name": ACCESS_LOG, "retentionInDays": 365}


def test_without_an_allow_list_any_network_may_call_with_the_key() -> None:
    # There always is a policy: one that is removed would stay in the deployed snapshot.
    assert json.loads(gateway("RestApiPolicy")["policy"])["Statement"] == [
        {
            "Sid": "Anywhere",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": "arn:aws:execute-api:us-east-1:123456789012:metaflow-dev/*",
        }
    ]


def test_an_allow_list_lets_in_its_networks_and_denies_all_others() -> None:
    cidrs = ["203.0.113.0/24", "198.51.100.7/32"]
    policy = gateway("RestApiPolicy", apiAllowedCidrs=cidrs)
    assert policy["restApiId"] == API
    everybody = {
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:us-east-1:123456789012:metaflow-dev/*",
    }
    assert json.loads(policy["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Allowed",
                "Effect": "Allow",
                **everybody,
                "Condition": {"IpAddress": {"aws:SourceIp": cidrs}},
            },
            {
                "Sid": "Elsewhere",
                "Effect": "Deny",
                **everybody,
                "Condition": {"NotIpAddress": {"aws:SourceIp": cidrs}},
            },
        ],
    }


@pytest.mark.parametrize("kind", ["apiKey:ApiKey", "usagePlanKey:UsagePlanKey"])
def test_the_key_is_secret_wherever_the_state_has_it(kind: str) -> None:
    deployment = deployed.deploy_stack("dev")
    urn = deployed.only(deployment, f"aws:apigateway/{kind}").urn
    value = deployment.states[urn].outputs["value"]
    assert rpc.is_rpc_secret(dict(value))


def test_a_quota_is_set_where_it_is_asked_for() -> None:
    quota = {"apiQuotaLimit": 5000, "apiQuotaPeriod": "week"}
    assert "quotaSettings" not in gateway("UsagePlan")
    plan = gateway("UsagePlan", **quota)
    assert plan["quotaSettings"] == {"limit": 5000, "period": "WEEK"}
    assert plan["throttleSettings"] == {"rateLimit": 200, "burstLimit": 400}
