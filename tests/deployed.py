"""Deployments of the program over placeholders, one for each combination of settings."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal import stack_files
from rehearsal.mocks import Deployment, deploy, program_at
from rehearsal.registrations import Registration
from tests.placeholder import Place, PlaceholderProvider

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "metaflow-aws"


def deploy_stack(
    stack: str = "dev", *, region: str = "us-east-1", preview: bool = False, **settings: Any
) -> Deployment:
    """Deploy a stack's file with some settings (camelCase) changed; the same one only once."""
    return _deploy(stack, region, preview, json.dumps(settings, sort_keys=True))


@cache
def _deploy(stack: str, region: str, preview: bool, settings: str) -> Deployment:
    return run(stack, region=region, preview=preview, settings=json.loads(settings))


def run(
    stack: str = "dev",
    *,
    settings: Mapping[str, Any],
    region: str = "us-east-1",
    preview: bool = False,
    zones: str | None = None,
    registered: list[Registration] | None = None,
) -> Deployment:
    """Deploy without a cache; what was registered is left in a list, also by a failing program."""
    config = stack_files.read_stack(ROOT, stack)
    texts = {
        f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in settings.items()
    }
    return deploy(
        program_at(ROOT / "__main__.py"),
        provider(region, zones),
        project=PROJECT,
        stack_name=stack,
        config={**config.values, **texts, "aws:region": region},
        preview=preview,
        on_resource=lambda one: registered.append(one) if registered is not None else None,
    )


def provider(region: str = "us-east-1", zones: str | None = None) -> PlaceholderProvider:
    return PlaceholderProvider(Place(region) if zones is None else Place(region, zones))


def only(deployment: Deployment, token: str, name: str | None = None) -> Registration:
    """Return the one resource of a type, by its logical name where there are several."""
    found = [one for one in deployment.of_type(token) if name is None or one.name == name]
    assert len(found) == 1, f"{len(found)} resources {token} {name or ''}"
    return found[0]


def inputs(deployment: Deployment, token: str, name: str | None = None) -> dict[str, Any]:
    """Return what the program gave a resource, but for its tags."""
    return {
        key: item for key, item in only(deployment, token, name).inputs.items() if key != "tags"
    }


def documents(deployment: Deployment, token: str, key: str) -> dict[str, Any]:
    """Return the JSON documents in one input of every resource of a type, by logical name."""
    return {one.name: json.loads(one.inputs[key]) for one in deployment.of_type(token)}


def label(one: Registration) -> str:
    """Return `<kind>:<logical name>`, as the placeholders call a resource."""
    return f"{one.type.rsplit(':', 1)[-1]}:{one.name}"


def waits_for(deployment: Deployment) -> dict[str, frozenset[str]]:
    """Return for each resource, by its label, everything that must be there before it."""
    by_urn = {one.urn: one for one in deployment.registrations}

    @cache
    def before(urn: str) -> frozenset[str]:
        direct = by_urn[urn].dependencies
        return frozenset(map(label, (by_urn[one] for one in direct))).union(*map(before, direct))

    return {label(one): before(one.urn) for one in deployment.registrations}
