"""Condition keys that requests to all services have, and those about tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

Context = dict[str, str | tuple[str, ...]]

_NO_RESOURCE_TAGS = ("s3:", "iam:PassRole")
"""Actions without aws:ResourceTag.

A general purpose bucket's tags count only once attribute-based access control is switched on for it
(Amazon S3 User Guide, "Using tags with S3 general purpose buckets"); for iam:PassRole the service
authorization reference has no such key.
"""


def completed(question: Question, request: Request, look: Look) -> Question:
    """Return a question with the keys of the request and of the resource beside its own."""
    context = {**request_keys(request), **_resource_keys(question, request, look)}
    return Question(question.action, question.resource, {**context, **question.context})


def request_keys(request: Request) -> Context:
    """Return the keys of the request itself.

    AWS IAM User Guide, "AWS global condition context keys". The emulator listens without TLS where
    AWS has TLS, so aws:SecureTransport is true.
    """
    keys: Context = {
        "aws:RequestedRegion": request.region,
        "aws:SourceIp": request.source_ip,
        "aws:UserAgent": request.user_agent,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": request.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(request.time.timestamp())),
        "aws:ViaAWSService": "false",
    }
    if request.via_service:
        keys["aws:ViaAWSService"] = "true"
        keys["aws:CalledVia"] = (request.via_service,)
        keys["aws:CalledViaFirst"] = keys["aws:CalledViaLast"] = request.via_service
    return keys


def _resource_keys(question: Question, request: Request, look: Look) -> Context:
    if question.resource == "*":
        return {}
    keys: Context = {"aws:ResourceAccount": _account(question.resource) or request.account}
    if not question.action.startswith(_NO_RESOURCE_TAGS):
        for key, value in look.tags(question.resource).items():
            keys[f"aws:ResourceTag/{key}"] = value
    return keys


def _account(arn: str) -> str:
    """Return the account in an ARN, empty where it has none, as those of buckets."""
    return next(iter(arn.split(":")[4:5]), "")


def request_tags(tags: Mapping[str, str]) -> Context:
    """Return the keys of the tags that a request sets; none where it sets no tag.

    AWS IAM User Guide, "AWS global condition context keys": aws:RequestTag, aws:TagKeys.
    """
    if not tags:
        return {}
    named: Context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**named, "aws:TagKeys": tuple(tags)}


def listed_tags(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Return the tags of a list of keys and values; services differ in the case of those words."""
    given = [{word.lower(): text for word, text in tag.items()} for tag in tags or ()]
    return {tag["key"]: tag.get("value", "") for tag in given}


def given(names: Mapping[str, str], parameters: Mapping[str, Any]) -> Context:
    """Return the keys whose parameters a request has.

    Args:
        names: the parameters by their condition keys.
        parameters: the request's parameters.
    """
    return {
        key: _text(parameters[name])
        for key, name in names.items()
        if parameters.get(name) is not None
    }


def _text(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return str(value)
