"""What data scientists do with a deployed stack, exercise by exercise."""

from pathlib import Path

from rehearsal.exercises import on_batch, on_step_functions, profile, runs, secret, under_rotation
from rehearsal.exercises.exercise import Exercise, Hands
from rehearsal.flow_runner import Mode

__all__ = ["ALL", "Exercise", "Hands", "of_flow"]


def of_flow(flow: Path, modes: tuple[Mode, ...]) -> tuple[Exercise, ...]:
    """Return the exercises of running one flow, mode by mode."""
    return tuple(runs.exercise(flow, mode) for mode in modes)


ALL: tuple[Exercise, ...] = (
    profile.EXERCISE,
    *runs.EXERCISES,
    *secret.EXERCISES,
    *on_batch.EXERCISES,
    *on_step_functions.EXERCISES,
    under_rotation.EXERCISE,
)
"""Every exercise of `make rehearse-all`."""
