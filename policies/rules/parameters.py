"""Rules about SSM parameters."""

from pulumi_policy import Severity

from rules.clear_text import clear_text
from rules.reading import judge_each
from rules.rule import About, Report, Subject, resource_rule


def _secure(subject: Subject, report: Report) -> None:
    if subject.props.get("type") == "SecureString":
        return
    name = str(subject.props.get("name") or subject.name)
    if name.startswith(subject.name):
        name = subject.name  # without what Pulumi appends to it
    # The folders of a name say whose the parameter is; its last part, what it is.
    last = name.rsplit("/", maxsplit=1)[-1]

    def judge(key: str) -> None:
        found = clear_text(last, str(subject.props.get(key) or ""))
        if found is not None:
            report(
                f"The SSM parameter must be a SecureString, since it {found}; type is "
                f"{subject.props.get('type')}."
            )

    judge_each(("value", "valueWo", "insecureValue"), judge)


ssm_parameters_secure = resource_rule(
    About(
        name="ssm-parameters-secure",
        description="Parameters that hold secrets are encrypted.",
        severity=Severity.HIGH,
        remediation="Set type to SecureString and give the secret as value or valueWo, not "
        "insecureValue.",
        url="https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
    ),
    ["aws:ssm/parameter:Parameter"],
    _secure,
)


POLICIES = [ssm_parameters_secure]
