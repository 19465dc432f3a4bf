"""What policy packs found: violations, and how many resources each rule judged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from rehearsal.policies.packs import Pack
from rehearsal.policies.rules import LEVELS, SEVERITIES

MANDATORY = "mandatory"
_REMEDIATE = "remediate"

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


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a pack says of a resource, as the engine or the pack itself tells it.

    Attributes:
        pack: name of the pack.
        policy: name of the rule.
        level: its level.
        severity: `low` to `critical`; empty where the pack says none.
        urn: the resource that is meant; empty where it is none.
        message: the rule's description and its own words.
    """

    pack: str
    policy: str
    level: str
    severity: str
    urn: str
    message: str

    @property
    def put_off(self) -> bool:
        """Whether the rule waits for values that a preview does not know.

        That is advice about no resource, in words of the SDK's own (pulumi_policy/policy.py).
        """
        return self.message.startswith(f"can't run policy '{self.policy}' from policy pack ")

    @property
    def stops(self) -> bool:
        """Whether it stops a deployment.

        A rule whose remediation did not help, or that has none, is as good as mandatory
        (pkg/resource/deploy/analyze_snapshot.go).
        """
        return self.level in (MANDATORY, _REMEDIATE)

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.policy}: {' '.join(self.message.split())}"


def violation(finding: Finding, packs: Iterable[Pack]) -> Violation:
    """Return a finding with what its rule says of itself."""
    rule = next(
        rule
        for pack in packs
        if pack.name == finding.pack
        for rule in pack.rules
        if rule.name == finding.policy
    )
    # The SDK puts the description before the rule's own words.
    words = finding.message.strip().removeprefix(rule.description).strip("\n")
    return Violation(
        pack=finding.pack,
        policy=finding.policy,
        level=MANDATORY if finding.stops else finding.level,
        severity=finding.severity or rule.severity,
        urn=finding.urn,
        description=rule.description,
        message=words or rule.description,
        remediation=rule.remediation,
    )


def findings(
    pack: Pack, diagnostics: Iterable[analyzer_pb2.AnalyzeDiagnostic]
) -> Iterator[Finding]:
    """Yield what a pack's answer says."""
    for one in diagnostics:
        yield Finding(
            pack=pack.name,
            policy=one.policyName,
            level=LEVELS[one.enforcementLevel],
            severity=SEVERITIES[one.severity],
            urn=one.urn,
            message=one.message,
        )
