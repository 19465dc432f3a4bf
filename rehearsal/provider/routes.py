"""Route tables, the routes in them, and the subnets that use them."""

import zlib
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    filters,
    first,
    ipv4_network,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_NO_TABLE = "InvalidRouteTableID.NotFound"


def _create_route_table(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    table = cloud.client("ec2").create_route_table(
        VpcId=inputs["vpcId"], **tag_specifications(inputs, "route-table")
    )["RouteTable"]
    table_id = made(table["RouteTableId"])
    return table_id, _read_route_table(cloud, table_id, inputs) or {}


def _route_table(cloud: Cloud, table_id: str) -> Any:
    call = cloud.client("ec2").describe_route_tables
    return first(call, "RouteTables", _NO_TABLE, RouteTableIds=[table_id])


def _read_route_table(cloud: Cloud, table_id: str, _: Values) -> Values | None:
    table = _route_table(cloud, table_id)
    if table is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"route-table/{table_id}"),
        "vpcId": table["VpcId"],
        "ownerId": table["OwnerId"],
        **tag_outputs(table["Tags"]),
    }


def _update_route_table(cloud: Cloud, table_id: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, table_id, state.get("tags"), inputs.get("tags"))
    return _read_route_table(cloud, table_id, inputs) or {}


def _delete_route_table(cloud: Cloud, table_id: str, _: Values) -> None:
    found(cloud.client("ec2").delete_route_table, _NO_TABLE, RouteTableId=table_id)


_ROUTE_TARGETS = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}
_ROUTE_PARAMETERS = {
    "routeTableId": "RouteTableId",
    "destinationCidrBlock": "DestinationCidrBlock",
    **_ROUTE_TARGETS,
}


def _check_route(inputs: Values) -> list[str]:
    refused = problems(inputs, {"destinationCidrBlock": ipv4_network})
    targets = [name for name in _ROUTE_TARGETS if inputs.get(name) is not None]
    if len(targets) != 1:
        refused.append(
            f"{' and '.join(targets) or 'no target'} is given; a route takes exactly one of "
            f"{', '.join(_ROUTE_TARGETS)}"
        )
    if inputs.get("gatewayId") == "local":
        refused.append("gatewayId is 'local'; AWS makes that route by itself")
    return refused


def _create_route(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("ec2").create_route(**given(inputs, _ROUTE_PARAMETERS))
    route_id = made(_route_id(inputs))
    return route_id, _read_route(cloud, route_id, inputs) or {}


def _route_id(place: Values) -> str:
    """Return the provider's id, a CRC (internal/service/ec2/vpc_route.go)."""
    return f"r-{place['routeTableId']}{zlib.crc32(place['destinationCidrBlock'].encode())}"


def _read_route(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = state or parts(resource_id, "routeTableId", "destinationCidrBlock", separator="_")
    table = _route_table(cloud, place["routeTableId"])
    for route in table["Routes"] if table else ():
        if route.get("DestinationCidrBlock") == place["destinationCidrBlock"]:
            return {
                "id": _route_id(place),
                "routeTableId": place["routeTableId"],
                "destinationCidrBlock": place["destinationCidrBlock"],
                **{name: route.get(key, "") for name, key in _ROUTE_TARGETS.items()},
                "state": route["State"],
                "origin": route["Origin"],
            }
    return None


def _update_route(cloud: Cloud, route_id: str, _: Values, inputs: Values) -> Values:
    cloud.client("ec2").replace_route(**given(inputs, _ROUTE_PARAMETERS))
    return _read_route(cloud, route_id, inputs) or {}


def _delete_route(cloud: Cloud, _: str, state: Values) -> None:
    found(
        cloud.client("ec2").delete_route,
        _NO_TABLE,
        "InvalidRoute.NotFound",
        RouteTableId=state["routeTableId"],
        DestinationCidrBlock=state["destinationCidrBlock"],
    )


def _create_association(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("ec2").associate_route_table(
        RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"]
    )
    return answer["AssociationId"], {}


def _association_id(resource_id: str, state: Values) -> str:
    """Return the association's id; an update gives it a new one, which only the state knows."""
    return str(state.get("id", resource_id))


def _read_association(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    if state:
        key, wanted = "RouteTableAssociationId", _association_id(resource_id, state)
        place = {"association.route-table-association-id": wanted}
    else:
        named = parts(resource_id, "subnetId", "routeTableId")
        key, wanted = "SubnetId", named["subnetId"]
        place = {"route-table-id": named["routeTableId"], "association.subnet-id": wanted}
    tables = cloud.client("ec2").describe_route_tables(Filters=filters(place))["RouteTables"]
    for association in tables[0]["Associations"] if tables else ():
        if association.get(key) == wanted:
            return {
                "id": association["RouteTableAssociationId"],
                "routeTableId": association["RouteTableId"],
                "subnetId": association["SubnetId"],
            }
    return None


def _update_association(cloud: Cloud, resource_id: str, state: Values, inputs: Values) -> Values:
    answer = cloud.client("ec2").replace_route_table_association(
        AssociationId=_association_id(resource_id, state), RouteTableId=inputs["routeTableId"]
    )
    return {"id": answer["NewAssociationId"]}


def _delete_association(cloud: Cloud, resource_id: str, state: Values) -> None:
    found(
        cloud.client("ec2").disassociate_route_table,
        "InvalidAssociationID.NotFound",
        AssociationId=_association_id(resource_id, state),
    )


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/routeTable:RouteTable",
        inputs={"vpcId": Input(required=True), "tags": Input()},
        create=_create_route_table,
        read=_read_route_table,
        update=_update_route_table,
        delete=_delete_route_table,
    ),
    ResourceType(
        token="aws:ec2/route:Route",
        inputs={
            "routeTableId": Input(required=True),
            "destinationCidrBlock": Input(required=True),
            "gatewayId": Input(),
            "natGatewayId": Input(),
        },
        check=_check_route,
        create=_create_route,
        read=_read_route,
        update=_update_route,
        delete=_delete_route,
    ),
    ResourceType(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs={"subnetId": Input(required=True), "routeTableId": Input(required=True)},
        create=_create_association,
        read=_read_association,
        update=_update_association,
        delete=_delete_association,
    ),
)
"""The rows of this module."""
