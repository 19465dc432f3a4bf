"""Whether a stack grants the least that works: each permission is taken away in turn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rehearsal import clearing
from rehearsal.authorization.removal import without
from rehearsal.exercises import Exercise, Hands
from rehearsal.flow_runner import FlowError
from rehearsal.iam_needs import NEEDED_FOR
from rehearsal.iam_report import RoleUse
from rehearsal.progress import Progress


@dataclass(frozen=True)
class Trial:
    """An exercise that is to fail, because a role lacks an action.

    Attributes:
        role: the role's logical name.
        role_arn: the role.
        action: what is taken away from it.
        exercise: what cannot be done then.
    """

    role: str
    role_arn: str
    action: str
    exercise: Exercise

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.role} without {self.action}: {self.exercise.name}"


@dataclass(frozen=True)
class Verdict:
    """What came of a trial.

    Attributes:
        trial: the trial.
        problem: what is wrong; None where the exercise failed as it must.
    """

    trial: Trial
    problem: str | None

    def as_json(self) -> dict[str, str | None]:
        """Return it for the summary."""
        return {
            "role": self.trial.role,
            "action": self.trial.action,
            "exercise": self.trial.exercise.name,
            "problem": self.problem,
        }


def judged(
    hands: Hands, roles: Iterable[RoleUse], exercises: Iterable[Exercise], progress: Progress
) -> list[Verdict]:
    """Try out every permission that an exercise needs; show each trial as a phase."""
    verdicts = []
    for trial in trials(roles, exercises):
        with progress.phase(str(trial)) as phase:
            found = problem(hands, trial)
            phase.result = "does not work" if found is None else found
        verdicts.append(Verdict(trial, found))
    return verdicts


def problems(roles: Iterable[RoleUse], verdicts: Iterable[Verdict]) -> list[str]:
    """List what is granted and not needed."""
    return [
        *(one for role in roles for one in role.surplus),
        *(one.problem for one in verdicts if one.problem),
    ]


def trials(roles: Iterable[RoleUse], exercises: Iterable[Exercise]) -> list[Trial]:
    """Return a trial of each action that a role of the stack is granted and an exercise needs."""
    by_name = {one.name: one for one in exercises}
    return [
        Trial(role.role, role.arn, action, by_name[needing[action]])
        for role in roles
        for needing in [NEEDED_FOR.get(role.role, {})]
        for action in role.actions
        if needing.get(action) in by_name
    ]


def problem(hands: Hands, trial: Trial) -> str | None:
    """Do an exercise without a permission; say what is wrong unless it fails by that denial alone.

    Everything that runs is ended before the permission is given back.
    """
    clearing.clear(hands)
    ledger = hands.stands.authorizer.ledger
    faults = list(ledger.faults)
    alone = replace(hands, runner=replace(hands.runner, runs=[]))
    with (
        ledger.expecting_denials() as denials,
        hands.stands.addresses.expecting_faults(),
        without(hands.stands.cloud, trial.role_arn, trial.action),
    ):
        works = _works(alone, trial.exercise)
        clearing.end_jobs(hands)
    if ledger.faults != faults:
        return f"{trial}: {'; '.join(ledger.faults[len(faults) :])}"
    others = {
        str(one) for one in denials if (one.principal, one.action) != (trial.role_arn, trial.action)
    }
    if others:
        return f"{trial}: also denied: {'; '.join(sorted(others))}"
    if not denials:
        return f"{trial}: nothing was denied"
    return f"{trial}: works all the same, so that the permission is not needed" if works else None


def _works(hands: Hands, exercise: Exercise) -> bool:
    try:
        exercise.do(hands)
    except FlowError:
        return False
    return True
