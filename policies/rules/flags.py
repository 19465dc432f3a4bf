"""Rules about one boolean of a resource."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy import ResourceValidationPolicy

from rules.reading import flag, mapping
from rules.rule import About, Report, Subject, resource_rule

REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "required": {
        "type": "boolean",
        "description": "Whether the rule is followed; false accepts everything.",
        "default": True,
    }
}
"""The threshold of a rule that an environment may do without."""


def flag_rule(  # noqa: PLR0913 one argument for each thing that differs between such rules
    described: About,
    kinds: Mapping[str, str],
    key: str,
    *,
    wanted: bool,
    must: str,
    default: bool | None = None,
    spared: Callable[[Subject], bool] = lambda _: False,
) -> ResourceValidationPolicy:
    """Make a rule about one boolean.

    Args:
        described: what people read about it; with the threshold `required` of `REQUIRED`, it can
            be switched off.
        kinds: type tokens of the resources that it judges, and what messages call them.
        key: the property; `object.key` for one inside an object.
        wanted: what it must be.
        must: what the message says that the resource must do.
        default: what a missing one means; None where it must be given.
        spared: resources for which another one decides; asked only where the flag is not as
            wanted.
    """

    def check(subject: Subject, report: Report) -> None:
        if not subject.thresholds.get("required", True):
            return
        value = at(subject.props, key)
        found = default if value is None else flag(value)
        if found is not wanted and not spared(subject):
            report(f"The {kinds[subject.type]} must {must}; {key} is {shown(value)}.")

    return resource_rule(described, kinds, check)


def at(props: Mapping[str, Any], path: str) -> Any:
    """Return the property at `key` or `object.key`, None where there is none.

    Raises:
        UnknownValueError: it, or the object, is known after the update only.
    """
    outer, _, inner = path.partition(".")
    return mapping(props.get(outer)).get(inner) if inner else props.get(outer)


def shown(value: Any) -> str:
    """Return a value as messages show it."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
