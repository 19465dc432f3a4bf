"""Exemptions: resources that a rule spares for a reason, until a date."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

GRACE = timedelta(days=30)
"""How long an expired exemption is only warned about."""

SCHEMA: dict[str, Any] = {
    "type": "array",
    "description": "Resources that this rule spares.",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["resource", "reason", "until"],
        "properties": {
            "resource": {
                "type": "string",
                "minLength": 1,
                "description": "The resource's URN, or its end: `<type>::<logical name>`.",
            },
            "reason": {"type": "string", "minLength": 10, "description": "Why it is spared."},
            "until": {
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "The last day, as YYYY-MM-DD.",
            },
        },
    },
}
"""JSON schema of the setting `exemptions`, which every rule has."""


@dataclass(frozen=True)
class Exemption:
    """One resource that one rule spares.

    Attributes:
        rule: the rule's name.
        resource: URN, or the end of one.
        reason: why.
        until: the last day; None where the configuration gives no date that exists.
    """

    rule: str
    resource: str
    reason: str
    until: date | None

    def covers(self, urn: str) -> bool:
        """Say whether a resource is meant."""
        return urn == self.resource or urn.endswith(f"::{self.resource}")


class _Ledger:
    """What this process, which judges one stack, was told to spare and has spared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spared: dict[Exemption, set[str]] = {}

    def note(self, found: list[Exemption]) -> None:
        with self._lock:
            for exemption in found:
                self._spared.setdefault(exemption, set())

    def spare(self, exemption: Exemption, urn: str) -> None:
        with self._lock:
            self._spared.setdefault(exemption, set()).add(urn)

    def clear(self) -> None:
        with self._lock:
            self._spared.clear()

    def __iter__(self) -> Iterator[tuple[Exemption, list[str]]]:
        with self._lock:
            return iter([(one, sorted(urns)) for one, urns in self._spared.items()])


LEDGER = _Ledger()
"""A pack runs in a process of its own, one for each preview or update."""


def today() -> date:
    """Return the date by which exemptions expire."""
    return date.today()


def note(rule: str, config: Mapping[str, Any]) -> None:
    """Remember a rule's exemptions, so that those that spare nothing are listed too."""
    if "exemptions" in config:
        LEDGER.note(_read(rule, config))


def unless_exempt(
    rule: str, config: Mapping[str, Any], report_violation: ReportViolation
) -> Callable[[str, str], None]:
    """Return a reporter that leaves out what is exempt.

    Args:
        rule: the rule's name.
        config: the rule's configuration.
        report_violation: where violations go.
    """
    exempt = _read(rule, config)
    LEDGER.note(exempt)

    def report(message: str, urn: str) -> None:
        for exemption in exempt:
            if not exemption.covers(urn):
                continue
            if exemption.until is not None and today() <= exemption.until + GRACE:
                LEDGER.spare(exemption, urn)
                return
            message = f"{message} {_no_longer(exemption)}"
        report_violation(message, urn)

    return report


def _no_longer(exemption: Exemption) -> str:
    if exemption.until is None:
        return "Its exemption does not count: its `until` is no date; write it as YYYY-MM-DD."
    return f"Its exemption ended on {exemption.until}."


def _read(rule: str, config: Mapping[str, Any]) -> list[Exemption]:
    return [
        Exemption(rule, str(one["resource"]), str(one["reason"]), _date(one["until"]))
        for one in config.get("exemptions", ())
    ]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _list(_: StackValidationArgs, report_violation: ReportViolation) -> None:
    for exemption, urns in LEDGER:
        if exemption.until is None:
            continue
        for urn in urns:
            report_violation(_words(exemption, exemption.until), urn)
        if not urns:
            report_violation(
                f"{exemption.rule} has nothing to spare at {exemption.resource}; remove the "
                f"exemption ({exemption.reason}).",
                None,
            )


def _words(exemption: Exemption, until: date) -> str:
    if today() <= until:
        return f"{exemption.rule} spares this resource until {until}: {exemption.reason}"
    return (
        f"{exemption.rule} spared this resource until {until} ({exemption.reason}); it is a "
        f"violation after {until + GRACE}."
    )


def listed() -> StackValidationPolicy:
    """Return the policy that lists the exemptions in force; it is the last one of a pack."""
    return StackValidationPolicy(
        name="exemptions-in-force",
        description="Exemptions are listed, and warned about for 30 days after they end.",
        enforcement_level=EnforcementLevel.ADVISORY,
        severity=Severity.LOW,
        remediation_steps="Mend the resource and remove the exemption, or renew its date.",
        validate=_list,
    )
