"""Tags of the resources."""

from collections.abc import Mapping


def named(tags: Mapping[str, str], name: str) -> dict[str, str]:
    """Return tags with a `Name`, which AWS's consoles show.

    Args:
        tags: the tags of every resource of the stack.
        name: the resource's own name.
    """
    return {**tags, "Name": name}
