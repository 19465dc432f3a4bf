"""Takes one action away from a deployed role, as an administrator would."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from rehearsal.authorization import grants
from rehearsal.provider import Cloud


@contextmanager
def without(cloud: Cloud, role_arn: str, action: str) -> Iterator[None]:
    """Let the block run while no policy of a role allows an action; then allow it again.

    Args:
        cloud: the emulated AWS, as its administrator sees it.
        role_arn: the role.
        action: the action, as AWS spells it; patterns that allow it are written out.

    Raises:
        botocore.exceptions.ClientError: there is no such role.
    """
    iam, role = cloud.client("iam"), role_arn.rpartition("/")[2]
    with ExitStack() as changes:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            _replaced(changes, document, action, partial(_inline, iam, role, name))
        for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            arn = one["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
            _replaced(changes, answer["Document"], action, partial(_managed, iam, arn))
        yield


def _replaced(
    changes: ExitStack,
    document: Mapping[str, Any],
    action: str,
    put: Callable[[Mapping[str, Any]], None],
) -> None:
    """Put a document without an action, and undo that at the end."""
    rest = _less(document, action)
    if rest != document:
        changes.callback(put, document)
        put(rest)


def _inline(iam: Any, role: str, name: str, document: Mapping[str, Any]) -> None:
    if document["Statement"]:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    else:
        # A policy must have a statement.
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def _managed(iam: Any, arn: str, document: Mapping[str, Any]) -> None:
    """Put a version of a policy in the place of the present one, of which five are kept."""
    before = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=arn, VersionId=before)


def _less(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    statements = []
    for statement in grants.listed(document["Statement"]):
        if statement["Effect"] != "Allow":
            statements.append(statement)
            continue
        patterns = grants.listed(statement["Action"])
        if not any(action in grants.written_out(one) for one in patterns):
            statements.append(statement)
            continue
        rest = [name for one in patterns for name in grants.written_out(one) if name != action]
        if rest:
            statements.append({**statement, "Action": rest})
    return {**document, "Statement": statements}
