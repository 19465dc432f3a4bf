"""Internet gateways, Elastic IP addresses and NAT gateways."""

from typing import Any

from rehearsal.provider.cloud import DNS_SUFFIX, Cloud
from rehearsal.provider.ec2_calls import (
    first,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_NO_INTERNET_GATEWAY = "InvalidInternetGatewayID.NotFound"
_NO_ALLOCATION = "InvalidAllocationID.NotFound"


def _create_internet_gateway(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    gateway = cloud.client("ec2").create_internet_gateway(
        **tag_specifications(inputs, "internet-gateway")
    )["InternetGateway"]
    gateway_id = made(gateway["InternetGatewayId"])
    _attach(cloud, gateway_id, "", inputs.get("vpcId") or "")
    return gateway_id, _read_internet_gateway(cloud, gateway_id, inputs) or {}


def _attach(cloud: Cloud, gateway_id: str, before: str, after: str) -> None:
    """Move an internet gateway from one VPC to another; an empty id is no VPC."""
    client = cloud.client("ec2")
    if before and before != after:
        client.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=before)
    if after and before != after:
        client.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=after)


def _read_internet_gateway(cloud: Cloud, gateway_id: str, _: Values) -> Values | None:
    call = cloud.client("ec2").describe_internet_gateways
    gateway = first(call, "InternetGateways", _NO_INTERNET_GATEWAY, InternetGatewayIds=[gateway_id])
    if gateway is None:
        return None
    attachments = gateway["Attachments"]
    return {
        "arn": cloud.arn("ec2", f"internet-gateway/{gateway_id}"),
        "vpcId": attachments[0]["VpcId"] if attachments else "",
        "ownerId": gateway["OwnerId"],
        **tag_outputs(gateway["Tags"]),
    }


def _update_internet_gateway(
    cloud: Cloud, gateway_id: str, state: Values, inputs: Values
) -> Values:
    if inputs.get("vpcId") is not None:
        _attach(cloud, gateway_id, state.get("vpcId") or "", inputs["vpcId"])
    put_tags(cloud, gateway_id, state.get("tags"), inputs.get("tags"))
    return _read_internet_gateway(cloud, gateway_id, inputs) or {}


def _delete_internet_gateway(cloud: Cloud, gateway_id: str, state: Values) -> None:
    if state.get("vpcId"):
        found(
            cloud.client("ec2").detach_internet_gateway,
            _NO_INTERNET_GATEWAY,
            "Gateway.NotAttached",
            InternetGatewayId=gateway_id,
            VpcId=state["vpcId"],
        )
    found(
        cloud.client("ec2").delete_internet_gateway,
        _NO_INTERNET_GATEWAY,
        InternetGatewayId=gateway_id,
    )


def _check_address(inputs: Values) -> list[str]:
    return problems(inputs, {"domain": one_of(("vpc", "standard"))})


def _create_address(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    address = cloud.client("ec2").allocate_address(
        **given(inputs, {"domain": "Domain"}), **tag_specifications(inputs, "elastic-ip")
    )
    allocation_id = made(address["AllocationId"])
    return allocation_id, _read_address(cloud, allocation_id, inputs) or {}


def _read_address(cloud: Cloud, allocation_id: str, _: Values) -> Values | None:
    call = cloud.client("ec2").describe_addresses
    address = first(call, "Addresses", _NO_ALLOCATION, AllocationIds=[allocation_id])
    if address is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"elastic-ip/{allocation_id}"),
        "allocationId": allocation_id,
        "associationId": address.get("AssociationId", ""),
        "domain": address["Domain"],
        "networkInterface": address.get("NetworkInterfaceId", ""),
        "privateIp": address.get("PrivateIpAddress", ""),
        "publicIp": address["PublicIp"],
        "publicDns": _public_dns(cloud, address["PublicIp"]),
        **tag_outputs(address["Tags"]),
    }


def _public_dns(cloud: Cloud, address: str) -> str:
    """Return the name of a public address.

    Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html: us-east-1
    has a form of its own. The provider writes the partition's suffix, as here.
    """
    name = f"ec2-{address.replace('.', '-')}"
    if cloud.region == "us-east-1":
        return f"{name}.compute-1.{DNS_SUFFIX[cloud.partition]}"
    return f"{name}.{cloud.region}.compute.{DNS_SUFFIX[cloud.partition]}"


