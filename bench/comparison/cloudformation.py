"""The CloudFormation template that is equivalent to a deployment of the program."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bench.comparison.cloudformation_types import LEFT_OUT, PARTS, RESOURCES, Part, Resource
from rehearsal.registrations import Registration

Properties = dict[str, Any]

DOCUMENTS = frozenset(
    {"assumeRolePolicy", "containerDefinitions", "definition", "eventPattern", "policy"}
)
"""Inputs that are JSON text, which a template writes out."""

VERBATIM = DOCUMENTS - {"containerDefinitions"} | {"options", "requestParameters"}
"""Inputs whose keys are not names of properties."""

LITERAL = frozenset({"aws:iam/role:Role"})
"""Types that refer to nothing: a rule names its target's role, whose trust names the rule."""

GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "Attachment"
REFERENCE = re.compile(r'(?:"Ref": "|"Fn::GetAtt": \["|\$\{)(\w+)')

NAMES = frozenset({"name", "bucket", "latestVersion", "stageName"})
"""Outputs that are plain words or numbers: only a whole text can be known to be one."""


class UnmappedTypeError(Exception):
    """A resource type is in no table of `cloudformation_types`."""


def template(registrations: Iterable[Registration]) -> Properties:
    """Return the template of a deployment.

    Args:
        registrations: what the program registered; components are left out, for they are nothing
            in AWS.

    Raises:
        UnmappedTypeError: one is of a type that no table knows.
    """
    # Threads register in no order; a template's order is always the same.
    ordered = sorted(registrations, key=lambda one: one.urn)
    by_urn = {one.urn: one for one in ordered if one.custom}
    own = [one for one in by_urn.values() if _table(one) is RESOURCES]
    resources = {logical_id(one): _resource(one, RESOURCES[one.type], by_urn) for one in own}
    for one in by_urn.values():
        if one.type in PARTS:
            owner = resources[logical_id(_owner(one, by_urn))]
            _merge(owner["Properties"], _properties(one, PARTS[one.type], by_urn))
        elif one.type == GATEWAY:
            resources[logical_id(one) + ATTACHMENT] = _attachment(one, by_urn)
    for one in own:
        _wait(resources[logical_id(one)], one, by_urn)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _table(one: Registration) -> Mapping[str, Any]:
    for table in (RESOURCES, PARTS, LEFT_OUT):
        if one.type in table:
            return table
    raise UnmappedTypeError(
        f"{one.type} is in no table of bench/comparison/cloudformation_types.py."
    )


def logical_id(one: Registration) -> str:
    """Return a resource's name in the template: its logical name and kind in PascalCase."""
    words = re.split(r"\W+", one.name)
    return "".join(word[:1].upper() + word[1:] for word in words) + one.type.rsplit(":", 1)[-1]


def _owner(one: Registration, by_urn: Mapping[str, Registration]) -> Registration:
    """Return the resource that has this one as a property, which may be itself."""
    if one.type not in PARTS:
        return one
    return by_urn[one.property_dependencies[PARTS[one.type].owner][0]]


def _resource(
    one: Registration, resource: Resource, by_urn: Mapping[str, Registration]
) -> Properties:
    made: Properties = {"Type": resource.type, "Properties": _properties(one, resource, by_urn)}
    kept = "Retain" if one.retain_on_delete else None
    if one.inputs.get("skipFinalSnapshot") is False:
        kept = "Snapshot"
    if kept:
        made.update({"DeletionPolicy": kept, "UpdateReplacePolicy": kept})
    return made


def _attachment(gateway: Registration, by_urn: Mapping[str, Registration]) -> Properties:
    """Return what attaches an internet gateway, a resource of its own in CloudFormation."""
    vpc = _resolved(gateway.inputs["vpcId"], _references(gateway, "vpcId", by_urn))
    properties = {"VpcId": vpc, "InternetGatewayId": {"Ref": logical_id(gateway)}}
    return {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": properties}


def _wait(resource: Properties, one: Registration, by_urn: Mapping[str, Registration]) -> None:
    """Name what a resource waits for without referring to it."""
    waited = set()
    for urn in () if one.type in LITERAL else one.dependencies:
        if urn in by_urn and by_urn[urn].type not in LEFT_OUT:
            owner = _owner(by_urn[urn], by_urn)
            waited.add(logical_id(owner) + (ATTACHMENT if owner.type == GATEWAY else ""))
    waited -= {logical_id(one), *REFERENCE.findall(json.dumps(resource))}
    if waited:
        resource["DependsOn"] = sorted(waited)


def _properties(
    one: Registration, mapped: Resource | Part, by_urn: Mapping[str, Registration]
) -> Properties:
    inputs = {}
    for key, value in one.inputs.items():
        written_out = json.loads(value) if key in DOCUMENTS else value
        inputs[key] = _resolved(written_out, _references(one, key, by_urn))
    return mapped.shape(_renamed(inputs, mapped.names))


def _references(
    one: Registration, key: str, by_urn: Mapping[str, Registration]
) -> dict[str, tuple[str, bool]]:
    """Return the values that an input may have from others, how to refer to each, longest first.

    The second of each says whether the value may stand inside a text.
    """
    found = {}
    for urn in () if one.type in LITERAL else one.property_dependencies.get(key, ()):
        origin = by_urn[urn]
        if origin.type in LEFT_OUT:
            continue
        outputs = {"id": "${@}", "arn": "${@.Arn}", **RESOURCES[origin.type].outputs}
        for output, text in outputs.items():
            value = _output({"id": origin.id, **origin.outputs}, output)
            found[value] = (text.replace("@", logical_id(origin)), output not in NAMES)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _output(outputs: Any, path: str) -> str:
    for step in path.split("."):
        outputs = outputs[int(step)] if step.isdigit() else outputs.get(step, "")
        if not outputs:
            break
    return str(outputs)


def _resolved(value: Any, references: Mapping[str, tuple[str, bool]]) -> Any:
    if isinstance(value, Mapping):
        return {key: _resolved(item, references) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, references) for item in value]
    return _reference(value, references) if isinstance(value, str) else value


def _reference(text: str, references: Mapping[str, tuple[str, bool]]) -> Any:
    referring = text
    for value, (reference, inside) in references.items():
        if value and (inside or value == text):
            referring = referring.replace(value, reference)
    whole = re.fullmatch(r"\$\{(\w+)\.?([\w.]*)\}", referring)
    if whole:
        name, attribute = whole.groups()
        return {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
    return {"Fn::Sub": referring} if referring != text and "${" in referring else referring


def _renamed(value: Any, names: Mapping[str, str | None]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    renamed: Properties = {}
    for key, item in value.items():
        name = names.get(key, key[:1].upper() + key[1:])
        if name is None or item is None:
            continue
        if key == "tags":
            renamed[name] = [{"Key": tag, "Value": text} for tag, text in item.items()]
        else:
            renamed[name] = item if key in VERBATIM else _renamed(item, names)
    return renamed


def _merge(owner: Properties, part: Mapping[str, Any]) -> None:
    """Add properties; lists of the same name are joined."""
    for key, value in part.items():
        owner[key] = owner[key] + value if isinstance(owner.get(key), list) else value
