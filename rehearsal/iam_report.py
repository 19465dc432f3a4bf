"""What the roles of a stack may do, set against what they did in a rehearsal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.authorization import grants
from rehearsal.authorization.grants import Grant
from rehearsal.authorization.ledger import Ledger
from rehearsal.iam_unused import (
    ACTING,
    AWS_SERVICES,
    BY_AWS_ITSELF,
    OPTIONAL,
    OPTIONAL_ROLES,
)
from rehearsal.registrations import Registration

_ROLE = "aws:iam/role:Role"


class UnknownRoleError(Exception):
    """A stack has a role of which nobody said who acts with it; the message names it."""


@dataclass(frozen=True)
class RoleUse:
    """One role.

    Attributes:
        role: the role's logical name.
        arn: the role.
        kind: `acting`, or `aws_services` where only AWS services use it.
        granted: what it may do, options left out.
        options: what it may do because an option is switched on.
        used: the actions that it did.
        decisive: the statements that allowed it to.
    """

    role: str
    arn: str
    kind: str
    granted: tuple[Grant, ...]
    options: tuple[Grant, ...]
    used: frozenset[str]
    decisive: frozenset[str]

    @property
    def actions(self) -> list[str]:
        """The granted actions, options included."""
        return _names([*self.granted, *self.options])

    @property
    def unbounded(self) -> list[Grant]:
        """What it may do to every resource."""
        return [one for one in (*self.granted, *self.options) if one.unbounded]

    @property
    def unused(self) -> dict[str, str | None]:
        """The granted actions that it did not do, and why no rehearsal can; None where one can."""
        why = BY_AWS_ITSELF.get(self.role)
        return {one: why for one in self.actions if one not in self.used}

    @property
    def surplus(self) -> list[str]:
        """What it may do though nothing did it, in words; nothing for what AWS alone can do."""
        if self.role in BY_AWS_ITSELF:
            return []
        idle = {one.statement for one in (*self.granted, *self.options)} - self.decisive
        return [
            *(f"{self.role} may {action}, which nothing uses" for action in self.unused),
            *(f"the statement {one} of {self.role} allowed nothing" for one in sorted(idle)),
        ]


@dataclass(frozen=True)
class IamReport:
    """The roles of a stack, and what was denied although nobody expected it."""

    roles: Sequence[RoleUse]
    denied: Sequence[str]

    def counted(self, kind: str) -> int:
        """Return how many pairs of role and action there are of a kind, options left out."""
        return sum(len(_names(one.granted)) for one in self.roles if one.kind == kind)

    @property
    def options(self) -> int:
        """How many pairs of role and action there are for options."""
        return sum(len(_names(one.options)) for one in self.roles)

    @property
    def unbounded(self) -> list[tuple[str, Grant]]:
        """What may be done to every resource: the role and the grant."""
        return [(one.role, grant) for one in self.roles for grant in one.unbounded]

    @property
    def summary(self) -> str:
        """The result in a few words."""
        used = sum(len(one.used & set(one.actions)) for one in self.roles)
        granted = self.counted("acting") + self.counted("aws_services") + self.options
        return f"{used} of {granted} granted actions used, {len(self.denied)} denied"

    def as_json(self) -> dict[str, Any]:
        """Return it for the summary."""
        pairs = {(role, grant.action): grant.narrowable for role, grant in self.unbounded}
        return {
            "granted": {
                "acting": self.counted("acting"),
                "aws_services": self.counted("aws_services"),
                "options": self.options,
            },
            "on_star": len(pairs),
            "narrowable_on_star": [
                f"{role} {action}" for (role, action), narrowable in pairs.items() if narrowable
            ],
            "denied": list(self.denied),
            "roles": [_role_as_json(one) for one in self.roles],
        }


def report(registrations: Iterable[Registration], ledger: Ledger) -> IamReport:
    """Set what a stack's roles are granted against what they did.

    Args:
        registrations: what the program registered.
        ledger: every decision.

    Raises:
        UnknownRoleError: a role is in no table of `iam_unused`.
    """
    roles = [
        _role_use(one.name, one.outputs["arn"], ledger)
        for one in registrations
        if one.type == _ROLE
    ]
    return IamReport(
        roles=sorted(roles, key=lambda one: one.role),
        denied=[str(one) for one in ledger.unexpected_denials()],
    )


def _role_use(name: str, arn: str, ledger: Ledger) -> RoleUse:
    found = grants.of_role(arn)
    optional = {
        one
        for one in found
        if one.statement.rpartition("/")[2] in OPTIONAL or name in OPTIONAL_ROLES
    }
    return RoleUse(
        role=name,
        arn=arn,
        kind=_kind(name),
        granted=tuple(one for one in found if one not in optional),
        options=tuple(one for one in found if one in optional),
        used=frozenset(ledger.used(arn)),
        decisive=frozenset(ledger.decisive(arn)),
    )


def _kind(name: str) -> str:
    kinds: Mapping[str, frozenset[str]] = {"acting": ACTING, "aws_services": AWS_SERVICES}
    for kind, names in kinds.items():
        if name in names:
            return kind
    raise UnknownRoleError(
        f"The role {name} is in no table of rehearsal/iam_unused.py; say there who acts with it."
    )


def _role_as_json(one: RoleUse) -> dict[str, Any]:
    return {
        "role": one.role,
        "kind": one.kind,
        "granted": one.actions,
        "on_star": _names(one.unbounded),
        "used": sorted(one.used),
        "unused": [{"action": action, "why": why} for action, why in one.unused.items()],
    }


def _names(found: Iterable[Grant]) -> list[str]:
    return sorted({one.action for one in found})
