"""The real prod stack with a fault: the packs, as processes of their own, stop its deployment."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pytest
from rich.console import Console

from rehearsal import mocks, stack_files
from rehearsal.desk import Desk
from rehearsal.judged_run import JudgedRun, PolicyError
from rehearsal.mocks import DeploymentError, Program
from rehearsal.progress import Progress
from rehearsal.provider import Provider
from rehearsal.rehearse import ROOT, Plan
from rehearsal.report import Report
from rehearsal.stage import stage
from tests.rehearsal.policies import small_packs

CONFIG = stack_files.read_stack(ROOT, "prod")
PLAN = Plan(stack="prod", exercises=())
ACCESS = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@dataclass(frozen=True)
class Fault:
    """A change of one resource of the program.

    Attributes:
        type: the resource's type token.
        name: its logical name.
        property: the argument that changes.
        change: returns its new value for the old one.
        rule: what must find it.
        refused: whether the resource itself is refused, and not the stack it would make.
    """

    type: str
    name: str
    property: str
    change: Callable[[Any], Any]
    rule: str
    refused: bool = True

    def planted(self, program: Program) -> Program:
        """Return the program with the fault."""

        def faulty() -> None:
            pulumi.runtime.register_stack_transformation(self._transform)
            program()

        return faulty

    def _transform(
        self, made: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        if (made.type_, made.name) != (self.type, self.name):
            return None
        old = made.props.get(self.property)
        new = pulumi.Output.from_input(old).apply(self.change)
        return pulumi.ResourceTransformationResult({**made.props, self.property: new}, made.opts)


def _granting(document: str) -> str:
    found = json.loads(document)
    return json.dumps({**found, "Statement": [*found["Statement"], ACCESS]})


def _unconditional(document: str) -> str:
    found = json.loads(document)
    statements = [{**one, "Condition": {}} for one in found["Statement"]]
    return json.dumps({**found, "Statement": statements})


FAULTS: Mapping[str, Fault] = {
    "a database with a public address": Fault(
        "aws:rds/instance:Instance",
        "metaflow-db-instance",
        "publicly_accessible",
        lambda _: True,
        "rds-not-public",
    ),
    "a job role that may use every bucket": Fault(
        "aws:iam/rolePolicy:RolePolicy",
        "metaflow-compute-job-datastore",
        "policy",
        _granting,
        "iam-no-wildcard-actions",
    ),
    "a role that any account's tasks assume": Fault(
        "aws:iam/role:Role",
        "metaflow-service-task",
        "assume_role_policy",
        _unconditional,
        "iam-confused-deputy",
    ),
    "a bucket without versions": Fault(
        "aws:s3/bucketVersioning:BucketVersioning",
        "metaflow-datastore-versioning",
        "versioning_configuration",
        lambda _: {"status": "Suspended"},
        "s3-versioned",
        refused=False,
    ),
}


def _run(program: Program, cloud: Any, folder: Path, report: Report) -> JudgedRun:
    return JudgedRun(
        program=program,
        provider=Provider(cloud),
        desk=Desk(
            config=CONFIG,
            packs=PLAN.judging_packs,
            sandbox=small_packs.sandbox(folder),
            progress=Progress(Console(file=io.StringIO())),
            report=report,
        ),
    )


def _found(report: Report) -> set[tuple[str, str]]:
    return {(one.policy, one.urn.rsplit("::")[-1]) for one in report.violations}


FIRST, *OTHERS = FAULTS


@pytest.mark.parametrize(
    "name", [FIRST, *(pytest.param(one, marks=pytest.mark.thorough) for one in OTHERS)]
)
def test_a_fault_in_prod_stops_its_deployment(name: str, tmp_path: Path) -> None:
    fault, report = FAULTS[name], Report(engine="mocks", stack="prod", seconds={})
    program = fault.planted(mocks.program_at(ROOT / "__main__.py"))
    wanted = DeploymentError if fault.refused else PolicyError
    with stage(CONFIG.region, None) as stands, pytest.raises(wanted) as caught:
        _run(program, stands.cloud, tmp_path, report).deploy()
    assert (fault.rule, fault.name) in _found(report)
    assert {at for _, at in _found(report)} == {fault.name}
    violates = str(caught.value).startswith(f"{fault.type} {fault.name} violates ")
    assert violates == fault.refused


@pytest.mark.parametrize("name", ["a database with a public address", "a bucket without versions"])
def test_a_fault_that_is_known_beforehand_stops_the_preview(name: str, tmp_path: Path) -> None:
    fault, report = FAULTS[name], Report(engine="mocks", stack="prod", seconds={})
    program = fault.planted(mocks.program_at(ROOT / "__main__.py"))
    with stage(CONFIG.region, None) as stands, pytest.raises(PolicyError):
        _run(program, stands.cloud, tmp_path, report).preview()
    assert _found(report) == {(fault.rule, fault.name)}
