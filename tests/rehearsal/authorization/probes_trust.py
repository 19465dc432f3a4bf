"""Roles, whose trust policies decide who may be allowed at all to assume them."""

from dataclasses import replace

from rehearsal.authorization.documents import Kind
from rehearsal.authorization.evaluation import Decision
from tests.rehearsal.authorization.probe import (
    ACCOUNT,
    NOT_ALLOWED,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    USER,
    Caller,
    DecisionProbe,
    Values,
    allow,
    allowed_by,
    aws,
    denied_by,
    deny,
)

EXPLICIT = (
    "IAM User Guide, 'How AWS enforcement code logic evaluates requests to allow or deny access', "
    "'Resource-based policies': role trust policies must allow explicitly"
)
DEPUTY = (
    "IAM User Guide, 'The confused deputy problem', "
    "'Cross-service confused deputy prevention for AWS Security Token Service'"
)
EXTERNAL = (
    "IAM User Guide, 'The confused deputy problem', 'Cross-account confused deputy prevention'"
)
_PRINCIPAL = "IAM User Guide, 'AWS JSON policy elements: Principal', "
SERVICE = f"{_PRINCIPAL}'AWS service principals'"
WEB_IDENTITY = f"{_PRINCIPAL}'Web identity session principals'"
SAML = f"{_PRINCIPAL}'SAML session principals'"
SWITCH = "IAM User Guide, 'Granting a user permissions to switch roles'"

_TARGET = f"arn:aws:iam::{ACCOUNT}:role/target"
_FOREIGN = f"arn:aws:iam::{OTHER}:role/target"
_ASSUME = "sts:AssumeRole"
_WEB = "sts:AssumeRoleWithWebIdentity"
_MAY = [allow(_ASSUME, "*", Sid="Assume")]
_INCIDENTS = f"arn:aws:ssm-incidents:*:{ACCOUNT}:incident-record/plan/*"
_INCIDENT = f"arn:aws:ssm-incidents:us-east-2:{ACCOUNT}:incident-record/plan/1"
_MANAGER = Caller(arn="ssm-incidents.amazonaws.com", service="ssm-incidents.amazonaws.com")
_CONTAINERS = Caller(arn="ecs.amazonaws.com", service="ecs.amazonaws.com")
_GOOGLE = Caller(arn="accounts.google.com", federated="accounts.google.com")
_AMAZON = Caller(arn="www.amazon.com", federated="www.amazon.com")
_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/people"
_PEOPLE = Caller(arn=_PROVIDER, federated=_PROVIDER)
_BOTH_SOURCES = {
    "ArnLike": {"aws:SourceArn": _INCIDENTS},
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
}
_EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "12345"}}


def _statement(
    sid: str, principal: object, action: str = _ASSUME, **others: object
) -> dict[str, object]:
    return allow(action, None, Sid=sid, Principal=principal, **others)


_GUARDED = [_statement("Incidents", {"Service": _MANAGER.service}, Condition=_BOTH_SOURCES)]
_CUSTOMER = [_statement("Customer", aws(ACCOUNT), Condition=_EXTERNAL_ID)]
_BY_GOOGLE = [_statement("Web", {"Federated": "accounts.google.com"}, _WEB)]
_BY_SAML = [_statement("People", {"Federated": _PROVIDER}, "sts:AssumeRoleWithSAML")]


def _trusting(*names: str) -> list[dict[str, object]]:
    return [_statement("Trust", aws(*names))]


def _assume(
    name: str, caller: Caller, policy: list[dict[str, object]], answer: Decision, source: str
) -> DecisionProbe:
    return DecisionProbe(name, caller, _ASSUME, _TARGET, answer, source, policy, Kind.TRUST)


def _from(probe: DecisionProbe, arn: str = _INCIDENT, account: str = ACCOUNT) -> DecisionProbe:
    context: dict[str, Values] = {"aws:SourceArn": arn, "aws:SourceAccount": account}
    return replace(probe, context=context)


