"""The rehearsal itself: one phase after the other, in a sandbox."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from rehearsal import (
    engines,
    exercises,
    gateway_check,
    iam_report,
    metaflow_profile,
    minimality,
    password_rotation,
    stack_files,
    wiring,
)
from rehearsal.desk import Desk
from rehearsal.engines import EngineName
from rehearsal.exercises import Exercise, Hands
from rehearsal.flow_runner import FlowError, FlowRunner
from rehearsal.iam_report import RoleUse
from rehearsal.metaflow_profile import Profile
from rehearsal.mocks import Deployment
from rehearsal.policies import LocalPack
from rehearsal.progress import Progress
from rehearsal.report import Report
from rehearsal.sandbox import Sandbox
from rehearsal.stage import Stage, jobs, stage

ROOT = Path(__file__).resolve().parent.parent

_HTTP_API = "aws:apigatewayv2/api:Api"
_OWN_PACKS = ("least-privilege-iam", "private-data")


@dataclass(frozen=True)
class Plan:
    """What is rehearsed.

    Attributes:
        stack: name of the stack, whose file is Pulumi.<stack>.yaml.
        exercises: what a user does with the stack, one after the other.
        metadata_url: a running metadata service to use instead of the rehearsal's own.
        packs: policy packs to judge by instead of this repository's own.
        engine: what deploys the stack.
        minimality: whether each permission is taken away in turn, which the exercises must notice.
    """

    stack: str
    exercises: tuple[Exercise, ...]
    metadata_url: str | None = None
    packs: tuple[LocalPack, ...] = ()
    engine: EngineName = EngineName.MOCKS
    minimality: bool = False

    @property
    def judging_packs(self) -> tuple[LocalPack, ...]:
        """The packs to judge by; its own have a configuration for some stacks."""
        return self.packs or tuple(
            LocalPack(folder, config if config.is_file() else None)
            for folder in (ROOT / "policies" / name for name in _OWN_PACKS)
            for config in [folder / "config" / f"{self.stack}.json"]
        )


def rehearse(
    plan: Plan,
    sandbox: Sandbox,
    progress: Progress,
    report: Report,
    at_end: Callable[[Profile], None],
) -> None:
    """Preview and deploy a stack, check its wires, use it, rotate the password, judge IAM.

    Args:
        plan: what to rehearse.
        sandbox: where.
        progress: shows the phases.
        report: is filled in; its problems say what did not hold, also when an error ends it.
        at_end: called at the end, while everything still runs.

    Raises:
        StackFileError: there is no such stack.
        ConfigurationError: the configuration of a policy pack is unusable.
        PackError: a policy pack does not start, or stops.
        PolicyError: mandatory policies are violated.
        DeploymentError: the stack cannot be deployed.
        ProfileError: no profile could be written.
        WiringError: what the wires lead to is missing.
        FlowError: an exercise failed.
    """
    config = stack_files.read_stack(ROOT, plan.stack)
    with ExitStack() as running:
        with progress.phase("set up") as phase:
            place = stage(config.region, plan.metadata_url)
            stands = running.enter_context(place)
            cloud = stands.cloud
            running.enter_context(jobs(sandbox, stands))
            phase.result = f"emulated AWS in {config.region}"
        try:
            config = config.with_settings(exercises.prepared(cloud, plan.exercises))
            desk = Desk(config, plan.judging_packs, sandbox, progress, report)
            run = running.enter_context(engines.run(plan.engine, ROOT, stands, desk))
            run.preview()
            deployment = run.deploy()
            profile = _write_profile(sandbox, stands, deployment, progress, report)
            _check(profile, stands, progress, report)
            if report.problems:
                raise FlowError("the flow was not run, because the wiring does not hold")
            runner = FlowRunner(sandbox, profile, cloud, report.flows)
            hands = Hands(runner, stands, deployment)
            _exercise(hands, plan.exercises, progress)
            _rotate_password(stands, deployment, progress, report)
            roles = _check_permissions(stands, deployment, progress, report)
            if plan.minimality:
                verdicts = minimality.judged(hands, roles, plan.exercises, progress)
                report.taken_away = [one.as_json() for one in verdicts]
                report.problems += minimality.problems(roles, verdicts)
            run.settle()
        finally:
            report.problems += stands.addresses.faults
        at_end(profile)
        run.end()


def _write_profile(
    sandbox: Sandbox, stands: Stage, deployment: Deployment, progress: Progress, report: Report
) -> Profile:
    with progress.phase("write the profile") as phase:
        profile = metaflow_profile.write(sandbox, stands.cloud, stands.authorizer, deployment)
        report.profile = str(profile.path)
        phase.result = f"{len(profile.settings)} settings"
    return profile


def _check(profile: Profile, stands: Stage, progress: Progress, report: Report) -> None:
    with progress.phase("check the wiring") as phase:
        report.wiring = wiring.check(report.registrations)
        broken = [hop for hop in report.wiring if not hop.holds]
        report.problems += [str(hop) for hop in broken]
        http = any(one.type == _HTTP_API for one in report.registrations)
        wrong = gateway_check.problems(
            profile.settings,
            without_key=HTTPStatus.UNAUTHORIZED if http else HTTPStatus.FORBIDDEN,
            vpc_proxy=stands.addresses.vpc_proxy,
        )
        report.problems += wrong
        answers = f"; {len(wrong)} of the gateway's answers not" if wrong else ""
        right = len(report.wiring) - len(broken)
        phase.result = f"{right} of {len(report.wiring)} as wanted{answers}"


def _exercise(hands: Hands, exercises: Sequence[Exercise], progress: Progress) -> None:
    for one in exercises:
        with progress.phase(one.name) as phase:
            before = len(hands.runner.runs)
            one.do(hands)
            phase.result = ", ".join(
                f"{run.pathspec}, {len(run.artifacts)} artifacts read back"
                for run in hands.runner.runs[before:]
            )


def _check_permissions(
    stands: Stage, deployment: Deployment, progress: Progress, report: Report
) -> Sequence[RoleUse]:
    with progress.phase("check the permissions") as phase:
        ledger = stands.authorizer.ledger
        report.iam = iam_report.report(deployment.registrations, ledger)
        report.problems += [*report.iam.denied, *ledger.faults]
        phase.result = report.iam.summary
    return report.iam.roles


def _rotate_password(
    stands: Stage, deployment: Deployment, progress: Progress, report: Report
) -> None:
    with progress.phase("rotate the password") as phase:
        problems = password_rotation.rehearse(
            stands.cloud, stands.authorizer, deployment.registrations
        )
        report.problems += problems
        phase.result = f"{len(problems)} problems" if problems else "the service is deployed anew"
