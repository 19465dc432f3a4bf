"""A preview and a deployment judged by policy packs: what is stopped, told and reported."""

import io
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from pulumi_aws import s3
from rich.console import Console

from rehearsal.desk import Desk
from rehearsal.interrupts import interruptible
from rehearsal.judged_run import JudgedRun, PolicyError
from rehearsal.mocks import DeploymentError
from rehearsal.policies import PackError
from rehearsal.progress import Progress
from rehearsal.provider import Provider
from rehearsal.report import Report
from rehearsal.stack_files import StackConfig
from tests.rehearsal.policies import small_packs
from tests.rehearsal.tiny_programs import Recorder

RULES = """
import pulumi
previews = pulumi.runtime.is_dry_run()

def bucket(args, report):
    if args.resource_type != "aws:s3/bucket:Bucket":
        args.not_applicable("no bucket")
    if "bad" in args.name:
        report(f"It is {args.name}.")
    if "hidden" in args.name and not previews:
        report(f"It is {args.name}.")
    if "crash" in args.name and not previews:
        os._exit(1)

def stack(args, report):
    for one in args.resources:
        if one.name == "late" and one.props["arn"]:
            report("Its ARN is wrong.", one.urn)
        if one.name == "odd":
            report("It is odd.", one.urn)

MANDATORY = EnforcementLevel.MANDATORY
policies = [ResourceValidationPolicy("bucket", "Buckets.", bucket, MANDATORY),
            StackValidationPolicy("stack", "Stacks.", stack, MANDATORY)]
"""


class Rehearsed:
    """A run of a tiny program, with all that it leaves."""

    def __init__(self, folder: Path, *names: str, config: str | None = None) -> None:
        self.provider = Recorder()
        self.text = io.StringIO()
        progress = Progress(Console(file=self.text, width=200, _environ={}))
        self.report = Report(engine="mocks", stack="dev", seconds=progress.seconds)
        self.run = JudgedRun(
            program=_buckets(*names),
            provider=cast(Provider, self.provider),
            desk=Desk(
                config=StackConfig("tiny", "dev", {}),
                packs=[small_packs.write_pack(folder / "pack", RULES, config=config)],
                sandbox=small_packs.sandbox(folder),
                progress=progress,
                report=self.report,
            ),
        )

    @property
    def made(self) -> list[str]:
        return [name for name, _ in self.provider.created]

    def result_of(self, phase: str) -> str:
        (line,) = [one for one in self.text.getvalue().splitlines() if one.startswith(f"{phase}: ")]
        return line.removeprefix(f"{phase}: ").rpartition(" (")[0]

    def judged(self) -> dict[str, int]:
        return {one.name: one.checked for one in self.report.judged}


def _buckets(*names: str) -> Callable[[], Any]:
    return lambda: [s3.Bucket(name) for name in names]


def test_all_is_judged_twice_and_the_deployments_word_counts(tmp_path: Path) -> None:
    rehearsed = Rehearsed(tmp_path, "late", config='{"stack": "advisory"}')
    rehearsed.run.preview()
    assert rehearsed.made == []
    assert rehearsed.report.registrations == []
    assert rehearsed.result_of("preview") == (
        "1 resource; 2 rules of 1 pack, 0 violations; 1 judgement put off until values are known"
    )
    assert rehearsed.judged() == {"bucket": 1, "stack": 0}
    assert [one.name for one in rehearsed.run.deploy().registrations] == ["tiny-dev", "late"]
    assert rehearsed.made == ["late"]
    assert rehearsed.result_of("deploy") == "1 resource"
    assert rehearsed.result_of("check the policies") == "2 rules of 1 pack, 1 violation"
    assert rehearsed.judged() == {"bucket": 1, "stack": 2}
    (violation,) = rehearsed.report.violations
    assert (violation.level, violation.message) == ("advisory", "Its ARN is wrong.")
    assert list(rehearsed.report.seconds) == ["preview", "deploy", "check the policies"]


