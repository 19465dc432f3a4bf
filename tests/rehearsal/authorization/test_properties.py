"""What holds of every policy, whatever it says."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from rehearsal.authorization import documents
from rehearsal.authorization.documents import Kind
from rehearsal.authorization.evaluation import Decision, Principal, decide
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.question import Question
from tests.rehearsal.authorization.probe import ACCOUNT, OTHER, ROLE, ROOT, SESSION, USER

REPOSITORY = Path(__file__).resolve().parents[3]

ACTIONS = ("*", "s3:*", "S3:getobject", "s3:Get?bject", "s3:PutObject", "kms:Decrypt")
RESOURCES = (
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/${aws:username}",
    "arn:aws:s3:::bucket/a",
    f"arn:aws:kms:*:{ACCOUNT}:key/*",
)
PRINCIPALS = (SESSION, ROLE, USER, ROOT, ACCOUNT, OTHER, "*")
CONDITIONS = (
    ("StringEquals", "aws:username", ("a", "b", "${aws:username}")),
    ("StringNotLikeIfExists", "aws:username", ("a*", "b?")),
    ("NumericLessThan", "s3:max-keys", ("1", "10")),
    ("Bool", "aws:SecureTransport", ("true", "false")),
    ("NotIpAddress", "aws:SourceIp", ("10.0.0.0/8", "192.0.2.1")),
    ("ForAllValues:StringLike", "aws:TagKeys", ("a", "b*")),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("a", "b")),
    ("Null", "aws:TagKeys", ("true", "false")),
    ("ArnNotLike", "aws:SourceArn", ("arn:aws:s3:::*", "arn:aws:sns:*:*:a")),
    ("DateGreaterThan", "aws:CurrentTime", ("2020", "1577836801")),
)
VALUES: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "aws:username": ("a", "bc", ""),
    "s3:max-keys": ("1", "5", "many"),
    "aws:securetransport": ("true", "false"),
    "aws:SourceIp": ("10.1.2.3", "192.0.2.1", "2001:db8::1"),
    "aws:TagKeys": ((), ("a",), ("a", "bc"), ("",)),
    "aws:SourceArn": ("arn:aws:s3:::bucket", "arn:aws:sns:eu-west-1:1:b"),
    "aws:CurrentTime": ("2019-12-31T23:59:59Z", "2021-01-01T00:00:00Z"),
}
Statements = list[dict[str, Any]]


def several(samples: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(samples), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None, *, named: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    for element, samples in (("Action", ACTIONS), ("Resource", RESOURCES)):
        made[draw(st.sampled_from(("", "", "Not"))) + element] = draw(several(samples))
    if named:
        element = draw(st.sampled_from(("Principal", "Principal", "NotPrincipal")))
        made[element] = {"AWS": draw(several(PRINCIPALS))}
    if draw(st.booleans()):
        operator, key, values = draw(st.sampled_from(CONDITIONS))
        made["Condition"] = {operator: {key: draw(several(values))}}
    return made


def policies(*, named: bool = False) -> st.SearchStrategy[Statements]:
    return st.lists(statements(named=named), max_size=4)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    keys = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    context = {key: draw(st.sampled_from(VALUES[key])) for key in keys}
    if draw(st.booleans()):
        context["aws:ResourceAccount"] = draw(st.sampled_from((ACCOUNT, OTHER)))
    resource = draw(
        st.sampled_from(
            ("arn:aws:s3:::bucket/a", "arn:aws:s3:::x", f"arn:aws:kms:r:{ACCOUNT}:key/1")
        )
    )
    action = draw(st.sampled_from(("s3:GetObject", "s3:PutObject", "kms:Decrypt")))
    return Question(action, resource, context)


def read(label: str, listed: Statements, kind: Kind = Kind.IDENTITY) -> documents.Document:
    return documents.read(label, {"Version": "2012-10-17", "Statement": listed}, kind)


KINDS = ("identity", "boundary", "session", "resource")
sets = st.fixed_dictionaries(
    {
        "identity": policies(),
        "boundary": st.none() | policies(),
        "session": st.none() | policies(),
        "resource": st.none() | policies(named=True),
    }
)


def ask(question: Question, found: dict[str, Statements | None], decides: bool) -> Decision:
    made = {
        label: read(label, listed, Kind.RESOURCE if label == "resource" else Kind.IDENTITY)
        for label, listed in found.items()
        if listed is not None
    }
    principal = Principal(
        SESSION,
        ACCOUNT,
        ROLE,
        policies=(made["identity"],),
        boundary=made.get("boundary"),
        session_policies=(made["session"],) if "session" in made else (),
    )
    return decide(question, principal, made.get("resource"), resource_policy_decides=decides)


@given(questions(), sets, st.sampled_from(KINDS), st.booleans(), st.data())
def test_a_deny_more_never_allows(
    question: Question, found: dict[str, Any], kind: str, decides: bool, data: st.DataObject
) -> None:
    assume(found[kind] is not None)
    before = ask(question, found, decides)
    denial = data.draw(statements("Deny", named=kind == "resource"))
    after = ask(question, {**found, kind: [*found[kind], denial]}, decides)
    assert before.allowed or not after.allowed


@given(questions(), sets, st.sampled_from(KINDS), st.booleans(), st.data())
def test_an_allow_more_never_denies(
    question: Question, found: dict[str, Any], kind: str, decides: bool, data: st.DataObject
) -> None:
    assume(found[kind] is not None)
    before = ask(question, found, decides)
    grant = data.draw(statements("Allow", named=kind == "resource"))
    after = ask(question, {**found, kind: [*found[kind], grant]}, decides)
    assert after.allowed or not before.allowed
    assert after.explicit is before.explicit


@given(questions(), sets, st.booleans(), st.data())
def test_the_order_of_statements_does_not_matter(
    question: Question, found: dict[str, Any], decides: bool, data: st.DataObject
) -> None:
    shuffled = {kind: data.draw(st.permutations(found[kind] or [])) for kind in KINDS}
    other = {kind: None if found[kind] is None else list(shuffled[kind]) for kind in KINDS}
    before, after = ask(question, found, decides), ask(question, other, decides)
    assert replace(before, statement=None) == replace(after, statement=None)


@given(questions(), sets, st.booleans())
def test_a_list_of_one_is_that_one(
    question: Question, found: dict[str, Any], decides: bool
) -> None:
    single = {kind: None if found[kind] is None else _single(found[kind]) for kind in KINDS}
    assert ask(question, found, decides) == ask(question, single, decides)


def _single(value: Any) -> Any:
    if isinstance(value, list):
        return _single(value[0]) if len(value) == 1 else [_single(one) for one in value]
    if isinstance(value, dict):
        return {key: _single(one) for key, one in value.items()}
    return value


@given(questions(), sets, st.booleans())
def test_a_limit_only_takes_away(question: Question, found: dict[str, Any], decides: bool) -> None:
    limited = ask(question, found, decides)
    free = ask(question, {**found, "boundary": None, "session": None}, decides)
    assert free.allowed or not limited.allowed


@given(questions(), policies(named=True), policies())
def test_a_key_that_grants_nothing_allows_nothing(
    question: Question, resource: Statements, identity: Statements
) -> None:
    denials = [one for one in resource if one["Effect"] == "Deny"]
    assert not ask(question, {"identity": identity, "resource": denials}, True).allowed


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.text(max_size=20)
    | st.dictionaries(st.sampled_from(("Version", "Statement", "Id")), anything)
    | st.fixed_dictionaries(
        {
            "Statement": st.fixed_dictionaries(
                {"Effect": st.just("Allow"), "Action": anything, "Resource": anything},
                optional={"Condition": anything, "Principal": anything, "Sid": anything},
            )
        }
    ),
    st.sampled_from(Kind),
)
def test_whatever_is_no_policy_is_refused_in_one_line(source: Any, kind: Kind) -> None:
    error = ""
    try:
        documents.read("label", source, kind)
    except PolicyError as refusal:
        error = str(refusal)
    assert len(error.splitlines()) <= 1


def test_ten_thousand_decisions_take_about_a_second() -> None:
    listed = [
        {
            "Effect": "Allow",
            "Action": [f"service{number}:Get*", f"service{number}:List"],
            "Resource": [f"arn:aws:service{number}:*:{ACCOUNT}:thing/${{aws:username}}/*"],
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:batch:*:*:job/*"}},
        }
        for number in range(15)
    ]
    principal = Principal(SESSION, ACCOUNT, ROLE, policies=(read("identity", listed),))
    source = f"arn:aws:batch:eu-west-1:{ACCOUNT}:job/1"
    begun = time.process_time()
    for number in range(10_000):
        name = f"service{number % 15}"
        question = Question(
            f"{name}:GetThing",
            f"arn:aws:{name}:eu-west-1:{ACCOUNT}:thing/user{number % 9}/{number}",
            {"aws:username": f"user{number % 9}", "aws:SourceArn": source},
        )
        assert decide(question, principal).allowed
    assert time.process_time() - begun < 2


def test_the_evaluator_knows_neither_the_emulator_nor_the_client() -> None:
    code = (
        "import sys; import rehearsal.authorization.evaluation; "
        "print([one for one in ('moto', 'boto3', 'botocore', 'rules') if one in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"
