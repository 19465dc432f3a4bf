"""What a holder of policies may do, all of them taken together, and where that leads."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rules.iam import bounds, globs, reference
from rules.iam.escalation_methods import METHODS, ON_ITSELF, ROLE_PASSING
from rules.iam.holders import Holder
from rules.iam.reference import Action
from rules.iam.resource_conditions import bounds as narrows
from rules.iam.statements import Statement


@dataclass(frozen=True)
class Escalation:
    """A way for a holder to get more than its policies say.

    Attributes:
        name: of the method.
        grants: each action with the statement that gives it, such as
            `iam:PassRole by statement Pass of users`.
    """

    name: str
    grants: tuple[str, ...]


class Powers:
    """What the statements of a holder's policies give together."""

    def __init__(self, holder: Holder) -> None:
        """Read the statements of a holder."""
        self.holder = holder
        self._allowing = [found for found in holder.statements if found[1].allows]
        self._denying = [one for _, one in holder.statements if _denies_everywhere(one)]

    def is_denied(self, name: str) -> bool:
        """Say whether an action is denied on everything, whatever the circumstances."""
        return any(_is_about(one, name) for one in self._denying)

    def grant(
        self, name: str, suffices: Callable[[Action, Statement], bool]
    ) -> tuple[str, Statement] | None:
        """Return a statement that allows an action as wanted, with where it stands.

        Args:
            name: the action.
            suffices: says of a statement that allows it whether it does so widely enough.
        """
        about = [found for found in self._allowing if _is_about(found[1], name)]
        # A service is read only where somebody may use it.
        action = reference.find(name) if about and not self.is_denied(name) else None
        if action is None:
            return None
        return next((found for found in about if suffices(action, found[1])), None)

    def open_actions(self) -> dict[Action, str]:
        """Return each action that could be bounded and is not, with the policy that gives it."""
        found: dict[Action, str] = {}
        for source, statement in self._allowing:
            for action in bounds.open_actions(statement):
                found.setdefault(action, source)
        return {one: source for one, source in found.items() if not self.is_denied(one.name)}


def _is_about(statement: Statement, name: str) -> bool:
    if statement.not_actions:
        return not reference.covers(statement.not_actions, name)
    return reference.covers(statement.actions, name)


def _denies_everywhere(statement: Statement) -> bool:
    everything = any(not one.strip("*") for one in statement.resources)
    return not statement.allows and not statement.conditions and everything


def _passes_any_role(action: Action, statement: Statement) -> bool:
    """Say whether a statement lets roles be passed that nobody named.

    iam:PassedToService says who gets a role, not which one.
    """
    which = tuple(one for one in statement.conditions if one.key.lower() != "iam:passedtoservice")
    if any(narrows(one) for one in which):
        return False
    return bool(statement.not_resources) or any(
        bounds.is_unbounded(action, one) for one in statement.resources
    )


def _anyhow(_action: Action, _statement: Statement) -> bool:
    return True


def escalations(holder: Holder) -> list[Escalation]:
    """Return the ways to escalate that a holder has, without those that contain another one."""
    powers = Powers(holder)
    found = {}
    for name, actions in METHODS.items():
        others = _anyhow if ROLE_PASSING in actions else bounds.is_open
        grants = _together(powers, actions, others)
        if grants is not None:
            found[name] = grants
    smallest = [
        Escalation(name, grants)
        for name, grants in found.items()
        if not any(METHODS[other] < METHODS[name] for other in found)
    ]
    alone = {action for name in found if len(METHODS[name]) == 1 for action in METHODS[name]}
    return [*smallest, *_on_itself(powers, alone)]


def _together(
    powers: Powers, actions: frozenset[str], others: Callable[[Action, Statement], bool]
) -> tuple[str, ...] | None:
    """Return where a method's actions come from, None where one is missing."""
    grants = []
    # iam:PassRole first: what most principals lack ends the search.
    for name in sorted(actions, key=lambda one: (one != ROLE_PASSING, one)):
        grant = powers.grant(name, _passes_any_role if name == ROLE_PASSING else others)
        if grant is None:
            return None
        grants.append(_sentence(name, grant))
    return tuple(grants)


def _on_itself(powers: Powers, elsewhere: set[str]) -> list[Escalation]:
    """Return what a holder may do to itself or to its own policies.

    Args:
        powers: what it may do.
        elsewhere: actions that were found to be an escalation on anything.
    """
    found = []
    for kind, name in sorted(powers.holder.names):
        reaches = partial(_reaches, itself=_named(kind, name))
        for action in ON_ITSELF[kind]:
            grant = None if action in elsewhere else powers.grant(action, reaches)
            if grant is not None:
                method = f"{_spelt(action).partition(':')[2]}OnItself"
                found.append(Escalation(method, (_sentence(action, grant),)))
    return found


def _reaches(_action: Action, statement: Statement, itself: tuple[str, ...]) -> bool:
    """Say whether a statement covers the principal itself, however narrow it is."""
    if any(narrows(one) for one in statement.conditions):
        return False
    patterns = [globs.glob(one.replace("${aws:username}", "*")) for one in statement.resources]
    return any(globs.meet(pattern, name) for pattern in patterns for name in itself)


def _named(kind: str, name: str) -> tuple[str, ...]:
    """Return globs of what has an ARN, or a name in whichever account, and below any path."""
    if name.startswith("arn:"):
        return (name,)
    account = f"arn:{globs.SEGMENT}:iam:{globs.SEGMENT}:{globs.SEGMENT}:{kind}/"
    return (f"{account}{name}", f"{account}{globs.ANYTHING}/{name}")


def _spelt(action: str) -> str:
    """Return an action as AWS spells it."""
    found = reference.find(action)
    return action if found is None else found.name


def _sentence(action: str, grant: tuple[str, Statement]) -> str:
    source, statement = grant
    return f"{_spelt(action)} by {statement.label} of {source}"
