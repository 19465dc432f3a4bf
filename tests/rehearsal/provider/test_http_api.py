"""HTTP APIs, Cloud Map, secrets and functions: their lives, and what is refused."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider.networks import VPC

API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
ROUTE = "aws:apigatewayv2/route:Route"
NAMESPACE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
REGISTRY = "aws:servicediscovery/service:Service"
SECRET = "aws:secretsmanager/secret:Secret"


def test_an_api_and_its_stage_live(rig: Any) -> None:
    rig.live(
        API,
        "api",
        {"protocolType": "HTTP", "description": "one", "tags": {"a": "1"}},
        {"protocolType": "HTTP", "description": "two", "tags": {"b": "2"}},
    )
    api = rig.create(API, "api", protocolType="HTTP")
    limits = [
        {"throttlingRateLimit": rate, "throttlingBurstLimit": 2 * rate} for rate in (100, 200)
    ]
    common = {"apiId": api.id, "name": "$default", "autoDeploy": True}
    rig.live(
        STAGE,
        "stage",
        {**common, "defaultRouteSettings": limits[0]},
        {**common, "defaultRouteSettings": limits[1]},
    )


def test_a_route_and_its_authorizer_live(rig: Any) -> None:
    api = rig.create(API, "api", protocolType="HTTP")
    source = ["$request.header.x-api-key"]
    common: dict[str, Any] = {
        "apiId": api.id,
        "authorizerType": "REQUEST",
        "identitySources": source,
    }
    common["authorizerPayloadFormatVersion"] = "2.0"
    rig.live(
        AUTHORIZER,
        "check",
        {**common, "authorizerResultTtlInSeconds": 300},
        {**common, "authorizerResultTtlInSeconds": 60},
    )
    rig.live(
        ROUTE,
        "route",
        {"apiId": api.id, "routeKey": "ANY /{proxy+}"},
        {"apiId": api.id, "routeKey": "ANY /{proxy+}", "authorizationType": "AWS_IAM"},
    )


def test_a_name_in_a_private_domain_lives(rig: Any) -> None:
    vpc = rig.create(VPC, "vpc", cidrBlock="10.0.0.0/16")
    domain = {"name": "a.internal", "vpc": vpc.id}
    namespace = rig.create(NAMESPACE, "domain", **domain, description="one")
    namespace = rig.update(NAMESPACE, "domain", namespace, **domain, description="two")
    assert namespace.outputs["description"] == "two"
    records = [[{"type": "A", "ttl": ttl}, {"type": "SRV", "ttl": ttl}] for ttl in (10, 20)]
    first, second = (
        {
            "name": "tasks",
            "dnsConfig": {"namespaceId": namespace.id, "dnsRecords": one},
            "forceDestroy": True,
        }
        for one in records
    )
    rig.live(REGISTRY, "tasks", first, second)
    rig.delete(NAMESPACE, namespace)
    assert rig.read(NAMESPACE, namespace) is None


def test_a_secret_lives(rig: Any) -> None:
    rig.live(
        SECRET,
        "secret",
        {"description": "one", "recoveryWindowInDays": 0, "tags": {"a": "1"}},
        {"description": "two", "recoveryWindowInDays": 0, "tags": {"b": "2"}},
    )


@pytest.mark.parametrize(
    ("token", "inputs", "words"),
    [
        (API, {"protocolType": "TCP"}, "protocolType is 'TCP'"),
        (SECRET, {"recoveryWindowInDays": 3}, "recoveryWindowInDays is 3"),
        (
            AUTHORIZER,
            {"apiId": "a", "authorizerType": "REQUEST", "authorizerResultTtlInSeconds": 3601},
            "authorizerResultTtlInSeconds is 3601",
        ),
    ],
    ids=["protocol", "window", "time to live"],
)
def test_what_the_provider_refuses(
    rig: Any, token: str, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(token, "one", **inputs)
