"""Refusals of VPCs, subnets, routes, gateways, endpoints, flow logs and launch templates."""

import base64
import binascii
import ipaddress
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals import network_deletions, security_groups
from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_USER_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_PRIVATELINK = "https://docs.aws.amazon.com/vpc/latest/privatelink"

_LARGEST_SUBNET, _SMALLEST_SUBNET = 16, 28
_GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")
_LAUNCHED = ("instance", "volume", "elastic-gpu", "network-interface", "spot-instances-request")


def _all(cloud: "Cloud", operation: str, key: str, **wanted: str) -> Any:
    """Return the items of a describing call by filters: `vpc_id="vpc-1"` filters by `vpc-id`."""
    filters = [{"Name": name.replace("_", "-"), "Values": [v]} for name, v in wanted.items()]
    return getattr(cloud.client("ec2"), operation)(Filters=filters)[key]


def _vpc_of_subnet(cloud: "Cloud", subnet_id: str) -> str:
    answer = cloud.client("ec2").describe_subnets(SubnetIds=[subnet_id])
    return str(answer["Subnets"][0]["VpcId"])


def _vpc_of_table(cloud: "Cloud", table_id: str) -> str:
    answer = cloud.client("ec2").describe_route_tables(RouteTableIds=[table_id])
    return str(answer["RouteTables"][0]["VpcId"])


def _subnet_size(_: "Cloud", parameters: Parameters) -> str | None:
    length = ipaddress.IPv4Network(parameters["CidrBlock"], strict=False).prefixlen
    if _LARGEST_SUBNET <= length <= _SMALLEST_SUBNET:
        return None
    return (
        f"InvalidSubnet.Range: {parameters['CidrBlock']} is given; a subnet has a prefix length "
        f"from /{_LARGEST_SUBNET} to /{_SMALLEST_SUBNET}"
    )


def _subnet_zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    zone = parameters.get("AvailabilityZone")
    zones = cloud.client("ec2").describe_availability_zones()["AvailabilityZones"]
    names = sorted(item["ZoneName"] for item in zones)
    if zone is None or zone in names:
        return None
    return (
        f"InvalidParameterValue: the zone {zone} is given; subnets of {cloud.region} can be in "
        f"{', '.join(names)}"
    )


def _dns_host_names(cloud: "Cloud", parameters: Parameters) -> str | None:
    if not (parameters.get("EnableDnsHostnames") or {}).get("Value"):
        return None
    answer = cloud.client("ec2").describe_vpc_attribute(
        VpcId=parameters["VpcId"], Attribute="enableDnsSupport"
    )
    if answer["EnableDnsSupport"]["Value"]:
        return None
    return f"DNS host names are enabled for {parameters['VpcId']} whose DNS support is disabled"


def _second_internet_gateway(cloud: "Cloud", parameters: Parameters) -> str | None:
    attached = _all(
        cloud,
        "describe_internet_gateways",
        "InternetGateways",
        **{"attachment.vpc-id": parameters["VpcId"]},
    )
    if not attached:
        return None
    return (
        f"Resource.AlreadyAssociated: {parameters['VpcId']} already has the internet gateway "
        f"{attached[0]['InternetGatewayId']}"
    )


