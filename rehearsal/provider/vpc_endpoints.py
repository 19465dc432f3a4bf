"""VPC endpoints: gateway endpoints in route tables, and interface endpoints in subnets."""

import json
from typing import Any

from rehearsal.provider.changes import same_json, same_set
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    changed_set,
    filters,
    first,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import json_text, one_of, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import given
from rehearsal.provider.unfinished import made

_TYPES = ("Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork")
_LISTS = {
    "routeTableIds": ("AddRouteTableIds", "RemoveRouteTableIds"),
    "subnetIds": ("AddSubnetIds", "RemoveSubnetIds"),
    "securityGroupIds": ("AddSecurityGroupIds", "RemoveSecurityGroupIds"),
}


def _check(inputs: Values) -> list[str]:
    return problems(inputs, {"vpcEndpointType": one_of(_TYPES), "policy": json_text})


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "vpcId": "VpcId",
        "serviceName": "ServiceName",
        "vpcEndpointType": "VpcEndpointType",
        "routeTableIds": "RouteTableIds",
        "subnetIds": "SubnetIds",
        "securityGroupIds": "SecurityGroupIds",
        "policy": "PolicyDocument",
    }
    parameters = given(inputs, names)
    if inputs["vpcEndpointType"] == "Interface" and not inputs.get("securityGroupIds"):
        # AWS puts an interface endpoint into the VPC's default group; the emulator into none.
        parameters["SecurityGroupIds"] = [_default_group(cloud, inputs["vpcId"])]
    endpoint = cloud.client("ec2").create_vpc_endpoint(
        **parameters,
        PrivateDnsEnabled=inputs.get("privateDnsEnabled", False),
        **tag_specifications(inputs, "vpc-endpoint"),
    )["VpcEndpoint"]
    endpoint_id = made(endpoint["VpcEndpointId"])
    return endpoint_id, _read(cloud, endpoint_id, inputs) or {}


def _default_group(cloud: Cloud, vpc_id: str) -> str:
    groups = cloud.client("ec2").describe_security_groups(
        Filters=filters({"vpc-id": vpc_id, "group-name": "default"})
    )
    return str(groups["SecurityGroups"][0]["GroupId"])


def _live(cloud: Cloud, endpoint_id: str) -> Any:
    call = cloud.client("ec2").describe_vpc_endpoints
    missing = "InvalidVpcEndpointId.NotFound"
    endpoint = first(call, "VpcEndpoints", missing, VpcEndpointIds=[endpoint_id])
    return None if endpoint is None or endpoint["State"] == "deleted" else endpoint


def _read(cloud: Cloud, endpoint_id: str, state: Values) -> Values | None:
    endpoint = _live(cloud, endpoint_id)
    if endpoint is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"vpc-endpoint/{endpoint_id}"),
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "state": endpoint["State"],
        "ownerId": endpoint["OwnerId"],
        "requesterManaged": False,
        "policy": same_json(state.get("policy"), json.loads(endpoint["PolicyDocument"])),
        "routeTableIds": same_set(state.get("routeTableIds") or [], endpoint["RouteTableIds"]),
        "subnetIds": same_set(state.get("subnetIds") or [], endpoint["SubnetIds"]),
        "securityGroupIds": same_set(
            state.get("securityGroupIds") or [], [group["GroupId"] for group in endpoint["Groups"]]
        ),
        "networkInterfaceIds": sorted(endpoint["NetworkInterfaceIds"]),
        "dnsEntries": [
            {"dnsName": entry["DnsName"], "hostedZoneId": entry["HostedZoneId"]}
            for entry in endpoint["DnsEntries"]
        ],
        # The emulator keeps the value of the creation, so the state answers.
        "privateDnsEnabled": state.get("privateDnsEnabled", False),
        **_prefix_list(cloud, endpoint["ServiceName"]),
        **tag_outputs(endpoint["Tags"]),
    }


def _prefix_list(cloud: Cloud, service_name: str) -> dict[str, Any]:
    """Return the outputs for the service's prefix list; the provider, too, finds it by name."""
    call = cloud.client("ec2").describe_prefix_lists
    found = first(call, "PrefixLists", Filters=filters({"prefix-list-name": service_name}))
    if found is None:
        return {}
    return {"prefixListId": found["PrefixListId"], "cidrBlocks": found.get("Cidrs", [])}


def _no_interface(_: Values, inputs: Values) -> bool:
    return bool(inputs["vpcEndpointType"] != "Interface")


def _update(cloud: Cloud, endpoint_id: str, state: Values, inputs: Values) -> Values:
    parameters = changed_set(state, inputs, _LISTS)
    for name, parameter in (
        ("policy", "PolicyDocument"),
        ("privateDnsEnabled", "PrivateDnsEnabled"),
    ):
        if inputs.get(name) is not None and inputs[name] != state.get(name):
            parameters[parameter] = inputs[name]
    if parameters:
        cloud.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, **parameters)
    _put_routes(cloud, endpoint_id, parameters, state)
    put_tags(cloud, endpoint_id, state.get("tags"), inputs.get("tags"))
    return _read(cloud, endpoint_id, {**state, **inputs}) or {}


def _put_routes(cloud: Cloud, endpoint_id: str, parameters: Any, state: Values) -> None:
    """Bring the endpoint's routes in step with its route tables.

    AWS does so by itself. The emulator does not, and then cannot delete the endpoint.
    """
    client = cloud.client("ec2")
    destination = {"DestinationPrefixListId": state.get("prefixListId")}
    for table_id in parameters.get("AddRouteTableIds", ()):
        client.create_route(RouteTableId=table_id, GatewayId=endpoint_id, **destination)
    for table_id in parameters.get("RemoveRouteTableIds", ()):
        client.delete_route(RouteTableId=table_id, **destination)


def _delete(cloud: Cloud, endpoint_id: str, _: Values) -> None:
    if _live(cloud, endpoint_id) is not None:
        cloud.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs={
            "vpcId": Input(required=True),
            "serviceName": Input(required=True),
            "vpcEndpointType": Input(default="Gateway"),
            "routeTableIds": Input(),
            "subnetIds": Input(),
            "securityGroupIds": Input(),
            "privateDnsEnabled": Input(),
            "policy": Input(),
            "tags": Input(),
        },
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        conditions={"no interface": _no_interface},
        delete=_delete,
    ),
)
"""The rows of this module."""
