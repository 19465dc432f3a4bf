"""The HTTP API: one route with an authorizer, to the tasks that Cloud Map lists."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.deployed import HTTP_GATEWAY, deploy_stack

API = "Api:metaflow-gateway-api.id"
ARN = "arn:aws:{}:us-east-1:123456789012:{}"
SECRET = ARN.format("secretsmanager", "secret:metaflow-gateway-authorizer-secret-a1B2c3")
REGISTRY = ARN.format("servicediscovery", "service/metadata")
LOG = "arn:aws:logs:us-east-1:123456789012:log-group:metaflow-gateway-authorizer-log"


def given(kind: str, **settings: Any) -> dict[str, Any]:
    service, _, name = kind.partition("/")
    token = f"aws:{service}/{name[0].lower()}{name[1:]}:{name}"
    found = deploy_stack("dev", **{"gateway": "http", **settings})
    chosen = "metaflow-gateway-authorizer-log" if name == "LogGroup" else None
    return deployed.inputs(found, token, chosen)


def test_the_one_route_asks_the_authorizer_and_leads_to_the_registered_tasks() -> None:
    assert given("apigatewayv2/Route") == {
        "apiId": API,
        "routeKey": "ANY /{proxy+}",
        "authorizationType": "CUSTOM",
        "authorizerId": "Authorizer:metaflow-gateway-key-check.id",
        "target": "integrations/Integration:metaflow-gateway-integration.id",
    }
    assert given("apigatewayv2/Authorizer") == {
        "apiId": API,
        "authorizerType": "REQUEST",
        "authorizerUri": "Function:metaflow-gateway-authorizer-function.invokeArn",
        "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": True,
        "identitySources": ["$request.header.x-api-key"],
        "authorizerResultTtlInSeconds": 0,
    }
    assert given("apigatewayv2/Integration") == {
        "apiId": API,
        "integrationType": "HTTP_PROXY",
        "integrationMethod": "ANY",
        "connectionType": "VPC_LINK",
        "connectionId": "VpcLink:metaflow-gateway-link.id",
        "integrationUri": REGISTRY,
        "timeoutMilliseconds": 30_000,
    }
    assert given("apigatewayv2/VpcLink") == {
        "subnetIds": [f"Subnet:metaflow-net-isolated-us-east-1{zone}.id" for zone in "ab"],
        "securityGroupIds": ["SecurityGroup:metaflow-groups-link.id"],
    }


def test_only_this_apis_authorizer_may_call_the_function() -> None:
    api = ARN.format("execute-api", "metaflow-dev")
    assert given("lambda/Permission") == {
        "action": "lambda:InvokeFunction",
        "function": "metaflow-gateway-authorizer-function",
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"{api}/authorizers/Authorizer:metaflow-gateway-key-check.id",
    }


def test_the_function_may_write_its_log_and_read_the_one_secret() -> None:
    documents = deployed.documents(
        deploy_stack("dev", gateway="http"), "aws:iam/rolePolicy:RolePolicy", "policy"
    )
    assert documents["metaflow-gateway-authorizer-policy"]["Statement"] == [
        {
            "Sid": "WriteLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [f"{LOG}:*"],
        },
        {
            "Sid": "ReadApiKey",
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [SECRET],
        },
    ]
    assert given("cloudwatch/LogGroup")["retentionInDays"] == 30
    assert given("lambda/Function")["loggingConfig"] == {
        "logFormat": "Text",
        "logGroup": "metaflow-gateway-authorizer-log",
    }


def test_the_functions_code_is_the_program_beside_the_component() -> None:
    program = deployed.ROOT / "components" / "api_key_authorizer.py"
    assets = given("lambda/Function")["code"]["assets"]
    assert {name: one["text"] for name, one in assets.items()} == {
        program.name: program.read_text(encoding="utf-8")
    }
    assert given("lambda/Function")["handler"] == "api_key_authorizer.handler"
    assert "vpcConfig" not in given("lambda/Function")


def test_the_key_is_a_secret_wherever_it_stands() -> None:
    deployment = deploy_stack("dev", gateway="http")
    assert "apiKey" in deployment.secret_outputs
    assert given("secretsmanager/SecretVersion") == {
        "secretId": "Secret:metaflow-gateway-authorizer-secret.id",
        "secretString": "ApiKey:metaflow-gateway-authorizer-key.value",
    }
    assert deployment.outputs["apiKey"] == "ApiKey:metaflow-gateway-authorizer-key.value"
    assert deployment.outputs["apiId"] == API
    assert deployment.outputs["apiKeyId"] == "ApiKey:metaflow-gateway-authorizer-key.id"
    assert deployment.outputs["serviceUrl"] == (
        "https://metaflow-dev.execute-api.us-east-1.amazonaws.com/"
    )


def test_a_destroyed_stack_leaves_no_secret_behind() -> None:
    assert given("secretsmanager/Secret")["recoveryWindowInDays"] == 0


def test_jobs_find_the_tasks_by_name() -> None:
    deployment = deploy_stack("dev", gateway="http", namePrefix="Science")
    url = deployment.outputs["serviceInternalUrl"]
    assert url == "http://metadata.science.internal:8080/"
    service = deployed.inputs(deployment, "aws:servicediscovery/service:Service")
    assert service["dnsConfig"] == {
        "namespaceId": "PrivateDnsNamespace:metaflow-discovery-domain.id",
        "routingPolicy": "MULTIVALUE",
        "dnsRecords": [{"type": "A", "ttl": 10}, {"type": "SRV", "ttl": 10}],
    }
    # A task that ECS has not yet taken out must not keep the stack from going.
    assert service["forceDestroy"] is True
    tasks = deployed.inputs(deployment, "aws:ecs/service:Service")
    assert tasks["serviceRegistries"] == {
        "registryArn": REGISTRY,
        "containerName": "metadata-service",
        "containerPort": 8080,
    }
    assert not {"loadBalancers", "healthCheckGracePeriodSeconds"} & set(tasks)


def test_limits_networks_and_log_are_set() -> None:
    settings = {**HTTP_GATEWAY, "apiRateLimit": 7, "apiBurstLimit": 9}
    stage = given("apigatewayv2/Stage", **settings)
    assert stage["name"] == "$default"
    assert stage["autoDeploy"] is True
    assert stage["defaultRouteSettings"] == {"throttlingRateLimit": 7, "throttlingBurstLimit": 9}
    log = stage["accessLogSettings"]
    assert log["destinationArn"].endswith(f"log-group:/aws/vendedlogs/apis/{API}/access-log")
    assert json.loads(log["format"])["requestId"] == "$context.requestId"
    assert "x-api-key" not in log["format"]
    variables = given("lambda/Function", **settings)["environment"]["variables"]
    assert variables == {"SECRET_ARN": SECRET, "ALLOWED_CIDRS": "203.0.113.0/24"}


@pytest.mark.parametrize("kind", ["lb/LoadBalancer", "lb/TargetGroup", "apigateway/RestApi"])
def test_nothing_of_the_other_kind_is_made(kind: str) -> None:
    service, _, name = kind.partition("/")
    token = f"aws:{service}/{name[0].lower()}{name[1:]}:{name}"
    assert deploy_stack("dev", gateway="http").of_type(token) == []
