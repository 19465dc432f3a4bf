"""Identity policies as the tests of their rules write them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationPolicy

from tests.policies.harness import Verdict, judge, resource

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

Texts = str | list[str]


def allow(
    action: Texts,
    on: Texts = "*",
    sid: str = "Sid",
    when: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    condition = {} if when is None else {"Condition": dict(when)}
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": on, **condition}


def deny(action: Texts, on: Texts = "*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": on, **elements}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def judged(
    rule: ResourceValidationPolicy,
    *statements: Mapping[str, Any],
    config: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return what a rule says of a managed policy."""
    return judge(rule, POLICY, {"policy": document(*statements)}, config).violations


def violated(
    rules: Iterable[ResourceValidationPolicy], resource_type: str, props: Mapping[str, Any]
) -> dict[str, Verdict]:
    """Return what each of several rules says that finds a violation, by its name."""
    found = {one.name: judge(one, resource_type, props) for one in rules}
    return {name: verdict for name, verdict in found.items() if verdict.violations}


def role(name: str, **props: Any) -> PolicyResource:
    arn = f"arn:aws:iam::123456789012:role/{name}"
    return resource(ROLE, name, {"id": name, "name": name, "arn": arn, **props})


def managed(name: str, *statements: Mapping[str, Any]) -> PolicyResource:
    arn = f"arn:aws:iam::123456789012:policy/{name}"
    props = {"id": arn, "arn": arn, "name": name, "policy": document(*statements)}
    return resource(POLICY, name, props)


def inline(name: str, holder: str, *statements: Mapping[str, Any]) -> PolicyResource:
    """Return an inline policy of a role, which is named by its physical name."""
    return resource(ROLE_POLICY, name, {"role": holder, "policy": document(*statements)})


def attached(name: str, holder: str, arn: str) -> PolicyResource:
    return resource(ATTACHMENT, name, {"role": holder, "policyArn": arn})
