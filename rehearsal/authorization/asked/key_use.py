"""What a service asks of KMS on the caller's behalf."""

from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question


def used(
    request: Request, action: str, key_arn: str, encryption_context: dict[str, str]
) -> Question:
    """Ask whether the caller may use a key through the service that the request reaches.

    AWS KMS Developer Guide, "AWS KMS condition keys": kms:ViaService, kms:CallerAccount,
    kms:EncryptionContext. Services call KMS with forward access sessions, so aws:ViaAWSService is
    true (AWS IAM User Guide, "Forward access sessions").

    Args:
        request: the request to the service.
        action: such as `kms:Decrypt`.
        key_arn: the key.
        encryption_context: what the service binds the data key to.
    """
    context = {f"kms:EncryptionContext:{name}": text for name, text in encryption_context.items()}
    return Question(
        action,
        key_arn,
        {
            **context,
            "kms:EncryptionContextKeys": tuple(encryption_context),
            "kms:ViaService": request.endpoint(request.service),
            "kms:CallerAccount": request.account,
            "aws:ViaAWSService": "true",
        },
    )
