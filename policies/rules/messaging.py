"""Rules about SQS queues and SNS topics."""

from pulumi_policy import Severity

from rules.reading import flag
from rules.rule import About, Report, Subject, resource_rule


def _sqs_encrypted(subject: Subject, report: Report) -> None:
    # A queue that says neither has SQS's own encryption.
    managed = flag(subject.props.get("sqsManagedSseEnabled"))
    if managed is False and not subject.props.get("kmsMasterKeyId"):
        report(
            "The SQS queue must encrypt its messages; sqsManagedSseEnabled is false and "
            "kmsMasterKeyId is missing, and one of them must be set."
        )


sqs_encrypted = resource_rule(
    About(
        name="sqs-encrypted",
        description="SQS encrypts the messages that it keeps.",
        severity=Severity.MEDIUM,
        remediation="Set sqsManagedSseEnabled to true, or set kmsMasterKeyId.",
        url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
        control="SQS.1",
    ),
    ["aws:sqs/queue:Queue"],
    _sqs_encrypted,
)


def _sns_encrypted(subject: Subject, report: Report) -> None:
    if not subject.props.get("kmsMasterKeyId"):
        report(
            "The SNS topic must encrypt its messages with a KMS key; kmsMasterKeyId is missing, "
            "and must name a key."
        )


sns_encrypted = resource_rule(
    About(
        name="sns-encrypted",
        description="SNS encrypts the messages that it keeps with a KMS key.",
        severity=Severity.MEDIUM,
        remediation="Set kmsMasterKeyId; services that publish need a key of yours whose policy "
        "lets them use it.",
        url="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
    ),
    ["aws:sns/topic:Topic"],
    _sns_encrypted,
)


POLICIES = [sqs_encrypted, sns_encrypted]
