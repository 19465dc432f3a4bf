"""Rules about what stands in front of APIs: their domain names, and web ACLs of AWS WAF."""

import re
from typing import Any

from pulumi_policy import Severity

from rules.reading import elements, mapping
from rules.rule import About, Report, Subject, resource_rule

_V1 = "aws:apigateway/domainName:DomainName"
_V2 = "aws:apigatewayv2/domainName:DomainName"
_ENOUGH = re.compile(r"TLS_1_2|SecurityPolicy_TLS1[23]_\w+")

_STOPPING = ("block", "captcha", "challenge")
_GROUPS = ("managedRuleGroupStatement", "ruleGroupReferenceStatement")


def _domain_demands_tls(subject: Subject, report: Report) -> None:
    configuration = subject.props
    if subject.type == _V2:
        configuration = mapping(subject.props.get("domainNameConfiguration"))
    policy = configuration.get("securityPolicy")
    if not _ENOUGH.fullmatch(str(policy)):
        report(
            "The API Gateway domain name must demand TLS 1.2 at least; securityPolicy is "
            f"{policy or 'missing'}, and must be TLS_1_2 or a SecurityPolicy_ of TLS 1.2 or 1.3."
        )


apigateway_domain_tls12 = resource_rule(
    About(
        name="apigateway-domain-tls12",
        description="Domain names of API Gateway take no version of TLS before 1.2.",
        severity=Severity.HIGH,
        remediation="Set securityPolicy to TLS_1_2, or to a SecurityPolicy_ of TLS 1.2 or 1.3.",
        url="https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "apigateway-custom-domain-tls-version.html",
    ),
    [_V1, _V2],
    _domain_demands_tls,
)


def _stops(rule: Any) -> bool:
    """Say whether a rule keeps a request out that it finds."""
    found = mapping(rule)
    if any(mapping(found.get("statement")).get(kind) is not None for kind in _GROUPS):
        return mapping(found.get("overrideAction")).get("count") is None
    action = mapping(found.get("action"))
    return any(action.get(kind) is not None for kind in _STOPPING)


def _web_acl_stops_something(subject: Subject, report: Report) -> None:
    if mapping(subject.props.get("defaultAction")).get("allow") is None:
        return  # keeps everything out that no rule lets in
    rules = elements(subject.props.get("rules"))
    # Without any, they are resources of their own, or stand in ruleJson.
    found = [_stops(one) for one in rules]
    if found and not any(found):
        report(
            "The WAF web ACL must stop something; defaultAction is allow and none of its rules "
            "blocks, and one must block, or run a rule group without counting only."
        )


wafv2_acl_stops = resource_rule(
    About(
        name="wafv2-acl-stops",
        description="Web ACLs that let requests in by default have a rule that does more than "
        "count.",
        severity=Severity.MEDIUM,
        remediation="Set the action of a rule to block, or overrideAction of a rule group to none.",
        url="https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html",
    ),
    ["aws:wafv2/webAcl:WebAcl"],
    _web_acl_stops_something,
)


POLICIES = [apigateway_domain_tls12, wafv2_acl_stops]
