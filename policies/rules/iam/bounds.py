"""What bounds a grant: the names in its resources, or a condition about what is acted on."""

from functools import lru_cache

from rules.iam import globs
from rules.iam.names import every, probes
from rules.iam.reference import Action, expand, invert
from rules.iam.resource_conditions import bounds, is_of_request, says_nothing
from rules.iam.statements import Statement


@lru_cache(maxsize=65536)
def is_unbounded(action: Action, resource: str) -> bool:
    """Say whether a resource pattern covers resources of an action that nobody named.

    Args:
        action: an action; one without resource types works on `*` only.
        resource: an ARN with wildcards, as a statement has it.
    """
    pattern = globs.arn(resource)
    if not pattern.strip(globs.ANYTHING):
        return True
    return any(
        globs.meet(pattern, one) for template in action.templates for one in probes(template)
    )


@lru_cache(maxsize=65536)
def can_act_on(action: Action, resource: str) -> bool:
    """Say whether a resource pattern covers any resource of an action at all.

    Args:
        action: an action.
        resource: an ARN with wildcards, as a statement has it.
    """
    pattern = globs.arn(resource)
    if not pattern.strip(globs.ANYTHING):
        return True
    return any(globs.meet(pattern, every(template)) for template in action.templates)


_ON_WHAT_HAS_NO_NAME = frozenset(
    (
        "cloudwatch:getmetricdata",
        "cloudwatch:listmetrics",
        "route53:getchange",
        "xray:puttracesegments",
    )
)
"""Actions on what AWS gives no name, or one that is gone in minutes, although the reference has a
resource type or a condition key for some of it: metrics, changes of records, traces (Amazon
CloudWatch User Guide, "Permissions for CloudWatch metrics"; Amazon Route 53 API Reference,
"GetChange"; AWS X-Ray Developer Guide, "How AWS X-Ray works with IAM")."""


@lru_cache(maxsize=32768)
def is_restrictable(action: Action) -> bool:
    """Say whether AWS offers anything that would narrow an action.

    A resource type does. Where there is none a condition key does for what changes something, as
    long as it is one that bounds.
    """
    if action.name.lower() in _ON_WHAT_HAS_NO_NAME:
        return False
    if action.templates:
        return True
    return not action.reads and not all(says_nothing(key) for key in action.keys)


_MAKING = (
    "add",
    "allocate",
    "copy",
    "create",
    "import",
    "provision",
    "purchase",
    "put",
    "register",
    "request",
    "restore",
    "run",
    "tag",
)
"""What the names of actions begin with that make or tag what the tags of a request are for."""


def _is_about(key: str, action: Action) -> bool:
    """Say whether a condition key that says something of a resource does so of an action's.

    The tags in a request are those of what is made or tagged; of what a job is sent to they say
    nothing.
    """
    verb = action.name.partition(":")[2].lower()
    return not is_of_request(key) or not action.templates or verb.startswith(_MAKING)


def _is_narrowed(action: Action, statement: Statement) -> bool:
    return any(bounds(one) and _is_about(one.key, action) for one in statement.conditions)


@lru_cache(maxsize=4096)
def allowed(statement: Statement) -> tuple[Action, ...]:
    """Return the actions that a statement is about, each once."""
    if statement.not_actions:
        return invert(statement.not_actions)
    found = (one for pattern in statement.actions for one in expand(pattern))
    return tuple(dict.fromkeys(found))


def is_open(action: Action, statement: Statement) -> bool:
    """Say whether a statement bounds an action neither by resources nor by a condition."""
    if _is_narrowed(action, statement):
        return False
    if statement.not_resources or "*" in statement.resources:
        return True
    return any(is_unbounded(action, one) for one in statement.resources)


@lru_cache(maxsize=4096)
def open_actions(statement: Statement) -> tuple[Action, ...]:
    """Return the actions of a statement that could be bounded, and are not."""
    return tuple(
        one for one in allowed(statement) if is_restrictable(one) and is_open(one, statement)
    )
