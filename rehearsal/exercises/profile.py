"""The profile, written anew by a user."""

from rehearsal import metaflow_profile
from rehearsal.exercises.exercise import Exercise, Hands
from rehearsal.flow_runner import FlowError
from rehearsal.metaflow_profile import ProfileError


def _write(hands: Hands) -> None:
    stands = hands.stands
    try:
        metaflow_profile.write(
            hands.runner.sandbox, stands.cloud, stands.authorizer, hands.deployment
        )
    except ProfileError as error:
        raise FlowError(str(error)) from error


EXERCISE = Exercise("write the profile again", _write)
