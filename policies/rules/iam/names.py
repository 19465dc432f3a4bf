"""Names in ARNs: which somebody chose, and which are whatever AWS or others have made."""

import re
from functools import lru_cache

from rules.iam import globs
from rules.iam.reference import templates

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|(\*)")
_PLACES = frozenset(("Partition", "Region", "Account"))
_NOT_CHOSEN = _PLACES | {"DbiResourceId"}
"""Variable parts before the one that tells what is meant: whose account of a database it is (Amazon
RDS User Guide, "Creating and using an IAM policy for IAM database access")."""
_ARN_PARTS = 6

_KNOWN_PREFIXES = frozenset(("ec2", "elasticfilesystem", "fsx", "kms", "vpc-lattice"))
"""Services whose identifiers all begin alike: `i-0`, `vpc-0`, `fs-`, `svc-0`, `mrk-`."""

_BEGINNINGS = ("", f"{globs.PREFIX}-", f"{globs.PREFIX}-0")
"""What everybody knows of such an identifier; the first of its seventeen digits is 0 (Amazon EC2
User Guide, "Resource IDs")."""


@lru_cache(maxsize=8192)
def probes(template: str) -> tuple[str, ...]:
    """Return globs of the resources that nobody named, none for a type of a single resource.

    The first variable part of the resource's name is what a person or AWS chose; region and
    account, and everything below that name, may be anything.

    Args:
        template: a resource type's ARN, such as `arn:${Partition}:s3:::${BucketName}/${Key}`.
    """
    *head, name = template.split(":", _ARN_PARTS - 1)
    service = head[2] if len(head) > 2 else ""  # noqa: PLR2004 an ARN's third part is its service
    chosen = next((one for one in _PLACEHOLDER.finditer(name) if one[1] not in _NOT_CHOSEN), None)
    if chosen is None:
        return ()
    made_by_aws = service in _KNOWN_PREFIXES and (chosen[1] or "").endswith("Id")
    start = _PLACEHOLDER.sub(globs.SEGMENT, name[: chosen.start()])
    below = _PLACEHOLDER.sub(_below, name[chosen.end() :])
    unnamed = globs.UNNAMED + globs.MARK + globs.UNNAMED + below
    return tuple(
        ":".join([*map(_part, head), f"{start}{beginning}{unnamed}"])
        for beginning in (_BEGINNINGS if made_by_aws else _BEGINNINGS[:1])
    )


def _below(found: re.Match[str]) -> str:
    return globs.SEGMENT if found[1] in _PLACES else globs.ANYTHING


def _part(part: str) -> str:
    """Return the glob of a part of an ARN before its name; a region is never left out."""
    return _PLACEHOLDER.sub(
        lambda found: (globs.LETTER if found[1] == "Region" else "") + globs.SEGMENT, part
    )


@lru_cache(maxsize=8192)
def every(template: str) -> str:
    """Return the glob of all resources of a type, by its ARN template; a name is never empty."""
    head = template.split(":", _ARN_PARTS - 1)
    name = _PLACEHOLDER.sub(globs.ONE + globs.ANYTHING, head.pop(), count=1)
    return ":".join([*map(_part, head), _PLACEHOLDER.sub(globs.ANYTHING, name)])


@lru_cache(maxsize=4096)
def is_named(pattern: str) -> bool:
    """Say whether a pattern, of ARNs or of other texts, has a name that somebody chose."""
    if not pattern.lower().startswith("arn:"):
        return globs.is_chosen(pattern)
    parts = pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return not globs.has_wildcard(pattern)
    known = templates(parts[2])
    if not known:
        return globs.is_chosen(re.split("[:/]", parts[-1])[-1])
    found = globs.arn(pattern)
    return not any(globs.meet(found, probe) for one in known for probe in probes(one))
