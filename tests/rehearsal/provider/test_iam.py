"""Roles, policies and instance profiles through the provider."""

import json
from typing import Any

import pytest
import requests

from rehearsal.provider import Cloud, Provider, RefusedError
from rehearsal.provider.refusals import policy_grammar
from tests.rehearsal.provider.surroundings import TASKS_TRUST

ROLE = "aws:iam/role:Role"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"


def statement(**changed: Any) -> dict[str, Any]:
    given = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", **changed}
    return {name: value for name, value in given.items() if value is not None}


def document(*statements: dict[str, Any], **changed: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements or [statement()]), **changed}
    )


def trust(**changed: Any) -> str:
    principal = {"Service": "ecs-tasks.amazonaws.com"}
    given = {"Resource": None, "Action": "sts:AssumeRole", "Principal": principal, **changed}
    return document(statement(**given))


def sized(size: int) -> str:
    """Return a policy of so many characters without white space, and many with it."""
    empty = document(statement(Resource=["arn:aws:s3:::"]))
    missing = size - len("".join(empty.split()))
    text = document(statement(Resource=["arn:aws:s3:::" + "a" * missing]))
    return json.dumps(json.loads(text), indent=8)


def test_the_life_of_a_role(rig):
    created = rig.live(
        ROLE,
        "task",
        {"assumeRolePolicy": TASKS_TRUST, "description": "Runs tasks", "tags": {"team": "a"}},
        {"assumeRolePolicy": trust(Action=["sts:AssumeRole"]), "maxSessionDuration": 7200},
    )
    name = created.outputs["name"]
    assert created.id == name
    assert created.outputs["arn"] == f"arn:aws:iam::123456789012:role/{name}"


def test_arns_carry_the_partition(emulator, rig):
    government = Provider(Cloud(emulator, "us-gov-west-1"))
    inputs = government.check(ROLE, rig.urn(ROLE, "task"), {"assumeRolePolicy": TASKS_TRUST})
    created = government.create(ROLE, rig.urn(ROLE, "task"), inputs)
    assert created.outputs["arn"].startswith("arn:aws-us-gov:iam::123456789012:role/task-")


def test_a_trust_policy_changed_behind_the_program_shows_as_drift(rig):
    created = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST)
    wider = trust(Principal={"AWS": "*"})
    rig.cloud.client("iam").update_assume_role_policy(RoleName=created.id, PolicyDocument=wider)
    assert json.loads(rig.read(ROLE, created)["assumeRolePolicy"]) == json.loads(wider)


def test_a_trust_policy_written_in_another_way_is_no_drift(rig):
    created = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST)
    rewritten = json.dumps(json.loads(TASKS_TRUST), indent=4, sort_keys=True)
    rig.cloud.client("iam").update_assume_role_policy(RoleName=created.id, PolicyDocument=rewritten)
    assert rig.read(ROLE, created) == created.outputs


def test_a_permissions_boundary_comes_goes_and_shows_when_it_is_removed(rig):
    boundary = rig.create(POLICY, "boundary", policy=document()).outputs["arn"]
    given = {"assumeRolePolicy": TASKS_TRUST, "permissionsBoundary": boundary}
    created = rig.create(ROLE, "task", **given)
    rig.cloud.client("iam").delete_role_permissions_boundary(RoleName=created.id)
    assert rig.read(ROLE, created)["permissionsBoundary"] == ""
    created = rig.update(ROLE, "task", created, **given, name=created.id)
    assert rig.read(ROLE, created)["permissionsBoundary"] == boundary


def test_a_role_keeps_policies_unless_detaching_is_forced(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST)
    rig.create(INLINE, "inline", role=role.id, policy=document())
    with pytest.raises(RefusedError, match="must delete policies first"):
        rig.delete(ROLE, role)
    forced = rig.update(
        ROLE,
        "task",
        role,
        name=role.id,
        assumeRolePolicy=TASKS_TRUST,
        forceDetachPolicies=True,
    )
    rig.delete(ROLE, forced)
    assert rig.read(ROLE, forced) is None


