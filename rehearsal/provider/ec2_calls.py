"""What the modules over EC2 share: tags, look-ups, and plan-time checks."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.provider.changes import tag_changes
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import Values
from rehearsal.provider.shapes import found, tag_list, tag_map


def tag_specifications(inputs: Values, resource_type: str) -> dict[str, Any]:
    """Return the parameter that tags a resource in the call that creates it; none without tags."""
    if not inputs.get("tags"):
        return {}
    return {
        "TagSpecifications": [{"ResourceType": resource_type, "Tags": tag_list(inputs["tags"])}]
    }


def tag_outputs(tags: Any) -> dict[str, Any]:
    """Return the outputs that carry tags, as the API's list of pairs has them."""
    values = tag_map(tags)
    return {"tags": values, "tagsAll": values}


def put_tags(cloud: Cloud, resource_id: str, before: Any, after: Any) -> None:
    """Bring a resource's tags from one state to another, as the provider does: by difference.

    Args:
        cloud: the emulated AWS.
        resource_id: the id of any taggable EC2 resource.
        before: the tags it has, as an object, or None.
        after: the tags it shall have, as an object, or None.
    """
    client = cloud.client("ec2")
    changed, removed = tag_changes(before, after)
    if removed:
        client.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in removed])
    if changed:
        client.create_tags(Resources=[resource_id], Tags=tag_list(changed))


def first(call: Callable[..., Any], key: str, *missing: str, **parameters: Any) -> Any:
    """Return the first item of a describing call, or None when there is none.

    Args:
        call: a client's describing method.
        key: the member of the answer that lists the items.
        missing: the error codes that mean "not there".
        parameters: the call's parameters.
    """
    answer = found(call, *missing, **parameters)
    items = answer[key] if answer else ()
    return items[0] if items else None


def filters(wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return EC2's list of filters from `{filter: value}`."""
    return [{"Name": name, "Values": [value]} for name, value in wanted.items()]


def changed_set(
    before: Values, after: Values, names: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Return the parameters that add and remove members of lists that AWS keeps as sets.

    Args:
        before: the state.
        after: the new inputs; a list that they leave out stays as it is.
        names: input -> (parameter that adds, parameter that removes).
    """
    parameters = {}
    for name, (add, remove) in names.items():
        if after.get(name) is None:
            continue
        old, new = set(before.get(name) or ()), set(after[name])
        parameters.update({add: sorted(new - old), remove: sorted(old - new)})
    return {name: members for name, members in parameters.items() if members}


def ipv4_network(value: Any) -> str | None:
    """Demand a canonical IPv4 network.

    Source: terraform-provider-aws internal/verify/validate.go, ValidIPv4CIDRNetworkAddress.
    """
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        return (
            f"is {value!r}; the provider takes an IPv4 network whose host bits are zero, such as "
            "10.0.0.0/16"
        )
    return None
