"""Reading what those who start containers override of their definitions."""

from collections.abc import Callable, Mapping
from typing import Any

from rules.container_definitions import Container, container, read_definition
from rules.reading import elements, judge_each, mapping

EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE = "aws:scheduler/schedule:Schedule"
PIPE = "aws:pipes/pipe:Pipe"

OVERRIDERS: Mapping[str, str] = {
    EVENT_TARGET: "EventBridge target",
    SCHEDULE: "EventBridge schedule",
    PIPE: "EventBridge pipe",
}
"""What people call each type that may override a container's definition."""

# The objects that lead to JSON, or to an object, with containerOverrides.
_PATHS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    EVENT_TARGET: (("input",), ("inputTransformer", "inputTemplate")),
    SCHEDULE: (("target", "input"),),
    PIPE: (
        ("targetParameters", "inputTemplate"),
        ("targetParameters", "ecsTaskParameters", "overrides"),
        ("targetParameters", "batchJobParameters"),
    ),
}


def judge_overrides(
    type_token: str, props: Mapping[str, Any], judge: Callable[[Container], None]
) -> None:
    """Judge what is overridden of each container, and then raise the first unknown met.

    Nothing is read of a template that is no JSON before its variables are filled in.

    Args:
        type_token: one of `OVERRIDERS`.
        props: the resource's properties.
        judge: judges the settings that are overridden of one container.

    Raises:
        UnknownValueError: something is known after the update only.
    """

    def judge_path(path: tuple[str, ...]) -> None:
        value: Any = props
        for key in path:
            value = mapping(value).get(key)
        # ECS has a list of these, Batch one.
        for one in elements(mapping(read_definition(value)).get("containeroverrides")):
            judge(container(one))

    judge_each(_PATHS[type_token], judge_path)