def test_a_deleted_role_leaves_its_instance_profiles(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST)
    profile = rig.create(PROFILE, "instances", role=role.id)
    rig.delete(ROLE, role)
    assert rig.read(PROFILE, profile)["role"] == ""


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"assumeRolePolicy": "{"}, "assumeRolePolicy is not valid JSON"),
        ({"maxSessionDuration": 3599}, "maxSessionDuration is 3599; 3600 to 43200 are allowed"),
        ({"maxSessionDuration": 43201}, "maxSessionDuration is 43201; 3600 to 43200 are allowed"),
        ({"name": "task role"}, "name is 'task role'"),
        ({"name": "a" * 65}, "1 to 64 characters"),
        ({"description": "the \u201ctask\u201d"}, "curly opening quote"),
    ],
)
def test_an_impossible_role_stops_at_plan_time(rig, changed, message):
    given = {"assumeRolePolicy": TASKS_TRUST, **changed}
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(ROLE, rig.urn(ROLE, "task"), given)


def test_the_life_of_an_inline_policy(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST).id
    given = {"role": role, "policy": document()}
    created = rig.live(
        INLINE, "read", given, {"role": role, "policy": document(statement(Sid="A"))}
    )
    assert created.id == f"{role}:{created.outputs['name']}"


def test_an_inline_policy_widened_behind_the_program_shows_as_drift(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST).id
    created = rig.create(INLINE, "read", role=role, policy=document())
    wider = document(statement(Action="*", Resource="*"))
    rig.cloud.client("iam").put_role_policy(
        RoleName=role, PolicyName=created.outputs["name"], PolicyDocument=wider
    )
    assert json.loads(rig.read(INLINE, created)["policy"]) == json.loads(wider)


def test_the_life_of_an_attachment(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST).id
    policy = rig.create(POLICY, "read", policy=document())
    given = {"role": role, "policyArn": policy.outputs["arn"]}
    created = rig.create(ATTACHMENT, "read", **given)
    with pytest.raises(RefusedError, match="DeleteConflict: the policy is attached to task-"):
        rig.delete(POLICY, policy)
    with pytest.raises(RefusedError, match="cannot be updated in place"):
        rig.update(ATTACHMENT, "read", created, **given)
    rig.delete(ATTACHMENT, created)
    assert rig.read(ATTACHMENT, created) is None
    rig.delete(POLICY, policy)


def test_a_policy_that_does_not_exist_cannot_be_attached(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST).id
    missing = "arn:aws:iam::aws:policy/service-role/NoSuchPolicy"
    with pytest.raises(RefusedError, match="NoSuchPolicy does not exist"):
        rig.create(ATTACHMENT, "missing", role=role, policyArn=missing)
    with pytest.raises(RefusedError, match="policyArn is 'NoSuchPolicy'"):
        rig.create(ATTACHMENT, "missing", role=role, policyArn="NoSuchPolicy")


def test_a_policy_of_aws_is_attached_where_the_emulator_has_them(emulator, rig, monkeypatch):
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    requests.post(f"{emulator}/moto-api/reset", timeout=10)
    arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
    role = rig.create(ROLE, "instances", assumeRolePolicy=TASKS_TRUST).id
    rig.live(ATTACHMENT, "ecs", {"role": role, "policyArn": arn})


def test_the_life_of_a_managed_policy(rig):
    given = {"policy": document(), "description": "Reads", "tags": {"team": "a"}}
    changed = {**given, "policy": document(statement(Sid="A")), "tags": {"team": "b"}}
    created = rig.live(POLICY, "read", given, changed)
    assert created.id == created.outputs["arn"]


def test_the_oldest_version_goes_when_a_policy_has_five(rig):
    created = rig.create(POLICY, "read", policy=document())
    for index in range(6):
        given = {"name": created.outputs["name"], "policy": document(statement(Sid=f"S{index}"))}
        created = rig.update(POLICY, "read", created, **given)
    versions = rig.cloud.client("iam").list_policy_versions(PolicyArn=created.id)["Versions"]
    assert {version["VersionId"] for version in versions} == {"v3", "v4", "v5", "v6", "v7"}
    rig.delete(POLICY, created)


