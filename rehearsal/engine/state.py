"""Reads a stack's exported state into the records that every engine leaves."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.plugin import AUTOMATIC
from rehearsal.registrations import Registration

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key that marks a special value, see sdk/go/common/resource/sig of pulumi/pulumi."""

_PROVIDERS = "pulumi:providers:"


def registrations(export: Mapping[str, Any]) -> list[Registration]:
    """Return the resources of a state, in its order: what others wait for comes first.

    Args:
        export: what `pulumi stack export --show-secrets` prints.
    """
    resources = export["deployment"].get("resources") or []
    return [
        _registration(one)
        for one in resources
        if not one["type"].startswith(_PROVIDERS) and not one.get("delete")
    ]


def _registration(resource: Mapping[str, Any]) -> Registration:
    inputs, outputs = (_plain(resource.get(name) or {}) for name in ("inputs", "outputs"))
    automatic = {AUTOMATIC, *inputs.get(AUTOMATIC, ())}
    return Registration(
        urn=resource["urn"],
        type=resource["type"],
        name=resource["urn"].rpartition("::")[2],
        parent=resource.get("parent", ""),
        custom=resource["custom"],
        id=resource.get("id", ""),
        inputs={name: value for name, value in inputs.items() if name not in automatic},
        outputs={name: value for name, value in outputs.items() if name != "id"},
        dependencies=tuple(resource.get("dependencies") or ()),
        property_dependencies={
            name: tuple(urns or ())
            for name, urns in (resource.get("propertyDependencies") or {}).items()
        },
        protect=resource.get("protect", False),
        retain_on_delete=resource.get("retainOnDelete", False),
        ignore_changes=tuple(resource.get("ignoreChanges") or ()),
    )


def _plain(value: Any) -> Any:
    """Return a value with its secrets in clear."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return _plain(json.loads(value["plaintext"]))
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