_SERVICES = [
    _from(
        _assume(
            "service-for-its-resource", _MANAGER, _GUARDED, allowed_by("resource/Incidents"), DEPUTY
        )
    ),
    _from(
        _assume("service-for-another-resource", _MANAGER, _GUARDED, NOT_ALLOWED, DEPUTY),
        _INCIDENT.replace("plan", "another"),
    ),
    _from(
        _assume("service-for-another-account", _MANAGER, _GUARDED, NOT_ALLOWED, DEPUTY),
        _INCIDENT.replace(ACCOUNT, OTHER),
        OTHER,
    ),
    _from(
        _assume("service-for-two-accounts", _MANAGER, _GUARDED, NOT_ALLOWED, DEPUTY),
        account=OTHER,
    ),
    replace(
        _assume("service-without-source-arn", _MANAGER, _GUARDED, NOT_ALLOWED, DEPUTY),
        context={"aws:SourceAccount": ACCOUNT},
    ),
    _assume("service-for-nobody", _MANAGER, _GUARDED, NOT_ALLOWED, DEPUTY),
    _from(_assume("another-service", _CONTAINERS, _GUARDED, NOT_ALLOWED, SERVICE)),
    replace(
        _from(_assume("another-action", _MANAGER, _GUARDED, NOT_ALLOWED, SERVICE)),
        action="sts:TagSession",
    ),
]

_ACCOUNTS = [
    _assume("trust-user", Caller(arn=USER), _trusting(USER), allowed_by("resource/Trust"),
            EXPLICIT),
    _assume("trust-role", Caller(), _trusting(ROLE), allowed_by("resource/Trust"), EXPLICIT),
    _assume("trust-session", Caller(), _trusting(SESSION), allowed_by("resource/Trust"), EXPLICIT),
    _assume("trust-one-of-some", Caller(), _trusting(USER, ROLE), allowed_by("resource/Trust"),
            EXPLICIT),
    _assume("trust-account-and-identity", Caller(policies=_MAY), _trusting(ROOT),
            allowed_by("identity/Assume"), SWITCH),
    _assume("trust-account-alone", Caller(), _trusting(ROOT), NOT_ALLOWED, SWITCH),
    _assume("trust-somebody-else", Caller(policies=_MAY), _trusting(USER), NOT_ALLOWED, EXPLICIT),
    _assume("identity-denies-to-assume", Caller(policies=[deny(_ASSUME, Sid="No")]),
            _trusting(ROLE), denied_by("identity/No"), EXPLICIT),
]  # fmt: skip

_ACROSS = [
    _assume("trust-foreign-both", Caller(policies=_MAY), _trusting(ACCOUNT),
            allowed_by("identity/Assume"), SWITCH),
    _assume("trust-foreign-without-identity", Caller(), _trusting(SESSION), NOT_ALLOWED, SWITCH),
    _assume("trust-foreign-without-trust", Caller(policies=_MAY), _trusting(OTHER), NOT_ALLOWED,
            SWITCH),
    replace(
        _assume("external-id", Caller(policies=_MAY), _CUSTOMER, allowed_by("identity/Assume"),
                EXTERNAL),
        context={"sts:ExternalId": "12345"},
    ),
    replace(
        _assume("other-external-id", Caller(policies=_MAY), _CUSTOMER, NOT_ALLOWED, EXTERNAL),
        context={"sts:ExternalId": "67890"},
    ),
    _assume("no-external-id", Caller(policies=_MAY), _CUSTOMER, NOT_ALLOWED, EXTERNAL),
]  # fmt: skip

_FEDERATED = [
    replace(
        _assume("web-identity", _GOOGLE, _BY_GOOGLE, allowed_by("resource/Web"), WEB_IDENTITY),
        action=_WEB,
    ),
    replace(
        _assume("other-web-identity", _AMAZON, _BY_GOOGLE, NOT_ALLOWED, WEB_IDENTITY),
        action=_WEB,
    ),
    replace(
        _assume("saml", _PEOPLE, _BY_SAML, allowed_by("resource/People"), SAML),
        action="sts:AssumeRoleWithSAML",
    ),
]

PROBES = [
    *_SERVICES,
    *_ACCOUNTS,
    *(replace(probe, resource=_FOREIGN) for probe in _ACROSS),
    *_FEDERATED,
]
