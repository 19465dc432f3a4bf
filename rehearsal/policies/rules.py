"""What a policy pack says about each of its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

LEVELS: Mapping[int, str] = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.REMEDIATE: "remediate",
    analyzer_pb2.DISABLED: "disabled",
}
DISABLED = LEVELS[analyzer_pb2.DISABLED]
SEVERITIES: Mapping[int, str] = {
    analyzer_pb2.POLICY_SEVERITY_UNSPECIFIED: "",
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a pack, as the pack declares it.

    Attributes:
        name: the rule's name.
        level: `advisory`, `mandatory`, `remediate` or `disabled`.
        severity: `low` to `critical`; empty where the rule says none.
        judges_stacks: whether it judges the stack as a whole instead of each resource.
        properties: JSON schema of each of its settings.
        required: names of the settings that it needs.
        remediation: what to do about a violation; empty where the rule does not say.
        description: what the rule demands.
    """

    name: str
    level: str
    severity: str = ""
    judges_stacks: bool = False
    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...] = ()
    remediation: str = ""
    description: str = ""


def declared(info: analyzer_pb2.PolicyInfo) -> Rule:
    """Return a rule from a pack's answer."""
    return Rule(
        name=info.name,
        level=LEVELS[info.enforcementLevel],
        severity=SEVERITIES[info.severity],
        judges_stacks=info.policy_type == analyzer_pb2.POLICY_TYPE_STACK,
        properties=json_format.MessageToDict(info.configSchema.properties),
        required=tuple(info.configSchema.required),
        remediation=info.remediation_steps,
        description=info.description,
    )
