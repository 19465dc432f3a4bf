"""Within an account and across accounts: which policies must allow, and which deny."""

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
    allow,
    allowed_by,
    aws,
    denied_by,
    deny,
)

_LOGIC = (
    "IAM User Guide, 'How AWS enforcement code logic evaluates requests to allow or deny access'"
)
DENY = f"{_LOGIC}, 'Deny evaluation'"
DEFAULT = f"{_LOGIC}: all requests are implicitly denied except the root user's"
RESOURCES = f"{_LOGIC}, 'Resource-based policies'"
IDENTITY = f"{_LOGIC}, 'Identity-based policies'"
BOUNDARIES = (
    "IAM User Guide, 'Permissions boundaries for IAM entities', "
    "'Evaluating effective permissions with boundaries'"
)
SESSIONS = f"{_LOGIC}, 'Session policies'"
CROSS = "IAM User Guide, 'Cross-account policy evaluation logic'"
EXAMPLE = "IAM User Guide, 'Identity-based policies and resource-based policies'"
DELEGATES = "IAM User Guide, 'AWS JSON policy elements: Principal', 'AWS account principals'"
EVERYONE = "IAM User Guide, 'AWS JSON policy elements: Principal', 'All principals'"

_BUCKET = "arn:aws:s3:::bucket"
_OBJECT = f"{_BUCKET}/key"
_READ = "s3:GetObject"
_MAY = [allow(_READ, f"{_BUCKET}/*", Sid="Read")]
_EMPTY = [allow("ec2:*", Sid="Compute")]
_NEVER = [deny("s3:*", Sid="Never")]
_TO_SESSION = [allow(_READ, f"{_BUCKET}/*", Sid="Session", Principal=aws(SESSION))]
_TO_ROLE = [allow(_READ, f"{_BUCKET}/*", Sid="Role", Principal=aws(ROLE))]
_TO_USER = [allow(_READ, f"{_BUCKET}/*", Sid="User", Principal=aws(USER))]
_TO_ALL = [allow(_READ, f"{_BUCKET}/*", Sid="All", Principal="*")]
_TO_ACCOUNT = [allow(_READ, f"{_BUCKET}/*", Sid="Account", Principal=aws(ROOT))]
_TO_NOBODY = [deny(_READ, f"{_BUCKET}/*", Sid="Nobody", Principal="*")]

_BY_ROLE_ARN = [
    allow(
        _READ,
        f"{_BUCKET}/*",
        Sid="All",
        Principal="*",
        Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}},
    )
]
_QUEUE = f"arn:aws:sqs:us-east-2:{OTHER}:queue"
_SENDS = [allow("sqs:SendMessage", "*", Sid="Send")]


_Row = tuple[str, Caller, list[dict[str, object]] | None, Decision, str]

