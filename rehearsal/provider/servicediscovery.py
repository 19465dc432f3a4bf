"""Cloud Map: private DNS namespaces and the services in them."""

from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import camel, found, given, pascal, tag_list, tag_map
from rehearsal.provider.unfinished import made

_NO_NAMESPACE = "NamespaceNotFound"
_NO_SERVICE = "ServiceNotFound"
_TTL = {"ttl": "TTL"}
_POLICIES = ("MULTIVALUE", "WEIGHTED")
_RECORDS = ("A", "AAAA", "SRV", "CNAME")


def _update_tags(cloud: Cloud, state: Values, inputs: Values) -> None:
    client = cloud.client("servicediscovery")
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(ResourceARN=state["arn"], TagKeys=removed)
    if changed:
        client.tag_resource(ResourceARN=state["arn"], Tags=tag_list(changed))


def _tags(cloud: Cloud, arn: str, state: Values) -> dict[str, Any]:
    answer = cloud.client("servicediscovery").list_tags_for_resource(ResourceARN=arn)
    return with_tags(state, tag_map(answer["Tags"]))


def _create_namespace(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    client = cloud.client("servicediscovery")
    answer = client.create_private_dns_namespace(
        **given(inputs, {"name": "Name", "description": "Description", "vpc": "Vpc"}),
        Tags=tag_list(inputs.get("tags")),
    )
    operation = client.get_operation(OperationId=answer["OperationId"])["Operation"]
    namespace_id = made(operation["Targets"]["NAMESPACE"])
    return namespace_id, _read_namespace(cloud, namespace_id, inputs) or {}


def _read_namespace(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = (
        {"id": resource_id, **state} if state else parts(resource_id, "id", "vpc", separator=":")
    )
    call = cloud.client("servicediscovery").get_namespace
    answer = found(call, _NO_NAMESPACE, Id=place["id"])
    if answer is None:
        return None
    namespace = answer["Namespace"]
    described = {"description": namespace.get("Description")}
    return {
        "id": namespace["Id"],
        "arn": namespace["Arn"],
        "name": namespace["Name"],
        "vpc": place["vpc"],
        "hostedZone": namespace["Properties"]["DnsProperties"]["HostedZoneId"],
        **{name: value for name, value in described.items() if value or name in state},
        **_tags(cloud, namespace["Arn"], state),
    }


def _update_namespace(cloud: Cloud, namespace_id: str, state: Values, inputs: Values) -> Values:
    if inputs.get("description") != state.get("description"):
        cloud.client("servicediscovery").update_private_dns_namespace(
            Id=namespace_id, Namespace={"Description": inputs.get("description", "")}
        )
    _update_tags(cloud, state, inputs)
    return _read_namespace(cloud, namespace_id, {**inputs, "id": namespace_id}) or {}


def _delete_namespace(cloud: Cloud, namespace_id: str, _: Values) -> None:
    found(cloud.client("servicediscovery").delete_namespace, _NO_NAMESPACE, Id=namespace_id)


def _create_service(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("servicediscovery").create_service(
        Name=inputs["name"],
        **given(inputs, {"description": "Description"}),
        **_configurations(inputs),
        Tags=tag_list(inputs.get("tags")),
    )
    service_id = answer["Service"]["Id"]
    return service_id, _read_service(cloud, service_id, inputs) or {}


def _configurations(inputs: Values) -> dict[str, Any]:
    named = {"dnsConfig": "DnsConfig", "healthCheckCustomConfig": "HealthCheckCustomConfig"}
    return {name: pascal(value, _TTL) for name, value in given(inputs, named).items()}


def _read_service(cloud: Cloud, service_id: str, state: Values) -> Values | None:
    call = cloud.client("servicediscovery").get_service
    answer = found(call, _NO_SERVICE, Id=service_id)
    if answer is None:
        return None
    service = answer["Service"]
    current = {
        "description": service.get("Description"),
        "dnsConfig": camel(service.get("DnsConfig"), _TTL),
        "healthCheckCustomConfig": camel(service.get("HealthCheckCustomConfig")),
    }
    return {
        "arn": service["Arn"],
        "name": service["Name"],
        "namespaceId": service["DnsConfig"]["NamespaceId"],
        **{
            name: as_given(state.get(name), value)
            for name, value in current.items()
            if value or name in state
        },
        **_tags(cloud, service["Arn"], state),
    }


def _update_service(cloud: Cloud, service_id: str, state: Values, inputs: Values) -> Values:
    records = pascal(inputs["dnsConfig"]["dnsRecords"], _TTL)
    change = {"Description": inputs.get("description", ""), "DnsConfig": {"DnsRecords": records}}
    cloud.client("servicediscovery").update_service(Id=service_id, Service=change)
    _update_tags(cloud, state, inputs)
    return _read_service(cloud, service_id, inputs) or {}


def _delete_service(cloud: Cloud, service_id: str, state: Values) -> None:
    client = cloud.client("servicediscovery")
    if state.get("forceDestroy"):
        for one in client.list_instances(ServiceId=service_id)["Instances"]:
            client.deregister_instance(ServiceId=service_id, InstanceId=one["Id"])
    found(client.delete_service, _NO_SERVICE, Id=service_id)


def _check_service(inputs: Values) -> list[str]:
    dns = inputs.get("dnsConfig") or {}
    records = {f"dnsRecords[{place}]": one["type"] for place, one in enumerate(dns["dnsRecords"])}
    return [
        *problems(dns, {"routingPolicy": one_of(_POLICIES)}),
        *problems(records, dict.fromkeys(records, one_of(_RECORDS))),
    ]


RESOURCE_TYPES = (
    ResourceType(
        token="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        inputs={
            "name": Input(),
            "vpc": Input(required=True),
            "description": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=253),
        create=_create_namespace,
        read=_read_namespace,
        update=_update_namespace,
        delete=_delete_namespace,
    ),
    ResourceType(
        token="aws:servicediscovery/service:Service",
        inputs={
            "name": Input(),
            "description": Input(),
            "dnsConfig": Input(required=True),
            "healthCheckCustomConfig": Input(),
            "forceDestroy": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=127),
        check=_check_service,
        create=_create_service,
        read=_read_service,
        update=_update_service,
        delete=_delete_service,
    ),
)
"""The rows of this module."""
