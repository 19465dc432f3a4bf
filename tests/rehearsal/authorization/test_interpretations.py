"""What the evaluator does where AWS's documentation leaves room."""

import pytest

from rehearsal.authorization import patterns
from rehearsal.authorization.documents import Kind
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.question import Question
from tests.rehearsal.authorization.probe import ACCOUNT, SESSION, allow, aws, deny, document


def holds(operator: str, wanted: str, given: str) -> bool:
    statement = allow("s3:*", Condition={operator: {"test:Key": wanted}})
    principal = Principal(SESSION, ACCOUNT, policies=(document("identity", [statement]),))
    return decide(
        Question("s3:GetObject", "arn:aws:s3:::b/k", {"test:key": given}), principal
    ).allowed


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("NumericEquals", "10", "ten"),
        ("NumericGreaterThan", "10", ""),
        ("DateLessThan", "2020", "tomorrow"),
        ("Bool", "false", "no"),
        ("IpAddress", "0.0.0.0/0", "AWS Internal"),
        ("BinaryEquals", "QQ==", "?"),
        ("ArnLike", "arn:*:*:*:*:*", "no-arn"),
    ],
    ids=lambda value: str(value).replace("/", "-"),
)
def test_a_value_of_another_type_matches_nothing(operator: str, wanted: str, given: str) -> None:
    assert not holds(operator, wanted, given)


@pytest.mark.parametrize("operator", ["NumericNotEquals", "DateNotEquals"])
def test_and_so_it_fulfils_a_negated_operator(operator: str) -> None:
    assert holds(operator, "10", "ten")


def test_true_and_false_are_known_in_any_case() -> None:
    assert holds("Bool", "True", "true")
    assert not holds("Bool", "True", "false")


def test_a_range_may_be_written_by_any_of_its_addresses() -> None:
    assert holds("IpAddress", "10.1.2.3/8", "10.9.9.9")


def test_operators_are_known_in_any_case() -> None:
    assert holds("stringequals", "a", "a")


def test_a_wildcard_goes_over_the_colons_of_an_arns_last_part() -> None:
    matches = patterns.resource_matcher(patterns.read("arn:aws:s3:::bucket/*.c?v"))
    assert matches("arn:aws:s3:::bucket/12:30.csv")
    assert matches("arn:aws:s3:::bucket/1.c:v")


def test_an_account_is_not_the_services_that_act_for_it() -> None:
    service = Principal("sns.amazonaws.com", ACCOUNT, service="sns.amazonaws.com")
    policy = document(
        "queue",
        [allow("sqs:*", Principal="*"), deny("sqs:*", Principal=aws(ACCOUNT))],
        kind=Kind.RESOURCE,
    )
    assert decide(Question("sqs:SendMessage", "arn:aws:sqs:r:a:q"), service, policy).allowed


def test_a_denial_to_all_but_everyone_is_a_denial_to_nobody() -> None:
    principal = Principal(SESSION, ACCOUNT, policies=(document("identity", [allow("s3:*")]),))
    policy = document("bucket", [deny("s3:*", NotPrincipal="*")], kind=Kind.RESOURCE)
    assert decide(Question("s3:GetObject", "arn:aws:s3:::b/k"), principal, policy).allowed


def test_a_bucket_without_a_known_account_is_the_callers() -> None:
    principal = Principal(SESSION, ACCOUNT, policies=(document("identity", [allow("s3:*")]),))
    assert decide(Question("s3:GetObject", "arn:aws:s3:::b/k"), principal).allowed
