"""RDS subnet groups and parameter groups."""

from typing import Any

from rehearsal.provider.changes import same_set, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import matching, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, tag_list, tag_map
from rehearsal.provider.unfinished import made

_DESCRIPTION = "Managed by Pulumi"

_BATCH = 20
"""Parameters that one ModifyDBParameterGroup takes."""


def _check_subnet_group(inputs: Values) -> list[str]:
    name = matching(
        r"(?!default$)[ .0-9a-z_-]+",
        "lower case letters, digits, spaces, '.', '_', '-'; not default",
    )
    return problems(inputs, {"name": name})


def _create_subnet_group(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    _make_subnet_group(cloud, inputs)
    name = made(inputs["name"])
    return name, _read_subnet_group(cloud, name, inputs) or {}


def _make_subnet_group(cloud: Cloud, inputs: Values) -> None:
    cloud.client("rds").create_db_subnet_group(
        DBSubnetGroupName=inputs["name"],
        DBSubnetGroupDescription=inputs["description"],
        SubnetIds=list(inputs["subnetIds"]),
        Tags=tag_list(inputs.get("tags")),
    )


def _read_subnet_group(cloud: Cloud, name: str, state: Values) -> Values | None:
    client = cloud.client("rds")
    call = client.describe_db_subnet_groups
    answer = found(call, "DBSubnetGroupNotFoundFault", DBSubnetGroupName=name)
    if answer is None:
        return None
    group = answer["DBSubnetGroups"][0]
    subnet_ids = [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]
    return {
        "arn": group["DBSubnetGroupArn"],
        "name": name,
        "vpcId": group["VpcId"],
        "supportedNetworkTypes": group.get("SupportedNetworkTypes", ["IPV4"]),
        "description": group["DBSubnetGroupDescription"],
        "subnetIds": same_set(state.get("subnetIds"), subnet_ids),
        **with_tags(state, tags_of(cloud, group["DBSubnetGroupArn"])),
    }


def tags_of(cloud: Cloud, arn: str) -> dict[str, str]:
    """Return the tags of an RDS resource."""
    return tag_map(cloud.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def change_tags(cloud: Cloud, arn: str, state: Values, inputs: Values) -> None:
    """Bring the tags of an RDS resource from the state's to the inputs'."""
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        cloud.client("rds").remove_tags_from_resource(ResourceName=arn, TagKeys=removed)
    if changed:
        cloud.client("rds").add_tags_to_resource(ResourceName=arn, Tags=tag_list(changed))


def _update_subnet_group(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    after = (inputs["description"], sorted(inputs["subnetIds"]))
    if after != (state["description"], sorted(state["subnetIds"])):
        cloud.client("rds").modify_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=inputs["description"],
            SubnetIds=list(inputs["subnetIds"]),
        )
    if _read_subnet_group(cloud, name, state) is None:
        # The emulator's ModifyDBSubnetGroup drops the group from its list.
        _make_subnet_group(cloud, inputs)
    else:
        change_tags(cloud, state["arn"], state, inputs)
    return _read_subnet_group(cloud, name, inputs) or {}


def _delete_subnet_group(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("rds").delete_db_subnet_group(DBSubnetGroupName=name)


def _create_parameter_group(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["name"]
    cloud.client("rds").create_db_parameter_group(
        DBParameterGroupName=name,
        DBParameterGroupFamily=inputs["family"],
        Description=inputs["description"],
        Tags=tag_list(inputs.get("tags")),
    )
    made(name)
    _put_parameters(cloud, name, inputs.get("parameters") or [])
    return name, _read_parameter_group(cloud, name, inputs) or {}


def _put_parameters(cloud: Cloud, name: str, parameters: list[Any]) -> None:
    """Set parameters, also those that the family has not, which AWS refuses.

    No list tells what it has: Amazon RDS User Guide, "Working with parameters on your RDS for
    PostgreSQL DB instance", has some but not all.
    """
    for start in range(0, len(parameters), _BATCH):
        cloud.client("rds").modify_db_parameter_group(
            DBParameterGroupName=name,
            Parameters=[
                {
                    "ParameterName": parameter["name"],
                    "ParameterValue": parameter["value"],
                    "ApplyMethod": parameter.get("applyMethod", "immediate"),
                }
                for parameter in parameters[start : start + _BATCH]
            ],
        )


def _read_parameter_group(cloud: Cloud, name: str, state: Values) -> Values | None:
    client = cloud.client("rds")
    call = client.describe_db_parameter_groups
    answer = found(call, "DBParameterGroupNotFound", DBParameterGroupName=name)
    # The emulator answers with an empty list where AWS answers DBParameterGroupNotFound.
    if not answer or not answer["DBParameterGroups"]:
        return None
    group = answer["DBParameterGroups"][0]
    current = {
        parameter["ParameterName"]: parameter
        for parameter in client.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    }
    outputs = {
        "arn": group["DBParameterGroupArn"],
        "name": name,
        "family": group["DBParameterGroupFamily"],
        "description": group["Description"],
        **with_tags(state, tags_of(cloud, group["DBParameterGroupArn"])),
    }
    if current or state.get("parameters"):
        outputs["parameters"] = _parameters(state.get("parameters") or [], current)
    return outputs


def _parameters(stated: list[Any], current: dict[str, Any]) -> list[Any]:
    """Return AWS's parameters in the program's order; a change of applyMethod alone is no change.

    See provider/pkg/rds/parameter_group.go in pulumi/pulumi-aws.
    """
    names = [parameter["name"].lower() for parameter in stated]
    kept = [
        {**parameter, "value": current[parameter["name"].lower()]["ParameterValue"]}
        for parameter in stated
        if parameter["name"].lower() in current
    ]
    added = [
        {
            "name": name,
            "value": parameter["ParameterValue"],
            "applyMethod": parameter["ApplyMethod"],
        }
        for name, parameter in current.items()
        if name not in names
    ]
    return kept + added


def _update_parameter_group(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    before = {parameter["name"]: parameter["value"] for parameter in state.get("parameters") or ()}
    after = inputs.get("parameters") or []
    removed = sorted(set(before) - {parameter["name"] for parameter in after})
    if removed:
        # The emulator has no ResetDBParameterGroup.
        raise RefusedError(
            f"the emulated RDS cannot reset the parameter {', '.join(removed)}, though AWS can"
        )
    changed = [item for item in after if before.get(item["name"]) != item["value"]]
    _put_parameters(cloud, name, changed)
    change_tags(cloud, state["arn"], state, inputs)
    return _read_parameter_group(cloud, name, inputs) or {}


def _delete_parameter_group(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("rds").delete_db_parameter_group(DBParameterGroupName=name)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:rds/subnetGroup:SubnetGroup",
        inputs={
            "name": Input(),
            "subnetIds": Input(required=True),
            "description": Input(default=_DESCRIPTION),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255, lower=True),
        check=_check_subnet_group,
        create=_create_subnet_group,
        read=_read_subnet_group,
        update=_update_subnet_group,
        delete=_delete_subnet_group,
    ),
    ResourceType(
        token="aws:rds/parameterGroup:ParameterGroup",
        inputs={
            "name": Input(),
            "family": Input(required=True),
            "description": Input(default=_DESCRIPTION),
            "parameters": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255, lower=True),
        create=_create_parameter_group,
        read=_read_parameter_group,
        update=_update_parameter_group,
        delete=_delete_parameter_group,
    ),
)
"""The rows of this module."""
