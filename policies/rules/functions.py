"""Rules about Lambda functions."""

from pulumi_policy import Severity

from rules.clear_text import clear_text
from rules.reading import judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule


def _lambda_no_secrets_in_environment(subject: Subject, report: Report) -> None:
    variables = mapping(mapping(subject.props.get("environment")).get("variables"))

    def judge(name: str) -> None:
        found = clear_text(name, str(variables[name]))
        if found is not None:
            report(
                f"The Lambda function must not hold secrets in clear text; environment variable "
                f"{name} {found}, and the function must read it from Secrets Manager or SSM."
            )

    judge_each(variables, judge)


lambda_no_secrets_in_environment = resource_rule(
    About(
        name="lambda-no-secrets-in-environment",
        description="No secret stands in clear text among a function's environment variables.",
        severity=Severity.HIGH,
        remediation="Store the value in Secrets Manager or as an SSM SecureString, and give the "
        "function its ARN.",
        url="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    ),
    ["aws:lambda/function:Function"],
    _lambda_no_secrets_in_environment,
)

POLICIES = [lambda_no_secrets_in_environment]
