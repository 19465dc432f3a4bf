"""Finding the policy documents of a resource."""

import json
from typing import Any

import pytest
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from rules.iam.documents import Kind, Placed, judge_documents
from rules.iam.principals import no_privilege_escalation
from rules.iam.resource_policies import no_public_principal
from rules.iam.statements import MalformedDocumentError
from rules.iam.wildcards import no_wildcard_actions
from tests.policies.harness import UNKNOWN, judge, judge_stack, resource

ROLE = "aws:iam/role:Role"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
}
TEXT = json.dumps(DOCUMENT)


def found(token: str, props: dict[str, Any], *kinds: Kind) -> tuple[list[str], list[str], bool]:
    """Return where documents stand, where malformed ones stand, and whether one is unknown."""
    placed: list[Placed] = []
    malformed: list[str] = []

    def note(where: str, error: MalformedDocumentError) -> None:
        malformed.append(f"{where} {error}")

    try:
        judge_documents(
            token, unknown_checking_proxy(props), kinds or tuple(Kind), placed.append, note
        )
    except UnknownValueError:
        return [one.where for one in placed], malformed, True
    return [one.where for one in placed], malformed, False


@pytest.mark.parametrize("value", [TEXT, DOCUMENT], ids=["text", "object"])
def test_a_document_is_text_or_an_object(value: Any) -> None:
    assert found("aws:iam/policy:Policy", {"policy": value}) == (["policy"], [], False)


@pytest.mark.parametrize("value", [None, "", "{}", {}], ids=["null", "empty", "text", "object"])
def test_no_document(value: Any) -> None:
    assert found("aws:iam/policy:Policy", {"policy": value}) == ([], [], False)


def test_a_missing_property_and_another_type() -> None:
    assert found("aws:iam/policy:Policy", {}) == ([], [], False)
    assert found("aws:ec2/vpc:Vpc", {"policy": TEXT}) == ([], [], False)


def test_documents_in_a_list() -> None:
    blocks = [{"name": "a", "policy": TEXT}, {"name": "b"}, {"policy": "no json"}]
    where, malformed, unknown = found(ROLE, {"inlinePolicies": blocks})
    assert where == ["inlinePolicies[0].policy"]
    assert [one.split(" is")[0] for one in malformed] == ["inlinePolicies[2].policy"]
    assert not unknown


def test_an_unknown_document_hides_no_other() -> None:
    blocks = [UNKNOWN, {"policy": UNKNOWN}, {"policy": TEXT}]
    props = {"assumeRolePolicy": UNKNOWN, "inlinePolicies": blocks}
    assert found(ROLE, props) == (["inlinePolicies[2].policy"], [], True)
    props = {"assumeRolePolicy": TEXT, "inlinePolicies": UNKNOWN}
    assert found(ROLE, props) == (["assumeRolePolicy"], [], True)


def test_a_document_inside_an_object() -> None:
    token = "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy"
    assert found(token, {"details": {"policy": TEXT}}) == (["details.policy"], [], False)
    assert found(token, {"details": {"policy": UNKNOWN}}) == ([], [], True)
    assert found(token, {}) == ([], [], False)


def test_kinds_are_told_apart() -> None:
    props = {"assumeRolePolicy": TEXT, "inlinePolicies": [{"policy": TEXT}]}
    assert found(ROLE, props, Kind.TRUST)[0] == ["assumeRolePolicy"]
    assert found(ROLE, props, Kind.IDENTITY)[0] == ["inlinePolicies[0].policy"]
    assert found(ROLE, props, Kind.RESOURCE)[0] == []


def test_size_is_counted_without_white_space_and_length_as_sent() -> None:
    spaced = json.dumps({**DOCUMENT, "Id": "two words"}, indent=4)
    placed: list[Placed] = []
    judge_documents("aws:iam/policy:Policy", {"policy": spaced}, [Kind.IDENTITY], placed.append)
    sent = json.dumps(json.loads(spaced), separators=(",", ":"))
    assert placed[0].document.length == len(sent)
    assert placed[0].document.size == len(sent) - 1


OPEN = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
HIDDEN = {**OPEN, "Sid": "Hidden", "Resource": UNKNOWN}
MAYBE_DENIED = {**OPEN, "Effect": UNKNOWN}


def partly(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("unknown", "left_out"),
    [
        ([HIDDEN], ("Allow",)),
        ([HIDDEN, {**HIDDEN, "Effect": "Deny"}], ("Allow", "Deny")),
        ([MAYBE_DENIED], ("Deny",)),
        ([UNKNOWN], ("Deny",)),
        ([{**OPEN, "Condition": {"StringEquals": {"aws:SourceArn": [UNKNOWN]}}}], ("Allow",)),
    ],
    ids=["resource", "two", "effect", "whole", "condition"],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_known_statements_are_judged(
    first: bool, unknown: list[Any], left_out: tuple[str, ...]
) -> None:
    statements = [*unknown, OPEN] if first else [OPEN, *unknown]
    props = unknown_checking_proxy({"policy": partly(*statements)})
    placed: list[Placed] = []
    with pytest.raises(UnknownValueError):
        judge_documents("aws:iam/policy:Policy", props, [Kind.IDENTITY], placed.append)
    assert [[one.label for one in each.document.statements] for each in placed] == [
        ["statement Open"]
    ]
    assert placed[0].document.left_out == left_out
    assert placed[0].document.denials_known is ("Deny" not in left_out)


@pytest.mark.parametrize(
    "value",
    [
        partly(HIDDEN),
        {"Version": UNKNOWN, "Statement": [OPEN]},
        {"Version": "2012-10-17", "Statement": UNKNOWN},
        {"Version": "2012-10-17", "Statement": HIDDEN},
        UNKNOWN,
    ],
    ids=["no known statement", "version", "statements", "single", "whole"],
)
def test_documents_of_which_nothing_can_be_judged(value: Any) -> None:
    assert found("aws:iam/policy:Policy", {"policy": value}) == ([], [], True)


EVERYTHING = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
READS_SOME = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": UNKNOWN}


def test_an_unknown_statement_hides_no_other_from_the_rules() -> None:
    props = {"policy": partly(EVERYTHING, READS_SOME)}
    verdict = judge(no_wildcard_actions, "aws:iam/policy:Policy", props)
    assert len(verdict.violations) == 1
    assert verdict.unknown
    stack = [resource("aws:iam/policy:Policy", "p", props)]
    assert judge_stack(no_privilege_escalation, stack).violations


def test_a_denial_that_is_unknown_may_be_the_bound() -> None:
    denial = {
        **OPEN,
        "Effect": "Deny",
        "Condition": {"StringNotEquals": {"aws:SourceVpc": UNKNOWN}},
    }
    token = "aws:s3/bucketPolicy:BucketPolicy"
    props = {"policy": partly(OPEN, denial)}
    verdict = judge(no_public_principal, token, props)
    assert (verdict.violations, verdict.unknown) == ([], True)
    props = {"policy": partly(OPEN, HIDDEN)}
    verdict = judge(no_public_principal, token, props)
    assert (len(verdict.violations), verdict.unknown) == (1, True)
    denied = {"Effect": "Deny", "Action": UNKNOWN, "Resource": "*"}
    stack = [resource("aws:iam/policy:Policy", "p", {"policy": partly(EVERYTHING, denied)})]
    verdict = judge_stack(no_privilege_escalation, stack)
    assert (verdict.violations, verdict.unknown) == ([], True)
