"""EC2 launch templates and their versions."""

from collections.abc import Mapping
from typing import Any

from rehearsal.provider.changes import as_given
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    filters,
    first,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import between, matching, one_of, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, given, pascal, tag_list, tag_map
from rehearsal.provider.unfinished import made

_NO_TEMPLATE = "InvalidLaunchTemplateId.NotFound"
_NO_TEMPLATE_NAME = "InvalidLaunchTemplateName.NotFoundException"


_DATA = {
    "imageId": "ImageId",
    "userData": "UserData",
    "metadataOptions": "MetadataOptions",
    "blockDeviceMappings": "BlockDeviceMappings",
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "networkInterfaces": "NetworkInterfaces",
    "tagSpecifications": "TagSpecifications",
}


_ENABLED = one_of(("enabled", "disabled"))
# The provider has booleans as strings here, so that "left out" differs from false.
_BOOLEAN = one_of(("true", "false"))
_NAME = matching(r"[0-9a-zA-Z()./_-]{3,128}", "3 to 128 letters, digits and ( ) . / _ -")
_DESCRIPTION = matching(r"(?s).{0,255}", "at most 255 characters")
_METADATA_OPTIONS = {
    "httpEndpoint": _ENABLED,
    "httpProtocolIpv6": _ENABLED,
    "httpPutResponseHopLimit": between(1, 64),
    "httpTokens": one_of(("optional", "required")),
    "instanceMetadataTags": _ENABLED,
}
_INTERFACE = {
    "associatePublicIpAddress": _BOOLEAN,
    "deleteOnTermination": _BOOLEAN,
    "interfaceType": one_of(("interface", "efa", "efa-only")),
}
_GROUPS = ("securityGroups", "Groups")
"""What the provider and the API call an interface's security groups."""

_VOLUME = {
    "deleteOnTermination": _BOOLEAN,
    "encrypted": _BOOLEAN,
    "throughput": between(125, 1000),
    "volumeType": one_of(("standard", "io1", "io2", "gp2", "sc1", "st1", "gp3")),
}


def _check(inputs: Values) -> list[str]:
    refused = problems(inputs, {"name": _NAME, "description": _DESCRIPTION})
    refused += problems(inputs.get("metadataOptions") or {}, _METADATA_OPTIONS)
    for mapping in inputs.get("blockDeviceMappings") or ():
        refused += problems(mapping.get("ebs") or {}, _VOLUME)
    for interface in inputs.get("networkInterfaces") or ():
        refused += problems(interface, _INTERFACE)
    return refused


def _data(inputs: Values) -> dict[str, Any]:
    """Return the inputs of a version as the API takes them."""
    data = {key: pascal(inputs[name]) for name, key in _DATA.items() if inputs.get(name)}
    if inputs.get("tagSpecifications"):
        data["TagSpecifications"] = [
            {"ResourceType": item.get("resourceType"), "Tags": tag_list(item.get("tags"))}
            for item in inputs["tagSpecifications"]
        ]
    for mapping in data.get("BlockDeviceMappings", ()):
        for name in ("DeleteOnTermination", "Encrypted"):
            if name in mapping.get("Ebs", {}):
                mapping["Ebs"][name] = mapping["Ebs"][name] == "true"
    if inputs.get("networkInterfaces"):
        data["NetworkInterfaces"] = [_interface(one) for one in inputs["networkInterfaces"]]
    # AWS demands at least one field, so the provider, too, falls back on empty user data.
    return data or {"UserData": ""}


def _interface(given: Values) -> dict[str, Any]:
    """Return an interface as the API takes it."""
    here, there = _GROUPS
    changed: dict[str, Any] = pascal({name: one for name, one in given.items() if name != here})
    for name in ("AssociatePublicIpAddress", "DeleteOnTermination"):
        if name in changed:
            changed[name] = changed[name] == "true"
    return {**changed, **({there: list(given[here])} if given.get(here) else {})}


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    template = cloud.client("ec2").create_launch_template(
        LaunchTemplateName=inputs["name"],
        LaunchTemplateData=_data(inputs),
        **given(inputs, {"description": "VersionDescription"}),
        **tag_specifications(inputs, "launch-template"),
    )["LaunchTemplate"]
    template_id = made(template["LaunchTemplateId"])
    return template_id, _read(cloud, template_id, inputs) or {}