_HOME: tuple[_Row, ...] = (
    ("nothing", Caller(), None, NOT_ALLOWED, DEFAULT),
    ("root", Caller(arn=ROOT), None, allowed_by("the account's root user"), DEFAULT),
    ("root-denied-by-a-resource", Caller(arn=ROOT), _TO_NOBODY, denied_by("resource/Nobody"), DENY),
    ("other-action", Caller(policies=_EMPTY), None, NOT_ALLOWED, IDENTITY),
    ("identity", Caller(policies=_MAY), None, allowed_by("identity/Read"), IDENTITY),
    (
        "unnamed-statement",
        Caller(policies=[*_EMPTY, allow(_READ)]),
        None,
        allowed_by("identity/2"),
        IDENTITY,
    ),
    ("identity-denies", Caller(policies=[*_MAY, *_NEVER]), None, denied_by("identity/Never"), DENY),
    ("deny-first", Caller(policies=[*_NEVER, *_MAY]), None, denied_by("identity/Never"), DENY),
    (
        "identity-denies-what-a-resource-allows",
        Caller(policies=_NEVER),
        _TO_SESSION,
        denied_by("identity/Never"),
        DENY,
    ),
    ("resource-denies", Caller(policies=_MAY), _TO_NOBODY, denied_by("resource/Nobody"), DENY),
    (
        "boundary-denies",
        Caller(policies=_MAY, boundary=[*_MAY, *_NEVER]),
        None,
        denied_by("boundary/Never"),
        DENY,
    ),
    (
        "session-policy-denies",
        Caller(policies=_MAY, session=[*_MAY, *_NEVER]),
        None,
        denied_by("session/Never"),
        DENY,
    ),
    (
        "boundary-denies-what-a-resource-allows",
        Caller(boundary=_NEVER),
        _TO_SESSION,
        denied_by("boundary/Never"),
        DENY,
    ),
    (
        "session-policy-denies-what-a-resource-allows",
        Caller(session=_NEVER),
        _TO_SESSION,
        denied_by("session/Never"),
        DENY,
    ),
    ("both-allow", Caller(policies=_MAY), _TO_SESSION, allowed_by("identity/Read"), EXAMPLE),
    ("only-the-resource", Caller(arn=USER), _TO_USER, allowed_by("resource/User"), EXAMPLE),
    ("only-the-identity", Caller(policies=_MAY), _TO_USER, allowed_by("identity/Read"), EXAMPLE),
    ("neither", Caller(policies=_EMPTY), _TO_USER, NOT_ALLOWED, EXAMPLE),
    (
        "boundary-allows-too",
        Caller(policies=_MAY, boundary=_MAY),
        None,
        allowed_by("identity/Read"),
        BOUNDARIES,
    ),
    ("boundary-lacks-it", Caller(policies=_MAY, boundary=_EMPTY), None, NOT_ALLOWED, BOUNDARIES),
    ("boundary-grants-nothing", Caller(boundary=_MAY), None, NOT_ALLOWED, BOUNDARIES),
    (
        "session-policy-allows-too",
        Caller(policies=_MAY, session=_MAY),
        None,
        allowed_by("identity/Read"),
        SESSIONS,
    ),
    ("session-policy-lacks-it", Caller(policies=_MAY, session=_EMPTY), None, NOT_ALLOWED, SESSIONS),
    ("session-policy-grants-nothing", Caller(session=_MAY), None, NOT_ALLOWED, SESSIONS),
    (
        "all-three",
        Caller(policies=_MAY, boundary=_MAY, session=_MAY),
        None,
        allowed_by("identity/Read"),
        BOUNDARIES,
    ),
    (
        "two-of-three",
        Caller(policies=_MAY, boundary=_EMPTY, session=_MAY),
        None,
        NOT_ALLOWED,
        BOUNDARIES,
    ),
    ("role-by-resource", Caller(), _TO_ROLE, allowed_by("resource/Role"), RESOURCES),
    (
        "role-by-resource-and-boundary",
        Caller(boundary=_MAY),
        _TO_ROLE,
        allowed_by("resource/Role"),
        RESOURCES,
    ),
    ("role-limited-by-boundary", Caller(boundary=_EMPTY), _TO_ROLE, NOT_ALLOWED, RESOURCES),
    ("role-limited-by-session-policy", Caller(session=_EMPTY), _TO_ROLE, NOT_ALLOWED, RESOURCES),
    (
        "session-not-limited-by-boundary",
        Caller(boundary=_EMPTY),
        _TO_SESSION,
        allowed_by("resource/Session"),
        RESOURCES,
    ),
    (
        "session-not-limited-by-session-policy",
        Caller(session=_EMPTY),
        _TO_SESSION,
        allowed_by("resource/Session"),
        RESOURCES,
    ),
    (
        "user-not-limited-by-boundary",
        Caller(arn=USER, boundary=_EMPTY),
        _TO_USER,
        allowed_by("resource/User"),
        RESOURCES,
    ),
    (
        "federated-user-session",
        Caller(arn=f"arn:aws:sts::{ACCOUNT}:federated-user/x", session=_EMPTY),
        [
            allow(
                _READ,
                f"{_BUCKET}/*",
                Sid="Federated",
                Principal=aws(f"arn:aws:sts::{ACCOUNT}:federated-user/x"),
            )
        ],
        allowed_by("resource/Federated"),
        RESOURCES,
    ),
    ("everyone-within-the-account", Caller(), _TO_ALL, allowed_by("resource/All"), EVERYONE),
    (
        "account-and-session",
        Caller(),
        [*_TO_ACCOUNT, *_TO_SESSION],
        allowed_by("resource/Session"),
        RESOURCES,
    ),
    ("account-only-delegates", Caller(), _TO_ACCOUNT, NOT_ALLOWED, DELEGATES),
    (
        "account-and-identity",
        Caller(policies=_MAY),
        _TO_ACCOUNT,
        allowed_by("identity/Read"),
        DELEGATES,
    ),
)

