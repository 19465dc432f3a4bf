"""Whom Principal and NotPrincipal mean."""

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
    allow,
    allowed_by,
    aws,
    denied_by,
    deny,
)

_PAGE = "IAM User Guide, 'AWS JSON policy elements: Principal', "
ACCOUNTS = f"{_PAGE}'AWS account principals'"
ROLES = f"{_PAGE}'IAM role principals'"
SESSIONS = f"{_PAGE}'Role session principals'"
USERS = f"{_PAGE}'IAM user principals'"
SERVICES = f"{_PAGE}'AWS service principals'"
EVERYONE = f"{_PAGE}'All principals'"
NOT = "IAM User Guide, 'AWS JSON policy elements: NotPrincipal', "
SPARED = f"{NOT}'NotPrincipal With Deny'"
BOUNDED = f"{NOT}'Key points': principals with a permissions boundary"

_READ = "s3:GetObject"
_OBJECT = "arn:aws:s3:::bucket/key"
_MAY = [allow(_READ, Sid="Read")]
_CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
_BOB = f"arn:aws:iam::{ACCOUNT}:user/Bob"
_DELIVERY = Caller(
    arn="delivery.logs.amazonaws.com", account=OTHER, service="delivery.logs.amazonaws.com"
)


def _granted(
    name: str, caller: Caller, principal: object, allowed: bool, source: str
) -> DecisionProbe:
    policy = [allow(_READ, "arn:aws:s3:::bucket/*", Sid="Grant", Principal=principal)]
    answer = allowed_by("resource/Grant") if allowed else NOT_ALLOWED
    return DecisionProbe(name, caller, _READ, _OBJECT, answer, source, policy)


def _denied(
    name: str, caller: Caller, principal: dict[str, object], denied: bool, source: str
) -> DecisionProbe:
    """Probe a Deny to somebody whom identity policies allow it."""
    policy = [deny("s3:*", "arn:aws:s3:::bucket/*", Sid="Refuse", **principal)]
    mine = "the account's root user" if caller.arn == ROOT else "identity/Read"
    answer = denied_by("resource/Refuse") if denied else allowed_by(mine)
    return DecisionProbe(name, caller, _READ, _OBJECT, answer, source, policy)


_SESSION = Caller(policies=_MAY)
_USER = Caller(arn=_BOB, policies=_MAY)
_ALL_OF_SESSION = aws(SESSION, ROLE, ROOT)