def _read(cloud: Cloud, template_id: str, state: Values) -> Values | None:
    client = cloud.client("ec2")
    template = first(
        client.describe_launch_templates,
        "LaunchTemplates",
        _NO_TEMPLATE,
        LaunchTemplateIds=[template_id],
    )
    if template is None:
        return None
    version = client.describe_launch_template_versions(
        LaunchTemplateId=template_id, Versions=[str(template["LatestVersionNumber"])]
    )["LaunchTemplateVersions"][0]
    # The emulator shows the tags of the creation with the template; its table of tags is current.
    tags = client.describe_tags(Filters=filters({"resource-id": template_id}))["Tags"]
    return {
        "arn": cloud.arn("ec2", f"launch-template/{template_id}"),
        "name": template["LaunchTemplateName"],
        "latestVersion": template["LatestVersionNumber"],
        "defaultVersion": template["DefaultVersionNumber"],
        "description": version.get("VersionDescription", ""),
        **_data_outputs(version["LaunchTemplateData"], state),
        **tag_outputs(tags),
    }


def _data_outputs(data: Values, state: Values) -> dict[str, Any]:
    """Return the inputs as the version has them; what neither it nor the state has is left out."""
    current = {name: _plain(data[key]) for name, key in _DATA.items() if data.get(key)}
    for interface in current.get("networkInterfaces", ()):
        here, there = _GROUPS
        interface[here] = interface.pop(there[:1].lower() + there[1:], [])
    if "tagSpecifications" in current:
        # The emulator lists the template's own tags among those of what it launches.
        current["tagSpecifications"] = [
            specification
            for specification in current["tagSpecifications"]
            if specification["resourceType"] != "launch-template"
        ]
    return {
        name: as_given(state.get(name), current.get(name))
        for name in _DATA
        if current.get(name) or state.get(name)
    }


def _plain(value: Any) -> Any:
    """Convert a version's data to the inputs' names and forms."""
    if isinstance(value, Mapping):
        return {
            key[:1].lower() + key[1:]: tag_map(item) if key == "Tags" else _plain(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # Every boolean of the taught inputs is one of the provider's boolean strings.
    return str(value).lower() if isinstance(value, bool) else value


def _update(cloud: Cloud, template_id: str, state: Values, inputs: Values) -> Values:
    """Make a new version when what a version holds has changed; tags alone make none."""
    client = cloud.client("ec2")
    if any((state.get(name) or None) != inputs.get(name) for name in (*_DATA, "description")):
        client.create_launch_template_version(
            LaunchTemplateId=template_id,
            LaunchTemplateData=_data(inputs),
            **given(inputs, {"description": "VersionDescription"}),
        )
    if inputs.get("updateDefaultVersion"):
        template = client.describe_launch_templates(LaunchTemplateIds=[template_id])
        latest = template["LaunchTemplates"][0]["LatestVersionNumber"]
        client.modify_launch_template(LaunchTemplateId=template_id, DefaultVersion=str(latest))
    put_tags(cloud, template_id, state.get("tags"), inputs.get("tags"))
    return _read(cloud, template_id, inputs) or {}


def _delete(cloud: Cloud, template_id: str, _: Values) -> None:
    found(
        cloud.client("ec2").delete_launch_template,
        _NO_TEMPLATE,
        _NO_TEMPLATE_NAME,
        LaunchTemplateId=template_id,
    )


def _makes_version(changed: frozenset[str], _: Values) -> bool:
    """Say whether the provider plans another latest version; a new description makes one too.

    See CustomizeDiff in internal/service/ec2/ec2_launch_template.go.
    """
    return bool(changed - {"name", "description", "updateDefaultVersion"})


def _moves_default(changed: frozenset[str], inputs: Values) -> bool:
    """Say whether the provider plans another default version; see there."""
    return bool(changed - {"name", "description"}) and bool(inputs.get("updateDefaultVersion"))


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/launchTemplate:LaunchTemplate",
        inputs={
            "name": Input(),
            "description": Input(),
            "updateDefaultVersion": Input(),
            **dict.fromkeys(_DATA, Input()),
            "tags": Input(),
        },
        check=_check,
        auto_name=AutoName(max_length=128),
        recomputed={"latestVersion": _makes_version, "defaultVersion": _moves_default},
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
