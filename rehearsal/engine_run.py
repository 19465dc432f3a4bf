"""Previews, deploys, repeats, refreshes and destroys a stack by the Pulumi CLI."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rehearsal import policies
from rehearsal.engine import Engine, EngineError, Outcome, judgements
from rehearsal.judged_run import PolicyError, counted
from rehearsal.mocks import Deployment, DeploymentError
from rehearsal.policies import LocalPack, Operation, Pack
from rehearsal.progress import Phase, Progress
from rehearsal.report import MASK, Report
from rehearsal.sandbox import Sandbox
from rehearsal.stack_files import StackConfig

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class EngineRun:
    """A stack that the real engine previews and deploys, and destroys in the end.

    Attributes:
        engine: the stack.
        config: the stack's configuration.
        packs: the policy packs that judge, as the engine has them.
        sandbox: where the packs are asked about their rules.
        progress: shows the phases.
        report: is filled in, also when an error ends it.
    """

    engine: Engine
    config: StackConfig
    packs: Sequence[LocalPack]
    sandbox: Sandbox
    progress: Progress
    report: Report

    def preview(self) -> None:
        """Have the engine preview, judged by the packs.

        Raises:
            ConfigurationError: the configuration of a policy pack is unusable.
            PackError: a policy pack does not start.
            PolicyError: mandatory policies are violated.
            DeploymentError: the program or the provider refuses.
        """
        with self.progress.phase("preview") as phase:
            outcome = self._judged(self.engine.preview, preview=True)
            phase.result = f"{_changes(outcome)}; {self._findings()}"

    def deploy(self) -> Deployment:
        """Have the engine deploy, judged by the packs.

        Raises:
            PolicyError: mandatory policies are violated.
            DeploymentError: the stack cannot be deployed.
        """
        with self.progress.phase("deploy") as phase:
            outcome = self._judged(self.engine.up, preview=False)
            registrations = self.engine.registrations()
            outputs = self.engine.outputs(show_secrets=True)
            shown = self.engine.outputs()
            secret = frozenset(name for name, value in shown.items() if value == MASK)
            self.report.registrations = registrations
            self.report.outputs, self.report.secret_outputs = outputs, secret
            phase.result = f"{_changes(outcome)}; {self._findings()}"
        return Deployment(registrations, outputs, secret)

    def settle(self) -> None:
        """Update and refresh, which must change nothing.

        Raises:
            DeploymentError: the engine fails.
        """
        for name, command in (("update again", self.engine.up), ("refresh", self.engine.refresh)):
            with self.progress.phase(name) as phase:
                outcome = _tried(command)
                phase.result = _changes(outcome)
                self.report.problems += [
                    f"`{name}` changed {one.type} {one.urn.rpartition('::')[2]}: {one.name}"
                    for one in outcome.changes
                ]

    def end(self) -> None:
        """Destroy the stack, which is to be refused where resources are protected.

        Raises:
            DeploymentError: the engine fails.
        """
        with self.progress.phase("destroy") as phase:
            self._destroy(phase)

    def _destroy(self, phase: Phase) -> None:
        protected = [one for one in self.report.registrations if one.protect and one.custom]
        try:
            phase.result = _changes(self.engine.destroy())
        except EngineError as error:
            if not protected:
                raise DeploymentError(str(error)) from error
            phase.result = f"refused: {counted(len(protected), 'resource')} are protected"
        else:
            self.report.problems += [
                f"{one.type} {one.name} is protected, and was destroyed" for one in protected
            ]

    def _judged(self, command: Callable[[], Outcome], *, preview: bool) -> Outcome:
        """Run a command; report what the packs found, also when it fails."""
        operation = Operation(
            self.config.project, self.config.stack_name, self.config.values, preview
        )
        with policies.checking(self.sandbox, self.packs, operation) as asked:
            packs = list(asked.packs)
        try:
            outcome = command()
        except EngineError as error:
            self._take(packs, error.outcome)
            stopping = sum(one.level == policies.MANDATORY for one in self.report.violations)
            if stopping:
                words = f"{counted(stopping, 'violation')} of mandatory policies"
                raise PolicyError(f"{words}; nothing was deployed") from error
            raise DeploymentError(str(error)) from error
        self._take(packs, outcome)
        return outcome

    def _take(self, packs: Sequence[Pack], outcome: Outcome) -> None:
        resources = sum(number for name, number in outcome.counts.items() if name != "delete")
        found = judgements.of(outcome.log, packs, resources)
        self.report.packs = [one.title for one in packs]
        self.report.judged, self.report.violations = found.judged, found.violations

    def _findings(self) -> str:
        rules = sum(one.level != "disabled" for one in self.report.judged)
        return f"{counted(rules, 'rule')}, {counted(len(self.report.violations), 'violation')}"


def _tried(command: Callable[[], Outcome]) -> Outcome:
    try:
        return command()
    except EngineError as error:
        raise DeploymentError(str(error)) from error


def _changes(outcome: Outcome) -> str:
    """Say what an operation did, in a few words, the stack itself left out."""
    number: Mapping[str, int] = {
        name: sum(one.name == name and one.type != _STACK for one in outcome.changes)
        for name in dict.fromkeys(one.name for one in outcome.changes)
    }
    return ", ".join(f"{many} to {name}" for name, many in number.items()) or "no changes"
