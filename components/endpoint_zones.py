"""In which zones services have interface endpoints; AWS is asked before anything is made."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.placement import EndpointPlace, SubnetZones

_UNKNOWN = ("couldn't find resource", "no matching EC2 VPC Endpoint Service found")
"""How the provider tells that there is no such service (terraform-provider-aws,
internal/service/ec2/vpc_endpoint_service_data_source.go)."""


def look_up(
    opts: pulumi.ResourceOptions | None, services: Mapping[str, str], zones: SubnetZones
) -> dict[str, EndpointPlace]:
    """Return by service where its endpoint can be and what it takes; registers nothing.

    EC2 refuses an endpoint of which one subnet is in another zone. From there, too, the service's
    DNS name leads to the endpoint.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        services: for each service by its whole name the setting that asks for it.
        zones: the zones of the subnets.

    Raises:
        pulumi.RunError: there is no such service, or in none of the zones; one line for each.
    """
    options = aws_environment.invoke_options(opts)
    found: dict[str, EndpointPlace] = {}
    problems = []
    for service, key in services.items():
        offered = _offered(options, service)
        if offered is None:
            problems.append(
                f"{key} asks for an endpoint of {service}; AWS has no interface endpoints of such "
                f"a service for this account and region. Change {key}."
            )
            continue
        # Of GovCloud's services AWS tells no zones.
        usable = offered.availability_zones or zones.tasks
        found[service] = EndpointPlace(
            subnets=tuple(at for at, zone in enumerate(zones.tasks) if zone in usable),
            takes_policy=offered.vpc_endpoint_policy_supported,
        )
        if not found[service].subnets:
            problems.append(
                f"{key} asks for an endpoint of {service}; AWS offers it in "
                f"{', '.join(sorted(usable))}, and the stack's subnets are in "
                f"{', '.join(zones.tasks)}. Set subnets of other zones with {zones.tasks_key}."
            )
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return found


def _offered(
    options: pulumi.InvokeOptions, service: str
) -> aws.ec2.GetVpcEndpointServiceResult | None:
    """Return what AWS tells of a service's endpoints; None without such a service."""
    try:
        return aws.ec2.get_vpc_endpoint_service(
            service_name=service, service_type="Interface", opts=options
        )
    # The SDK knows no narrower error of an invoke.
    except Exception as error:
        if any(words in str(error) for words in _UNKNOWN):
            return None
        raise
