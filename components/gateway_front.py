"""The hosted zone of the gateway's own name: asked for before anything is registered."""

from typing import Protocol

import pulumi
import pulumi_aws as aws

from components import aws_environment


class FrontSettings(Protocol):
    """What is set of it; empty where there is none."""

    @property
    def api_domain_name(self) -> str:
        """The gateway's own name."""

    @property
    def api_hosted_zone_id(self) -> str:
        """Hosted zone of the name's record."""


def check(opts: pulumi.ResourceOptions | None, settings: FrontSettings) -> None:
    """Refuse a hosted zone that cannot hold the name's record.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        settings: what is set.

    Raises:
        pulumi.RunError: the zone cannot be used, with the reasons.
    """
    if not settings.api_hosted_zone_id:
        return
    options = aws_environment.invoke_options(opts)
    problems = _zone_problems(settings.api_domain_name, settings.api_hosted_zone_id, options)
    if problems:
        raise pulumi.RunError("\n".join(problems))


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
