"""A VPC of somebody else in the emulated AWS, for stacks that adopt it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.aws_environment import AwsEnvironment
from components.network import Network, NetworkArgs
from rehearsal.mocks import Deployment, deploy
from rehearsal.provider import Cloud, Provider
from rehearsal.registrations import Registration


@dataclass(frozen=True)
class CompanyVpc:
    """The VPC, with public, private and isolated subnets in two zones.

    Attributes:
        deployment: what it is made of.
        cloud: where it stands.
    """

    deployment: Deployment
    cloud: Cloud

    @property
    def registrations(self) -> Sequence[Registration]:
        return self.deployment.registrations

    @property
    def id(self) -> str:
        return str(self.deployment.outputs["vpcId"])

    def subnets(self, tier: str) -> list[str]:
        """Return the ids of the subnets of a tier: `public`, `private` or `isolated`."""
        return list(self.deployment.outputs[tier])

    def settings(self, tier: str) -> dict[str, Any]:
        """Return the settings that adopt it, with tasks in the subnets of a tier."""
        return {
            "vpcId": self.id,
            "privateSubnets": tier != "public",
            f"{'public' if tier == 'public' else 'private'}SubnetIds": self.subnets(tier),
            "databaseSubnetIds": self.subnets("isolated"),
        }

    def without_endpoints(self) -> "CompanyVpc":
        """Delete the gateway endpoints, of which every VPC of this program has two."""
        ec2 = self.cloud.client("ec2")
        found = [
            one["VpcEndpointId"]
            for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if one["VpcId"] == self.id and one["State"] != "deleted"
        ]
        ec2.delete_vpc_endpoints(VpcEndpointIds=found)
        return self


def company_vpc(cloud: Cloud, **changed: Any) -> CompanyVpc:
    """Make the VPC as another program would.

    Args:
        cloud: where to.
        changed: arguments of the network that differ.
    """
    args: dict[str, Any] = {
        "environment": AwsEnvironment(
            partition=cloud.partition,
            region=cloud.region,
            account_id="123456789012",
            zones=(f"{cloud.region}a", f"{cloud.region}b"),
            zone_ids=(),
        ),
        "cidr": "10.99.0.0/16",
        "private_subnets": True,
        "nat_gateways": "one",
        "dns_hostnames": True,
        "own_credentials_only": False,
        "deletion_protection": False,
        "flow_log_retention_days": None,
        "tags": {"Team": "network"},
    }

    def program() -> None:
        network = Network("company", NetworkArgs(**{**args, **changed}))
        pulumi.export("vpcId", network.vpc_id)
        pulumi.export("public", network.public_subnet_ids)
        pulumi.export("private", network.private_subnet_ids)
        pulumi.export("isolated", network.isolated_subnet_ids)

    deployment = deploy(
        program, Provider(cloud), project="network", stack_name="company", config={}
    )
    return CompanyVpc(deployment, cloud)
