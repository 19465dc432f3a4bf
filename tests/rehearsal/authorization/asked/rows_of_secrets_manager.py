"""Requests to AWS Secrets Manager and what they ask."""

from rehearsal.authorization.asked import Secret
from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

_SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-AbCdEf"
_KMS_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
_FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rotate"
_STORED = Secret(_SECRET)
_SECRETS = StoredLook(
    secrets={"db": _STORED, _SECRET: _STORED, _SECRET.removesuffix("-AbCdEf"): _STORED},
    tag_sets={_SECRET: {"stack": "one"}},
)
_WITH_KEY = StoredLook(secrets={"db": Secret(_SECRET, _KMS_KEY, _FUNCTION)})
_SECRET_TAGS = {"aws:ResourceTag/stack": "one", "secretsmanager:ResourceTag/stack": "one"}
_PERMISSIONS = "Secrets Manager User Guide, Secrets Manager permissions reference"
_BY_FUNCTION: dict[str, str | tuple[str, ...]] = {
    "secretsmanager:SecretId": "db",
    "secretsmanager:resource/AllowRotationLambdaArn": _FUNCTION,
}


def _key_use(action: str) -> Expected:
    return (
        f"kms:{action}",
        _KMS_KEY,
        {
            "kms:EncryptionContext:SecretARN": _SECRET,
            "kms:EncryptionContextKeys": ("SecretARN",),
            "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
            "kms:CallerAccount": ACCOUNT,
        },
    )


def _secret(name: str, given: str, **context: str | tuple[str, ...]) -> list[Expected]:
    own = {"secretsmanager:SecretId": given, **_SECRET_TAGS, **context}
    return [(f"secretsmanager:{name}", _SECRET, own)]


ROWS = [
    *(
        Row(
            "secretsmanager",
            "GetSecretValue",
            case,
            {"SecretId": given},
            _secret("GetSecretValue", given),
            f"{_PERMISSIONS}: the ARN has six characters at its end",
            _SECRETS,
        )
        for case, given in (
            ("name", "db"),
            ("arn", _SECRET),
            ("part-of-the-arn", _SECRET.removesuffix("-AbCdEf")),
        )
    ),
    Row(
        "secretsmanager",
        "GetSecretValue",
        "missing",
        {"SecretId": "other"},
        [
            (
                "secretsmanager:GetSecretValue",
                _SECRET.replace("db-AbCdEf", "other"),
                {"secretsmanager:SecretId": "other"},
            )
        ],
        f"{_PERMISSIONS}: what has no six characters is allowed by no narrow policy",
    ),
    Row(
        "secretsmanager",
        "GetSecretValue",
        "customer-key-and-stage",
        {"SecretId": "db", "VersionStage": "AWSPREVIOUS"},
        [
            (
                "secretsmanager:GetSecretValue",
                _SECRET,
                {**_BY_FUNCTION, "secretsmanager:VersionStage": "AWSPREVIOUS"},
            ),
            _key_use("Decrypt"),
        ],
        "Secrets Manager User Guide, Secret encryption and decryption in AWS Secrets Manager",
        _WITH_KEY,
    ),
    Row(
        "secretsmanager",
        "PutSecretValue",
        "customer-key",
        {"SecretId": "db", "SecretString": "x"},
        [
            ("secretsmanager:PutSecretValue", _SECRET, _BY_FUNCTION),
            _key_use("GenerateDataKey"),
            _key_use("Decrypt"),
        ],
        "Secrets Manager API Reference, PutSecretValue",
        _WITH_KEY,
    ),
    Row(
        "secretsmanager",
        "RotateSecret",
        "",
        {"SecretId": "db"},
        _secret(
            "RotateSecret",
            "db",
            **{
                "secretsmanager:RotateImmediately": "true",
                "secretsmanager:ModifyRotationRules": "false",
            },
        ),
        f"{_PERMISSIONS}: rotates at once unless told otherwise",
        _SECRETS,
    ),
    Row(
        "secretsmanager",
        "RotateSecret",
        "rules",
        {
            "SecretId": "db",
            "RotateImmediately": False,
            "RotationRules": {"AutomaticallyAfterDays": 7},
            "RotationLambdaARN": _FUNCTION,
        },
        _secret(
            "RotateSecret",
            "db",
            **{
                "secretsmanager:RotateImmediately": "false",
                "secretsmanager:ModifyRotationRules": "true",
                "secretsmanager:RotationLambdaARN": _FUNCTION,
            },
        ),
        _PERMISSIONS,
        _SECRETS,
    ),
    *(
        Row(
            "secretsmanager",
            name,
            "",
            {"SecretId": "db"},
            _secret(name, "db"),
            _PERMISSIONS,
            _SECRETS,
        )
        for name in (
            "DescribeSecret",
            "ListSecretVersionIds",
            "CancelRotateSecret",
            "GetResourcePolicy",
        )
    ),
    Row(
        "secretsmanager",
        "ListSecrets",
        "",
        {},
        [("secretsmanager:ListSecrets", "*", {})],
        _PERMISSIONS,
    ),
]
