"""Rules about KMS keys."""

from pulumi_policy import Severity

from rules.reading import flag
from rules.rule import About, Report, Subject, resource_rule

# KMS rotates symmetric encryption keys with material of its own, and no others.
_ROTATED = {"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"}
_OTHER_STORES = ("customKeyStoreId", "xksKeyId")


def _rotation(subject: Subject, report: Report) -> None:
    props = subject.props
    if any(props.get(key) not in (None, wanted) for key, wanted in _ROTATED.items()):
        return
    if any(props.get(key) for key in _OTHER_STORES):
        return
    rotates = props.get("enableKeyRotation")
    if not flag(rotates):
        found = "missing" if rotates is None else "false"
        report(f"The KMS key must be rotated; enableKeyRotation is {found}, and must be true.")


kms_rotation = resource_rule(
    About(
        name="kms-rotation",
        description="KMS rotates the material of symmetric keys.",
        severity=Severity.MEDIUM,
        remediation="Set enableKeyRotation to true; data need not be encrypted anew.",
        url="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    ),
    ["aws:kms/key:Key"],
    _rotation,
)


POLICIES = [kms_rotation]
