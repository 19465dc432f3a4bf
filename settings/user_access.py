"""The settings of the data scientists' role."""

from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_principals
from settings.parts import SettingsModel, allowed, rejecting
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
