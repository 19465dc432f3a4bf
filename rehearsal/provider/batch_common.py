"""What the Batch types have in common: names and tags."""

import re
import uuid

from rehearsal.provider.changes import tag_changes
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import Values

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+")
"""What the provider takes as an ARN."""


def name_problems(name: str) -> list[str]:
    """List why a name is none that Batch takes."""
    return [] if _NAME.fullmatch(name) else [f"name is {name!r}; allowed is {_NAME.pattern}"]


def unique_name(prefix: str) -> str:
    """Return a name as the provider makes it of a `namePrefix`: with 26 hexadecimal digits."""
    return f"{prefix}{uuid.uuid4().hex[:26]}"


def update_tags(cloud: Cloud, state: Values, inputs: Values) -> None:
    """Bring the tags of what the state describes to the inputs'."""
    batch = cloud.client("batch")
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        batch.untag_resource(resourceArn=state["arn"], tagKeys=removed)
    if changed:
        batch.tag_resource(resourceArn=state["arn"], tags=changed)