def _classic_address(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("Domain") != "standard":
        return None
    return "the domain 'standard' is given; EC2-Classic is retired and only 'vpc' is left"


def _nat_without_address(_: "Cloud", parameters: Parameters) -> str | None:
    public = parameters.get("ConnectivityType", "public") == "public"
    if not public or parameters.get("AllocationId"):
        return None
    return "MissingParameter: a public NAT gateway is given no AllocationId; it needs one"


def _nat_without_internet_gateway(cloud: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("ConnectivityType", "public") != "public":
        return None
    vpc_id = _vpc_of_subnet(cloud, parameters["SubnetId"])
    attached = {"attachment.vpc-id": vpc_id}
    if _all(cloud, "describe_internet_gateways", "InternetGateways", **attached):
        return None
    return f"Gateway.NotAttached: {vpc_id} has no internet gateway; a public NAT gateway needs it"


def _route_elsewhere(cloud: "Cloud", parameters: Parameters) -> str | None:
    gateway_id = parameters.get("GatewayId", "")
    if not gateway_id.startswith("igw-"):
        return None
    answer = cloud.client("ec2").describe_internet_gateways(InternetGatewayIds=[gateway_id])
    vpc_ids = [item["VpcId"] for item in answer["InternetGateways"][0]["Attachments"]]
    if _vpc_of_table(cloud, parameters["RouteTableId"]) in vpc_ids:
        return None
    return (
        f"InvalidParameterValue: route table {parameters['RouteTableId']} and network gateway "
        f"{gateway_id} belong to different networks"
    )


def _route_to_no_nat(cloud: "Cloud", parameters: Parameters) -> str | None:
    nat_id = parameters.get("NatGatewayId")
    if nat_id is None:
        return None
    found = cloud.client("ec2").describe_nat_gateways(NatGatewayIds=[nat_id])["NatGateways"]
    if not found or found[0]["State"] == "deleted":
        return f"InvalidNatGatewayID.NotFound: the NAT gateway {nat_id} does not exist"
    if found[0]["VpcId"] == _vpc_of_table(cloud, parameters["RouteTableId"]):
        return None
    return (
        f"InvalidParameterValue: route table {parameters['RouteTableId']} and NAT gateway "
        f"{nat_id} belong to different networks"
    )


def _second_route_table(cloud: "Cloud", parameters: Parameters) -> str | None:
    subnet_id = parameters.get("SubnetId")
    if subnet_id is None:
        return None
    tables = _all(
        cloud, "describe_route_tables", "RouteTables", **{"association.subnet-id": subnet_id}
    )
    if tables:
        return (
            f"Resource.AlreadyAssociated: the subnet {subnet_id} already uses the route table "
            f"{tables[0]['RouteTableId']}"
        )
    if _vpc_of_subnet(cloud, subnet_id) == _vpc_of_table(cloud, parameters["RouteTableId"]):
        return None
    return (
        f"InvalidParameterValue: route table {parameters['RouteTableId']} and subnet {subnet_id} "
        "belong to different networks"
    )


def _endpoint_of_another_region(cloud: "Cloud", parameters: Parameters) -> str | None:
    name = parameters["ServiceName"]
    prefixes = [f"{start}.{cloud.region}." for start in ("com.amazonaws", "cn.com.amazonaws")]
    if any(name.startswith(prefix) for prefix in prefixes):
        return None
    return f"InvalidServiceName: {name} is given; services here start with {prefixes[0]}"


def _gateway_endpoint(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("VpcEndpointType", "Gateway") != "Gateway":
        return None
    service = parameters["ServiceName"].rsplit(".", 1)[-1]
    if service not in _GATEWAY_SERVICES:
        return (
            f"InvalidParameter: {service} has no endpoint of the type Gateway; only "
            f"{', '.join(_GATEWAY_SERVICES)} have"
        )
    unfit = [name for name in ("SubnetIds", "SecurityGroupIds") if parameters.get(name)]
    if parameters.get("PrivateDnsEnabled"):
        unfit.append("PrivateDnsEnabled")
    return f"InvalidParameter: a Gateway endpoint takes no {', '.join(unfit)}" if unfit else None


def _subnets_of_one_zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Look for two subnets in a zone, in which an interface endpoint has one network interface."""
    ids = parameters.get("SubnetIds") or []
    if parameters.get("VpcEndpointType") != "Interface" or not ids:
        return None
    subnets = cloud.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"]
    zones = [one["AvailabilityZone"] for one in subnets]
    twice = sorted({one for one in zones if zones.count(one) > 1})
    return f"DuplicateSubnetsInSameZone: several subnets are in {twice[0]}" if twice else None


def _private_dns(cloud: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("VpcEndpointType") != "Interface" or not parameters.get("PrivateDnsEnabled"):
        return None
    vpc_id, name = parameters["VpcId"], parameters["ServiceName"]
    client = cloud.client("ec2")
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = client.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)
        if not answer[attribute[:1].upper() + attribute[1:]]["Value"]:
            return f"private DNS is enabled in {vpc_id}, whose {attribute} is off; it must be on"
    for endpoint in client.describe_vpc_endpoints()["VpcEndpoints"]:
        same = (endpoint["VpcId"], endpoint["ServiceName"], endpoint["VpcEndpointType"]) == (
            vpc_id,
            name,
            "Interface",
        )
        if same and endpoint["State"] != "deleted" and endpoint["PrivateDnsEnabled"]:
            return f"{endpoint['VpcEndpointId']} already answers the DNS names of {name}"
    return None


def _flow_log_role(_: "Cloud", parameters: Parameters) -> str | None:
    kind = parameters.get("LogDestinationType", "cloud-watch-logs")
    if kind == "cloud-watch-logs" or not parameters.get("DeliverLogsPermissionArn"):
        return None
    return f"DeliverLogsPermissionArn is given; the destination type {kind} takes none"


def _flow_log_traffic(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("TrafficType"):
        return None
    return f"no TrafficType is given; a {parameters.get('ResourceType')} needs one"


def _user_data(_: "Cloud", parameters: Parameters) -> str | None:
    try:
        base64.b64decode(parameters["LaunchTemplateData"].get("UserData", ""), validate=True)
    except binascii.Error:
        return "InvalidUserData.Malformed: the user data is not in base64; the API takes that only"
    return None


def _launched_tags(_: "Cloud", parameters: Parameters) -> str | None:
    for specification in parameters["LaunchTemplateData"].get("TagSpecifications", ()):
        if specification.get("ResourceType") not in _LAUNCHED:
            return (
                f"a launch template tags {specification.get('ResourceType')}; it can tag "
                f"{', '.join(_LAUNCHED)}"
            )
    return None


def _ec2(source: str, problem: Any, *operations: str) -> Refusal:
    return Refusal(service="ec2", operations=operations, source=source, problem=problem)


_TEMPLATE = ("CreateLaunchTemplate", "CreateLaunchTemplateVersion")

REFUSALS: tuple[Refusal, ...] = (
    _ec2(f"{_USER_GUIDE}/subnet-sizing.html", _subnet_size, "CreateSubnet"),
    _ec2(f"{_API}/API_CreateSubnet.html", _subnet_zone, "CreateSubnet"),
    _ec2(f"{_API}/API_ModifyVpcAttribute.html", _dns_host_names, "ModifyVpcAttribute"),
    _ec2(
        f"{_API}/API_AttachInternetGateway.html", _second_internet_gateway, "AttachInternetGateway"
    ),
    _ec2(f"{_API}/API_AllocateAddress.html", _classic_address, "AllocateAddress"),
    _ec2(f"{_API}/API_CreateNatGateway.html", _nat_without_address, "CreateNatGateway"),
    _ec2(
        f"{_USER_GUIDE}/nat-gateway-troubleshooting.html",
        _nat_without_internet_gateway,
        "CreateNatGateway",
    ),
    _ec2(f"{_API}/API_CreateRoute.html", _route_elsewhere, "CreateRoute", "ReplaceRoute"),
    _ec2(f"{_API}/API_CreateRoute.html", _route_to_no_nat, "CreateRoute", "ReplaceRoute"),
    _ec2(f"{_USER_GUIDE}/subnet-route-tables.html", _second_route_table, "AssociateRouteTable"),
    _ec2(f"{_API}/API_CreateVpcEndpoint.html", _endpoint_of_another_region, "CreateVpcEndpoint"),
    _ec2(f"{_PRIVATELINK}/gateway-endpoints.html", _gateway_endpoint, "CreateVpcEndpoint"),
    _ec2(
        f"{_PRIVATELINK}/create-interface-endpoint.html", _subnets_of_one_zone, "CreateVpcEndpoint"
    ),
    _ec2(f"{_PRIVATELINK}/create-interface-endpoint.html", _private_dns, "CreateVpcEndpoint"),
    _ec2(f"{_API}/API_CreateFlowLogs.html", _flow_log_role, "CreateFlowLogs"),
    _ec2(f"{_API}/API_CreateFlowLogs.html", _flow_log_traffic, "CreateFlowLogs"),
    _ec2(f"{_API}/API_RequestLaunchTemplateData.html", _user_data, *_TEMPLATE),
    _ec2(f"{_API}/API_LaunchTemplateTagSpecificationRequest.html", _launched_tags, *_TEMPLATE),
    *security_groups.REFUSALS,
    *network_deletions.REFUSALS,
)
