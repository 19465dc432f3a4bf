"""A run during which the database's password is rotated."""

from rehearsal import password_rotation
from rehearsal.exercises.exercise import WAITING_FLOW, Exercise, Hands, until
from rehearsal.flow_runner import FlowError


def _rotate(hands: Hands) -> None:
    signal, stands = hands.new_signal(), hands.stands
    arguments = ("run", "--with", "batch", "--until", signal)
    with hands.runner.under_way(WAITING_FLOW, *arguments) as run:
        until("the start of a job", lambda: run.going_on() and hands.running_job())
        registrations = hands.deployment.registrations
        # Until the service is deployed anew, it has the old password.
        with stands.addresses.expecting_faults():
            problems = password_rotation.rehearse(stands.cloud, stands.authorizer, registrations)
        if problems:
            raise FlowError("\n".join(problems))
        hands.give(signal)
        run.ended()


EXERCISE = Exercise("rotate the password under a run", _rotate)
