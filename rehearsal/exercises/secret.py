"""A secret that the stack lists for jobs, read by `@secrets`."""

from functools import partial

from rehearsal.exercises.exercise import FLOWS, Exercise, Hands, expect
from rehearsal.flow_runner import Mode
from rehearsal.provider import Cloud

NAME = "rehearsal/flow"
_VALUE = "something that flows alone may know"


def make(cloud: Cloud) -> str:
    """Make the secret, as somebody does outside of the stack; return its ARN."""
    answer = cloud.client("secretsmanager").create_secret(
        Name=NAME, SecretString=f'{{"TOKEN": "{_VALUE}"}}'
    )
    return str(answer["ARN"])


def _read(hands: Hands, mode: Mode) -> None:
    found = hands.runner.run(FLOWS / "secrets_flow.py", mode).artifacts
    expect(found["length"] == str(len(_VALUE)), "the step did not have the secret's token")


EXERCISES = tuple(
    Exercise(f"read a secret, {mode}", partial(_read, mode=mode))
    for mode in (Mode.LOCAL, Mode.BATCH)
)
