"""Type tokens of the network, and the parts that its tests stand on, made by the provider."""

from typing import Any

from rehearsal.provider import Cloud, Created

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
EIP = "aws:ec2/eip:Eip"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def in_region(rig: Any, region: str) -> Any:
    """Return a rig of another region on the same emulator."""
    return type(rig)(type(rig.provider)(Cloud(rig.cloud.endpoint, region)))


def vpc(rig: Any, name: str = "vpc", **inputs: Any) -> Created:
    created: Created = rig.create(VPC, name, **{"cidrBlock": "10.0.0.0/16", **inputs})
    return created


def subnet(rig: Any, of: Created, third: int = 0, **inputs: Any) -> Created:
    block = f"10.0.{third}.0/24"
    created: Created = rig.create(SUBNET, f"subnet-{third}", vpcId=of.id, cidrBlock=block, **inputs)
    return created


def nat_gateway(rig: Any, of: Created) -> tuple[Created, Created, Created, Created]:
    """Return an internet gateway, an address, a subnet and the NAT gateway that uses them."""
    internet = rig.create(INTERNET_GATEWAY, "internet", vpcId=of.id)
    address = rig.create(EIP, "address", domain="vpc")
    public = subnet(rig, of, 7)
    nat = rig.create(NAT_GATEWAY, "nat", allocationId=address.id, subnetId=public.id)
    return internet, address, public, nat