_ACROSS: tuple[_Row, ...] = (
    ("across-both-allow", Caller(policies=_MAY), _TO_SESSION, allowed_by("identity/Read"), CROSS),
    ("across-only-identity", Caller(policies=_MAY), None, NOT_ALLOWED, CROSS),
    ("across-only-resource", Caller(), _TO_SESSION, NOT_ALLOWED, CROSS),
    ("across-everyone-is-not-enough", Caller(), _TO_ALL, NOT_ALLOWED, EVERYONE),
    (
        "across-everyone-and-identity",
        Caller(policies=_MAY),
        _TO_ALL,
        allowed_by("identity/Read"),
        EVERYONE,
    ),
    (
        "across-account-and-identity",
        Caller(policies=_MAY),
        _TO_ACCOUNT,
        allowed_by("identity/Read"),
        DELEGATES,
    ),
    (
        "across-limited-by-boundary",
        Caller(policies=_MAY, boundary=_EMPTY),
        _TO_SESSION,
        NOT_ALLOWED,
        CROSS,
    ),
    (
        "across-denied-by-identity",
        Caller(policies=[*_MAY, *_NEVER]),
        _TO_SESSION,
        denied_by("identity/Never"),
        CROSS,
    ),
)

PROBES = [
    *(
        DecisionProbe(name, caller, _READ, _OBJECT, answer, source, policy, context=context)
        for rows, context in ((_HOME, {}), (_ACROSS, {"aws:ResourceAccount": OTHER}))
        for name, caller, policy, answer, source in rows
    ),
    DecisionProbe(
        "everyone-not-limited",
        Caller(boundary=_EMPTY, session=_EMPTY),
        _READ,
        _OBJECT,
        allowed_by("resource/All"),
        RESOURCES,
        _BY_ROLE_ARN,
        context={"aws:PrincipalArn": ROLE},
    ),
    DecisionProbe(
        "everyone-but-another-role",
        Caller(),
        _READ,
        _OBJECT,
        NOT_ALLOWED,
        RESOURCES,
        _BY_ROLE_ARN,
        context={"aws:PrincipalArn": f"{ROLE}2"},
    ),
    DecisionProbe(
        "across-by-the-arn", Caller(policies=_SENDS), "sqs:SendMessage", _QUEUE, NOT_ALLOWED, CROSS
    ),
    DecisionProbe(
        "across-by-the-arn-both-allow",
        Caller(policies=_SENDS),
        "sqs:SendMessage",
        _QUEUE,
        allowed_by("identity/Send"),
        CROSS,
        [allow("sqs:*", _QUEUE, Principal=aws(ACCOUNT))],
    ),
    DecisionProbe(
        "aws-owns-managed-policies",
        Caller(policies=[allow("iam:GetPolicy", Sid="Get")]),
        "iam:GetPolicy",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        allowed_by("identity/Get"),
        "IAM User Guide, 'Managed policies and inline policies', 'AWS managed policies'",
    ),
]
