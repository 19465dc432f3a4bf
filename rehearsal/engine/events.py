"""Reads the log of events that the Pulumi CLI writes: what it did, and what it said."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.policies import Finding

_REFRESH = "refresh"
_ENDED = "an unhandled error occurred: program exited with non-zero exit code"
"""What the engine adds when a program ends by an error that it has told itself."""

_NO_CHANGE = ("same", "read")


RuleName = tuple[str, str]
"""A pack's name, and that of one of its rules."""


@dataclass(frozen=True)
class Operation:
    """What the engine does to one resource.

    Attributes:
        name: the engine's word: create, update, replace, delete, same, refresh ...
        urn: the resource.
        type: its type token.
        changed: names of the properties that differ.
    """

    name: str
    urn: str
    type: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of one command.

    Attributes:
        operations: what it did, or in a preview would do, in its order.
        counts: how many resources each operation is done to.
        errors: what it said went wrong, each in words.
        warnings: what else it said.
        findings: what policy packs found.
        put_off: rules that could not run, for values that a preview does not know.
        passes: how often each rule, by pack and name, looked at a resource.
        stack_rules: rules, by pack and name, that looked at the stack as a whole.
    """

    operations: tuple[Operation, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    put_off: tuple[Finding, ...] = ()
    passes: Mapping[RuleName, int] = field(default_factory=dict)
    stack_rules: frozenset[RuleName] = frozenset()

    @property
    def refusing(self) -> tuple[str, ...]:
        """Return the findings that stop a deployment, each in words."""
        return tuple(str(one) for one in self.findings if one.stops)

    @property
    def changes(self) -> tuple[Operation, ...]:
        """Return the operations that change something."""
        return tuple(one for one in self.operations if one.name not in _NO_CHANGE)


def read(log: Path) -> Outcome:
    """Read a log of events; a missing one, of a command that did not come so far, is empty.

    See sdk/go/common/apitype/events.go of pulumi/pulumi.
    """
    if not log.exists():
        return Outcome()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    said = [one["diagnosticEvent"] for one in events if "diagnosticEvent" in one]
    found = [_finding(one["policyEvent"]) for one in events if "policyEvent" in one]
    return Outcome(
        operations=tuple(_operations(events)),
        counts=_counts(events),
        errors=tuple(
            words
            for one in said
            if one["severity"] == "error"
            if _ENDED not in (words := _words(one))
        ),
        warnings=tuple(_words(one) for one in said if one["severity"] == "warning"),
        findings=tuple(one for one in found if not one.put_off),
        put_off=tuple(one for one in found if one.put_off),
        passes=Counter(_looked(events, "policyAnalyzeSummaryEvent")),
        stack_rules=frozenset(_looked(events, "policyAnalyzeStackSummaryEvent")),
    )


def _operations(events: list[dict[str, Any]]) -> Iterator[Operation]:
    """Yield what is done to each resource; of a refresh that is known only once it is done."""
    refreshed = set()
    for event in events:
        step = event.get("resourcePreEvent", event.get("resOutputsEvent", {})).get("metadata")
        if not step:
            continue
        if step["op"] == _REFRESH:
            refreshed.add(step["urn"])
        elif "resourcePreEvent" in event or step["urn"] in refreshed:
            changed = step.get("diffs") or sorted(step.get("detailedDiff") or ())
            yield Operation(step["op"], step["urn"], step["type"], tuple(changed))


def _counts(events: list[dict[str, Any]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for event in events:
        total.update(event.get("summaryEvent", {}).get("resourceChanges", {}))
    return dict(total)


def _finding(event: Mapping[str, Any]) -> Finding:
    return Finding(
        pack=event["policyPackName"],
        policy=event["policyName"],
        level=event["enforcementLevel"],
        severity=event.get("severity", ""),
        urn=event.get("resourceUrn", ""),
        message=event["message"],
    )


def _looked(events: list[dict[str, Any]], kind: str) -> Iterator[RuleName]:
    """Yield the rules that looked, once for each event."""
    for summary in (event[kind] for event in events if kind in event):
        names = {*summary.get("passed", ()), *summary.get("failed", ())}
        yield from ((summary["policyPackName"], name) for name in names)


def _words(said: Mapping[str, Any]) -> str:
    """Return a message without the marks of colour that the engine leaves in it.

    One about a resource is one line; one of the program keeps its lines.
    """
    message = str(said["message"]).replace("<{%reset%}>", "")
    name = str(said.get("urn", "")).rpartition("::")[2]
    if name:
        return " ".join(f"{name}: {message}".split())
    return "\n".join(filter(None, (" ".join(line.split()) for line in message.splitlines())))
