"""What stands in front of the gateway of a live stack comes, changes and goes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.live_stack import Live, changes, live
from tests.rehearsal.gateway_front import NAME, domain_settings

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
DOMAIN = "aws:apigatewayv2/domainName:DomainName"
MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping"
RECORD = "aws:route53/record:Record"
REST_API = "aws:apigateway/restApi:RestApi"
STAGE = "aws:apigateway/stage:Stage"

REPLACED = ("create-replacement", "replace", "delete-replaced")
NEW_ENDPOINT = {
    ("update", REST_API, "metaflow-gateway-api"),
    ("update", STAGE, "metaflow-gateway-stage"),
    *((step, DEPLOYMENT, "metaflow-gateway-deployment") for step in REPLACED),
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as found:
        found.engine.up()
        yield found


@pytest.fixture(scope="module")
def front(stack: Live) -> dict[str, Any]:
    """Return the settings of a name beside the default endpoint."""
    return {**domain_settings(stack.cloud), "disableExecuteApiEndpoint": False}


def changed(stack: Live, **settings: Any) -> set[tuple[str, str, str]]:
    """Change settings, update, and return what that did to resources."""
    stack.engine.configure(settings)
    done = changes(stack.engine.up())
    return {key for key in done if key[1].startswith("aws:")}


def test_a_name_comes_beside_the_default_endpoint_which_then_goes(
    stack: Live, front: dict[str, Any]
) -> None:
    assert changed(stack, **front) == {
        ("create", DOMAIN, "metaflow-domain-name"),
        ("create", MAPPING, "metaflow-domain-mapping"),
        ("create", RECORD, "metaflow-domain-record"),
    }
    # It works from the next deployment on, so there must be one.
    assert changed(stack, disableExecuteApiEndpoint=True) == NEW_ENDPOINT


def test_a_web_acl_comes_changes_and_goes(stack: Live) -> None:
    both = [(ACL, "metaflow-firewall-acl"), (ASSOCIATION, "metaflow-firewall-association")]
    assert changed(stack, apiWaf=True) == {("create", *one) for one in both}
    assert changed(stack, apiWafRateLimit=500) == {("update", *both[0])}
    assert changed(stack, apiWaf=False, apiWafRateLimit=None) == {("delete", *one) for one in both}


def test_another_web_acl_takes_the_place_of_the_stacks(stack: Live) -> None:
    """The association of the old one goes first, or it would take the new one off."""
    waf = stack.cloud.client("wafv2")
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False}
    other = waf.create_web_acl(
        Name="others",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={**visibility, "MetricName": "others"},
    )["Summary"]
    [api] = stack.cloud.client("apigateway").get_rest_apis()["items"]
    stage = f"arn:aws:apigateway:us-east-1::/restapis/{api['id']}/stages/api"
    changed(stack, apiWaf=True)
    done = changed(stack, apiWaf=False, apiWebAclArn=other["ARN"])
    assert ("delete", ACL, "metaflow-firewall-acl") in done
    assert waf.get_web_acl_for_resource(ResourceArn=stage)["WebACL"]["ARN"] == other["ARN"]
    gone = changed(stack, apiWebAclArn="")
    assert gone == {("delete", ASSOCIATION, "metaflow-firewall-association")}
    waf.delete_web_acl(
        Name="others", Scope="REGIONAL", Id=other["Id"], LockToken=other["LockToken"]
    )


def test_the_default_endpoint_is_back_when_the_name_is_gone(stack: Live) -> None:
    gone = {"apiDomainName": "", "apiCertificateArn": "", "apiHostedZoneId": ""}
    assert changed(stack, **gone, disableExecuteApiEndpoint=False) == {
        ("delete", DOMAIN, "metaflow-domain-name"),
        ("delete", MAPPING, "metaflow-domain-mapping"),
        ("delete", RECORD, "metaflow-domain-record"),
        *NEW_ENDPOINT,
    }
    [api] = stack.cloud.client("apigateway").get_rest_apis()["items"]
    assert api["disableExecuteApiEndpoint"] is False


def test_nothing_is_left_to_do(stack: Live, front: dict[str, Any]) -> None:
    changed(stack, **front, apiWaf=True)
    assert changes(stack.engine.refresh()) == {}
    assert changes(stack.engine.up()) == {}


def test_the_name_stays_when_the_gateway_becomes_one_of_the_other_kind(stack: Live) -> None:
    done = changed(stack, gateway="http", apiWaf=False)
    assert {(step, MAPPING, "metaflow-domain-mapping") for step in REPLACED} <= done
    assert {token for _, token, _ in done} & {DOMAIN, RECORD} == set()
    assert stack.engine.outputs()["serviceUrl"] == f"https://{NAME}/"


def test_the_name_stays_when_the_gateway_becomes_a_rest_api_again(stack: Live) -> None:
    done = changed(stack, gateway="rest", apiWaf=True)
    assert {(step, MAPPING, "metaflow-domain-mapping") for step in REPLACED} <= done
    assert {token for _, token, _ in done} & {DOMAIN, RECORD} == set()
    outputs = stack.engine.outputs()
    assert outputs["serviceUrl"] == f"https://{NAME}/"
    mappings = stack.cloud.client("apigatewayv2").get_api_mappings(DomainName=NAME)["Items"]
    assert [one["ApiId"] for one in mappings] == [outputs["apiId"]]
    assert changes(stack.engine.up()) == {}


def test_name_web_acl_and_gateway_go_with_the_stack(stack: Live) -> None:
    stack.engine.destroy()
    assert stack.left() == []
