"""The evaluator gives the answers that AWS's documentation gives."""

import re

import pytest

from rehearsal.authorization.evaluation import Decision, Principal, decide
from rehearsal.authorization.question import Question
from tests.rehearsal.authorization import (
    probes_accounts,
    probes_conditions,
    probes_elements,
    probes_keys,
    probes_operators,
    probes_principals,
    probes_trust,
    probes_variables,
)
from tests.rehearsal.authorization.probe import (
    ACCOUNT,
    SESSION,
    ConditionProbe,
    DecisionProbe,
    MatchProbe,
    allow,
    deny,
    document,
)

SOURCE = re.compile(r"(IAM User|AWS KMS Developer) Guide, '|Service Authorization Reference, '")

CONDITIONS = [*probes_operators.PROBES, *probes_conditions.PROBES, *probes_variables.CONDITIONS]
MATCHES = [*probes_elements.PROBES, *probes_variables.RESOURCES]
DECISIONS = [
    *probes_accounts.PROBES,
    *probes_principals.PROBES,
    *probes_keys.PROBES,
    *probes_trust.PROBES,
]


def asked(question: Question, *statements: dict[str, object], version: str) -> Decision:
    policy = document("identity", statements, version=version)
    return decide(question, Principal(SESSION, ACCOUNT, policies=(policy,)))


@pytest.mark.parametrize("probe", CONDITIONS, ids=lambda probe: probe.name)
def test_a_condition(probe: ConditionProbe) -> None:
    """Allow something on the condition, then deny it on the condition."""
    question = Question("s3:ListBucket", "arn:aws:s3:::mybucket", probe.context)
    allowed = asked(
        question, allow("s3:*", Sid="A", Condition=probe.condition), version=probe.version
    )
    assert allowed == Decision(probe.holds, False, "identity/A" if probe.holds else None)
    denied = asked(
        question,
        allow("s3:*", Sid="A"),
        deny("s3:*", Sid="D", Condition=probe.condition),
        version=probe.version,
    )
    assert denied == Decision(not probe.holds, probe.holds, f"identity/{'AD'[probe.holds]}")


@pytest.mark.parametrize("probe", MATCHES, ids=lambda probe: probe.name)
def test_an_element(probe: MatchProbe) -> None:
    """Allow what the elements cover, then deny it."""
    elements: dict[str, object] = dict(probe.elements)
    if "NotAction" not in elements:
        elements.setdefault("Action", "s3:*")
    if "NotResource" not in elements:
        elements.setdefault("Resource", "*")
    question = Question(probe.action, probe.resource, probe.context)
    statement = {"Sid": "One", **elements}
    allowed = asked(question, {"Effect": "Allow", **statement}, version=probe.version)
    assert allowed.allowed is probe.covered
    everything = allow("*", "*")
    denied = asked(question, everything, {"Effect": "Deny", **statement}, version=probe.version)
    assert denied.explicit is probe.covered


@pytest.mark.parametrize("probe", DECISIONS, ids=lambda probe: probe.name)
def test_a_decision(probe: DecisionProbe) -> None:
    assert probe.decision() == probe.answer


@pytest.mark.parametrize(
    "probes", [CONDITIONS, MATCHES, DECISIONS], ids=["conditions", "elements", "decisions"]
)
def test_each_probe_has_a_name_of_its_own_and_a_source(
    probes: list[ConditionProbe | MatchProbe | DecisionProbe],
) -> None:
    names = [probe.name for probe in probes]
    assert len(set(names)) == len(names)
    assert [probe.name for probe in probes if not SOURCE.match(probe.source)] == []
