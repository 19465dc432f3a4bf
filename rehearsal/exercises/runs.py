"""Flows that are run and read back: locally, on Batch, on Step Functions."""

import base64
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rehearsal.exercises.exercise import FLOWS, Exercise, Hands, expect
from rehearsal.flow_runner import FlowError, Mode

_PARTS_LEFT = "an upload that broke off left its parts in the bucket"


def exercise(flow: Path, mode: Mode, artifacts: Mapping[str, str] | None = None) -> Exercise:
    """Return the exercise of running a flow.

    Args:
        flow: its file.
        mode: where its steps run.
        artifacts: what its last step must have, by name, as `repr` shows it.
    """
    name = f"run {flow.stem}, {mode}" if artifacts else f"run a flow, {mode}"
    return Exercise(name, partial(_run, flow=flow, mode=mode, artifacts=artifacts or {}))


def _run(hands: Hands, flow: Path, mode: Mode, artifacts: Mapping[str, str]) -> None:
    found = hands.runner.run(flow, mode).artifacts
    for name, wanted in artifacts.items():
        if found.get(name) != wanted:
            raise FlowError(f"{flow.name} left {name} as {found.get(name)} instead of {wanted}")


def _datatools(hands: Hands, mode: Mode) -> None:
    """Run the flow of S3's client, whose broken upload must leave nothing behind."""
    _run(hands, FLOWS / "datatools_flow.py", mode, _DATATOOLS)
    bucket = hands.deployment.outputs["bucketName"]
    answer = hands.stands.cloud.client("s3").list_multipart_uploads(Bucket=bucket)
    expect(not answer.get("Uploads"), _PARTS_LEFT)


def _card(hands: Hands, mode: Mode) -> None:
    flow = FLOWS / "card_flow.py"
    run = hands.runner.run(flow, mode)
    page = hands.runner.command(flow, "card", "get", f"{run.pathspec.partition('/')[2]}/start")
    # A card's page has its contents in base64 (metaflow/plugins/cards/card_modules/base.html).
    contents = re.findall(r'__MF_DATA__\["[^"]*"\] = "([^"]*)"', page)
    texts = [base64.b64decode(one).decode() for one in contents]
    expect(
        any("A card from the first step." in one for one in texts),
        f"the card of {run.pathspec} has not its text",
    )


def _resumed(hands: Hands) -> None:
    """Run a flow that fails, and resume it."""
    flow, runner = FLOWS / "resume_flow.py", hands.runner
    try:
        runner.command(flow, "run")
    except FlowError as error:
        expect("the first run fails" in str(error), str(error))
    found = runner.resume(flow).artifacts
    expect(
        found["resumed_from"] == found["first_run"],
        f"the run was resumed from {found['resumed_from']} instead of {found['first_run']}",
    )


def _tagged(hands: Hands) -> None:
    """Change the tags of a run after its end."""
    flow, runner = FLOWS / "foreach_flow.py", hands.runner
    run = runner.run(flow, Mode.LOCAL).pathspec.partition("/")[2]
    runner.command(flow, "tag", "add", "--run-id", run, "good", "bad")
    runner.command(flow, "tag", "replace", "--run-id", run, "--remove", "bad", "--add", "better")
    runner.command(flow, "tag", "remove", "--run-id", run, "good")
    tags = runner.command(flow, "tag", "list", "--run-id", run, "--flat").split()
    expect("better" in tags and not {"good", "bad"} & set(tags), f"the run has the tags {tags}")


_FOREACH = {"total": "14"}
_BRANCH = {"value": "21", "problem": repr("this is caught")}
_DATATOOLS = {
    "broken": "True",
    "text": repr("text"),
    "size": str(20 * 1024 * 1024),
    "names": "['a', 'b']",
    "missing": "False",
}

EXERCISES = (
    *(exercise(FLOWS / "foreach_flow.py", mode, _FOREACH) for mode in Mode),
    *(exercise(FLOWS / "branch_flow.py", mode, _BRANCH) for mode in (Mode.LOCAL, Mode.BATCH)),
    *(
        Exercise(f"use S3, {mode}", partial(_datatools, mode=mode))
        for mode in (Mode.LOCAL, Mode.BATCH)
    ),
    *(
        Exercise(f"write a card and get it, {mode}", partial(_card, mode=mode))
        for mode in (Mode.LOCAL, Mode.BATCH)
    ),
    Exercise("resume a run that failed", _resumed),
    Exercise("change the tags of a run", _tagged),
)
