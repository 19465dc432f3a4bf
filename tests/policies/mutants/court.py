"""Judges mutants: which rules catch them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationPolicy, StackValidationPolicy

from rehearsal.registrations import Registration
from tests.policies.harness import judge, judge_stack, resource
from tests.policies.mutants.mutant import Mutant, Recorded
from tests.policies.recorded import properties

Rule = ResourceValidationPolicy | StackValidationPolicy


class Court:
    """Every rule, a stack, and what each rule is configured to allow."""

    def __init__(
        self, rules: Iterable[Rule], stack: Recorded, config: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._stack = stack
        self._config = config
        rules = list(rules)
        self._resource_rules = [one for one in rules if isinstance(one, ResourceValidationPolicy)]
        self._stack_rules = [one for one in rules if isinstance(one, StackValidationPolicy)]
        self._props = {one.urn: _proxied(one) for one in stack}

    def caught(self, mutant: Mutant) -> frozenset[str]:
        """Return the names of the rules that find something in a mutant."""
        touched = [*mutant.changed, *mutant.added]
        found = {
            rule.name
            for rule in self._resource_rules
            for one in touched
            if judge(rule, one.type, one.inputs, self._config.get(rule.name)).violations
        }
        resources = self._resources(mutant)
        found |= {
            rule.name
            for rule in self._stack_rules
            if judge_stack(rule, resources, self._config.get(rule.name)).violations
        }
        return frozenset(found)

    def findings(self) -> list[tuple[str, str]]:
        """Return what the rules find in the stack as it is: rule and message."""
        nothing = Mutant("", "", changed=tuple(self._stack))
        found = []
        for rule in self._resource_rules:
            for one in self._stack:
                verdict = judge(rule, one.type, one.inputs, self._config.get(rule.name))
                found += [(rule.name, message) for message in verdict.violations]
        for stack_rule in self._stack_rules:
            verdict = judge_stack(
                stack_rule, self._resources(nothing), self._config.get(stack_rule.name)
            )
            found += [(stack_rule.name, message) for message in verdict.violations]
        return found

    def _resources(self, mutant: Mutant) -> list[PolicyResource]:
        """Return the mutated stack as a stack's rules see it; what is unchanged is shared."""
        touched = {one.urn for one in (*mutant.changed, *mutant.added)}
        stack = mutant.applied(self._stack)
        found = {
            one.urn: _proxied(one) if one.urn in touched else _copy(self._props[one.urn])
            for one in stack
        }
        for one in stack:
            judged = found[one.urn]
            judged.parent = found.get(one.parent)
            judged.dependencies = [found[urn] for urn in one.dependencies if urn in found]
            judged.property_dependencies = {
                key: [found[urn] for urn in urns if urn in found]
                for key, urns in one.property_dependencies.items()
            }
        return list(found.values())


def _proxied(one: Registration) -> PolicyResource:
    return resource(one.type, one.name, properties(one), urn=one.urn)


def _copy(one: PolicyResource) -> PolicyResource:
    return PolicyResource(
        one.resource_type, one.props, one.urn, one.name, one.opts, None, None, [], {}
    )
