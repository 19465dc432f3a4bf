"""AWS WAF: regional web ACLs, and what they stand in front of."""

from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import arn, matching, one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import camel, found, given, pascal, tag_list, tag_map
from rehearsal.provider.unfinished import made

_MISSING = "WAFNonexistentItemException"
_STATED = {
    "defaultAction": "DefaultAction",
    "description": "Description",
    "rules": "Rules",
    "visibilityConfig": "VisibilityConfig",
}
_NAME = matching(r"[0-9A-Za-z_-]{1,128}", "letters, digits, hyphens and underscores")
_METRICS = {"cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled"}


def _sent(inputs: Values) -> dict[str, Any]:
    return {name: pascal(value, _METRICS) for name, value in given(inputs, _STATED).items()}


def _place(values: Values, acl_id: str) -> dict[str, str]:
    return {"Name": values["name"], "Id": acl_id, "Scope": values["scope"]}


def _create_acl(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    summary = cloud.client("wafv2").create_web_acl(
        **given(inputs, {"name": "Name", "scope": "Scope"}),
        **_sent(inputs),
        **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
    )["Summary"]
    return made(summary["Id"]), _read_acl(cloud, summary["Id"], inputs) or {}


def _read_acl(cloud: Cloud, acl_id: str, state: Values) -> Values | None:
    place = {"id": acl_id, **state} if state else parts(acl_id, "id", "name", "scope")
    client = cloud.client("wafv2")
    answer = found(client.get_web_acl, _MISSING, **_place(place, place["id"]))
    if answer is None:
        return None
    acl = answer["WebACL"]
    tags = client.list_tags_for_resource(ResourceARN=acl["ARN"])["TagInfoForResource"]
    current = {name: camel(acl.get(key), _METRICS) for name, key in _STATED.items()}
    return {
        "id": place["id"],
        "arn": acl["ARN"],
        "name": acl["Name"],
        "scope": place["scope"],
        "capacity": acl["Capacity"],
        "lockToken": answer["LockToken"],
        **{
            name: _in_order(state.get(name), value) if name == "rules" else value
            for name, value in current.items()
            if value or name in state
        },
        **with_tags(state, tag_map(tags["TagList"])),
    }


def _in_order(stated: Any, current: Any) -> Any:
    """Return the rules, which are a set to the provider, in the order of their priorities."""
    by_priority = sorted(current or (), key=lambda one: int(one["priority"]))
    order = sorted(stated or (), key=lambda one: int(one["priority"]))
    return as_given(order, by_priority) if stated else by_priority


def _update_acl(cloud: Cloud, acl_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("wafv2")
    if any(inputs.get(name) != state.get(name) for name in _STATED):
        client.update_web_acl(
            **_place(inputs, acl_id),
            LockToken=client.get_web_acl(**_place(inputs, acl_id))["LockToken"],
            **_sent(inputs),
        )
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(ResourceARN=state["arn"], TagKeys=removed)
    if changed:
        client.tag_resource(ResourceARN=state["arn"], Tags=tag_list(changed))
    return _read_acl(cloud, acl_id, inputs) or {}


def _delete_acl(cloud: Cloud, acl_id: str, state: Values) -> None:
    client = cloud.client("wafv2")
    answer = found(client.get_web_acl, _MISSING, **_place(state, acl_id))
    if answer is not None:
        client.delete_web_acl(**_place(state, acl_id), LockToken=answer["LockToken"])


def _check_acl(inputs: Values) -> list[str]:
    rules = inputs.get("rules") or ()
    names = [one["name"] for one in rules]
    groups = [one for one in rules if "managedRuleGroupStatement" in one["statement"]]
    actions = inputs["defaultAction"]
    return [
        *problems(inputs, {"name": _NAME, "scope": one_of(("CLOUDFRONT", "REGIONAL"))}),
        *(["two rules have one name"] if len(set(names)) != len(names) else []),
        *(f"the rule {one['name']} needs an overrideAction" for one in groups if "action" in one),
        *([] if len(actions) == 1 else ["defaultAction takes one of allow and block"]),
    ]


def _associate(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    where = given(inputs, {"resourceArn": "ResourceArn", "webAclArn": "WebACLArn"})
    cloud.client("wafv2").associate_web_acl(**where)
    return f"{inputs['webAclArn']},{inputs['resourceArn']}", {}


def _read_association(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = state or parts(resource_id, "webAclArn", "resourceArn", separator=",")
    call = cloud.client("wafv2").get_web_acl_for_resource
    answer = found(call, _MISSING, ResourceArn=place["resourceArn"])
    if not answer or not answer.get("WebACL"):
        return None
    return {"resourceArn": place["resourceArn"], "webAclArn": answer["WebACL"]["ARN"]}


def _dissociate(cloud: Cloud, _: str, state: Values) -> None:
    call = cloud.client("wafv2").disassociate_web_acl
    found(call, _MISSING, ResourceArn=state["resourceArn"])


def _check_association(inputs: Values) -> list[str]:
    return problems(inputs, {"resourceArn": arn, "webAclArn": arn})


RESOURCE_TYPES = (
    ResourceType(
        token="aws:wafv2/webAcl:WebAcl",
        inputs={
            "name": Input(),
            "scope": Input(required=True),
            "description": Input(),
            "defaultAction": Input(required=True),
            "rules": Input(),
            "visibilityConfig": Input(required=True),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=128),
        check=_check_acl,
        create=_create_acl,
        read=_read_acl,
        update=_update_acl,
        delete=_delete_acl,
    ),
    ResourceType(
        token="aws:wafv2/webAclAssociation:WebAclAssociation",
        inputs={"resourceArn": Input(required=True), "webAclArn": Input(required=True)},
        check=_check_association,
        create=_associate,
        read=_read_association,
        delete=_dissociate,
    ),
)
"""The rows of this module."""
