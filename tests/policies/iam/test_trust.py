"""Who may assume a role."""

import json
from typing import Any

import pytest

from rules.iam.trust import federation_bounded, trust_names_principals
from tests.policies.harness import UNKNOWN, Verdict, judge

ROLE = "aws:iam/role:Role"
GITHUB = "token.actions.githubusercontent.com"
ACCOUNT = "arn:aws:iam::123456789012"
SAML = f"{ACCOUNT}:saml-provider/people"


def trusting(rule: Any, principal: Any, conditions: Any = None, **elements: Any) -> Verdict:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    if principal is not None:
        statement["Principal"] = principal
    if conditions is not None:
        statement["Condition"] = conditions
    document = {"Version": "2012-10-17", "Statement": {**statement, **elements}}
    return judge(rule, ROLE, {"assumeRolePolicy": json.dumps(document)})


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": "ec2.amazonaws.com"},
        {"AWS": [f"{ACCOUNT}:root", "999999999999"]},
        {"Federated": SAML},
    ],
    ids=str,
)
def test_named(principal: Any) -> None:
    assert trusting(trust_names_principals, principal).violations == []


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ("*", "*"),
        ({"AWS": "*"}, "*"),
        ({"Service": "*"}, "*"),
        ({"Federated": ["*"]}, "*"),
        ({"AWS": ["123456789012", "arn:aws:iam::*:root"]}, "arn:aws:iam::*:root"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "conditions", [None, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}], ids=["bare", "bounded"]
)
def test_not_named(principal: Any, found: str, conditions: Any) -> None:
    assert trusting(trust_names_principals, principal, conditions).violations == [
        "The trust policy in assumeRolePolicy must name who may assume the role; statement 1 lets "
        f"{found} in."
    ]


def test_not_principal() -> None:
    excepted = {"AWS": "999999999999"}
    assert trusting(trust_names_principals, None, NotPrincipal=excepted).violations == [
        "The trust policy in assumeRolePolicy must name who may assume the role; statement 1 lets "
        "everybody but NotPrincipal in."
    ]
    denied = trusting(trust_names_principals, None, NotPrincipal=excepted, Effect="Deny")
    assert denied.violations == []


def test_a_denial_of_everybody_lets_nobody_in() -> None:
    assert trusting(trust_names_principals, "*", Effect="Deny").violations == []
    denied = {"Federated": f"{ACCOUNT}:oidc-provider/{GITHUB}"}
    assert trusting(federation_bounded, denied, Effect="Deny").violations == []


@pytest.mark.parametrize("rule", [trust_names_principals, federation_bounded], ids=lambda r: r.name)
def test_missing_unknown_and_another_type(rule: Any) -> None:
    assert judge(rule, ROLE, {}).violations == []
    assert judge(rule, ROLE, {"assumeRolePolicy": UNKNOWN}).unknown
    assert not judge(rule, "aws:s3/bucketPolicy:BucketPolicy", {"policy": "{}"}).applicable


def provider(host: str) -> str:
    return f"{ACCOUNT}:oidc-provider/{host}"


def like(key: str, *values: str) -> dict[str, dict[str, list[str]]]:
    return {"StringLike": {key: list(values)}}


EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE1"
CHINA = "oidc.eks.cn-north-1.amazonaws.com.cn"

GOOD = [
    (provider(EKS), like(f"{EKS.lower()}:sub", "system:serviceaccount:jobs:runner")),
    (provider(EKS), like(f"{EKS.lower()}:sub", "system:serviceaccount:jobs:*")),
    (provider("k8s.example.com"), like("k8s.example.com:sub", "system:serviceaccount:jobs:*")),
    (provider(GITHUB), like(f"{GITHUB}:sub", "repo:ours/app:ref:refs/heads/main")),
    (provider(GITHUB), like(f"{GITHUB}:SUB", "repo:ours/*")),
    (provider("gitlab.com"), like("gitlab.com:sub", "project_path:ours/app:*")),
    (provider("app.terraform.io"), like("app.terraform.io:sub", "organization:ours:project:*")),
    (provider("oidc.vercel.com"), like("oidc.vercel.com:aud", "https://vercel.com/ours")),
    (provider("login.example.com/t1"), like("login.example.com/t1:aud", "sts.amazonaws.com")),
    (provider("login.example.com"), like("login.example.com:sub", "service-*")),
    ("cognito-identity.amazonaws.com", like("cognito-identity.amazonaws.com:aud", "eu:pool")),
    ("accounts.google.com", like("accounts.google.com:aud", "client")),
    ("graph.facebook.com", like("graph.facebook.com:app_id", "17")),
    (SAML, like("SAML:aud", "https://*.signin.aws.amazon.com/saml")),
]


@pytest.mark.parametrize(("federated", "conditions"), GOOD, ids=[str(row[1]) for row in GOOD])
def test_bounded_federation(federated: str, conditions: Any) -> None:
    assert trusting(federation_bounded, {"Federated": federated}, conditions).violations == []


