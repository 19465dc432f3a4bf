"""What stands in front of the gateway: its own name, the record, and AWS WAF."""

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from tests import deployed
from tests.deployed import GATEWAY_DOMAIN, GATEWAY_FRONT, WEB_ACL, deploy_stack
from tests.placeholder import Place, PlaceholderProvider

NAME = GATEWAY_DOMAIN["apiDomainName"]
CERTIFICATE = GATEWAY_DOMAIN["apiCertificateArn"]
DOMAIN = "aws:apigatewayv2/domainName:DomainName"
MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping"
RECORD = "aws:route53/record:Record"
ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
STAGE = "arn:aws:apigateway:us-east-1::/stages/metaflow-gateway-stage"

KINDS: Mapping[str, tuple[str, str]] = {
    "rest": ("RestApi:metaflow-gateway-api.id", "api"),
    "http": ("Api:metaflow-gateway-api.id", "$default"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_root_of_the_name_is_the_root_of_the_stage(kind: str) -> None:
    api, stage = KINDS[kind]
    stack = deploy_stack("dev", gateway=kind, **GATEWAY_DOMAIN)
    assert deployed.inputs(stack, DOMAIN) == {
        "domainName": NAME,
        "domainNameConfiguration": {
            "certificateArn": CERTIFICATE,
            "endpointType": "REGIONAL",
            "securityPolicy": "TLS_1_2",
        },
    }
    assert deployed.inputs(stack, MAPPING) == {"domainName": NAME, "apiId": api, "stage": stage}


@pytest.mark.parametrize("kind", KINDS)
def test_the_profile_has_the_name(kind: str) -> None:
    outputs = deploy_stack("dev", gateway=kind, **GATEWAY_DOMAIN).outputs
    assert outputs["serviceUrl"] == f"https://{NAME}/"
    assert outputs["apiDomainTarget"] == "d-one.execute-api.us-east-1.amazonaws.com"
    assert outputs["apiDomainTargetZoneId"] == "ZAPIGATEWAY"


def test_the_record_is_an_alias_of_api_gateways_own_name() -> None:
    assert deployed.inputs(deploy_stack("dev", **GATEWAY_DOMAIN), RECORD) == {
        "zoneId": GATEWAY_DOMAIN["apiHostedZoneId"],
        "name": NAME,
        "type": "A",
        "aliases": [
            {
                "name": "d-one.execute-api.us-east-1.amazonaws.com",
                "zoneId": "ZAPIGATEWAY",
                "evaluateTargetHealth": False,
            }
        ],
    }


def test_without_a_zone_there_is_no_record() -> None:
    stack = deploy_stack("dev", **{**GATEWAY_DOMAIN, "apiHostedZoneId": ""})
    assert stack.of_type(RECORD) == []
    assert "apiDomainTarget" in stack.outputs


@pytest.mark.parametrize("disabled", [True, False])
@pytest.mark.parametrize(
    ("kind", "token"),
    [("rest", "aws:apigateway/restApi:RestApi"), ("http", "aws:apigatewayv2/api:Api")],
)
def test_the_default_endpoint_is_stated_on_or_off(kind: str, token: str, disabled: bool) -> None:
    """Left out, the provider would keep what AWS has: off for ever."""
    settings = {**GATEWAY_DOMAIN, "gateway": kind, "disableExecuteApiEndpoint": disabled}
    api = deployed.inputs(deploy_stack("dev", **settings), token)
    assert api["disableExecuteApiEndpoint"] is disabled


def rules(**settings: Any) -> dict[str, Any]:
    acl = deployed.inputs(deploy_stack("dev", **GATEWAY_FRONT, **settings), ACL)
    assert sorted(one["priority"] for one in acl["rules"]) == [0, 1, 2, 3]
    return {one["name"]: one for one in acl["rules"]}


def test_the_web_acl_stands_in_front_of_the_stage() -> None:
    stack = deploy_stack("dev", **GATEWAY_FRONT)
    acl = deployed.inputs(stack, ACL)
    assert (acl["scope"], acl["defaultAction"]) == ("REGIONAL", {"allow": {}})
    assert deployed.inputs(stack, ASSOCIATION) == {
        "resourceArn": STAGE,
        "webAclArn": deployed.only(stack, ACL).outputs["arn"],
    }


def test_the_rules_block_but_those_on_bodies_that_metaflow_breaks() -> None:
    found = rules(apiWafRateLimit=500)
    rate = found.pop("rate-of-an-address")
    assert rate["action"] == {"block": {}}
    assert rate["statement"]["rateBasedStatement"] == {
        "limit": 500,
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
    }
    assert [one["overrideAction"] for one in found.values()] == [{"none": {}}] * 3
    groups = [one["statement"]["managedRuleGroupStatement"] for one in found.values()]
    overrides = {
        one["name"]: {
            rule["name"]: rule["actionToUse"] for rule in one.get("ruleActionOverrides", ())
        }
        for one in groups
    }
    bodies = ("SizeRestrictions", "CrossSiteScripting", "GenericLFI", "GenericRFI")
    assert overrides == {
        "AWSManagedRulesAmazonIpReputationList": {},
        "AWSManagedRulesKnownBadInputsRuleSet": {},
        "AWSManagedRulesCommonRuleSet": {f"{name}_BODY": {"count": {}} for name in bodies},
    }


def test_no_sample_of_a_request_shows_its_api_key() -> None:
    acl = deployed.inputs(deploy_stack("dev", **GATEWAY_FRONT), ACL)
    kept = [acl["visibilityConfig"], *(one["visibilityConfig"] for one in acl["rules"])]
    assert [one["sampledRequestsEnabled"] for one in kept] == [False] * 5


def test_a_web_acl_of_the_users_is_put_there_as_it_is() -> None:
    stack = deploy_stack("dev", apiWebAclArn=WEB_ACL)
    assert stack.of_type(ACL) == []
    assert deployed.inputs(stack, ASSOCIATION) == {"resourceArn": STAGE, "webAclArn": WEB_ACL}


class Zones(PlaceholderProvider):
    """A provider whose hosted zones are others."""

    def __init__(self, **zone: Any) -> None:
        super().__init__(Place())
        self.zone = zone

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = super().invoke(token, arguments)
        return {**answer, **self.zone} if token.endswith("getZone") else answer


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ({"privateZone": True}, "a private zone; name a public one."),
        ({"name": "le.com"}, f"the zone of le.com, which {NAME} is not in."),
        ({"name": "a.metaflow.example.com"}, f"which {NAME} is not in."),
    ],
    ids=["private", "ending", "below"],
)
def test_a_zone_that_cannot_hold_the_record_is_refused(zone: dict[str, Any], words: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        deployed.run("dev", Zones(**zone), settings=GATEWAY_DOMAIN)
    assert words in str(refused.value)


def test_a_name_can_be_its_zones_own() -> None:
    deployed.run("dev", Zones(name=f"{NAME}."), settings=GATEWAY_DOMAIN)
