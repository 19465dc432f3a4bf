"""Runs a rule as the analyzer would: through the SDK's proxies, with its schema's defaults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import _NotApplicableError
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

UNKNOWN = UNKNOWN_STRING_VALUE
"""Stands for a value that is known after the update only."""

NO_OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


@dataclass
class Verdict:
    """What one rule says.

    Attributes:
        violations: the messages.
        urns: the URN of each violation.
        unknown: whether an unknown value kept it from judging everything.
        applicable: whether it judges such a resource at all.
    """

    violations: list[str] = field(default_factory=list)
    urns: list[str | None] = field(default_factory=list)
    unknown: bool = False
    applicable: bool = True

    def report(self, message: str, urn: str | None = None) -> None:
        self.violations.append(message)
        self.urns.append(urn)


def urn_of(resource_type: str, name: str) -> str:
    return f"urn:pulumi:test::project::{resource_type}::{name}"


def judge(
    policy: ResourceValidationPolicy,
    resource_type: str,
    props: Mapping[str, Any],
    config: Mapping[str, Any] | None = None,
    *,
    name: str = "thing",
) -> Verdict:
    """Run a rule about single resources."""
    args = ResourceValidationArgs(
        resource_type,
        unknown_checking_proxy(dict(props)),
        urn_of(resource_type, name),
        name,
        NO_OPTIONS,
        None,
        _filled(policy, config),
    )
    return _run(policy, args)


def resource(  # noqa: PLR0913 what an engine says of a resource
    resource_type: str,
    name: str,
    props: Mapping[str, Any],
    origins: Mapping[str, Iterable[PolicyResource]] | None = None,
    *,
    urn: str | None = None,
    parent: PolicyResource | None = None,
) -> PolicyResource:
    """Return a resource of a stack; `origins` are the resources that each property comes from."""
    found = {key: list(value) for key, value in (origins or {}).items()}
    return PolicyResource(
        resource_type,
        unknown_checking_proxy(dict(props)),
        urn or urn_of(resource_type, name),
        name,
        NO_OPTIONS,
        None,
        parent,
        [one for value in found.values() for one in value],
        found,
    )


def judge_stack(
    policy: StackValidationPolicy,
    resources: Iterable[PolicyResource],
    config: Mapping[str, Any] | None = None,
) -> Verdict:
    """Run a rule about a stack."""
    return _run(policy, StackValidationArgs(list(resources), _filled(policy, config)))


def _filled(policy: Any, config: Mapping[str, Any] | None) -> dict[str, Any]:
    schema = policy.config_schema.properties if policy.config_schema else {}
    defaults = {key: value["default"] for key, value in schema.items() if "default" in value}
    return {**defaults, **(config or {})}


def _run(policy: Any, args: Any) -> Verdict:
    verdict = Verdict()
    try:
        policy.validate(args, verdict.report)
    except UnknownValueError:
        verdict.unknown = True
    except _NotApplicableError:
        verdict.applicable = False
    return verdict
