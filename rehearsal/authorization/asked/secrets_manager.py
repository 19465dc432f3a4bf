"""What requests to AWS Secrets Manager ask."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.context import Context, given
from rehearsal.authorization.asked.key_use import used
from rehearsal.authorization.asked.look import Look, Secret
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_KEY_USE: Mapping[str, tuple[str, ...]] = {
    "GetSecretValue": ("kms:Decrypt",),
    "PutSecretValue": ("kms:GenerateDataKey", "kms:Decrypt"),
}
"""What is asked of a customer's key (AWS Secrets Manager API Reference, both operations)."""

_VALUE_KEYS = {
    "secretsmanager:VersionId": "VersionId",
    "secretsmanager:VersionStage": "VersionStage",
}
_ROTATION_KEYS = {
    "secretsmanager:RotationLambdaARN": "RotationLambdaARN",
    "secretsmanager:RotateImmediately": "RotateImmediately",
}


def _on_secret(request: Request, look: Look) -> Iterator[Question]:
    """Ask for a secret by its whole ARN, also where the request gives its name or a part.

    AWS Secrets Manager User Guide, "Secrets Manager permissions reference": the ARN ends in six
    characters that Secrets Manager makes up; secretsmanager:SecretId is the request's value. A name
    that no secret has ends without them, which no policy for one secret allows.
    """
    given_as = request["SecretId"]
    secret = look.secret(given_as)
    if secret is None:
        secret = Secret(request.arn_of("secretsmanager", "secret:", given_as))
    context: Context = {"secretsmanager:SecretId": given_as, **_operation_keys(request)}
    if secret.rotation_function_arn:
        context["secretsmanager:resource/AllowRotationLambdaArn"] = secret.rotation_function_arn
    for name, text in look.tags(secret.arn).items():
        context[f"secretsmanager:ResourceTag/{name}"] = text
    yield Question(f"secretsmanager:{request.operation}", secret.arn, context)
    yield from _key(request, secret)


def _operation_keys(request: Request) -> Context:
    if request.operation == "GetSecretValue":
        return given(_VALUE_KEYS, request.parameters)
    if request.operation != "RotateSecret":
        return {}
    return {
        "secretsmanager:RotateImmediately": "true",
        "secretsmanager:ModifyRotationRules": str("RotationRules" in request.parameters).lower(),
        **given(_ROTATION_KEYS, request.parameters),
    }


def _key(request: Request, secret: Secret) -> Iterator[Question]:
    """Ask for the customer's key that encrypts a secret.

    AWS Secrets Manager User Guide, "Secret encryption and decryption", "Encryption context": the
    secret's ARN and its version.
    """
    if secret.key_arn:
        bound = {"SecretARN": secret.arn}
        for action in _KEY_USE.get(request.operation, ()):
            yield used(request, action, secret.key_arn, bound)


OPERATIONS: Mapping[str, Operation] = {
    "GetSecretValue": _on_secret,
    "PutSecretValue": _on_secret,
    "DescribeSecret": _on_secret,
    "ListSecretVersionIds": _on_secret,
    "RotateSecret": _on_secret,
    "CancelRotateSecret": _on_secret,
    "GetResourcePolicy": _on_secret,
    "ListSecrets": one("secretsmanager:ListSecrets"),
}
