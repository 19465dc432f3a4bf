"""ECS clusters; the rows of all ECS types."""

import re

from rehearsal.provider.changes import same_set, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ecs_common import api_tags, update_tags
from rehearsal.provider.ecs_service import ROW as SERVICE
from rehearsal.provider.ecs_task_definition import ROW as TASK_DEFINITION
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import given, tag_map
from rehearsal.provider.unfinished import made

_NAME = re.compile(r"[0-9A-Za-z_-]{1,255}")


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("ecs").create_cluster(
        clusterName=inputs["name"], **given(inputs, {"settings": "settings"}), **api_tags(inputs)
    )
    arn = made(answer["cluster"]["clusterArn"])
    return arn, _outputs(cloud, arn, inputs) or {}


def _outputs(cloud: Cloud, cluster_id: str, state: Values) -> Values | None:
    """Read a cluster by its ARN, or by its name, by which it is imported."""
    answer = cloud.client("ecs").describe_clusters(
        clusters=[cluster_id], include=["TAGS", "SETTINGS"]
    )
    clusters = [each for each in answer["clusters"] if each["status"] != "INACTIVE"]
    if not clusters:
        return None
    cluster = clusters[0]
    return {
        "id": cluster["clusterArn"],
        "arn": cluster["clusterArn"],
        "name": cluster["clusterName"],
        **({"settings": cluster["settings"]} if cluster.get("settings") else {}),
        **with_tags(state, tag_map(cluster.get("tags"))),
    }


def _update(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    if state.get("settings") != inputs.get("settings"):
        cloud.client("ecs").update_cluster(cluster=arn, settings=inputs.get("settings") or [])
    update_tags(cloud, arn, state, inputs)
    return _outputs(cloud, arn, inputs) or {}


def _put_providers(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["clusterName"]
    cloud.client("ecs").put_cluster_capacity_providers(
        cluster=name,
        capacityProviders=inputs.get("capacityProviders") or [],
        defaultCapacityProviderStrategy=[],
    )
    return name, _read_providers(cloud, name, inputs) or {}


def _read_providers(cloud: Cloud, name: str, state: Values) -> Values | None:
    answer = cloud.client("ecs").describe_clusters(clusters=[name])
    clusters = [each for each in answer["clusters"] if each["status"] != "INACTIVE"]
    if not clusters:
        return None
    current = same_set(state.get("capacityProviders"), clusters[0].get("capacityProviders") or [])
    return {"clusterName": clusters[0]["clusterName"], "capacityProviders": current}


def _clear_providers(cloud: Cloud, name: str, state: Values) -> None:
    _put_providers(cloud, {**state, "clusterName": name, "capacityProviders": []})


def _check(inputs: Values) -> list[str]:
    if _NAME.fullmatch(inputs["name"]):
        return []
    return [f"name is {inputs['name']!r}; 1 to 255 letters, digits, - and _ are allowed"]


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:ecs/cluster:Cluster",
        inputs={"name": Input(), "settings": Input(), "tags": Input()},
        auto_name=AutoName(max_length=255),
        check=_check,
        create=_create,
        read=_outputs,
        update=_update,
        delete=lambda cloud, arn, _: cloud.client("ecs").delete_cluster(cluster=arn),
    ),
    ResourceType(
        token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        inputs={"clusterName": Input(required=True), "capacityProviders": Input()},
        create=_put_providers,
        read=_read_providers,
        update=lambda cloud, _id, _state, inputs: _put_providers(cloud, inputs)[1],
        delete=_clear_providers,
    ),
    TASK_DEFINITION,
    SERVICE,
)
"""The rows of this module."""
