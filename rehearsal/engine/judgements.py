"""Reads from the engine's events what policy packs judged, in the summary's own form."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.policies import Judged, Pack, Violation

_MANDATORY = "mandatory"
_REMEDIATE = "remediate"


@dataclass(frozen=True)
class Judgements:
    """What packs said of one operation of the engine.

    Attributes:
        judged: how often each rule judged.
        violations: what they reported.
        waiting: how often a rule could not run, for values that a preview does not know.
    """

    judged: list[Judged]
    violations: list[Violation]
    waiting: int


def of(events: Sequence[Mapping[str, Any]], packs: Sequence[Pack], resources: int) -> Judgements:
    """Read an operation's events (sdk/go/common/apitype/events.go of pulumi/pulumi).

    Args:
        events: those of the engine's log.
        packs: the packs, for what events do not tell of their rules.
        resources: how many resources the stack has, which rules about stacks judge.
    """
    reported = [one["policyEvent"] for one in events if "policyEvent" in one]
    waiting = [one for one in reported if _could_not_run(one)]
    put_off = Counter((one["policyPackName"], one["policyName"]) for one in waiting)
    checked = _checked(events, resources) - put_off
    return Judgements(
        judged=[
            Judged(
                pack=pack.name,
                name=rule.name,
                level=rule.level,
                checked=checked[pack.name, rule.name],
            )
            for pack in packs
            for rule in pack.rules
        ],
        violations=[_violation(one, packs) for one in reported if one not in waiting],
        waiting=len(waiting),
    )


def _checked(events: Iterable[Mapping[str, Any]], resources: int) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    kinds = {"policyAnalyzeSummaryEvent": 1, "policyAnalyzeStackSummaryEvent": resources}
    for event in events:
        for kind, number in kinds.items():
            if kind in event:
                summary = event[kind]
                names = {*summary.get("passed", ()), *summary.get("failed", ())}
                found.update({(summary["policyPackName"], name): number for name in names})
    return found


def _could_not_run(event: Mapping[str, Any]) -> bool:
    """Say whether a rule waits for values that a preview does not know, in the SDK's words."""
    return str(event["message"]).startswith(f"can't run policy '{event['policyName']}' from ")


def _violation(event: Mapping[str, Any], packs: Iterable[Pack]) -> Violation:
    name, pack = event["policyName"], event["policyPackName"]
    rule = next(
        rule for one in packs if one.name == pack for rule in one.rules if rule.name == name
    )
    level = event["enforcementLevel"]
    message = str(event["message"]).strip()
    return Violation(
        pack=pack,
        policy=name,
        level=_MANDATORY if level == _REMEDIATE else level,
        severity=event.get("severity", "") or rule.severity,
        urn=event.get("resourceUrn", ""),
        description=rule.description,
        message=message.removeprefix(rule.description).strip("\n") or rule.description,
        remediation=rule.remediation,
    )
