"""Small stacks, in which resources name each other as in one that is made, or in a preview."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import PolicyResource, StackValidationPolicy

from tests.policies.harness import UNKNOWN, Verdict, judge_stack, resource


class Small:
    """A small stack, in which a resource names others by their ids or, in a preview, by origin."""

    def __init__(self, preview: bool = False) -> None:
        self.preview = preview
        self.resources: list[PolicyResource] = []

    def add(self, token: str, name: str, /, **props: Any) -> PolicyResource:
        """Add a resource; a property that is a resource, or a list of some, names it."""
        origins = {key: _resources_in(value) for key, value in props.items()}
        found = resource(
            token,
            name,
            {"id": UNKNOWN if self.preview else name, **self._values(props)},
            {key: value for key, value in origins.items() if value},
        )
        self.resources.append(found)
        return found

    def judge(
        self, rule: StackValidationPolicy, config: Mapping[str, Any] | None = None
    ) -> Verdict:
        return judge_stack(rule, self.resources, config)

    def _values(self, value: Any) -> Any:
        if isinstance(value, PolicyResource):
            return UNKNOWN if self.preview else value.name
        if isinstance(value, dict):
            return {key: self._values(item) for key, item in value.items()}
        return [self._values(item) for item in value] if isinstance(value, list) else value


def _resources_in(value: Any) -> list[PolicyResource]:
    if isinstance(value, PolicyResource):
        return [value]
    if isinstance(value, dict):
        return [one for item in value.values() for one in _resources_in(item)]
    return [one for item in value for one in _resources_in(item)] if isinstance(value, list) else []
