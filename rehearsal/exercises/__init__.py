"""What data scientists do with a deployed stack, exercise by exercise."""

from collections.abc import Iterable
from pathlib import Path

from rehearsal.exercises import (
    granted,
    images,
    on_batch,
    on_step_functions,
    profile,
    runs,
    secret,
    under_rotation,
)
from rehearsal.exercises.exercise import Exercise, Hands
from rehearsal.flow_runner import Mode
from rehearsal.provider import Cloud

__all__ = ["ALL", "Exercise", "Hands", "of_flow", "prepared"]


def of_flow(flow: Path, modes: tuple[Mode, ...]) -> tuple[Exercise, ...]:
    """Return the exercises of running one flow, mode by mode."""
    return tuple(runs.exercise(flow, mode) for mode in modes)


ALL: tuple[Exercise, ...] = (
    profile.EXERCISE,
    *runs.EXERCISES,
    *secret.EXERCISES,
    *granted.EXERCISES,
    images.EXERCISE,
    *on_batch.EXERCISES,
    *on_step_functions.EXERCISES,
    under_rotation.EXERCISE,
)
"""Every exercise of `make rehearse-all`."""


def prepared(cloud: Cloud, exercises: Iterable[Exercise]) -> dict[str, str]:
    """Make what exercises find beside the stack; return the settings that name it."""
    preparing = dict.fromkeys(one.prepare for one in exercises if one.prepare)
    return {key: value for prepare in preparing for key, value in prepare(cloud).items()}
