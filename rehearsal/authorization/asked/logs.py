"""What requests to Amazon CloudWatch Logs ask."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.context import request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question


def _group(request: Request) -> str:
    """Return a log group's ARN without the `:*` that ends it elsewhere."""
    identifier = request.parameters.get("logGroupIdentifier")
    name = identifier or request["logGroupName"]
    return request.arn_of("logs", "log-group:", name).removesuffix(":*")


def _on_group(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for a log group, by an ARN that only a policy for `log-group:NAME:*` matches.

    Amazon CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch
    Logs resources": policies name a log group with `:*` at the end, except for tagging. CloudWatch
    Logs names `log-group:NAME:log-stream:` when it denies such a request, and it is asked so here.
    """
    action = f"logs:{request.operation}"
    tags = request_tags(request.parameters.get("tags") or {})
    yield Question(action, f"{_group(request)}:log-stream:", tags)


def _on_stream(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for a log stream (service authorization reference, CloudWatch Logs: log-stream)."""
    stream = request["logStreamName"]
    yield Question(f"logs:{request.operation}", f"{_group(request)}:log-stream:{stream}")


OPERATIONS: Mapping[str, Operation] = {
    "CreateLogGroup": _on_group,
    "DescribeLogStreams": _on_group,
    "FilterLogEvents": _on_group,
    "CreateLogStream": _on_stream,
    "PutLogEvents": _on_stream,
    "GetLogEvents": _on_stream,
    "DescribeLogGroups": one("logs:DescribeLogGroups"),
    "DescribeResourcePolicies": one("logs:DescribeResourcePolicies"),
    "PutResourcePolicy": one("logs:PutResourcePolicy"),
}
