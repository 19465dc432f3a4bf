"""Faults planted in the recorded dev and prod stacks: every one is caught, or argued about."""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from rules import least_privilege_iam, private_data
from tests.deployed import ROOT, deploy_stack
from tests.policies.mutants import (
    of_additions,
    of_documents,
    of_inputs,
    of_relations,
    of_roles,
)
from tests.policies.mutants.argued import ARGUED
from tests.policies.mutants.court import Court
from tests.policies.mutants.mutant import Mutant, Operator

OPERATORS: tuple[Operator, ...] = (
    of_documents.statement_mutants,
    of_documents.document_mutants,
    of_documents.granted_mutants,
    of_inputs.weakened_inputs,
    of_inputs.missing_inputs,
    of_inputs.faulty_containers,
    of_relations.removed_guards,
    of_relations.opened_groups,
    of_relations.internet_routes,
    of_relations.public_subnets,
    of_roles.attached_managed_policies,
    of_roles.self_made_rights,
    of_roles.split_rights,
    of_roles.many_policies,
    of_additions.lone_cluster,
    of_additions.added_resources,
)

STACKS = ("dev", "prod")
RULES = [*least_privilege_iam.POLICIES, *private_data.POLICIES]
NAMES = [rule.name for rule in RULES if rule.name != "exemptions-in-force"]


@cache
def court(stack: str) -> Court:
    config = {}
    for pack in ("least-privilege-iam", "private-data"):
        path = ROOT / "policies" / pack / "config" / f"{stack}.json"
        for name, setting in json.loads(path.read_text(encoding="utf-8")).items():
            config[name] = setting if isinstance(setting, dict) else {}
    return Court(RULES, deploy_stack(stack).registrations, config)


def mutants(stack: str) -> Iterator[Mutant]:
    for operator in OPERATORS:
        yield from operator(deploy_stack(stack).registrations)


@cache
def caught(stack: str) -> dict[str, frozenset[str]]:
    """Return for each mutant of a stack the rules that catch it."""
    judge = court(stack)
    return {str(mutant): judge.caught(mutant) for mutant in mutants(stack)}


def reasons(mutant: str) -> list[str]:
    return [reason for pattern, reason in ARGUED.items() if re.search(pattern, mutant)]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_without_a_fault_is_clean(stack: str) -> None:
    assert court(stack).findings() == []


@pytest.mark.parametrize("stack", STACKS)
def test_what_stands_in_a_mutant_without_a_fault_is_clean(stack: str) -> None:
    sound = of_additions.sound_resources(deploy_stack(stack).registrations)
    faults = {str(one): court(stack).caught(one) for one in sound}
    assert {name: rules for name, rules in faults.items() if rules} == {}


def test_every_mutant_of_prod_is_caught_or_argued() -> None:
    survivors = [mutant for mutant, rules in caught("prod").items() if not rules]
    assert [mutant for mutant in survivors if len(reasons(mutant)) != 1] == []
    assert len(survivors) <= 0.05 * len(caught("prod"))


def test_no_argument_is_about_a_mutant_that_is_caught() -> None:
    wrong = {
        mutant: sorted(rules)
        for mutant, rules in caught("prod").items()
        if rules and reasons(mutant)
    }
    assert wrong == {}


@pytest.mark.parametrize("pattern", ARGUED)
def test_every_argument_is_needed(pattern: str) -> None:
    assert any(re.search(pattern, mutant) for mutant in caught("prod"))


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_a_rule_catches_something_that_no_other_rule_does(name: str) -> None:
    assert any(rules == {name} for stack in STACKS for rules in caught(stack).values())


def test_operators_are_all_at_work() -> None:
    kinds = {mutant.split(":")[0] for mutant in caught("prod")}
    assert len(kinds) >= len(OPERATORS)
    assert len(caught("prod")) > 1000
