"""What API Gateway's resources share: patch operations, tags, ARNs, and values as AWS has them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import Values

Operation = dict[str, str]
MISSING = "NotFoundException"
"""The error code of everything that API Gateway does not find."""


def text(value: Any) -> str:
    """Return a value as patch operations carry it: `true`, `50`, `0.5`."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def replace(path: str, value: Any) -> Operation:
    """Return the operation that sets one value."""
    return {"op": "replace", "path": path, "value": text(value)}


def replacements(state: Values, inputs: Values, paths: Mapping[str, str]) -> list[Operation]:
    """Return an operation for each changed input: `{input: path}`.

    One left out becomes empty, or false where it was true.
    """
    return [
        replace(path, _emptied(state[name]) if inputs.get(name) is None else inputs[name])
        for name, path in paths.items()
        if inputs.get(name) != state.get(name)
    ]


def _emptied(value: Any) -> Any:
    return False if isinstance(value, bool) else ""


def map_changes(
    path: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterable[Operation]:
    """Return the operations that turn one map into another, key by key."""
    before, after = before or {}, after or {}
    for key in sorted(set(before) | set(after)):
        target = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        if key not in after:
            yield {"op": "remove", "path": target}
        elif key not in before:
            yield {"op": "add", "path": target, "value": text(after[key])}
        elif before[key] != after[key]:
            yield replace(target, after[key])


def arn(cloud: Cloud, path: str) -> str:
    """Return the ARN of a resource of API Gateway; it has no account: `arn:aws:apigateway:R::/...`.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
    """
    return f"arn:{cloud.partition}:apigateway:{cloud.region}::{path}"


def update_tags(cloud: Cloud, resource_arn: str, state: Values, inputs: Values) -> None:
    """Make a resource's tags those of the inputs."""
    before, after = state.get("tags") or {}, inputs.get("tags") or {}
    client = cloud.client("apigateway")
    removed = sorted(set(before) - set(after))
    if removed:
        client.untag_resource(resourceArn=resource_arn, tagKeys=removed)
    if after and after != before:
        client.tag_resource(resourceArn=resource_arn, tags=dict(after))


def present(values: Values, state: Values) -> Values:
    """Drop what AWS has not and the program never asked for; what it asked for shows as None."""
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "", {}) or state.get(name) not in (None, "", {})
    }
