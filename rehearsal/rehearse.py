"""The rehearsal itself: one phase after the other, in a sandbox."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal import (
    gateway_check,
    iam_report,
    metaflow_profile,
    mocks,
    password_rotation,
    stack_files,
    wiring,
)
from rehearsal.authorization import current
from rehearsal.authorization.authorizer import AssumeError, Authorizer
from rehearsal.containers import MetadataContainers
from rehearsal.emulator import emulated_aws
from rehearsal.flow_runner import FlowError, FlowRunner, Mode
from rehearsal.jobs import JobRunner, RoleError, job_runner
from rehearsal.judged_run import JudgedRun
from rehearsal.loopback import LoopbackAddresses
from rehearsal.metadata import MetadataService
from rehearsal.metaflow_profile import Profile
from rehearsal.mocks import Deployment
from rehearsal.policies import LocalPack
from rehearsal.progress import Progress
from rehearsal.provider import Cloud, Provider
from rehearsal.report import FlowRun, Report
from rehearsal.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent

_OWN_PACKS = ("least-privilege-iam", "private-data")


@dataclass(frozen=True)
class Plan:
    """What is rehearsed.

    Attributes:
        stack: name of the stack, whose file is Pulumi.<stack>.yaml.
        flow: file of the flow to run.
        metadata_url: a running metadata service to use instead of the rehearsal's own.
        packs: policy packs to judge by instead of this repository's own.
        modes: where the flow's steps run, one run after the other.
    """

    stack: str
    flow: Path
    metadata_url: str | None = None
    packs: tuple[LocalPack, ...] = ()
    modes: tuple[Mode, ...] = tuple(Mode)

    @property
    def judging_packs(self) -> tuple[LocalPack, ...]:
        """The packs to judge by; its own have a configuration for some stacks."""
        return self.packs or tuple(
            LocalPack(folder, config if config.is_file() else None)
            for folder in (ROOT / "policies" / name for name in _OWN_PACKS)
            for config in [folder / "config" / f"{self.stack}.json"]
        )


@dataclass(frozen=True)
class Stage:
    """What stands in AWS's place.

    Attributes:
        cloud: the emulated AWS, as its administrator sees it.
        addresses: the listeners behind what it hands out.
        authorizer: decides what everybody else may do.
    """

    cloud: Cloud
    addresses: LoopbackAddresses
    authorizer: Authorizer


@contextmanager
def stage(region: str, metadata_url: str | None) -> Iterator[Stage]:
    """Start the emulated AWS, the metadata service and the listeners; stop them at the end.

    Args:
        region: AWS region of the stack.
        metadata_url: a running metadata service to use; None starts the rehearsal's own.
    """
    with ExitStack() as started:
        emulated = started.enter_context(emulated_aws())
        url = metadata_url or started.enter_context(MetadataService()).url
        addresses = started.enter_context(LoopbackAddresses())
        cloud = Cloud(emulated.endpoint, region, addresses=addresses)
        addresses.bind(cloud, MetadataContainers(cloud, url.rstrip("/")))
        authorizer = Authorizer(cloud)
        started.enter_context(emulated.gate.guarded(authorizer))
        started.enter_context(current.authorizer_is(authorizer))
        yield Stage(cloud, addresses, authorizer)


def rehearse(
    plan: Plan,
    sandbox: Sandbox,
    progress: Progress,
    report: Report,
    at_end: Callable[[Profile], None],
) -> None:
    """Preview and deploy a stack, check its wires, run a flow, rotate the password, judge IAM.

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
        FlowError: the flow failed.
    """
    config = stack_files.read_stack(ROOT, plan.stack)
    with ExitStack() as running:
        with progress.phase("set up") as phase:
            place = stage(config.region, plan.metadata_url)
            stands = running.enter_context(place)
            cloud = stands.cloud
            running.enter_context(_jobs(sandbox, stands))
            phase.result = f"emulated AWS in {config.region}"
        try:
            program = mocks.program_at(ROOT / "__main__.py")
            packs, provider = plan.judging_packs, Provider(cloud)
            run = JudgedRun(program, provider, config, packs, sandbox, progress, report)
            run.preview()
            deployment = run.deploy()
            profile = _write_profile(sandbox, stands, deployment, progress, report)
            _check(profile, progress, report)
            if report.problems:
                raise FlowError("the flow was not run, because the wiring does not hold")
            runner = FlowRunner(sandbox, profile, cloud)
            for mode in plan.modes:
                _run_flow(runner, plan.flow, mode, progress, report)
            _rotate_password(cloud, deployment, progress, report)
            _check_permissions(stands, deployment, progress, report)
        finally:
            report.problems += stands.addresses.faults
        at_end(profile)


def _write_profile(
    sandbox: Sandbox, stands: Stage, deployment: Deployment, progress: Progress, report: Report
) -> Profile:
    with progress.phase("write the profile") as phase:
        profile = metaflow_profile.write(sandbox, stands.cloud, stands.authorizer, deployment)
        report.profile = str(profile.path)
        phase.result = f"{len(profile.settings)} settings"
    return profile


def _check(profile: Profile, progress: Progress, report: Report) -> None:
    with progress.phase("check the wiring") as phase:
        report.wiring = wiring.check(report.registrations)
        broken = [hop for hop in report.wiring if not hop.holds]
        report.problems += [str(hop) for hop in broken]
        report.problems += gateway_check.problems(profile.settings)
        phase.result = f"{len(report.wiring) - len(broken)} of {len(report.wiring)} as wanted"


def _jobs(sandbox: Sandbox, stands: Stage) -> AbstractContextManager[JobRunner]:
    """Run the jobs of Batch, with their roles as far as ECS may assume those."""

    def assume(role_arn: str, session_name: str, source_arn: str) -> Mapping[str, Any]:
        try:
            return stands.authorizer.assume_as_service(
                role_arn, "ecs-tasks", session_name, source_arn
            )
        except AssumeError as error:
            raise RoleError(str(error)) from error

    return job_runner(sandbox, stands.cloud.endpoint, stands.cloud.region, assume=assume)


def _run_flow(
    runner: FlowRunner, flow: Path, mode: Mode, progress: Progress, report: Report
) -> None:
    with progress.phase(f"run a flow, {mode}") as phase:
        try:
            run = runner.run(flow, mode)
        except FlowError:
            report.flows.append(FlowRun.failed(flow.stem, mode))
            raise
        report.flows.append(run)
        if not run.successful:
            report.problems.append(f"{run.pathspec} was not successful")
        phase.result = f"{run.pathspec}, {len(run.artifacts)} artifacts read back"


def _check_permissions(
    stands: Stage, deployment: Deployment, progress: Progress, report: Report
) -> None:
    with progress.phase("check the permissions") as phase:
        ledger = stands.authorizer.ledger
        report.iam = iam_report.report(deployment.registrations, ledger)
        report.problems += [*report.iam.denied, *ledger.faults]
        phase.result = report.iam.summary


def _rotate_password(
    cloud: Cloud, deployment: Deployment, progress: Progress, report: Report
) -> None:
    with progress.phase("rotate the password") as phase:
        problems = password_rotation.rehearse(cloud, deployment.registrations)
        report.problems += problems
        phase.result = f"{len(problems)} problems" if problems else "the service is deployed anew"