PROBES = [
    _granted("user", Caller(arn=USER), aws(USER), True, USERS),
    _granted("other-user", Caller(arn=USER), aws(_BOB), False, USERS),
    _granted("user-has-case", Caller(arn=USER), aws(USER.replace("exampleuser", "ExampleUser")),
             False, USERS),
    _granted("role", Caller(), aws(ROLE), True, ROLES),
    _granted("other-role", Caller(), aws(f"{ROLE}2"), False, ROLES),
    _granted("role-with-path", Caller(role_arn=ROLE.replace("role/", "role/path/")), aws(ROLE),
             False, ROLES),
    _granted("session", Caller(), aws(SESSION), True, SESSIONS),
    _granted("other-session", Caller(), aws(f"{SESSION}2"), False, SESSIONS),
    _granted("one-of-some", Caller(), aws(USER, SESSION), True,
             f"{_PAGE}'Specifying a principal'"),
    _granted("deleted-role", Caller(), aws("AROAEXAMPLEID"), False, ROLES),
    _granted("everybody", Caller(), "*", True, EVERYONE),
    _granted("everyone-as-aws", Caller(), aws("*"), True, EVERYONE),
    _granted("service", _DELIVERY, {"Service": "delivery.logs.amazonaws.com"}, True, SERVICES),
    _granted("one-of-services", _DELIVERY,
             {"Service": ["ecs.amazonaws.com", "delivery.logs.amazonaws.com"]}, True, SERVICES),
    _granted("other-service", _DELIVERY, {"Service": "ecs.amazonaws.com"}, False, SERVICES),
    _granted("service-is-not-an-account", _DELIVERY, aws(OTHER), False, SERVICES),
    _granted("caller-is-not-a-service", Caller(), {"Service": "ecs.amazonaws.com"}, False,
             SERVICES),
    DecisionProbe("service-has-no-identity-policies", Caller(
        arn="ecs.amazonaws.com", service="ecs.amazonaws.com", policies=_MAY), _READ, _OBJECT,
        NOT_ALLOWED, SERVICES),
    DecisionProbe("account-by-its-number", Caller(policies=_MAY), _READ, _OBJECT,
                  allowed_by("identity/Read"), ACCOUNTS,
                  [allow(_READ, Principal=aws(ACCOUNT))],
                  context={"aws:ResourceAccount": OTHER}),
    DecisionProbe("another-account", Caller(policies=_MAY), _READ, _OBJECT, NOT_ALLOWED, ACCOUNTS,
                  [allow(_READ, Principal=aws(OTHER))], context={"aws:ResourceAccount": OTHER}),
    DecisionProbe("canonical-user", Caller(policies=_MAY, canonical_user=_CANONICAL), _READ,
                  _OBJECT, allowed_by("identity/Read"), ACCOUNTS,
                  [allow(_READ, Principal={"CanonicalUser": _CANONICAL})],
                  context={"aws:ResourceAccount": OTHER}),
    DecisionProbe("other-canonical-user", Caller(policies=_MAY, canonical_user="a1"), _READ,
                  _OBJECT, NOT_ALLOWED, ACCOUNTS,
                  [allow(_READ, Principal={"CanonicalUser": _CANONICAL})],
                  context={"aws:ResourceAccount": OTHER}),
    DecisionProbe("without-canonical-user", Caller(policies=_MAY), _READ, _OBJECT, NOT_ALLOWED,
                  ACCOUNTS, [allow(_READ, Principal={"CanonicalUser": _CANONICAL})],
                  context={"aws:ResourceAccount": OTHER}),
    _denied("deny-to-the-session", _SESSION, {"Principal": aws(SESSION)}, True, SESSIONS),
    _denied("deny-to-the-role", _SESSION, {"Principal": aws(ROLE)}, True, ROLES),
    _denied("deny-to-the-account", _SESSION, {"Principal": aws(ROOT)}, True, ACCOUNTS),
    _denied("deny-to-another-account", _SESSION, {"Principal": aws(OTHER)}, False, ACCOUNTS),
    _denied("root-user-spared", Caller(arn=ROOT, policies=_MAY), {"NotPrincipal": aws(ROOT)}, False,
            SPARED),
    _denied("user-and-account-spared", _USER, {"NotPrincipal": aws(_BOB, ROOT)}, False, SPARED),
    _denied("user-without-account", _USER, {"NotPrincipal": aws(_BOB)}, True, SPARED),
    _denied("account-without-user", _USER, {"NotPrincipal": aws(ROOT)}, True, SPARED),
    _denied("session-spared", _SESSION, {"NotPrincipal": _ALL_OF_SESSION}, False, SPARED),
    _denied("session-without-role", _SESSION, {"NotPrincipal": aws(SESSION, ROOT)}, True, SPARED),
    _denied("somebody-else-spared", _SESSION, {"NotPrincipal": aws(USER, ROOT)}, True, SPARED),
    _denied("boundary-spares-nobody", Caller(policies=_MAY, boundary=_MAY),
            {"NotPrincipal": _ALL_OF_SESSION}, True, BOUNDED),
    DecisionProbe("allow-all-but-a-user", Caller(), _READ, _OBJECT, allowed_by("resource/1"),
                  f"{NOT}'NotPrincipal With Allow'", [allow(_READ, NotPrincipal=aws(USER))]),
    DecisionProbe("allow-all-but-this-role", Caller(), _READ, _OBJECT, NOT_ALLOWED,
                  f"{NOT}'NotPrincipal With Allow'", [allow(_READ, NotPrincipal=aws(ROLE))]),
]  # fmt: skip
