"""The functions that ask about VPCs: subnets, routes, endpoints and groups."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import (
    InvokeFunction,
    NoSingleMatchError,
    RefusedError,
    Values,
    taught,
)
from rehearsal.provider.shapes import found, tag_map

_ROUTE_KEYS = {
    "cidrBlock": "DestinationCidrBlock",
    "coreNetworkArn": "CoreNetworkArn",
    "gatewayId": "GatewayId",
    "instanceId": "InstanceId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
_ROUTE_TEXTS = (
    *_ROUTE_KEYS,
    "carrierGatewayId",
    "destinationPrefixListId",
    "egressOnlyGatewayId",
    "ipv6CidrBlock",
    "localGatewayId",
    "vpcEndpointId",
)
_ENDPOINT = "vpce-"


def _filters(function: str, arguments: Values, *names: str) -> list[dict[str, Any]]:
    """Return the filters as EC2 takes them.

    Raises:
        RefusedError: the function was not taught one of them.
    """
    given = [
        {"Name": str(item["name"]), "Values": list(item["values"])}
        for item in arguments.get("filters") or ()
    ]
    for one in given:
        if one["Name"] not in names:
            raise RefusedError(
                f"{function}: the filter {one['Name']} was not taught; it takes {', '.join(names)}."
            )
    return given


def _single(found: Sequence[Any], kind: str, several: str) -> Any:
    """Return the only item, or fail in the provider's words.

    Source: internal/tfresource/not_found_error.go, SingularDataSourceFindError.
    """
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSingleMatchError(
            f"multiple {several} matched; use additional constraints to reduce matches to a single "
            f"{kind}"
        )
    raise NoSingleMatchError(f"no matching {kind} found")


def _ids(
    function: str, operation: str, answer: tuple[str, str], *names: str
) -> Callable[[Cloud, Values], Values]:
    """Make a function that lists ids by filters; AWS answers in no order.

    Args:
        function: its name.
        operation: the client's describing method.
        answer: the members of the API's answer: the list, and the id of each item.
        names: the filters that it takes.
    """
    items, key = answer

    def ids(cloud: Cloud, arguments: Values) -> Values:
        given = taught(function, arguments, "filters", "vpcId")
        wanted = _filters(function, arguments, *names)
        if "vpcId" in given:
            wanted.append({"Name": "vpc-id", "Values": [given["vpcId"]]})
        found = getattr(cloud.client("ec2"), operation)(Filters=wanted)[items]
        return {**given, "id": cloud.region, "ids": [one[key] for one in reversed(found)]}

    return ids


def _vpc(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getVpc; source: internal/service/ec2/vpc_data_source.go."""
    given = taught("getVpc", arguments, "id")
    client = cloud.client("ec2")
    filters = [{"Name": "vpc-id", "Values": [given["id"]]}]
    vpc = _single(client.describe_vpcs(Filters=filters)["Vpcs"], "EC2 VPC", "EC2 VPCs")
    attributes = {
        name: client.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)[
            name[:1].upper() + name[1:]
        ]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    return {
        "id": vpc["VpcId"],
        "arn": cloud.arn("ec2", f"vpc/{vpc['VpcId']}"),
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": one["AssociationId"],
                "cidrBlock": one["CidrBlock"],
                "state": one["CidrBlockState"]["State"],
            }
            for one in vpc["CidrBlockAssociationSet"]
        ],
        "default": vpc["IsDefault"],
        "region": cloud.region,
        **attributes,
    }


