"""Route 53: records that are aliases, and the function that asks about a hosted zone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import (
    Input,
    InvokeFunction,
    RefusedError,
    ResourceType,
    Values,
    taught,
)
from rehearsal.provider.shapes import found

_NO_ZONE = "NoSuchHostedZone"
_TYPES = ("A", "AAAA")
"""Those that an alias to an AWS service's own name can have."""


def find_record(cloud: Cloud, zone_id: str, name: str, kind: str) -> Any:
    """Return a record of a hosted zone as AWS has it, or None."""
    client = cloud.client("route53")
    answer = found(
        client.list_resource_record_sets,
        _NO_ZONE,
        HostedZoneId=zone_id,
        StartRecordName=name,
        StartRecordType=kind,
    )
    wanted = (f"{name.rstrip('.').lower()}.", kind)
    sets = answer["ResourceRecordSets"] if answer else ()
    return next((one for one in sets if (one["Name"].lower(), one["Type"]) == wanted), None)


def _full_name(cloud: Cloud, inputs: Values) -> str:
    """Return the record's name, to which the provider adds the zone's where it is not in it.

    Source: expandRecordName in internal/service/route53/record.go.
    """
    zone = cloud.client("route53").get_hosted_zone(Id=inputs["zoneId"])["HostedZone"]["Name"]
    name, zone = inputs["name"].rstrip(".").lower(), zone.rstrip(".")
    return name if name.endswith(zone) else f"{name}.{zone}"


def _change(cloud: Cloud, action: str, inputs: Values) -> str:
    [alias] = inputs["aliases"]
    name = _full_name(cloud, inputs)
    record = {
        "Name": name,
        "Type": inputs["type"],
        "AliasTarget": {
            "DNSName": alias["name"].rstrip(".").lower(),
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        },
    }
    cloud.client("route53").change_resource_record_sets(
        HostedZoneId=inputs["zoneId"],
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )
    return name


def _outputs(state: Values, record: Any) -> Values:
    target = record["AliasTarget"]
    return {
        "zoneId": state["zoneId"],
        "name": state["name"],
        "type": record["Type"],
        "fqdn": record["Name"].rstrip("."),
        "aliases": [
            {
                "name": target["DNSName"].rstrip("."),
                "zoneId": target["HostedZoneId"],
                "evaluateTargetHealth": target["EvaluateTargetHealth"],
            }
        ],
    }


def _put(cloud: Cloud, action: str, inputs: Values) -> Values:
    name = _change(cloud, action, inputs)
    return _outputs(inputs, find_record(cloud, inputs["zoneId"], name, inputs["type"]))


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    outputs = _put(cloud, "CREATE", inputs)
    return f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}", outputs


def _read(cloud: Cloud, record_id: str, state: Values) -> Values | None:
    place = state or parts(record_id, "zoneId", "name", "type", separator="_")
    zone = found(cloud.client("route53").get_hosted_zone, _NO_ZONE, Id=place["zoneId"])
    if zone is None:
        return None
    record = find_record(cloud, place["zoneId"], _full_name(cloud, place), place["type"])
    return None if record is None else _outputs(place, record)


def _update(cloud: Cloud, _id: str, _state: Values, inputs: Values) -> Values:
    return _put(cloud, "UPSERT", inputs)


def _delete(cloud: Cloud, record_id: str, state: Values) -> None:
    if _read(cloud, record_id, state) is not None:
        _change(cloud, "DELETE", state)


def _check(inputs: Values) -> list[str]:
    one = len(inputs["aliases"]) == 1
    return [
        *problems(inputs, {"type": one_of(_TYPES)}),
        *([] if one else ["aliases has not exactly one alias"]),
    ]


def _zone(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.route53.getZone; source: internal/service/route53/zone_data_source.go."""
    zone_id = str(taught("getZone", arguments, "zoneId")["zoneId"])
    answer = found(cloud.client("route53").get_hosted_zone, _NO_ZONE, Id=zone_id)
    if answer is None:
        raise RefusedError(f"getZone: no hosted zone {zone_id}")
    zone = answer["HostedZone"]
    return {
        "id": zone_id,
        "zoneId": zone_id,
        "name": zone["Name"].rstrip("."),
        "privateZone": zone["Config"]["PrivateZone"],
        "arn": f"arn:{cloud.partition}:route53:::hostedzone/{zone_id}",
    }


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType({"aws:route53/getZone:getZone": _zone})

RESOURCE_TYPES = (
    ResourceType(
        token="aws:route53/record:Record",
        inputs={
            "zoneId": Input(required=True),
            "name": Input(required=True),
            "type": Input(required=True),
            "aliases": Input(required=True),
        },
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
