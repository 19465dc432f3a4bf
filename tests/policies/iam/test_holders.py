"""Whose policies are whose, by whichever resource says so, also before names are known."""

from typing import Any

import pytest
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.iam.holders import Holder, judge_attachments, judge_holders
from rules.rule import Stack
from tests.policies.harness import UNKNOWN, resource, urn_of
from tests.policies.iam.policy_documents import (
    ATTACHMENT,
    POLICY,
    ROLE,
    ROLE_POLICY,
    allow,
    attached,
    document,
    inline,
    managed,
    role,
)

DOCUMENT = document(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))
ARN = "arn:aws:iam::123456789012:policy/p"
P = managed("p", allow("s3:GetObject", "arn:aws:s3:::bucket/*"))


def held(*resources: PolicyResource, unknown: bool = False) -> dict[str, list[str]]:
    """Return the sources of each holder's documents, by its kind and name."""
    found: list[Holder] = []
    stack = Stack(resources=list(resources), thresholds={})
    if unknown:
        with pytest.raises(UnknownValueError):
            judge_holders(stack, found.append)
    else:
        judge_holders(stack, found.append)
    return {f"{one.kind} {one.name}": [each.source for each in one.held] for one in found}


@pytest.mark.parametrize(
    ("token", "props", "holder"),
    [
        (ATTACHMENT, {"role": "it", "policyArn": ARN}, ROLE),
        (
            "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            {"user": "it", "policyArn": ARN},
            "aws:iam/user:User",
        ),
        (
            "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
            {"group": "it", "policyArn": ARN},
            "aws:iam/group:Group",
        ),
        (
            "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
            {"roleName": "it", "policyArns": [ARN]},
            ROLE,
        ),
        (
            "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
            {"userName": "it", "policyArns": [ARN]},
            "aws:iam/user:User",
        ),
        (
            "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
            {"groupName": "it", "policyArns": [ARN]},
            "aws:iam/group:Group",
        ),
    ],
)
def test_managed_policies(token: str, props: Any, holder: str) -> None:
    kind = holder.rsplit(":", 1)[1].lower()
    holders = held(resource(holder, "mine", {"name": "it"}), P, resource(token, "a", props))
    assert holders == {f"{kind} mine": ["p"]}


def test_one_attachment_to_many() -> None:
    props = {"policyArn": ARN, "roles": ["worker", "away"], "users": ["ada"], "groups": ["people"]}
    everybody = [
        role("worker"),
        P,
        resource("aws:iam/policyAttachment:PolicyAttachment", "a", props),
    ]
    assert held(*everybody) == {
        "role worker": ["p"],
        "role away": ["p"],
        "user ada": ["p"],
        "group people": ["p"],
    }


def test_documents_of_the_role_itself() -> None:
    blocks = [{"name": "x", "policy": DOCUMENT}]
    mine = role("worker", inlinePolicies=blocks, managedPolicyArns=[ARN])
    assert held(mine, P) == {"role worker": ["worker", "p"]}


