"""Who asks, and whom the Principal element of a statement means.

AWS IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements:
NotPrincipal".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from rehearsal.authorization.policy_error import PolicyError

_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_EVERYONE = "*"
_ACCOUNT = re.compile(r"(?:arn:[^:*?]+:iam::)?(?P<account>\d{12})(?P<root>:root)?")
_IDENTITY = re.compile(
    r"arn:[^:*?]+:(iam::[^:*?]+:(user|role)/|sts::\d{12}:(assumed-role|federated-user)/)[^:*?]+"
    r"|A(ID|RO)A[A-Z0-9]+"
)
"""An ARN, or the unique id that AWS puts in the place of a deleted user's or role's ARN."""


class Reach(IntEnum):
    """How directly a resource's policy names a caller, from the weakest.

    Attributes:
        ACCOUNT: by the account, which may then grant by identity policies.
        ROLE: by the role of a session; what limits the role limits the session.
        DIRECT: the session or user itself, the service, or everyone.
    """

    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


class Caller(Protocol):
    """What of a caller a resource's policy can name."""

    @property
    def arn(self) -> str:
        """The session's or user's ARN."""

    @property
    def role_arn(self) -> str | None:
        """The role's ARN, of a session."""

    @property
    def account(self) -> str:
        """The 12 digits of the account."""

    @property
    def service(self) -> str | None:
        """The service principal."""

    @property
    def federated(self) -> str | None:
        """The identity provider."""

    @property
    def canonical_user(self) -> str | None:
        """The account's canonical user id."""


@dataclass(frozen=True)
class Principals:
    """Whom a statement means, or with NotPrincipal whom it does not.

    Attributes:
        negated: whether this is a NotPrincipal.
        everyone: whether `*` stands there.
        accounts: account ids; an account's root ARN is its id.
        names: ARNs, services, identity providers and canonical user ids.
    """

    negated: bool
    everyone: bool
    accounts: frozenset[str]
    names: frozenset[str]

    def allows(self, caller: Caller) -> Reach | None:
        """Return how directly an Allow reaches a caller; None where it does not."""
        reach = self._reach(caller)
        if self.negated:
            return Reach.DIRECT if reach is None else None
        return reach

    def denies(self, caller: Caller, *, bounded: bool) -> bool:
        """Tell whether a Deny reaches a caller.

        A NotPrincipal spares only who is named with role and account, and nobody who has a
        permissions boundary ("AWS JSON policy elements: NotPrincipal").
        """
        if not self.negated:
            return self._reach(caller) is not None
        return bounded or not (self.everyone or self._names_all(caller))

    def _reach(self, caller: Caller) -> Reach | None:
        if self.everyone or not self.names.isdisjoint(_own_names(caller)):
            return Reach.DIRECT
        if _is_outsider(caller):
            return None
        if caller.role_arn in self.names:
            return Reach.ROLE
        return Reach.ACCOUNT if self._names_account(caller) else None

    def _names_account(self, caller: Caller) -> bool:
        return caller.account in self.accounts or caller.canonical_user in self.names

    def _names_all(self, caller: Caller) -> bool:
        if _is_outsider(caller):
            return not self.names.isdisjoint(_own_names(caller))
        users = {caller.arn, caller.role_arn or caller.arn}
        if caller.arn.endswith(":root"):
            users = set()
        return users <= self.names and self._names_account(caller)


def _is_outsider(caller: Caller) -> bool:
    return caller.service is not None or caller.federated is not None


def _own_names(caller: Caller) -> set[str]:
    return {caller.service or caller.federated or caller.arn}


def read(element: Any, *, negated: bool) -> Principals:
    """Return whom a statement means.

    Args:
        element: the value of Principal or NotPrincipal.
        negated: whether it is a NotPrincipal.

    Raises:
        PolicyError: a principal is of no known kind, or has a wildcard in a part of its name.
    """
    if element == _EVERYONE:
        return Principals(negated, True, frozenset(), frozenset())
    if not isinstance(element, Mapping) or not element:
        raise PolicyError(f'the principal {element!r} is neither "*" nor an object of principals')
    accounts: set[str] = set()
    names: set[str] = set()
    everyone = False
    for kind, value in element.items():
        for name in _names(kind, value):
            account = _ACCOUNT.fullmatch(name) if kind == "AWS" else None
            if kind == "AWS" and name == _EVERYONE:
                everyone = True
            elif account and name.startswith("arn:") == bool(account["root"]):
                accounts.add(account["account"])
            else:
                names.add(_checked(kind, name))
    return Principals(negated, everyone, frozenset(accounts), frozenset(names))


def _names(kind: str, value: Any) -> list[str]:
    names = value if isinstance(value, list) else [value]
    if kind not in _KINDS or not names or not all(isinstance(one, str) for one in names):
        raise PolicyError(
            f"the principal {kind} is not understood; give texts for {', '.join(_KINDS)}"
        )
    return names


def _checked(kind: str, name: str) -> str:
    if not name or "*" in name or "?" in name:
        raise PolicyError(
            f"the principal {kind} {name!r} has a wildcard or nothing; AWS knows only whole names, "
            'and {"AWS": "*"} for everyone'
        )
    if kind == "AWS" and not _IDENTITY.fullmatch(name):
        raise PolicyError(
            f"the principal AWS {name!r} is no account, user, role or session; give its ARN"
        )
    return name
