"""What a user has before the gateway gets a domain name: a certificate and a hosted zone."""

from typing import Any

from rehearsal.provider import Cloud

NAME = "metaflow.example.com"


def certificate(cloud: Cloud, name: str = NAME) -> str:
    """Return the ARN of a new certificate."""
    return str(cloud.client("acm").request_certificate(DomainName=name)["CertificateArn"])


def zone(cloud: Cloud, name: str = "example.com", **changes: Any) -> str:
    """Return the id of a new hosted zone."""
    answer = cloud.client("route53").create_hosted_zone(Name=name, CallerReference=name, **changes)
    return str(answer["HostedZone"]["Id"]).removeprefix("/hostedzone/")


def domain_settings(cloud: Cloud) -> dict[str, Any]:
    """Make both, and return the settings of a gateway that answers at the name only."""
    return {
        "apiDomainName": NAME,
        "apiCertificateArn": certificate(cloud),
        "apiHostedZoneId": zone(cloud),
        "disableExecuteApiEndpoint": True,
    }