BAD = [
    (provider(EKS), like(f"{EKS.lower()}:sub", "system:serviceaccount:*:*")),
    (provider(EKS), like(f"{EKS.lower()}:sub", "system:serviceaccount:*:runner")),
    (provider(EKS), like(f"{EKS.lower()}:sub", "system:*")),
    (provider(EKS), like(f"{EKS.lower()}:aud", "sts.amazonaws.com")),
    (provider(f"{CHINA}/id/1"), like(f"{CHINA}/id/1:aud", "sts.amazonaws.com")),
    (provider("k8s.example.com"), like("k8s.example.com:sub", "system:serviceaccount:*:*")),
    (provider(GITHUB), None),
    (provider(GITHUB), like(f"{GITHUB}:aud", "sts.amazonaws.com")),
    (provider(GITHUB), like(f"{GITHUB}:sub", "repo:*")),
    (provider(GITHUB), like(f"{GITHUB}:sub", "repo:ours*")),
    (provider(GITHUB), like(f"{GITHUB}:sub", "repo:ours/app:*", "*")),
    (provider(GITHUB), like("gitlab.com:sub", "repo:ours/app:*")),
    (provider(GITHUB), {"StringEqualsIfExists": {f"{GITHUB}:sub": "repo:ours/app:x"}}),
    (provider(GITHUB), {"StringNotEquals": {f"{GITHUB}:sub": "repo:ours/app:x"}}),
    (provider("oidc.vercel.com"), like("oidc.vercel.com:sub", "owner:ours:project:app")),
    (provider("login.example.com"), like("login.example.com:aud", "*")),
    ("cognito-identity.amazonaws.com", like("cognito-identity.amazonaws.com:amr", "authenticated")),
    ("graph.facebook.com", like("graph.facebook.com:aud", "17")),
    (SAML, None),
    (SAML, like("SAML:aud", "*")),
    (SAML, like("SAML:aud", "https://example.com/saml", "??*")),
]


@pytest.mark.parametrize(("federated", "conditions"), BAD, ids=[str(row) for row in BAD])
def test_unbounded_federation(federated: str, conditions: Any) -> None:
    found = trusting(federation_bounded, {"Federated": federated}, conditions).violations
    assert len(found) == 1
    assert f"whom of {federated} it lets in" in found[0]


CLAIMS = {
    "sub": [
        "agent.buildkite.com",
        "app.terraform.io",
        "gitlab.com",
        "oidc-configuration.audit-log.githubusercontent.com",
        "oidc.codefresh.io",
        "proidc.upbound.io",
        "scalr.io",
        "studio.datachain.ai/api",
        "token.actions.githubusercontent.com",
        "tokens.cloud.shisho.dev",
        "vstoken.actions.githubusercontent.com",
    ],
    "aud": [
        "api.pulumi.com/oidc",
        "cognito-identity.amazonaws.com",
        "oidc.vercel.com",
        "sandboxes.cloud",
    ],
    "app_id": ["graph.facebook.com", "www.amazon.com"],
}


@pytest.mark.parametrize(
    ("host", "claim"), [(host, claim) for claim, hosts in CLAIMS.items() for host in hosts]
)
def test_the_claim_that_tells_tenants_apart(host: str, claim: str) -> None:
    federated = {"Federated": provider(host)}
    for other in ("sub", "aud", "app_id"):
        found = trusting(federation_bounded, federated, like(f"{host}:{other}", "ours"))
        assert (found.violations == []) is (other == claim)


@pytest.mark.parametrize("claim", ["aud", "sub", "oaud"])
def test_claims_of_google(claim: str) -> None:
    principal = {"Federated": "accounts.google.com"}
    found = trusting(federation_bounded, principal, like(f"accounts.google.com:{claim}", "ours"))
    assert found.violations == []


@pytest.mark.parametrize(
    ("claim", "bounds"),
    [("aud", True), ("sub", True), ("iss", True), ("doc", True), ("sub_type", False)],
)
def test_claims_of_saml(claim: str, bounds: bool) -> None:
    found = trusting(federation_bounded, {"Federated": SAML}, like(f"SAML:{claim}", "ours"))
    assert (found.violations == []) is bounds


def test_the_message_names_the_claims() -> None:
    host = "login.example.com"
    assert trusting(federation_bounded, {"Federated": provider(host)}).violations == [
        f"The trust policy in assumeRolePolicy must say whom of {provider(host)} it lets in, by a "
        f"condition on {host}:sub or {host}:aud that not everybody meets; statement 1 has none."
    ]


def test_each_provider_is_judged_and_nobody_else() -> None:
    both = [provider("one.example.com"), provider("two.example.com"), "*"]
    conditions = like("one.example.com:sub", "ours")
    found = trusting(federation_bounded, {"Federated": both}, conditions).violations
    assert ["two.example.com" in one for one in found] == [True]
    assert trusting(federation_bounded, {"Service": "ec2.amazonaws.com"}).violations == []
