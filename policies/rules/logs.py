"""Rules about CloudWatch log groups."""

from pulumi_policy import Severity

from rules.reading import number
from rules.rule import About, Report, Subject, resource_rule


def _retention(subject: Subject, report: Report) -> None:
    if subject.props.get("logGroupClass") == "DELIVERY":
        return  # the provider sets two days for such a group, whatever the program says
    days = subject.props.get("retentionInDays")
    found = number(days)
    minimum = subject.thresholds["minimumDays"]
    if not found:
        report(
            "The CloudWatch log group must say for how long it keeps events; retentionInDays is "
            f"{'missing' if days is None else days}, which means for ever, and must be at least "
            f"{minimum}."
        )
    elif found < minimum:
        report(
            f"The CloudWatch log group must keep events for at least {minimum} days; "
            f"retentionInDays is {days}."
        )


logs_retention = resource_rule(
    About(
        name="logs-retention",
        description="Log groups say for how long they keep events, and keep them long enough.",
        severity=Severity.MEDIUM,
        remediation="Set retentionInDays.",
        url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        thresholds={
            "minimumDays": {
                "type": "integer",
                "minimum": 1,
                "description": "Days for which events must be kept at least.",
                "default": 1,
            }
        },
    ),
    ["aws:cloudwatch/logGroup:LogGroup"],
    _retention,
)


POLICIES = [logs_retention]
