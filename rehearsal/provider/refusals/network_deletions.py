"""Refusals of deleting what something in the network still uses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"


def _endpoints(cloud: "Cloud") -> list[Any]:
    found = cloud.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return [endpoint for endpoint in found if endpoint["State"] != "deleted"]


def _nat_gateways(cloud: "Cloud") -> list[Any]:
    found = cloud.client("ec2").describe_nat_gateways()["NatGateways"]
    return [gateway for gateway in found if gateway["State"] != "deleted"]


def _load_balancers(cloud: "Cloud") -> list[Any]:
    return list(cloud.client("elbv2").describe_load_balancers()["LoadBalancers"])


def _databases(cloud: "Cloud") -> list[Any]:
    return list(cloud.client("rds").describe_db_instances()["DBInstances"])


def _subnets_in_use(cloud: "Cloud") -> Iterator[tuple[str, list[str]]]:
    """Return what stands in subnets, each with the ids of its subnets."""
    for gateway in _nat_gateways(cloud):
        yield gateway["NatGatewayId"], [gateway["SubnetId"]]
    for endpoint in _endpoints(cloud):
        yield endpoint["VpcEndpointId"], endpoint["SubnetIds"]
    for balancer in _load_balancers(cloud):
        zones = balancer["AvailabilityZones"]
        yield balancer["LoadBalancerArn"], [zone["SubnetId"] for zone in zones]
    for database in _databases(cloud):
        subnets = (database.get("DBSubnetGroup") or {}).get("Subnets", ())
        yield database["DBInstanceArn"], [subnet["SubnetIdentifier"] for subnet in subnets]


def _subnet(cloud: "Cloud", parameters: Parameters) -> str | None:
    subnet_id = parameters["SubnetId"]
    users = (name for name, subnets in _subnets_in_use(cloud) if subnet_id in subnets)
    user = next(users, None)
    return f"DependencyViolation: {user} is still in {subnet_id}" if user else None


def _groups_in_use(cloud: "Cloud") -> Iterator[tuple[str, list[str]]]:
    """Return what uses security groups, each with the ids of the groups."""
    for group in cloud.client("ec2").describe_security_groups()["SecurityGroups"]:
        rules = [*group["IpPermissions"], *group["IpPermissionsEgress"]]
        named = {pair["GroupId"] for rule in rules for pair in rule["UserIdGroupPairs"]}
        yield f"a rule of {group['GroupId']}", sorted(named - {group["GroupId"]})
    for endpoint in _endpoints(cloud):
        yield endpoint["VpcEndpointId"], [group["GroupId"] for group in endpoint["Groups"]]
    for balancer in _load_balancers(cloud):
        yield balancer["LoadBalancerArn"], balancer.get("SecurityGroups", [])
    for database in _databases(cloud):
        groups = database.get("VpcSecurityGroups", ())
        yield database["DBInstanceArn"], [group["VpcSecurityGroupId"] for group in groups]


def _group(cloud: "Cloud", parameters: Parameters) -> str | None:
    group_id = parameters["GroupId"]
    users = (name for name, groups in _groups_in_use(cloud) if group_id in groups)
    user = next(users, None)
    return f"DependencyViolation: {user} still uses {group_id}" if user else None


def _in_vpc(cloud: "Cloud", vpc_id: str) -> Iterator[str]:
    for gateway in cloud.client("ec2").describe_internet_gateways()["InternetGateways"]:
        if vpc_id in [item["VpcId"] for item in gateway["Attachments"]]:
            yield str(gateway["InternetGatewayId"])
    for endpoint in _endpoints(cloud):
        if endpoint["VpcId"] == vpc_id:
            yield str(endpoint["VpcEndpointId"])
    for group in cloud.client("ec2").describe_security_groups()["SecurityGroups"]:
        if group.get("VpcId") == vpc_id and group["GroupName"] != "default":
            yield str(group["GroupId"])


def _vpc(cloud: "Cloud", parameters: Parameters) -> str | None:
    vpc_id = parameters["VpcId"]
    user = next(_in_vpc(cloud, vpc_id), None)
    return f"DependencyViolation: {user} is still in {vpc_id}" if user else None


def _internet_gateway(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Return the NAT gateway whose public address would lose its way out."""
    for gateway in _nat_gateways(cloud):
        public = any(address.get("PublicIp") for address in gateway["NatGatewayAddresses"])
        if public and gateway["VpcId"] == parameters["VpcId"]:
            return (
                f"DependencyViolation: {parameters['VpcId']} has a mapped public address, of "
                f"{gateway['NatGatewayId']}"
            )
    return None


def _address(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Return the NAT gateway that holds the address; AWS lets nobody take it away."""
    for gateway in _nat_gateways(cloud):
        addresses = gateway["NatGatewayAddresses"]
        if parameters["AssociationId"] in [item.get("AssociationId") for item in addresses]:
            return (
                f"AuthFailure: the address belongs to {gateway['NatGatewayId']}, which must be "
                "deleted first"
            )
    return None


def _deletion(operation: str, problem: Any) -> Refusal:
    return Refusal(
        service="ec2",
        operations=(operation,),
        source=f"{_API}/API_{operation}.html",
        problem=problem,
    )


REFUSALS: tuple[Refusal, ...] = (
    _deletion("DeleteVpc", _vpc),
    _deletion("DeleteSubnet", _subnet),
    _deletion("DeleteSecurityGroup", _group),
    _deletion("DetachInternetGateway", _internet_gateway),
    _deletion("DisassociateAddress", _address),
)
