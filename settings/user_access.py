"""The settings of the data scientists' role."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_principals, problem_of_role
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting
from settings.values import Principal


class UserAccessSettings(SettingsModel):
    """Who may use the stack."""

    user_role_principals: Annotated[
        tuple[Principal, ...],
        Field(max_length=20, strict=False),
        rejecting(problem_of_principals),
        allowed("up to 20 different ARNs of accounts, users or roles, 1800 characters together"),
    ] = ()
    """Who may assume the data scientists' role; empty means the stack's own account."""

    user_role_arn: Annotated[
        str, rejecting(problem_of_role), allowed("the ARN of a role of the stack's account")
    ] = ""
    """A role of yours that gets the data scientists' policies; empty means one of the stack's."""


def _role(settings: UserAccessSettings) -> Conflicts:
    if settings.user_role_arn and settings.user_role_principals:
        yield (
            "userRolePrincipals",
            "set together with userRoleArn",
            "empty for a role of yours, whose trust policy nobody touches",
        )


RULES: Sequence[Rule] = (Rule(_role, frozenset({"user_role_arn", "user_role_principals"})),)
