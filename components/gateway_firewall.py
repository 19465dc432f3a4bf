"""GatewayFirewall: a web ACL of AWS WAF in front of a REST API's stage."""

from __future__ import annotations  # they would import what most stacks do not use

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.tags import named

_COUNTED = (
    "SizeRestrictions_BODY",
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
)
"""Rules of the core rule set that are counted only, since Metaflow's own requests may break them.

A task's artifacts are registered in one body, whatever their number: 8 KB, the most that the first
one lets pass, are some thirty artifacts. Such bodies hold Python's types, as `<class 'list'>`, and
places of files; tags are whatever users like (`metaflow/metadata_provider/metadata.py`).
"""

_MANAGED: Mapping[str, tuple[str, ...]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesCommonRuleSet": _COUNTED,
}
"""AWS's rule groups in their order, with the rules of each that only count.

925 of the 1,500 units that a web ACL's price includes (AWS WAF Developer Guide, "AWS Managed Rules
rule groups list"); the rule of the rate takes two.
"""

_WINDOW_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class GatewayFirewallArgs:
    """Inputs of :class:`GatewayFirewall`."""

    stage_arn: pulumi.Input[str]
    """Stage of the REST API."""

    web_acl_arn: str | None
    """Web ACL of the user's; None means one of the stack's."""

    rate_limit: int
    """Requests in five minutes after which the stack's web ACL blocks an address."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class GatewayFirewall(pulumi.ComponentResource):
    """A web ACL that sees every request before the gateway asks for its API key."""

    def __init__(
        self, name: str, args: GatewayFirewallArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the web ACL, unless there is one, and its association."""
        super().__init__("metaflow:index:GatewayFirewall", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        aws.wafv2.WebAclAssociation(
            f"{name}-association",
            resource_arn=args.stage_arn,
            web_acl_arn=args.web_acl_arn or _web_acl(name, args, child).arn,
            # The old one's deletion takes off whichever web ACL the stage has by then.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})


def _web_acl(
    name: str, args: GatewayFirewallArgs, child: pulumi.ResourceOptions
) -> aws.wafv2.WebAcl:
    return aws.wafv2.WebAcl(
        f"{name}-acl",
        description="In front of the metadata service of Metaflow",
        scope="REGIONAL",
        default_action={"allow": {}},
        rules=[
            _rate_rule(args.rate_limit),
            *(
                _group_rule(place, group, counted)
                for place, (group, counted) in enumerate(_MANAGED.items(), start=1)
            ),
        ],
        visibility_config=_visibility("web-acl"),
        tags=named(args.tags, name),
        opts=child,
    )


def _rate_rule(limit: int) -> Any:
    return {
        "name": "rate-of-an-address",
        "priority": 0,
        "action": {"block": {}},
        "statement": {
            "rate_based_statement": {
                "limit": limit,
                "aggregate_key_type": "IP",
                "evaluation_window_sec": _WINDOW_SECONDS,
            }
        },
        "visibility_config": _visibility("rate-of-an-address"),
    }


def _group_rule(priority: int, group: str, counted: tuple[str, ...]) -> Any:
    overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
    statement = {"vendor_name": "AWS", "name": group}
    return {
        "name": group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {
            "managed_rule_group_statement": {
                **statement,
                **({"rule_action_overrides": overrides} if overrides else {}),
            }
        },
        "visibility_config": _visibility(group),
    }


def _visibility(metric: str) -> Any:
    """Return what is kept of requests: numbers, and no samples, which would show API keys."""
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": False,
    }
