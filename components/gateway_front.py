"""What stands in front of the gateway and is the user's: asked for before anything is registered.

Certificate and web ACL are known by their ARNs alone; of the hosted zone AWS is asked.
"""

from typing import Protocol

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.aws_environment import AwsEnvironment


class FrontSettings(Protocol):
    """What is set of it; empty where there is none."""

    @property
    def api_domain_name(self) -> str:
        """The gateway's own name."""

    @property
    def api_certificate_arn(self) -> str:
        """Certificate of that name."""

    @property
    def api_hosted_zone_id(self) -> str:
        """Hosted zone of the name's record."""

    @property
    def api_web_acl_arn(self) -> str:
        """Web ACL of the user's."""


def check(
    opts: pulumi.ResourceOptions | None, environment: AwsEnvironment, settings: FrontSettings
) -> None:
    """Refuse what cannot stand in front of this stack's gateway.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        environment: where the stack is deployed.
        settings: what is set.

    Raises:
        pulumi.RunError: something cannot be used, with the reasons.
    """
    problems = [
        *_problems_of_place("apiCertificateArn", "acm", settings.api_certificate_arn, environment),
        *_problems_of_place("apiWebAclArn", "wafv2", settings.api_web_acl_arn, environment),
    ]
    if settings.api_hosted_zone_id:
        options = aws_environment.invoke_options(opts)
        problems += _zone_problems(settings.api_domain_name, settings.api_hosted_zone_id, options)
    if problems:
        raise pulumi.RunError("\n".join(problems))


def _problems_of_place(key: str, service: str, arn: str, environment: AwsEnvironment) -> list[str]:
    """Demand the stack's partition, region and account, which API Gateway and WAF demand."""
    start = environment.arn(service, "")
    if not arn or arn.startswith(start):
        return []
    return [f"{key} is {arn}; the gateway takes one of its own account and region: {start}..."]


def _zone_problems(
    domain_name: str, hosted_zone_id: str, options: pulumi.InvokeOptions
) -> list[str]:
    """Demand a public zone that the name belongs to.

    In another zone the provider makes a record called by both names, one after the other
    (`internal/service/route53/record.go`).
    """
    zone = aws.route53.get_zone(zone_id=hosted_zone_id, opts=options)
    name = zone.name.rstrip(".")
    problems = []
    if zone.private_zone:
        problems.append(f"apiHostedZoneId is {hosted_zone_id}, a private zone; name a public one.")
    if domain_name != name and not domain_name.endswith(f".{name}"):
        problems.append(
            f"apiHostedZoneId is {hosted_zone_id}, the zone of {name}, which {domain_name} is "
            "not in."
        )
    return problems
