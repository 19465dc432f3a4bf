"""Any two options together: the program runs, both packs find nothing, and the wires hold."""

import itertools
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import pytest

from rehearsal import wiring
from rehearsal.provider.cloud import partition_of
from rules import least_privilege_iam, private_data
from settings import QueueSettings, Settings, parse
from settings.queues import Kind
from tests.combinations.options import (
    FIRST,
    OF_A_QUEUE,
    OPTIONS,
    REGION,
    STACK,
    TOGETHER,
    VALUES_ONLY,
    VALUES_ONLY_OF_A_QUEUE,
    possible,
    rows,
    settings_of,
)
from tests.deployed import deploy_stack
from tests.partition_names import DOMAIN, EC2, UNIVERSAL, domains, service_principals
from tests.placeholder import ACCOUNT
from tests.policies.test_packs import config_of, findings, rules_of
from tests.policies.test_packs import settings_of as settings_of_rule
from tests.rehearsal.recorded_stacks import recorded

PACKS = {"least-privilege-iam": least_privilege_iam, "private-data": private_data}
SAMPLE = 4
"""How many rows are tried in every run of the tests."""

DEMANDED_BY: Mapping[str, str] = {
    "rds-multi-az": "dbMultiAz",
    "rds-deletion-protection": "deletionProtection",
    "rds-final-snapshot": "dbFinalSnapshot",
    "dynamodb-deletion-protection": "deletionProtection",
    "dynamodb-point-in-time-recovery": "tablePointInTimeRecovery",
    "subnet-no-automatic-public-address": "privateSubnets",
    "ecs-no-public-address": "privateSubnets",
}
"""What dev's configuration of the packs relaxes, and the setting without which a row needs that."""

TIED = {pair for names in TOGETHER for pair in itertools.permutations(names, 2)}
"""Options of which some values cannot be had together."""


def test_every_two_values_that_can_be_had_together_are_in_a_row() -> None:
    def key(a: str, one: Any, b: str, other: Any) -> str:
        return json.dumps([a, one, b, other])

    pairs = list(itertools.combinations(OPTIONS, 2))
    met = {key(a, row[a], b, row[b]) for row in rows() for a, b in pairs}
    apart = [
        (a, one, b, other)
        for a, b in pairs
        for one in OPTIONS[a]
        for other in OPTIONS[b]
        if key(a, one, b, other) not in met
    ]
    assert [
        (a, one, b, other)
        for a, one, b, other in apart
        if (a, b) not in TIED or possible({a: one, b: other})
    ] == []
    for name, values in OPTIONS.items():
        assert [one for one in values if one not in [row[name] for row in rows()]] == []


def test_every_row_is_one_that_the_settings_allow() -> None:
    for row in rows():
        parse(settings_of(row))


def test_every_setting_is_an_option_here_or_changes_values_only() -> None:
    keys = {str(info.alias) for info in Settings.model_fields.values()}
    chosen = {name for name in OPTIONS if name in keys}
    within = {
        key
        for values in OPTIONS.values()
        for value in values
        if isinstance(value, Mapping)
        for key in value
        if key in keys
    }
    assert keys == chosen | within | set(VALUES_ONLY)
    assert not (chosen | within - {"tags"}) & set(VALUES_ONLY)


def test_every_setting_of_a_queue_is_an_option_here_or_changes_values_only() -> None:
    keys = {str(info.alias) for info in QueueSettings.model_fields.values()}
    chosen = {key for name in OF_A_QUEUE for value in OPTIONS[name] for key in value}
    assert keys == chosen | set(VALUES_ONLY_OF_A_QUEUE)


def test_a_queue_of_every_kind_is_first_somewhere_and_fargate_without_instances() -> None:
    kinds = {(row[FIRST]["kind"], row["queue"]["kind"]) for row in rows()}
    assert {first for first, _ in kinds} == set(get_args(Kind))
    assert ("fargate", "fargate") in kinds


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=f"{number}", marks=[pytest.mark.thorough] if number >= SAMPLE else [])
        for number, row in enumerate(rows())
    ],
)
def test_nothing_is_found_in_a_row(row: Mapping[str, Any]) -> None:
    stack, settings = row[STACK], {**settings_of(row), "region": row[REGION]}
    deployment = deploy_stack(stack, **settings)
    partition = partition_of(row[REGION])
    given = json.dumps([dict(one.inputs) for one in deployment.registrations])
    assert set(re.findall(r"arn:(aws[a-z-]*):", given)) == {partition}
    assert service_principals(deployment) <= {*UNIVERSAL, EC2[partition]}
    assert domains(deployment) == {DOMAIN[partition]}
    hops = wiring.check(recorded(stack, **settings))
    # The routes of somebody else's VPC are no resources of the stack.
    internet = "vpcId" not in settings
    assert [str(one) for one in hops if not one.holds and (internet or not is_outward(one))] == []
    found = {
        name: findings(rule, stack, configured(pack, name, settings), **settings)
        for pack in PACKS
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


def is_outward(hop: wiring.Hop) -> bool:
    return hop.target == "internet" or hop.target.startswith("endpoint")


def configured(pack: str, rule: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return how prod configures a rule, or how dev does where the settings need that."""
    demanded = DEMANDED_BY.get(rule)
    stage = "prod" if demanded is None or settings[demanded] else "dev"
    config = settings_of_rule(config_of(pack, stage)[rule])
    others = accounts(settings.get("userRolePrincipals", ())) - {ACCOUNT}
    if others and rule == "iam-other-accounts-bounded":
        config["trustedAccounts"] = sorted(others)
    return config


def accounts(arns: Iterable[str]) -> set[str]:
    return {arn.split(":")[4] for arn in arns}


def test_no_more_is_relaxed_than_the_settings_need() -> None:
    relaxed = {
        name
        for pack in PACKS
        for name, entry in config_of(pack, "dev").items()
        if entry != config_of(pack, "prod")[name]
    }
    assert relaxed == set(DEMANDED_BY)
