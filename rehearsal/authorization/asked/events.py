"""What requests to Amazon EventBridge ask."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.asked.context import Context, given, listed_tags, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.passed_roles import passed
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_LISTS = {"events:source": ("source",), "events:detail-type": ("detail-type",)}
_DETAILS = {
    "events:detail.service": ("detail", "service"),
    "events:detail.eventTypeCode": ("detail", "eventTypeCode"),
    "events:detail.userIdentity.principalId": ("detail", "userIdentity", "principalId"),
}
_READING = {"DescribeRule", "ListTargetsByRule"}


def _rule(request: Request, look: Look) -> tuple[str, Context]:
    """Return a rule's ARN, and the keys that all actions on rules have.

    Service authorization reference, Amazon EventBridge: a rule of the default bus has no bus in its
    ARN. Amazon EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge":
    events:creatorAccount is the account that made the rule, so that a rule not yet made has none;
    events:ManagedBy is the service that makes a rule on the caller's behalf.
    """
    name = request.parameters.get("Rule") or request["Name"]
    bus = (request.parameters.get("EventBusName") or "default").rpartition("/")[2]
    context: Context = {}
    if look.has_rule(bus, name):
        context["events:creatorAccount"] = request.account
    if request.via_service and request.operation not in _READING:
        context["events:ManagedBy"] = request.via_service
    path = name if bus == "default" else f"{bus}/{name}"
    return request.arn("events", f"rule/{path}"), context


def _on_rule(request: Request, look: Look) -> Iterator[Question]:
    arn, context = _rule(request, look)
    yield Question(f"events:{request.operation}", arn, context)


def _putting_rule(request: Request, look: Look) -> Iterator[Question]:
    """Ask for a rule, with what its pattern names; a schedule has no pattern, so no events:source.

    Amazon EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge". With tags:
    events:TagResource ("Tagging Amazon EventBridge resources"). A role of the rule is passed.

    Raises:
        UnmappedError: the pattern is not JSON.
    """
    arn, context = _rule(request, look)
    tags = request_tags(listed_tags(request.parameters.get("Tags")))
    yield Question("events:PutRule", arn, {**context, **tags, **_pattern_keys(request)})
    if tags:
        creator = {key: text for key, text in context.items() if key == "events:creatorAccount"}
        yield Question("events:TagResource", arn, {**creator, **tags})
    yield from passed(request, "events.amazonaws.com", [request.parameters.get("RoleArn")])


def _pattern_keys(request: Request) -> Context:
    text = request.parameters.get("EventPattern")
    try:
        pattern = json.loads(text) if text else {}
    except ValueError as error:
        raise request.unmapped("with a pattern that is not JSON") from error
    listed = {key: _literals(pattern, path) for key, path in _LISTS.items()}
    single = {key: _literals(pattern, path) for key, path in _DETAILS.items()}
    keys: Context = {key: texts for key, texts in listed.items() if texts}
    # The reference has one value for these; of several none is told, which allows nothing.
    keys.update({key: texts[0] for key, texts in single.items() if len(texts) == 1})
    return keys


def _literals(pattern: Any, path: tuple[str, ...]) -> tuple[str, ...]:
    for name in path:
        pattern = pattern.get(name) if isinstance(pattern, Mapping) else None
    return tuple(one for one in pattern or () if isinstance(one, str))


def _putting_targets(request: Request, look: Look) -> Iterator[Question]:
    """Ask for the targets together, as one key of several values, and for their roles.

    Service authorization reference, Amazon EventBridge: events:TargetArn is an ArrayOfARN without
    the ARNs of dead-letter queues. Amazon EventBridge User Guide, "Using IAM roles for targets":
    iam:PassRole.
    """
    arn, context = _rule(request, look)
    targets = request["Targets"]
    arns = tuple(target["Arn"] for target in targets)
    yield Question("events:PutTargets", arn, {**context, "events:TargetArn": arns})
    yield from passed(
        request, "events.amazonaws.com", [target.get("RoleArn") for target in targets]
    )


def _on_resource(request: Request, _look: Look) -> Iterator[Question]:
    context = {
        **request_tags(listed_tags(request.parameters.get("Tags"))),
        **given({"aws:TagKeys": "TagKeys"}, request.parameters),
    }
    yield Question(f"events:{request.operation}", request["ResourceARN"], context)


OPERATIONS: Mapping[str, Operation] = {
    "PutRule": _putting_rule,
    "PutTargets": _putting_targets,
    "DescribeRule": _on_rule,
    "ListTargetsByRule": _on_rule,
    "EnableRule": _on_rule,
    "DisableRule": _on_rule,
    "RemoveTargets": _on_rule,
    "DeleteRule": _on_rule,
    "ListRules": one("events:ListRules"),
    "TagResource": _on_resource,
    "UntagResource": _on_resource,
    "ListTagsForResource": _on_resource,
}
