"""Previews and deploys a program as `pulumi up` does, judged by policy packs."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rehearsal import interrupts, mocks, policies
from rehearsal.desk import Desk
from rehearsal.mocks import Deployment, Program
from rehearsal.policies import PolicyCheck
from rehearsal.policies.packs import Pack
from rehearsal.progress import Phase
from rehearsal.provider import Provider


class PolicyError(Exception):
    """Mandatory policies are violated; the message is one line."""


@dataclass(frozen=True)
class JudgedRun:
    """A stack that is previewed and then deployed.

    Attributes:
        program: the program.
        provider: makes the resources.
        desk: everything else.
    """

    program: Program
    provider: Provider
    desk: Desk

    def preview(self) -> None:
        """Judge everything that is known before anything is made.

        Raises:
            ConfigurationError: the configuration of a policy pack is unusable.
            PackError: a policy pack does not start, or stops.
            PolicyError: mandatory policies are violated; all of them were looked at.
            DeploymentError: the program fails.
        """
        with (
            self.desk.progress.phase("preview") as phase,
            self._judging(phase, preview=True) as check,
        ):
            deployment = self._run(check, phase, preview=True)
            # Pulumi's SDK is loaded now, and is not to be searched for garbage again and again.
            gc.freeze()
            check.stack(deployment.states)
            phase.result = f"{_resources(deployment)}; {self._judgement(check)}"
        if check.mandatory:
            raise PolicyError(f"{_stopping(check)}; nothing was deployed")

    def deploy(self) -> Deployment:
        """Deploy, each resource judged before it is made and the stack in the end.

        Raises:
            ConfigurationError: the configuration of a policy pack is unusable.
            PackError: a policy pack does not start, or stops.
            PolicyError: the stack as a whole violates mandatory policies.
            DeploymentError: the stack cannot be deployed, or a resource violates a policy.
        """
        with ExitStack() as judging:
            with self.desk.progress.phase("deploy") as phase:
                check = judging.enter_context(self._judging(phase, preview=False))
                deployment = self._run(check, phase, preview=False)
                self.desk.report.registrations = deployment.registrations
                self.desk.report.outputs = deployment.outputs
                self.desk.report.secret_outputs = deployment.secret_outputs
                phase.result = _resources(deployment)
            with self.desk.progress.phase("check the policies") as phase:
                check.stack(deployment.states)
                phase.result = self._judgement(check)
        if check.mandatory:
            raise PolicyError(f"{_stopping(check)}; the stack was deployed, but does not hold")
        return deployment

    def settle(self) -> None:
        """Do nothing: mocks keep no state that could be updated or refreshed."""

    def end(self) -> None:
        """Do nothing: the emulated AWS goes with the rehearsal."""

    @contextmanager
    def _judging(self, phase: Phase, *, preview: bool) -> Iterator[PolicyCheck]:
        """Start the packs; whatever they said is reported, also when an error ends it."""
        phase.at("starting the policy packs")
        desk = self.desk
        operation = desk.operation(preview=preview)
        with policies.checking(desk.sandbox, desk.packs, operation) as check:
            try:
                yield check
            finally:
                self.desk.report.take(check)

    def _run(self, check: PolicyCheck, phase: Phase, *, preview: bool) -> Deployment:
        # The SDK waits for what a program registered before, which fails where a pack was ended.
        with interrupts.foremost():
            return mocks.deploy(
                self.program,
                self.provider,
                project=self.desk.config.project,
                stack_name=self.desk.config.stack_name,
                config=self.desk.config.values,
                preview=preview,
                before_create=check.resource,
                on_resource=lambda one: phase.at(f"{one.type} {one.name}"),
            )

    def _judgement(self, check: PolicyCheck) -> str:
        """Say what the packs found, in a few words."""
        rules = sum(one.level != "disabled" for one in check.judged)
        words = [
            f"{counted(rules, 'rule')} of {counted(len(check.packs), 'pack')}, "
            f"{counted(len(check.violations), 'violation')}"
        ]
        if check.waiting:
            words.append(f"{counted(check.waiting, 'judgement')} put off until values are known")
        words += [
            f"{counted(one.switched_off, 'rule')} disabled by {one.configured_by}"
            for one in check.packs
            if one.switched_off
        ]
        words += [self._without_configuration(one) for one in check.packs if not one.local.config]
        return "; ".join(words)

    def _without_configuration(self, pack: Pack) -> str:
        has_others = (pack.local.folder / "config").is_dir()
        missing = f", having no config/{self.desk.config.stack_name}.json" if has_others else ""
        return f"{pack.name} without configuration{missing}"


def _resources(deployment: Deployment) -> str:
    return counted(sum(one.custom for one in deployment.registrations), "resource")


def _stopping(check: PolicyCheck) -> str:
    """Say how many violations stop the rehearsal."""
    return counted(len(check.mandatory), "violation") + " of mandatory policies"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it must be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