@pytest.mark.parametrize(
    ("config", "words", "disabled"),
    [
        ('{"all": "disabled"}', "0 rules of 1 pack, 0 violations; 2 rules disabled by ", True),
        ('{"bucket": "disabled"}', "1 rule of 1 pack, 0 violations; 1 rule disabled by ", False),
    ],
    ids=["all", "one"],
)
def test_rules_that_a_file_disables_are_told(
    tmp_path: Path, config: str, words: str, disabled: bool
) -> None:
    rehearsed = Rehearsed(tmp_path, "bad", config=config)
    rehearsed.run.preview()
    path = tmp_path / "pack" / "config.json"
    assert rehearsed.result_of("preview") == f"1 resource; {words}{path}"
    assert [one.disabled for one in rehearsed.report.packs] == [disabled]


def test_a_preview_stops_and_tells_every_violation(tmp_path: Path) -> None:
    rehearsed = Rehearsed(tmp_path, "bad-one", "bad-two", "odd")
    with pytest.raises(PolicyError) as caught:
        rehearsed.run.preview()
    assert str(caught.value) == "3 violations of mandatory policies; nothing was deployed"
    found = sorted(one.urn.rsplit("::")[-1] for one in rehearsed.report.violations)
    assert found == ["bad-one", "bad-two", "odd"]
    assert [one.shown for one in rehearsed.report.packs] == [str(tmp_path / "pack")]
    assert rehearsed.result_of("preview").endswith("3 violations; small without configuration")


def test_a_violation_that_only_the_deployment_shows_refuses_the_resource(tmp_path: Path) -> None:
    rehearsed = Rehearsed(tmp_path, "hidden")
    rehearsed.run.preview()
    with pytest.raises(DeploymentError) as caught:
        rehearsed.run.deploy()
    assert str(caught.value) == "aws:s3/bucket:Bucket hidden violates bucket."
    assert rehearsed.made == []
    assert [one.message for one in rehearsed.report.violations] == ["It is hidden."]


def test_a_violation_of_the_deployed_stack_fails(tmp_path: Path) -> None:
    rehearsed = Rehearsed(tmp_path, "late")
    rehearsed.run.preview()
    with pytest.raises(PolicyError) as caught:
        rehearsed.run.deploy()
    assert str(caught.value) == (
        "1 violation of mandatory policies; the stack was deployed, but does not hold"
    )
    assert rehearsed.made == ["late"]
    assert [one.name for one in rehearsed.report.registrations] == ["tiny-dev", "late"]
    assert [one.policy for one in rehearsed.report.violations] == ["stack"]


def test_a_pack_that_stops_is_told_as_such_and_not_as_a_refused_resource(tmp_path: Path) -> None:
    rehearsed = Rehearsed(tmp_path, "crash-one", "crash-two")
    rehearsed.run.preview()
    with pytest.raises(PackError) as caught:
        rehearsed.run.deploy()
    assert str(caught.value) == f"the policy pack {tmp_path / 'pack'} stopped"


SLEEPING = """
import time

def sleeping(args, report):
    open("../asked", "w").close()
    time.sleep(600)

policies = [ResourceValidationPolicy("sleeping", "Sleeping.", sleeping)]
"""


def test_an_interrupt_is_not_taken_for_a_pack_that_stops(tmp_path: Path) -> None:
    """It comes while the program runs, and a rule judges the stack that it is about to fill."""

    def program() -> None:
        pulumi.runtime.invoke("tiny:index:wait", {"bucket": "any"})
        while not (tmp_path / "asked").exists():
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    local = small_packs.write_pack(tmp_path / "sleeping", SLEEPING)
    rehearsed = Rehearsed(tmp_path)
    run = replace(rehearsed.run, program=program, desk=replace(rehearsed.run.desk, packs=[local]))
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), interruptible():
        run.preview()
    assert time.monotonic() - started < 30
    assert rehearsed.report.seconds == {}
