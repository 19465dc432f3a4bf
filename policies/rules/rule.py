"""How a rule is built: which resources it judges, its thresholds, its exemptions."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from rules import exemptions

_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"


@dataclass(frozen=True, kw_only=True)
class About:
    """What people read about a rule.

    Attributes:
        name: the rule's name, kebab-case, beginning with the service; a key in the configuration.
        description: what must hold, in one sentence.
        severity: how bad a violation is.
        remediation: what to do about one.
        url: the page that says why.
        control: number of the control of AWS Foundational Security Best Practices that this is,
            such as `RDS.2`; None for one of this pack's own.
        thresholds: JSON schema of each setting of the rule, with its `default`.
    """

    name: str
    description: str
    severity: Severity
    remediation: str
    url: str
    control: str | None = None
    thresholds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def framework(self) -> PolicyComplianceFramework:
        """The control that the rule checks; this pack's own baseline otherwise."""
        if self.control is None:
            return PolicyComplianceFramework(
                name="AWS stack baseline",
                version="1",
                reference=self.name,
                specification=self.description,
            )
        service, number = self.control.lower().split(".")
        return PolicyComplianceFramework(
            name="AWS Foundational Security Best Practices",
            version="1.0.0",
            reference=self.control,
            specification=f"{_SECURITY_HUB}/{service}-controls.html#{service}-{number}",
        )


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One resource that a rule judges.

    Attributes:
        type: Pulumi's type token.
        name: the logical name.
        urn: Pulumi's unique name.
        props: the inputs, by camelCase names; reading an unknown one raises `UnknownValueError`.
        thresholds: the rule's settings.
    """

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    thresholds: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stack:
    """All resources of a stack, as a rule about their relations sees them.

    Attributes:
        resources: every resource; `props` are its outputs, once it has any.
        thresholds: the rule's settings.
    """

    resources: list[PolicyResource]
    thresholds: Mapping[str, Any]

    def of_type(self, types: Collection[str] | str) -> list[PolicyResource]:
        """Return the resources of some types."""
        wanted = [types] if isinstance(types, str) else types
        return [one for one in self.resources if one.resource_type in wanted]


_REASON = {"type": "string", "minLength": 10, "description": "Why the rule is set as it is."}

Report = Callable[[str], None]
"""Reports a violation of the resource that is judged, in a full sentence."""

StackReport = Callable[[str, str], None]
"""Reports a violation: a full sentence, and the URN of the resource that must change."""


def resource_rule(
    described: About, types: Collection[str], check: Callable[[Subject, Report], None]
) -> ResourceValidationPolicy:
    """Make a rule about single resources; mandatory unless a configuration says otherwise.

    Args:
        described: what people read about it.
        types: type tokens of the resources that it judges; others are reported as not applicable.
        check: judges one resource.
    """

    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        config = args.get_config()
        if args.resource_type not in types:
            exemptions.note(described.name, config)
            args.not_applicable(f"{described.name} does not judge {args.resource_type}")
        subject = Subject(
            type=args.resource_type,
            name=args.name,
            urn=args.urn,
            props=args.props,
            thresholds=_thresholds(described, config),
        )
        report = exemptions.unless_exempt(described.name, config, report_violation)
        check(subject, lambda message: report(message, args.urn))

    return ResourceValidationPolicy(validate=validate, **_metadata(described))


def stack_rule(
    described: About, types: Collection[str], check: Callable[[Stack, StackReport], None]
) -> StackValidationPolicy:
    """Make a rule about relations between resources; mandatory like any other.

    Args:
        described: what people read about it.
        types: type tokens that it is about; a stack with none of them is not judged.
        check: judges the stack.
    """

    def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        config = args.get_config()
        if not any(one.resource_type in types for one in args.resources):
            exemptions.note(described.name, config)
            args.not_applicable(f"{described.name} finds nothing to judge in this stack")
        stack = Stack(resources=args.resources, thresholds=_thresholds(described, config))
        check(stack, exemptions.unless_exempt(described.name, config, report_violation))

    return StackValidationPolicy(validate=validate, **_metadata(described))


def _metadata(described: About) -> dict[str, Any]:
    properties = {
        **{name: dict(schema) for name, schema in described.thresholds.items()},
        "reason": _REASON,
        "exemptions": exemptions.SCHEMA,
    }
    return {
        "name": described.name,
        "description": described.description,
        "enforcement_level": EnforcementLevel.MANDATORY,
        "config_schema": PolicyConfigSchema(properties),
        "display_name": described.name.replace("-", " "),
        "severity": described.severity,
        "framework": described.framework,
        "tags": [described.name.split("-", maxsplit=1)[0]],
        "remediation_steps": described.remediation,
        "url": described.url,
    }


def _thresholds(described: About, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule's settings: the configuration's over the defaults.

    The engine fills in the schema's defaults; a program that calls the rule itself does not.
    """
    return {
        name: config.get(name, schema.get("default"))
        for name, schema in described.thresholds.items()
    }
