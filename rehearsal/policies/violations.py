"""What policy packs found: violations, and how many resources each rule judged."""

from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from rehearsal.policies.packs import Pack
from rehearsal.policies.rules import LEVELS, SEVERITIES

MANDATORY = "mandatory"

_BY_SEVERITY = ("critical", "high", "medium", "low", "")


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One violation that a rule reported.

    Attributes:
        pack: name of the pack.
        policy: name of the rule.
        level: `mandatory` or `advisory`.
        severity: `low` to `critical`; empty where the rule says none.
        urn: the resource that is meant; the stack's own for a stack as a whole.
        description: what the rule demands.
        message: what was found.
        remediation: what to do about it; empty where the rule does not say.
    """

    pack: str
    policy: str
    level: str
    severity: str
    urn: str
    description: str
    message: str
    remediation: str = ""

    @property
    def rank(self) -> tuple[bool, int, str, str]:
        """The order in which the CLI prints violations (pkg/backend/display/progress.go)."""
        severity = _BY_SEVERITY.index(self.severity)
        return (self.level != MANDATORY, severity, self.policy, self.urn)

    def as_json(self) -> dict[str, Any]:
        """Return the summary's form."""
        names = ("pack", "policy", "level", "severity", "urn", "message", "remediation")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """How often a rule judged.

    Attributes:
        pack: name of the pack.
        name: name of the rule.
        level: its level, by its configuration.
        checked: resources that it found applicable; those of the stack for a rule about stacks.
    """

    pack: str
    name: str
    level: str
    checked: int

    def as_json(self) -> dict[str, Any]:
        """Return the summary's form."""
        names = ("pack", "name", "level", "checked")
        return {name: getattr(self, name) for name in names}


def reported(pack: Pack, diagnostic: analyzer_pb2.AnalyzeDiagnostic, urn: str) -> Violation:
    """Return a violation from a pack's answer.

    A rule whose remediation did not help, or that has none, is as good as mandatory
    (pkg/resource/deploy/analyze_snapshot.go).

    Args:
        pack: who answered.
        diagnostic: what it said.
        urn: the resource that is meant.
    """
    level = LEVELS[diagnostic.enforcementLevel]
    rule = next(one for one in pack.rules if one.name == diagnostic.policyName)
    return Violation(
        pack=pack.name,
        policy=diagnostic.policyName,
        level=MANDATORY if level == "remediate" else level,
        severity=SEVERITIES[diagnostic.severity] or rule.severity,
        urn=urn,
        description=diagnostic.description,
        # The SDK puts the description before the rule's own words.
        message=diagnostic.message.removeprefix(diagnostic.description).strip("\n")
        or diagnostic.description,
        remediation=rule.remediation,
    )


def could_not_run(diagnostic: analyzer_pb2.AnalyzeDiagnostic) -> bool:
    """Say whether a rule waits for values that a preview does not know.

    It is advice about no resource, in words of the SDK's own (pulumi_policy/policy.py).
    """
    words = f"can't run policy '{diagnostic.policyName}' from policy pack "
    return not diagnostic.urn and diagnostic.message.startswith(words)