@pytest.mark.parametrize(
    ("token", "key"),
    [
        (POLICY, "policy"),
        ("aws:iot/policy:Policy", "policy"),
        ("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "inlinePolicy"),
    ],
)
def test_a_policy_that_nobody_of_the_stack_holds(token: str, key: str) -> None:
    assert held(role("worker"), resource(token, "alone", {key: DOCUMENT})) == {
        "role worker": [],
        "policy alone": ["alone"],
    }


def test_policies_for_one_name_of_another_stack_are_of_one_holder() -> None:
    both = [inline("a", "away", allow("s3:GetObject")), inline("b", "away", allow("s3:PutObject"))]
    assert held(*both, P, attached("c", "away", ARN)) == {"role away": ["a", "b", "p"]}


@pytest.mark.parametrize(
    ("token", "props"),
    [
        ("aws:iam/groupMembership:GroupMembership", {"group": "people", "users": ["ada", "bob"]}),
        ("aws:iam/userGroupMembership:UserGroupMembership", {"user": "ada", "groups": ["people"]}),
    ],
)
def test_users_hold_what_their_groups_hold(token: str, props: Any) -> None:
    people = resource("aws:iam/group:Group", "people", {"name": "people"})
    ada = resource("aws:iam/user:User", "ada", {"name": "ada"})
    theirs = resource(
        "aws:iam/groupPolicy:GroupPolicy", "theirs", {"group": "people", "policy": DOCUMENT}
    )
    found = held(people, ada, theirs, resource(token, "m", props))
    assert found["user ada"] == found["group people"] == ["theirs"]


def test_relations_by_origin_in_the_preview_of_a_new_stack() -> None:
    mine = resource(ROLE, "worker", {"name": UNKNOWN, "id": UNKNOWN, "arn": UNKNOWN})
    policy = resource(POLICY, "p", {"arn": UNKNOWN, "policy": DOCUMENT})
    own = resource(ROLE_POLICY, "own", {"role": UNKNOWN, "policy": DOCUMENT}, {"role": [mine]})
    origins = {"role": [mine], "policyArn": [policy]}
    link = resource(ATTACHMENT, "a", {"role": UNKNOWN, "policyArn": UNKNOWN}, origins)
    assert held(mine, policy, own, link) == {"role worker": ["own", "p"]}


def test_a_list_with_names_known_and_unknown() -> None:
    mine = resource(ROLE, "worker", {"name": UNKNOWN})
    props = {"policyArn": ARN, "roles": ["other", UNKNOWN]}
    link = resource(
        "aws:iam/policyAttachment:PolicyAttachment", "a", props, {"roles": [mine, role("other")]}
    )
    assert held(mine, role("other"), P, link) == {"role worker": ["p"], "role other": ["p"]}


def test_a_list_of_which_one_name_is_known() -> None:
    props = {"policyArn": ARN, "roles": ["away", UNKNOWN]}
    link = resource("aws:iam/policyAttachment:PolicyAttachment", "a", props)
    assert held(P, link) == {"role away": ["p"]}


def test_what_is_unknown_hides_nothing_else() -> None:
    unread = resource(ROLE_POLICY, "unread", {"role": "worker", "policy": UNKNOWN})
    nobodys = resource(ROLE_POLICY, "nobodys", {"role": UNKNOWN, "policy": DOCUMENT})
    own = inline("own", "worker", allow("s3:PutObject"))
    found = held(unread, nobodys, role("worker"), own, unknown=True)
    assert found == {"role worker": ["own"], "policy nobodys": ["nobodys"]}


def test_what_the_provider_will_answer_is_no_policy_of_the_program() -> None:
    computed = {"inlinePolicies": UNKNOWN, "managedPolicyArns": UNKNOWN}
    assert held(role("worker", **computed)) == {"role worker": []}
    source = role("source")
    given = resource(ROLE, "given", computed, {"inlinePolicies": [source]})
    assert held(given, unknown=True) == {"role given": []}


def test_one_block_of_several_is_unknown() -> None:
    blocks = [{"policy": UNKNOWN}, {"policy": DOCUMENT}]
    origins = {"inlinePolicies": [role("source")]}
    mine = resource(ROLE, "worker", {"inlinePolicies": blocks}, origins)
    assert held(mine, unknown=True) == {"role worker": ["worker"]}


def test_holders_of_another_stack_are_mended_in_the_policy() -> None:
    found: list[Holder] = []
    judge_holders(
        Stack(resources=[inline("a", "away", allow("s3:x"))], thresholds={}), found.append
    )
    assert [(one.kind, one.name, one.urn) for one in found] == [
        ("role", "away", urn_of(ROLE_POLICY, "a"))
    ]


def test_attachments_by_themselves() -> None:
    found: list[Holder] = []
    theirs = "arn:aws:iam::aws:policy/Theirs"
    stack = [role("worker"), P, attached("a", "worker", ARN), attached("b", "worker", theirs)]
    judge_attachments(Stack(resources=stack, thresholds={}), found.append)
    assert [(one.name, one.attached) for one in found] == [
        ("worker", {urn_of(POLICY, "p"), theirs})
    ]
