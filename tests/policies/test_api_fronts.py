"""Rules about domain names of API Gateway and web ACLs."""

from typing import Any

import pytest

from rules import api_fronts
from tests.policies.harness import UNKNOWN, Verdict, judge

V1 = "aws:apigateway/domainName:DomainName"
V2 = "aws:apigatewayv2/domainName:DomainName"
ACL = "aws:wafv2/webAcl:WebAcl"

TLS = api_fronts.apigateway_domain_tls12
STOPS = api_fronts.wafv2_acl_stops


def stated(token: str, policy: Any) -> dict[str, Any]:
    inner = {"securityPolicy": policy}
    return inner if token == V1 else {"domainNameConfiguration": inner}


@pytest.mark.parametrize("token", [V1, V2])
@pytest.mark.parametrize("policy", ["TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09"])
def test_domain_names_that_demand_enough(token: str, policy: str) -> None:
    assert judge(TLS, token, stated(token, policy)) == Verdict()


@pytest.mark.parametrize("token", [V1, V2])
@pytest.mark.parametrize("policy", ["TLS_1_0", "SecurityPolicy_TLS10_2025", "TLS_1_20", None])
def test_domain_names_that_take_older_versions(token: str, policy: str | None) -> None:
    assert judge(TLS, token, stated(token, policy)).violations == [
        "The API Gateway domain name must demand TLS 1.2 at least; securityPolicy is "
        f"{policy or 'missing'}, and must be TLS_1_2 or a SecurityPolicy_ of TLS 1.2 or 1.3."
    ]


@pytest.mark.parametrize("token", [V1, V2])
def test_an_unknown_policy(token: str) -> None:
    assert judge(TLS, token, stated(token, UNKNOWN)).unknown


def rule(**changes: Any) -> dict[str, Any]:
    return {"name": "one", "statement": {"rateBasedStatement": {}}, **changes}


def group(kind: str, action: str) -> dict[str, Any]:
    return {"name": "group", "statement": {kind: {}}, "overrideAction": {action: {}}}


MANAGED, OWN = "managedRuleGroupStatement", "ruleGroupReferenceStatement"
COUNTING = [rule(action={"count": {}}), group(MANAGED, "count"), group(OWN, "count")]


@pytest.mark.parametrize(
    "props",
    [
        {"defaultAction": {"allow": {}}, "rules": [*COUNTING, rule(action={"block": {}})]},
        {"defaultAction": {"allow": {}}, "rules": [*COUNTING, rule(action={"captcha": {}})]},
        {"defaultAction": {"allow": {}}, "rules": [*COUNTING, group(MANAGED, "none")]},
        {"defaultAction": {"allow": {}}, "rules": [*COUNTING, group(OWN, "none")]},
        {"defaultAction": {"block": {}}, "rules": COUNTING},
        {"defaultAction": {"allow": {}}, "ruleJson": "[]"},
    ],
    ids=["block", "captcha", "managed group", "own group", "by default", "rules elsewhere"],
)
def test_web_acls_that_stop_something(props: dict[str, Any]) -> None:
    assert judge(STOPS, ACL, props) == Verdict()


@pytest.mark.parametrize("only", COUNTING, ids=["rule", "managed group", "own group"])
def test_a_web_acl_that_only_counts(only: dict[str, Any]) -> None:
    props = {"defaultAction": {"allow": {}}, "rules": [only]}
    assert judge(STOPS, ACL, props).violations == [
        "The WAF web ACL must stop something; defaultAction is allow and none of its rules blocks, "
        "and one must block, or run a rule group without counting only."
    ]


def test_a_web_acl_whose_rules_are_unknown() -> None:
    props = {"defaultAction": {"allow": {}}, "rules": UNKNOWN}
    assert judge(STOPS, ACL, props).unknown


@pytest.mark.parametrize("policy", [TLS, STOPS], ids=lambda policy: policy.name)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:apigateway/apiKey:ApiKey", {}).applicable
