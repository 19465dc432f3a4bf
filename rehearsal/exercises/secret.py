"""A secret that the stack lists for jobs, read by `@secrets`."""

import json
from collections.abc import Mapping
from functools import partial

from rehearsal.exercises import customer_key
from rehearsal.exercises.exercise import FLOWS, Exercise, Hands, expect
from rehearsal.flow_runner import Mode
from rehearsal.provider import Cloud

_NAME = "rehearsal/flow"
_VALUE = "something that flows alone may know"


def _made(cloud: Cloud) -> Mapping[str, str]:
    """Make the secret under a key, as somebody does outside of the stack, and list both."""
    key = customer_key.arn(cloud)
    answer = cloud.client("secretsmanager").create_secret(
        Name=_NAME, SecretString=json.dumps({"TOKEN": _VALUE}), KmsKeyId=key
    )
    return {"jobSecretArns": json.dumps([answer["ARN"]]), "jobKmsKeyArns": json.dumps([key])}


def _read(hands: Hands, mode: Mode) -> None:
    found = hands.runner.run(FLOWS / "secrets_flow.py", mode).artifacts
    expect(found["length"] == str(len(_VALUE)), "the step did not have the secret's token")


EXERCISES = tuple(
    Exercise(f"read a secret, {mode}", partial(_read, mode=mode), _made)
    for mode in (Mode.LOCAL, Mode.BATCH)
)
