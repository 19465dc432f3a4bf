"""What AWS would not accept, or what has no answer, is said in one line and never judged."""

import json
from typing import Any

import pytest

from rehearsal.authorization import documents
from rehearsal.authorization.documents import Kind
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.question import Question
from tests.rehearsal.authorization.probe import ACCOUNT, SESSION, allow, aws, deny, document

VERSION = "2012-10-17"


def refusal(source: Any, kind: Kind = Kind.IDENTITY) -> str:
    with pytest.raises(PolicyError) as caught:
        documents.read("jobs", source, kind)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("the policy jobs: ")
    return message.removeprefix("the policy jobs: ")


def of_statement(statement: Any, kind: Kind = Kind.IDENTITY) -> str:
    message = refusal({"Version": VERSION, "Statement": statement}, kind)
    assert message.startswith("statement 1")
    return message.removeprefix("statement 1: ")


def of_condition(condition: Any) -> str:
    return of_statement(allow("s3:*", Condition=condition))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "it is no JSON: Expecting property name"),
        ("[" * 100_000, "it is no JSON: "),
        ("[]", "it is no JSON object"),
        ("{}", "it has no Statement"),
        ('{"Statement": [], "Statement": []}', "Statement stands twice in one object"),
        ({"Version": "2012-10-18", "Statement": []}, "the Version '2012-10-18' is none of "),
        ({"Statements": []}, "it cannot have Statements; only Version, Id, Statement"),
        ({"Statement": "Allow"}, "statement 1 is no object"),
        (
            {"Statement": [allow("s3:*", Sid="A"), deny("s3:*", Sid="A")]},
            "the Sid 'A' stands twice; AWS wants each but once",
        ),
        (
            {"Statement": [allow("s3:*"), allow("s3:*", Sid="Write", Effects="Deny")]},
            "statement Write: a statement in identity-based policies cannot have Effects; only ",
        ),
    ],
    ids=[
        "no-json",
        "too-deep",
        "list",
        "no-statement",
        "twice",
        "version",
        "stranger",
        "text",
        "sids",
        "stranger-in-a-statement",
    ],
)
def test_a_document(source: Any, message: str) -> None:
    assert refusal(source).startswith(message)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({**allow("s3:*"), "Effect": "allow"}, "its Effect is 'allow'; write Allow or Deny"),
        ({"Action": "s3:*", "Resource": "*"}, "its Effect is None; write Allow or Deny"),
        (allow("s3:*", None), "it needs exactly one of Resource, NotResource"),
        (allow("s3:*", NotResource="*"), "it needs exactly one of Resource, NotResource"),
        (allow("s3:*", NotAction="*"), "it needs exactly one of Action, NotAction"),
        (allow([]), "its Action is neither a text nor a list of some"),
        (allow("s3:*", []), "its Resource is neither a text nor a list of some"),
        (allow("s3:*", [""]), "its Resource is neither a text nor a list of some"),
        (allow([["s3:*"]]), "its Action is neither a text nor a list of some"),
        (allow("GetObject"), "the action 'GetObject' is neither \"*\" nor of the form "),
        (allow("s3:"), "the action 's3:' is neither \"*\" nor of the form service:name"),
        (allow("s3:*", "bucket/*"), "the resource 'bucket/*' is neither \"*\" nor an ARN"),
        (allow("s3:*", "arn:aws:s3"), "the resource 'arn:aws:s3' is neither \"*\" nor an ARN"),
        (allow("s3:*", "arn:aws:s3:::b/${"), "the policy variable in 'arn:aws:s3:::b/${' is"),
        (allow("s3:*", "arn:aws:s3:::b/${a b}"), "the policy variable in 'arn:aws:s3:::b/${a b}"),
        (allow("s3:*", "arn:aws:s3:::b/${}"), "the policy variable in 'arn:aws:s3:::b/${}' i"),
        (allow("s3:*", "arn:aws:s3:::b/${a, b}"), "the policy variable in 'arn:aws:s3:::b/${a, b}"),
        (allow("s3:*", Sid=["a"]), "statement ['a']"),
        (allow("s3:*", Principal="*"), "a statement in identity-based policies cannot have Pr"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_statement(statement: dict[str, Any], message: str) -> None:
    found = refusal({"Version": VERSION, "Statement": statement})
    assert message in found


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"StringSame": {"a:b": "c"}}, "StringSame is no condition operator; AWS's are listed"),
        ({"ForSomeValues:StringEquals": {"a:b": "c"}}, "ForSomeValues:StringEquals is no cond"),
        ({"NullIfExists": {"a:b": "true"}}, "NullIfExists is no condition operator"),
        ({"ForAnyValue:Null": {"a:b": "true"}}, "ForAnyValue:Null is no condition operator"),
        ({"StringEquals": {"a:b": []}}, "the condition StringEquals on a:b needs texts, "),
        ({"StringEquals": {"a:b": None}}, "the condition StringEquals on a:b needs texts, "),
        ({"StringEquals": {"a:b": [["c"]]}}, "the condition StringEquals on a:b needs texts, "),
        ({"StringEquals": "a"}, "the condition StringEquals is no object of condition keys"),
        (["StringEquals"], "the Condition is no object of operators"),
        (
            {"StringEquals": {"a:b": "c", "A:B": "d"}},
            "the condition StringEquals has a key twice; condition keys ignore case",
        ),
        ({"Null": {"a:b": "yes"}}, "the condition Null on a:b: 'yes' is not true or false"),
        ({"Bool": {"a:b": "1"}}, "the condition Bool on a:b: '1' is not true or false"),
        (
            {"Bool": {"a:b": "${aws:SecureTransport}"}},
            "the condition Bool on a:b: '${aws:SecureTransport}' is not true or false; it takes "
            "no policy variables",
        ),
        (
            {"NumericEquals": {"a:b": "ten"}},
            "the condition NumericEquals on a:b: 'ten' is not a number",
        ),
        ({"NumericEquals": {"a:b": "NaN"}}, "the condition NumericEquals on a:b: 'NaN' is not"),
        ({"DateEquals": {"a:b": "2020-*"}}, "the condition DateEquals on a:b: '2020-*' is not"),
        ({"DateEquals": {"a:b": "2020-13"}}, "the condition DateEquals on a:b: '2020-13' is"),
        ({"DateEquals": {"a:b": "2020-01-01T00:00"}}, "the condition DateEquals on a:b: '2020"),
        ({"IpAddress": {"a:b": "10.0.0"}}, "the condition IpAddress on a:b: '10.0.0' is not an"),
        ({"IpAddress": {"a:b": "10.0.0.0/33"}}, "the condition IpAddress on a:b: '10.0.0.0/33'"),
        ({"IpAddress": {"a:b": "10.0.0.0/255.0.0.0"}}, "the condition IpAddress on a:b: '10."),
        ({"BinaryEquals": {"a:b": "?"}}, "the condition BinaryEquals on a:b: '?' is not base64"),
        ({"ArnLike": {"a:b": "arn:aws:s3:*"}}, "the condition ArnLike on a:b: 'arn:aws:s3:*' is"),
        ({"StringLike": {"a:b": "${a"}}, "the condition StringLike on a:b: the policy variable"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_condition(condition: Any, message: str) -> None:
    assert of_condition(condition).startswith(message)


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ("arn", "the principal 'arn' is neither \"*\" nor an object of principals"),
        ({}, "the principal {} is neither"),
        ({"Aws": "*"}, "the principal Aws is not understood; give texts for AWS, Service, "),
        ({"AWS": []}, "the principal AWS is not understood; give texts for"),
        ({"AWS": [1]}, "the principal AWS is not understood; give texts for"),
        ({"Service": "*"}, "the principal Service '*' has a wildcard or nothing; AWS knows only"),
        (aws(f"arn:aws:iam::{ACCOUNT}:role/*"), f"the principal AWS 'arn:aws:iam::{ACCOUNT}:role"),
        (aws("123"), "the principal AWS '123' is no account, user, role or session; give its ARN"),
        (aws(f"arn:aws:iam::{ACCOUNT}"), f"the principal AWS 'arn:aws:iam::{ACCOUNT}' is no acc"),
        (aws(f"{ACCOUNT}:root"), f"the principal AWS '{ACCOUNT}:root' is no account"),
        (aws("arn:aws:s3:::bucket"), "the principal AWS 'arn:aws:s3:::bucket' is no account, use"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_principal(principal: Any, message: str) -> None:
    statement = allow("s3:*", Principal=principal)
    assert of_statement(statement, Kind.RESOURCE).startswith(message)


@pytest.mark.parametrize(
    ("kind", "statement", "message"),
    [
        (Kind.RESOURCE, allow("s3:*"), "it needs exactly one of Principal, NotPrincipal"),
        (Kind.RESOURCE, allow("s3:*", None, Principal="*"), "it needs exactly one of Resource"),
        (Kind.TRUST, allow("sts:AssumeRole", None), "it needs exactly one of Principal"),
        (
            Kind.TRUST,
            allow("sts:AssumeRole", None, NotPrincipal=aws(ACCOUNT)),
            "a statement in role trust policies cannot have NotPrincipal",
        ),
        (
            Kind.TRUST,
            allow("sts:AssumeRole", "*", Principal=aws(ACCOUNT)),
            "a statement in role trust policies cannot have Resource",
        ),
    ],
    ids=["nobody", "nothing", "trust-nobody", "trust-not", "trust-resource"],
)
def test_what_a_kind_of_policy_needs(kind: Kind, statement: Any, message: str) -> None:
    assert of_statement(statement, kind).startswith(message)


def test_a_document_is_the_same_as_json_and_as_an_object() -> None:
    source = {"Version": VERSION, "Statement": allow("s3:GetObject", Sid="Read")}
    made = [documents.read("jobs", one) for one in (source, json.dumps(source))]
    labels = [[statement.label for statement in one.statements] for one in made]
    assert labels == [["jobs/Read"], ["jobs/Read"]]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            allow("s3:*", Condition={"StringEquals": {"aws:TagKeys": "a"}}),
            "the condition StringEquals on aws:tagkeys meets a request with 2 values of this key; "
            "write ForAllValues: or ForAnyValue: before it",
        ),
        (
            allow("s3:*", "arn:aws:s3:::${aws:TagKeys}"),
            "the policy variable ${aws:tagkeys} has 2 values in this request; only a key with a "
            "single value can be a variable",
        ),
    ],
    ids=["condition", "variable"],
)
def test_several_values_of_a_key_need_a_set_operator(
    statement: dict[str, Any], message: str
) -> None:
    """IAM User Guide: "Multivalued condition keys require a set operator"."""
    principal = Principal(SESSION, ACCOUNT, policies=(document("jobs", [statement]),))
    question = Question("s3:GetObject", "arn:aws:s3:::a", {"aws:TagKeys": ("a", "b")})
    with pytest.raises(PolicyError) as caught:
        decide(question, principal)
    assert str(caught.value) == message
