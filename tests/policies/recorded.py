"""Recorded registrations as the engine hands them to a stack's rules."""

from typing import Any

from pulumi.output import Unknown
from pulumi_policy import PolicyResource

from rehearsal.mocks import Deployment
from rehearsal.provider import sdk_schema
from rehearsal.registrations import Registration
from tests.policies.harness import UNKNOWN, resource


def policy_resources(deployment: Deployment, preview: bool = False) -> list[PolicyResource]:
    """Return the resources of a deployment as a stack's rules see them.

    Args:
        deployment: what was registered.
        preview: whether it was a preview: inputs only, in which what nobody knows yet is unknown.
    """
    found = {
        one.urn: resource(one.type, one.name, properties(one, preview), urn=one.urn)
        for one in deployment.registrations
    }
    # As the SDK does: relations last, since a resource may be registered before its parent is.
    for one in deployment.registrations:
        judged = found[one.urn]
        judged.parent = found.get(one.parent)
        judged.dependencies = [found[urn] for urn in one.dependencies if urn in found]
        judged.property_dependencies = {
            key: [found[urn] for urn in urns if urn in found]
            for key, urns in one.property_dependencies.items()
        }
    return list(found.values())


def properties(one: Registration, preview: bool = False) -> dict[str, Any]:
    """Return a resource's properties once it is made, or as far as a preview knows them.

    What the program gave wins over the placeholders of what AWS would answer; there is none of what
    it could have given and did not.
    """
    if preview:
        return {**_with_unknowns(dict(one.inputs)), "id": UNKNOWN}
    answered = {key: value for key, value in one.outputs.items() if not _is_made_up(one, key)}
    return {**answered, **one.inputs, "id": one.id}


def _is_made_up(one: Registration, key: str) -> bool:
    """Say whether an output is a placeholder of an optional input."""
    if not one.custom or one.outputs[key] != f"{one.type.rsplit(':', 1)[-1]}:{one.name}.{key}":
        return False
    return key in sdk_schema.input_types(one.type)


def _with_unknowns(value: Any) -> Any:
    """Put the marker of the policy SDK where the program's SDK has an object of its own."""
    if isinstance(value, dict):
        return {key: _with_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_unknowns(item) for item in value]
    return UNKNOWN if isinstance(value, Unknown) else value
