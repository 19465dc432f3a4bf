"""Domain names, records and web ACLs: their lives, and what is refused."""

from typing import Any

import pytest

from rehearsal.provider import Created, RefusedError
from tests.rehearsal.gateway_front import NAME, certificate, zone
from tests.rehearsal.gateway_stack import LINK, Gateway, network_load_balancer

DOMAIN = "aws:apigatewayv2/domainName:DomainName"
MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping"
RECORD = "aws:route53/record:Record"
ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
ZONE = "aws:route53/getZone:getZone"


def configuration(arn: str, **changes: Any) -> dict[str, Any]:
    return {
        "certificateArn": arn,
        "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2",
        **changes,
    }


def domain(rig: Any, name: str = NAME) -> Created:
    stated = configuration(certificate(rig.cloud, name))
    made: Created = rig.create(DOMAIN, name, domainName=name, domainNameConfiguration=stated)
    return made


def http_stage(rig: Any) -> dict[str, str]:
    api = rig.create(API, "api", protocolType="HTTP")
    rig.create(STAGE, "stage", apiId=api.id, name="$default", autoDeploy=True)
    return {"apiId": api.id, "stage": "$default"}


def rest_gateway(rig: Any) -> Gateway:
    gateway = Gateway(rig.provider).api()
    link = gateway.create(LINK, "link", targetArn=network_load_balancer(rig.cloud))
    return gateway.method().integration(link.id, "http://example.org/{proxy}").deploy()


def test_a_domain_name_lives(rig: Any) -> None:
    first, second = (
        {
            "domainName": NAME,
            "domainNameConfiguration": configuration(certificate(rig.cloud)),
            "tags": {key: "1"},
        }
        for key in "ab"
    )
    made = rig.live(DOMAIN, "name", first, second)
    stated = made.outputs["domainNameConfiguration"]
    assert stated["hostedZoneId"] == "Z1UJRXOUMOOFQ8"
    assert stated["targetDomainName"].endswith(".execute-api.us-east-1.amazonaws.com")
    assert made.outputs["tags"] == {"b": "1"}


def test_what_aws_adds_to_a_domain_name_is_no_difference(rig: Any) -> None:
    made = domain(rig)
    stated = {"domainName": NAME, "domainNameConfiguration": configuration(certificate(rig.cloud))}
    same = {**stated, "domainNameConfiguration": dict(made.outputs["domainNameConfiguration"])}
    for added in ("hostedZoneId", "targetDomainName"):
        del same["domainNameConfiguration"][added]
    assert rig.provider.diff(DOMAIN, made.outputs, same).changes == {}
    tagged = {**same, "tags": {"a": "1"}}
    # So a preview of another change knows where the name leads.
    assert rig.provider.planned(DOMAIN, tagged, made.outputs) == {
        **made.outputs,
        **tagged,
        **{"domainNameConfiguration": made.outputs["domainNameConfiguration"]},
    }
    assert set(rig.provider.diff(DOMAIN, made.outputs, stated).changes) == {
        "domainNameConfiguration"
    }


def test_a_mapping_lives_for_both_kinds_of_api(rig: Any) -> None:
    domain(rig)
    gateway = rest_gateway(rig)
    for place in (http_stage(rig), {"apiId": gateway.api_id, "stage": "api"}):
        root = {"domainName": NAME, **place}
        rig.live(MAPPING, "mapping", root, {**root, "apiMappingKey": "flows"})


def test_a_record_lives(rig: Any) -> None:
    aliases = [
        [{"name": f"d-{one}.example.org", "zoneId": "Z1", "evaluateTargetHealth": False}]
        for one in "ab"
    ]
    place = {"zoneId": zone(rig.cloud), "name": NAME, "type": "A"}
    made = rig.live(
        RECORD, "record", {**place, "aliases": aliases[0]}, {**place, "aliases": aliases[1]}
    )
    assert made.outputs["fqdn"] == NAME


def test_a_record_of_another_zone_is_called_by_both_names(rig: Any) -> None:
    alias = {"name": "d-a.example.org", "zoneId": "Z1", "evaluateTargetHealth": False}
    place = {"zoneId": zone(rig.cloud, "example.org"), "name": NAME, "type": "A"}
    made = rig.create(RECORD, "record", **place, aliases=[alias])
    assert made.outputs["fqdn"] == f"{NAME}.example.org"


def visible(metric: str) -> dict[str, Any]:
    return {
        "cloudwatchMetricsEnabled": True,
        "metricName": metric,
        "sampledRequestsEnabled": False,
    }


def rate_rule(limit: int) -> dict[str, Any]:
    return {
        "name": "rate",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP"}},
        "visibilityConfig": visible("rate"),
    }


def group_rule(group: str, *counted: str) -> dict[str, Any]:
    overrides = [{"name": name, "actionToUse": {"count": {}}} for name in counted]
    statement: dict[str, Any] = {"vendorName": "AWS", "name": group}
    statement |= {"ruleActionOverrides": overrides} if overrides else {}
    return {
        "name": group,
        "priority": 1,
        "overrideAction": {"none": {}},
        "statement": {"managedRuleGroupStatement": statement},
        "visibilityConfig": visible(group),
    }