def _subnet(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getSubnet; source: internal/service/ec2/vpc_subnet_data_source.go."""
    given = taught("getSubnet", arguments, "id")
    filters = [{"Name": "subnet-id", "Values": [given["id"]]}]
    found = cloud.client("ec2").describe_subnets(Filters=filters)["Subnets"]
    subnet = _single(found, "EC2 Subnet", "EC2 Subnets")
    return {
        "id": subnet["SubnetId"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "availableIpAddressCount": subnet["AvailableIpAddressCount"],
        "cidrBlock": subnet["CidrBlock"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "region": cloud.region,
        "vpcId": subnet["VpcId"],
    }


def _route_table(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getRouteTable.

    Routes within the VPC and to gateway endpoints are left out, as in
    internal/service/ec2/vpc_route_table_data_source.go.
    """
    given = taught("getRouteTable", arguments, "routeTableId")
    filters = [{"Name": "route-table-id", "Values": [given["routeTableId"]]}]
    found = cloud.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    table = _single(found, "Route Table", "Route Tables")
    routes = [
        {
            **dict.fromkeys(_ROUTE_TEXTS, ""),
            **{name: route[key] for name, key in _ROUTE_KEYS.items() if route.get(key)},
        }
        for route in table["Routes"]
        if route.get("GatewayId") != "local"
        and not str(route.get("GatewayId", "")).startswith(_ENDPOINT)
    ]
    return {
        "id": table["RouteTableId"],
        "region": cloud.region,
        "routeTableId": table["RouteTableId"],
        "routes": routes,
        "vpcId": table["VpcId"],
    }


def _vpc_endpoint(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getVpcEndpoint; source: internal/service/ec2/vpc_endpoint_data_source.go.

    The emulator filters by few names, so the answer is filtered here.
    """
    given = taught("getVpcEndpoint", arguments, "vpcId", "serviceName", "filters")
    keys = {"vpc-endpoint-type": "VpcEndpointType", "vpc-endpoint-state": "State"}
    wanted = {
        keys[one["Name"]]: one["Values"] for one in _filters("getVpcEndpoint", arguments, *keys)
    }
    found = [
        one
        for one in cloud.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        if (one["VpcId"], one["ServiceName"]) == (given["vpcId"], given["serviceName"])
        and all(str(one[key]) in values for key, values in wanted.items())
    ]
    endpoint = _single(found, "EC2 VPC Endpoint", "EC2 VPC Endpoints")
    return {
        "id": endpoint["VpcEndpointId"],
        "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
        "region": cloud.region,
        "routeTableIds": list(endpoint["RouteTableIds"]),
        "serviceName": endpoint["ServiceName"],
        "subnetIds": list(endpoint["SubnetIds"]),
        "tags": tag_map(endpoint["Tags"]),
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "vpcId": endpoint["VpcId"],
    }


def _vpc_endpoint_service(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getVpcEndpointService.

    Of GovCloud's services AWS tells names only, as
    internal/service/ec2/vpc_endpoint_service_data_source.go has it.
    """
    given = taught("getVpcEndpointService", arguments, "serviceName", "serviceType")
    answer = found(
        cloud.client("ec2").describe_vpc_endpoint_services,
        "InvalidServiceName",
        ServiceNames=[given["serviceName"]],
        Filters=[{"Name": "service-type", "Values": [given["serviceType"]]}],
    )
    if answer is None:
        raise NoSingleMatchError("reading EC2 VPC Endpoint Services: couldn't find resource")
    kind = "EC2 VPC Endpoint Service"
    service = _single(answer["ServiceDetails"], kind, f"{kind}s")
    told = cloud.partition != "aws-us-gov"
    return {
        "id": service["ServiceId"],
        "availabilityZones": sorted(service["AvailabilityZones"]) if told else [],
        "region": cloud.region,
        "serviceName": service["ServiceName"],
        "serviceType": given["serviceType"],
        "vpcEndpointPolicySupported": told and service["VpcEndpointPolicySupported"],
    }


def _prefix_list(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getPrefixList; source: internal/service/ec2/vpc_prefix_list_data_source.go."""
    given = taught("getPrefixList", arguments, "name")
    filters = [{"Name": "prefix-list-name", "Values": [given["name"]]}]
    found = cloud.client("ec2").describe_prefix_lists(Filters=filters)["PrefixLists"]
    one = _single(found, "EC2 Prefix List", "EC2 Prefix Lists")
    return {
        "id": one["PrefixListId"],
        "cidrBlocks": one.get("Cidrs", []),
        "name": one["PrefixListName"],
        "region": cloud.region,
    }


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType(
    {
        "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
        "aws:ec2/getRouteTable:getRouteTable": _route_table,
        "aws:ec2/getRouteTables:getRouteTables": _ids(
            "getRouteTables",
            "describe_route_tables",
            ("RouteTables", "RouteTableId"),
            "association.subnet-id",
            "association.main",
        ),
        "aws:ec2/getSecurityGroups:getSecurityGroups": _ids(
            "getSecurityGroups",
            "describe_security_groups",
            ("SecurityGroups", "GroupId"),
            "vpc-id",
            "tag:Stack",
            "tag:ManagedBy",
            "tag:Name",
        ),
        "aws:ec2/getSubnet:getSubnet": _subnet,
        "aws:ec2/getSubnets:getSubnets": _ids(
            "getSubnets", "describe_subnets", ("Subnets", "SubnetId"), "vpc-id"
        ),
        "aws:ec2/getVpc:getVpc": _vpc,
        "aws:ec2/getVpcEndpoint:getVpcEndpoint": _vpc_endpoint,
        "aws:ec2/getVpcEndpointService:getVpcEndpointService": _vpc_endpoint_service,
        "aws:ec2/getVpcs:getVpcs": _ids("getVpcs", "describe_vpcs", ("Vpcs", "VpcId"), "vpc-id"),
    }
)
"""The functions of this module."""