def _update_address(cloud: Cloud, allocation_id: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, allocation_id, state.get("tags"), inputs.get("tags"))
    return _read_address(cloud, allocation_id, inputs) or {}


def _delete_address(cloud: Cloud, allocation_id: str, _: Values) -> None:
    """Release an address; like the provider, take it from what it is associated with first."""
    client = cloud.client("ec2")
    address = first(
        client.describe_addresses, "Addresses", _NO_ALLOCATION, AllocationIds=[allocation_id]
    )
    if address is None:
        return
    if address.get("AssociationId"):
        client.disassociate_address(AssociationId=address["AssociationId"])
    client.release_address(AllocationId=allocation_id)


def _check_nat_gateway(inputs: Values) -> list[str]:
    refused = problems(inputs, {"connectivityType": one_of(("public", "private"))})
    if inputs["connectivityType"] == "private" and inputs.get("allocationId") is not None:
        refused.append(
            f"allocationId is {inputs['allocationId']!r}; a NAT gateway of connectivityType "
            "'private' takes none"
        )
    return refused


def _create_nat_gateway(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "subnetId": "SubnetId",
        "allocationId": "AllocationId",
        "connectivityType": "ConnectivityType",
    }
    gateway = cloud.client("ec2").create_nat_gateway(
        **given(inputs, names), **tag_specifications(inputs, "natgateway")
    )["NatGateway"]
    gateway_id = made(gateway["NatGatewayId"])
    return gateway_id, _read_nat_gateway(cloud, gateway_id, inputs) or {}


def _live_nat_gateway(cloud: Cloud, gateway_id: str) -> Any:
    """Return the gateway, or None when it is gone; AWS lists deleted ones for an hour."""
    call = cloud.client("ec2").describe_nat_gateways
    gateway = first(call, "NatGateways", "NatGatewayNotFound", NatGatewayIds=[gateway_id])
    return None if gateway is None or gateway["State"] == "deleted" else gateway


def _read_nat_gateway(cloud: Cloud, gateway_id: str, _: Values) -> Values | None:
    gateway = _live_nat_gateway(cloud, gateway_id)
    if gateway is None:
        return None
    address = gateway["NatGatewayAddresses"][0]
    return {
        "allocationId": address.get("AllocationId", ""),
        "associationId": address.get("AssociationId", ""),
        "connectivityType": gateway["ConnectivityType"],
        "networkInterfaceId": address["NetworkInterfaceId"],
        "privateIp": address["PrivateIp"],
        "publicIp": address.get("PublicIp", ""),
        "subnetId": gateway["SubnetId"],
        "vpcId": gateway["VpcId"],
        **tag_outputs(gateway["Tags"]),
    }


def _update_nat_gateway(cloud: Cloud, gateway_id: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, gateway_id, state.get("tags"), inputs.get("tags"))
    return _read_nat_gateway(cloud, gateway_id, inputs) or {}


def _delete_nat_gateway(cloud: Cloud, gateway_id: str, _: Values) -> None:
    client = cloud.client("ec2")
    gateway = _live_nat_gateway(cloud, gateway_id)
    if gateway is None:
        return
    client.delete_nat_gateway(NatGatewayId=gateway_id)
    # AWS frees the address and the network interface when the deletion ends; the emulator does not.
    address = gateway["NatGatewayAddresses"][0]
    if address.get("AssociationId"):
        client.disassociate_address(AssociationId=address["AssociationId"])
    client.delete_network_interface(NetworkInterfaceId=address["NetworkInterfaceId"])


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/internetGateway:InternetGateway",
        inputs={"vpcId": Input(), "tags": Input()},
        create=_create_internet_gateway,
        read=_read_internet_gateway,
        update=_update_internet_gateway,
        delete=_delete_internet_gateway,
    ),
    ResourceType(
        token="aws:ec2/eip:Eip",
        inputs={"domain": Input(), "tags": Input()},
        check=_check_address,
        create=_create_address,
        read=_read_address,
        update=_update_address,
        delete=_delete_address,
    ),
    ResourceType(
        token="aws:ec2/natGateway:NatGateway",
        inputs={
            "allocationId": Input(),
            "subnetId": Input(required=True),
            "connectivityType": Input(default="public"),
            "tags": Input(),
        },
        check=_check_nat_gateway,
        create=_create_nat_gateway,
        read=_read_nat_gateway,
        update=_update_nat_gateway,
        delete=_delete_nat_gateway,
    ),
)
"""The rows of this module."""