def test_the_life_of_an_instance_profile(rig):
    first = rig.create(ROLE, "first", assumeRolePolicy=TASKS_TRUST).id
    second = rig.create(ROLE, "second", assumeRolePolicy=TASKS_TRUST).id
    created = rig.live(PROFILE, "instances", {"role": first}, {"role": second, "tags": {"a": "b"}})
    assert created.outputs["role"] == second
    assert created.outputs["arn"].endswith(f":instance-profile/{created.id}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "it is not an object"),
        (document(Comment="a"), "the unknown key Comment"),
        (document(Version="2012-10-18"), "its Version is '2012-10-18'"),
        (document(Statement=[]), "it has no Statement"),
        (document(statement(Effect="allow")), "Effect is 'allow'; Allow and Deny"),
        (document(statement(Resources="*")), "the unknown key Resources"),
        (document(statement(Action=None)), "a statement has no Action"),
        (document(statement(NotAction="s3:*")), "a statement has no Action"),
        (document(statement(Action="GetObject")), "not of the form service:Name"),
        (document(statement(Resource=None)), "a statement has no Resource"),
        (document(statement(Resource="bucket/*")), "neither \\* nor an ARN"),
        (document(statement(Principal="*")), "an identity policy has a Principal"),
        (document(statement(Sid="read-it")), "'read-it' is not alphanumeric"),
        (document(statement(Sid="A"), statement(Sid="A")), "two statements have the Sid A"),
        (document(statement(Condition={"StringEquals": "a"})), "StringEquals has no keys"),
    ],
)
def test_aws_refuses_a_malformed_policy(rig, text, message):
    with pytest.raises(RefusedError, match=f"MalformedPolicyDocument: .*{message}"):
        rig.create(POLICY, "broken", policy=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (trust(Resource="*"), "prohibited field Resource"),
        (trust(Principal=None), "has no Principal"),
        (trust(Action="s3:GetObject"), "only actions of sts are allowed"),
    ],
)
def test_aws_refuses_a_malformed_trust_policy(rig, text, message):
    with pytest.raises(RefusedError, match=f"MalformedPolicyDocument: .*{message}"):
        rig.create(ROLE, "broken", assumeRolePolicy=text)


@pytest.mark.parametrize(
    "text",
    [
        document(statement(Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}})),
        document(statement(Action=["s3:Get*", "batch:*"], Resource=["arn:aws:s3:::a", "*"])),
        document(statement(Action=None, NotAction="iam:*", Resource="*")),
    ],
)
def test_a_sound_policy_is_not_malformed(text):
    assert policy_grammar.problem(text, trust=False) is None


def test_a_managed_policy_has_6144_characters_at_most_without_white_space(rig):
    rig.create(POLICY, "full", policy=sized(6144))
    with pytest.raises(RefusedError, match="PolicySize: the managed policy has 6145 characters"):
        rig.create(POLICY, "over", policy=sized(6145))


def test_the_inline_policies_of_a_role_have_10240_characters_in_sum(rig):
    role = rig.create(ROLE, "task", assumeRolePolicy=TASKS_TRUST).id
    first = rig.create(INLINE, "first", role=role, policy=sized(6000))
    rig.create(INLINE, "second", role=role, policy=sized(4240))
    with pytest.raises(RefusedError, match=r"10240 bytes exceeded for role task-.* 10241"):
        rig.update(
            INLINE, "first", first, name=first.outputs["name"], role=role, policy=sized(6001)
        )


def test_a_trust_policy_has_2048_characters_at_most(rig):
    long = trust(Condition={"StringEquals": {"sts:ExternalId": "a" * 2048}})
    with pytest.raises(RefusedError, match="ACLSizePerRole: the trust policy has"):
        rig.create(ROLE, "task", assumeRolePolicy=long)
