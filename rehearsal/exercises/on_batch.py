"""Runs on Batch that are listed and killed."""

from rehearsal.exercises.exercise import WAITING_FLOW, Exercise, Hands, expect, until
from rehearsal.flow_runner import FlowError

_KILLED_SECONDS = 30.0


def _list_and_kill(hands: Hands) -> None:
    runner = hands.runner
    arguments = ("run", "--with", "batch", "--until", hands.new_signal())
    with runner.under_way(WAITING_FLOW, *arguments) as run:
        job = until("the start of a job", lambda: run.going_on() and hands.running_job())
        listed = runner.command(WAITING_FLOW, "batch", "list", "--my-runs")
        expect(job in listed, f"`batch list` does not tell of the job {job}: {listed}")
        runner.command(WAITING_FLOW, "batch", "kill", "--my-runs")
        # `kill` also ends well where it could not kill (metaflow/plugins/aws/batch/batch.py).
        until("the end of the killed job", lambda: not hands.running_job(), _KILLED_SECONDS)
        try:
            run.ended()
        except FlowError:
            return
    raise FlowError("a run of which the job was killed ended well")


EXERCISES = (Exercise("list and kill a run on Batch", _list_and_kill),)