def web_acl(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "rules": list(rules),
        "visibilityConfig": visible("acl"),
        **changes,
    }


def test_a_web_acl_lives(rig: Any) -> None:
    group = group_rule("AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY")
    rig.live(
        ACL,
        "acl",
        web_acl(rate_rule(100), group, tags={"a": "1"}, description="one"),
        web_acl(rate_rule(200), tags={"b": "2"}, description="two"),
    )


def test_a_web_acl_stands_in_front_of_a_stage_until_it_is_taken_away(rig: Any) -> None:
    gateway = rest_gateway(rig)
    acl = rig.create(ACL, "acl", **web_acl(rate_rule(100)))
    stage = f"arn:aws:apigateway:us-east-1::/restapis/{gateway.api_id}/stages/api"
    where = {"resourceArn": stage, "webAclArn": acl.outputs["arn"]}
    made = rig.create(ASSOCIATION, "association", **where)
    assert rig.read(ASSOCIATION, made) == where
    with pytest.raises(RefusedError, match=f"stands in front of {gateway.api_id}/api"):
        rig.delete(ACL, acl)
    rig.delete(ASSOCIATION, made)
    assert rig.read(ASSOCIATION, made) is None
    rig.delete(ACL, acl)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (configuration("arn:aws:acm:us-east-1:123456789012:certificate/a"), "not found in ACM"),
        (configuration("certificate"), "the provider takes an ARN"),
        (configuration("arn:aws:acm:us-east-1:1:c", securityPolicy="TLS_1_0"), "allows TLS_1_2"),
        (configuration("arn:aws:acm:us-east-1:1:c", endpointType="EDGE"), "allows REGIONAL"),
    ],
    ids=["certificate", "no ARN", "TLS 1.0", "edge"],
)
def test_a_domain_name_is_refused(rig: Any, stated: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(DOMAIN, "name", domainName=NAME, domainNameConfiguration=stated)


def test_a_domain_name_is_api_gateways_once_only(rig: Any) -> None:
    domain(rig)
    with pytest.raises(RefusedError, match="The domain name you provided already exists"):
        domain(rig)


def test_a_path_of_a_name_leads_to_one_stage_that_is_there(rig: Any) -> None:
    domain(rig)
    place = http_stage(rig)
    with pytest.raises(RefusedError, match="Invalid stage identifier specified: prod"):
        rig.create(MAPPING, "mapping", domainName=NAME, **{**place, "stage": "prod"})
    rig.create(MAPPING, "mapping", domainName=NAME, **place)
    with pytest.raises(RefusedError, match="ApiMapping key already exists for this domain name"):
        rig.create(MAPPING, "other", domainName=NAME, **http_stage(rig))


def test_an_api_stays_while_a_name_leads_to_it(rig: Any) -> None:
    domain(rig)
    gateway = rest_gateway(rig)
    made = rig.create(MAPPING, "mapping", domainName=NAME, apiId=gateway.api_id, stage="api")
    client = rig.cloud.client("apigateway")
    refused = f"remove all base path mappings related to it in your domains: {NAME}"
    with pytest.raises(RefusedError, match=refused):
        client.delete_rest_api(restApiId=gateway.api_id)
    rig.delete(MAPPING, made)
    client.delete_rest_api(restApiId=gateway.api_id)


def test_a_record_is_not_overwritten(rig: Any) -> None:
    alias = {"name": "d-a.example.org", "zoneId": "Z1", "evaluateTargetHealth": False}
    inputs = {"zoneId": zone(rig.cloud), "name": NAME, "type": "A", "aliases": [alias]}
    rig.create(RECORD, "record", **inputs)
    with pytest.raises(RefusedError, match="but it already exists"):
        rig.create(RECORD, "other", **inputs)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (group_rule("AWSManagedRulesCommonRules"), "AWSManagedRulesCommonRules does not exist"),
        (group_rule("AWSManagedRulesCommonRuleSet", "Size"), "has no rules Size"),
        ({**group_rule("AWSManagedRulesCommonRuleSet"), "action": {}}, "needs an overrideAction"),
    ],
    ids=["group", "rule", "action"],
)
def test_a_rule_that_aws_does_not_know_is_refused(
    rig: Any, rule: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(ACL, "acl", **web_acl(rule))


def test_a_web_acl_takes_no_http_api(rig: Any) -> None:
    acl = rig.create(ACL, "acl", **web_acl())
    stage = f"arn:aws:apigateway:us-east-1::/apis/{http_stage(rig)['apiId']}/stages/$default"
    with pytest.raises(RefusedError, match="is no stage of a REST API"):
        rig.create(ASSOCIATION, "one", resourceArn=stage, webAclArn=acl.outputs["arn"])


def test_a_hosted_zone_is_described(rig: Any) -> None:
    zone_id = zone(rig.cloud)
    answer = rig.provider.invoke(ZONE, {"zoneId": zone_id})
    assert (answer["name"], answer["privateZone"]) == ("example.com", False)
    with pytest.raises(RefusedError, match="getZone: no hosted zone Z0"):
        rig.provider.invoke(ZONE, {"zoneId": "Z0"})
