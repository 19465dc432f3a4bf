"""KMS keys, whose own policies decide who may be allowed at all."""

from dataclasses import replace

from rehearsal.authorization.evaluation import Decision
from tests.rehearsal.authorization.probe import (
    ACCOUNT,
    NOT_ALLOWED,
    OTHER,
    ROLE,
    ROOT,
    USER,
    Caller,
    DecisionProbe,
    allow,
    allowed_by,
    aws,
    denied_by,
    deny,
)

KEY_POLICY = "AWS KMS Developer Guide, 'Key policies in AWS KMS'"
DEFAULT = (
    "AWS KMS Developer Guide, 'Default key policy', "
    "'Allows access to the AWS account and enables IAM policies'"
)
FOREIGN = "AWS KMS Developer Guide, 'Allowing users in other accounts to use a KMS key'"
VIA = "AWS KMS Developer Guide, 'AWS KMS condition keys', 'kms:ViaService'"
LIMITED = (
    "IAM User Guide, 'How AWS enforcement code logic evaluates requests to allow or deny access', "
    "'Resource-based policies': a role's ARN is limited by a permissions boundary"
)

_KEY = f"arn:aws:kms:us-east-2:{ACCOUNT}:key/1234abcd"
_THEIRS = f"arn:aws:kms:us-east-2:{OTHER}:key/1234abcd"
_MAY = [allow("kms:Decrypt", _KEY, Sid="Decrypt")]
_MAY_THEIRS = [allow("kms:Decrypt", _THEIRS, Sid="Decrypt")]
_COMPUTE = [allow("ec2:*", Sid="Compute")]
_DELEGATING = [allow("kms:*", Sid="Account", Principal=aws(ROOT))]
_TO_ROLE = [allow("kms:Decrypt", Sid="Role", Principal=aws(ROLE))]
_ADMIN_ONLY = [allow("kms:*", Sid="Admin", Principal=aws(USER))]
_OTHER_ACTION = [allow("kms:Encrypt", Principal=aws(ROOT))]
_NOT_THE_ROLE = [*_DELEGATING, deny("kms:Decrypt", Sid="No", Principal=aws(ROLE))]
_S3 = {"kms:ViaService": "s3.us-east-2.amazonaws.com"}
_VIA_S3 = [allow("kms:Decrypt", Sid="ViaS3", Principal=aws(ROLE), Condition={"StringEquals": _S3})]


def _decrypt(
    name: str, caller: Caller, policy: list[dict[str, object]], answer: Decision, source: str
) -> DecisionProbe:
    return DecisionProbe(name, caller, "kms:Decrypt", _KEY, answer, source, policy, key=True)


PROBES = [
    _decrypt("key-delegates", Caller(policies=_MAY), _DELEGATING, allowed_by("identity/Decrypt"),
             DEFAULT),
    _decrypt("key-delegates-and-nobody-grants", Caller(), _DELEGATING, NOT_ALLOWED, DEFAULT),
    _decrypt("key-delegates-another-action", Caller(policies=_MAY), _OTHER_ACTION, NOT_ALLOWED,
             DEFAULT),
    _decrypt("key-does-not-delegate", Caller(policies=_MAY), _ADMIN_ONLY, NOT_ALLOWED, DEFAULT),
    _decrypt("key-for-the-root-user", Caller(arn=ROOT), _DELEGATING,
             allowed_by("the account's root user"), DEFAULT),
    _decrypt("key-without-the-root-user", Caller(arn=ROOT), _ADMIN_ONLY, NOT_ALLOWED, DEFAULT),
    _decrypt("key-allows-by-itself", Caller(), _TO_ROLE, allowed_by("resource/Role"), KEY_POLICY),
    _decrypt("key-and-boundary", Caller(boundary=_COMPUTE), _TO_ROLE, NOT_ALLOWED, LIMITED),
    _decrypt("key-denies", Caller(policies=_MAY), _NOT_THE_ROLE, denied_by("resource/No"),
             KEY_POLICY),
    _decrypt("identity-denies-a-key", Caller(policies=[deny("kms:*", Sid="No")]), _TO_ROLE,
             denied_by("identity/No"), KEY_POLICY),
    replace(
        _decrypt("via-s3", Caller(), _VIA_S3, allowed_by("resource/ViaS3"), VIA), context=_S3
    ),
    replace(
        _decrypt("via-another-service", Caller(), _VIA_S3, NOT_ALLOWED, VIA),
        context={"kms:ViaService": "ec2.us-east-2.amazonaws.com"},
    ),
    _decrypt("not-via-a-service", Caller(), _VIA_S3, NOT_ALLOWED, VIA),
    *(
        replace(probe, resource=_THEIRS)
        for probe in (
            _decrypt("foreign-key-both-allow", Caller(policies=_MAY_THEIRS), _DELEGATING,
                     allowed_by("identity/Decrypt"), FOREIGN),
            _decrypt("foreign-key-without-identity", Caller(), _TO_ROLE, NOT_ALLOWED, FOREIGN),
            _decrypt("foreign-key-without-its-policy", Caller(policies=_MAY_THEIRS), _ADMIN_ONLY,
                     NOT_ALLOWED, FOREIGN),
        )
    ),
]  # fmt: skip
