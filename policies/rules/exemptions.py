"""Exemptions: resources that a rule spares for a reason, until a date."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pulumi
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
                "format": "date",
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
        written: the last day, as the configuration gives it.
    """

    rule: str
    resource: str
    reason: str
    written: str

    @property
    def until(self) -> date | None:
        """The last day; None where there is no such date."""
        try:
            return date.fromisoformat(self.written)
        except ValueError:
            return None

    @property
    def in_force(self) -> bool:
        """Whether it still spares, warned about or not."""
        # The other way round, the grace would lead beyond the last date that there is.
        return self.until is not None and today() - GRACE <= self.until

    def covers(self, urn: str) -> bool:
        """Say whether a resource is meant."""
        if urn == self.resource or urn.endswith(f"::{self.resource}"):
            return True
        # A child's URN has its parents' types before its own.
        return "::" in self.resource and urn.endswith(f"${self.resource}")


class _Ledger:
    """What this process, which judges one stack, was told to spare and has spared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spared: dict[Exemption, set[str]] = {}
        self._ended: set[Exemption] = set()

    def note(self, found: list[Exemption]) -> None:
        with self._lock:
            for exemption in found:
                self._spared.setdefault(exemption, set())

    def spare(self, exemption: Exemption, urn: str) -> None:
        with self._lock:
            self._spared.setdefault(exemption, set()).add(urn)

    def end(self, exemption: Exemption) -> None:
        """Remember that a violation was reported although there is an exemption."""
        with self._lock:
            self._ended.add(exemption)

    def has_ended(self, exemption: Exemption) -> bool:
        with self._lock:
            return exemption in self._ended

    def clear(self) -> None:
        with self._lock:
            self._spared.clear()
            self._ended.clear()

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
            if exemption.in_force:
                LEDGER.spare(exemption, urn)
                return
            LEDGER.end(exemption)
            message = f"{message} {_no_longer(exemption)}"
        report_violation(message, urn)

    return report


def _no_longer(exemption: Exemption) -> str:
    if exemption.until is None:
        return f"Its exemption does not count: {_no_date(exemption)}"
    return f"Its exemption ended on {exemption.until}."


def _no_date(exemption: Exemption) -> str:
    return f"its `until`, {exemption.written}, is no date; write one as YYYY-MM-DD."


def _read(rule: str, config: Mapping[str, Any]) -> list[Exemption]:
    return [
        Exemption(rule, str(one["resource"]), str(one["reason"]), str(one["until"]))
        for one in config.get("exemptions", ())
    ]


def _list(_: StackValidationArgs, report_violation: ReportViolation) -> None:
    for exemption, urns in LEDGER:
        until = exemption.until
        if until is None:
            where = f"The exemption of {exemption.resource} from {exemption.rule}"
            report_violation(f"{where} does not count: {_no_date(exemption)}", None)
            continue
        for urn in urns:
            report_violation(_words(exemption, until), urn)
        if not urns and _spares_nothing(exemption):
            report_violation(
                f"{exemption.rule} has nothing to spare at {exemption.resource}; remove the "
                f"exemption ({exemption.reason}).",
                None,
            )


def _spares_nothing(exemption: Exemption) -> bool:
    """Say whether there is nothing to spare; a preview cannot tell, for unknown values."""
    return not pulumi.runtime.is_dry_run() and not LEDGER.has_ended(exemption)


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
