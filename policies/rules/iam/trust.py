"""Who may assume a role: principals by name, federated ones by their claims."""

import re
from collections.abc import Mapping

from pulumi_policy import Severity

from rules.iam.conditions import Fixed, fixed_text, requires
from rules.iam.documents import Placed, judge_allowing
from rules.iam.globs import is_chosen
from rules.iam.locations import Kind, types
from rules.iam.statements import Statement
from rules.rule import About, Report, Subject, resource_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


def _names_principals(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        found = [one.value for one in statement.principals if "*" in one.value]
        if statement.not_principals:
            found.append("everybody but NotPrincipal")
        for principal in found:
            report(
                f"The trust policy in {placed.where} must name who may assume the role; "
                f"{statement.label} lets {principal} in."
            )

    judge_allowing(subject.type, subject.props, (Kind.TRUST,), judge)


trust_names_principals = resource_rule(
    About(
        name="iam-trust-names-principals",
        description="Trust policies name their principals: no wildcard, no NotPrincipal.",
        severity=Severity.CRITICAL,
        remediation="Name the services, roles or accounts that may assume the role.",
        url=f"{_GUIDE}/reference_policies_elements_principal.html",
    ),
    types(Kind.TRUST),
    _names_principals,
)

_BY_SUBJECT = (
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "oidc.codefresh.io",
    "oidc-configuration.audit-log.githubusercontent.com",
    "proidc.upbound.io",
    "scalr.io",
    "studio.datachain.ai/api",
    "token.actions.githubusercontent.com",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
)
_BY_AUDIENCE = (
    "api.pulumi.com/oidc",
    "cognito-identity.amazonaws.com",
    "oidc.vercel.com",
    "sandboxes.cloud",
)
_BY_APPLICATION = ("graph.facebook.com", "www.amazon.com")

_TENANT = re.compile(r"[^:*?]+:[^:/*?]+[:/].*")


def _of_one_tenant(subject: str) -> bool:
    """Say whether a subject such as `repo:organisation/*` is one tenant's of a provider."""
    return fixed_text(subject) or _TENANT.fullmatch(subject) is not None


def _chosen(value: str) -> bool:
    return value.strip("*?") != ""


_CLAIMS: Mapping[str, Mapping[str, Fixed]] = {
    **{provider: {"sub": _of_one_tenant} for provider in _BY_SUBJECT},
    **{provider: {"aud": fixed_text} for provider in _BY_AUDIENCE},
    **{provider: {"app_id": fixed_text} for provider in _BY_APPLICATION},
    "accounts.google.com": {"aud": fixed_text, "sub": fixed_text, "oaud": fixed_text},
}
"""Identity providers that many customers share, with the claim that tells them apart (AWS IAM User
Guide, "Identity-provider controls for shared OIDC providers" and "Available keys for AWS OIDC
federation")."""

_SERVICE_ACCOUNT = "system:serviceaccount:"
_EKS = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/.+")


def _of_one_namespace(subject: str) -> bool:
    """Say whether a Kubernetes service account is of a namespace that is named."""
    found = subject.startswith(_SERVICE_ACCOUNT)
    return found and is_chosen(subject.removeprefix(_SERVICE_ACCOUNT).split(":")[0])


def _chosen_subject(subject: str) -> bool:
    if subject.startswith(_SERVICE_ACCOUNT):
        return _of_one_namespace(subject)
    return _chosen(subject)


_ANY_OIDC: Mapping[str, Fixed] = {"sub": _chosen_subject, "aud": _chosen}
_CLUSTER: Mapping[str, Fixed] = {"sub": _of_one_namespace}
"""The audience of every pod of a cluster is `sts.amazonaws.com` (Amazon EKS User Guide, "Assign IAM
roles to Kubernetes service accounts")."""
_SAML: Mapping[str, Fixed] = {f"saml:{claim}": _chosen for claim in ("aud", "sub", "iss", "doc")}


def _needed(provider: str) -> Mapping[str, Fixed]:
    """Return the condition keys of which a trusted identity provider needs one."""
    if ":saml-provider/" in provider:
        return _SAML
    host = provider.rpartition(":oidc-provider/")[2].lower()
    claims = _CLUSTER if _EKS.fullmatch(host) else _CLAIMS.get(host, _ANY_OIDC)
    return {f"{host}:{claim}": fixed for claim, fixed in claims.items()}


def _federation(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        for principal in statement.principals:
            keys = _needed(principal.value)
            if principal.kind != "Federated" or "*" in principal.value:
                continue
            if not any(requires(one, keys) for one in statement.conditions):
                report(
                    f"The trust policy in {placed.where} must say whom of {principal.value} it "
                    f"lets in, by a condition on {' or '.join(keys)} that not everybody meets; "
                    f"{statement.label} has none."
                )

    judge_allowing(subject.type, subject.props, (Kind.TRUST,), judge)


federation_bounded = resource_rule(
    About(
        name="iam-federation-bounded",
        description="Trust in an identity provider is bound to an audience or a subject.",
        severity=Severity.HIGH,
        remediation=(
            "Add a condition on the provider's :sub or :aud, or on SAML:aud; name the organisation "
            "in the subject of a provider that others use as well."
        ),
        url=f"{_GUIDE}/id_roles_providers_oidc_secure-by-default.html",
    ),
    types(Kind.TRUST),
    _federation,
)

POLICIES = [trust_names_principals, federation_bounded]
