"""Previews, deploys, repeats, refreshes and destroys a stack by the Pulumi CLI."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rehearsal import inventory, policies
from rehearsal.desk import Desk
from rehearsal.engine import Engine, EngineError, Outcome, judgements
from rehearsal.inventory import Inventory
from rehearsal.judged_run import PolicyError, counted
from rehearsal.mocks import Deployment, DeploymentError
from rehearsal.policies import Pack
from rehearsal.provider import Cloud
from rehearsal.registrations import Registration
from rehearsal.report import MASK

_PROTECTED = "cannot be deleted because it is protected"
"""What the engine says of a resource (pkg/resource/deploy/step_generator.go)."""

_NO_RESOURCES = ("pulumi:pulumi:", "pulumi:providers:", "metaflow:index:")
"""What types begin with that are nothing in AWS: stack, providers and components."""


@dataclass(frozen=True)
class EngineRun:
    """A stack that the real engine previews and deploys, and destroys in the end.

    Attributes:
        engine: the stack.
        desk: everything else; its packs are those that the engine has.
        cloud: the emulated AWS.
        before: what was in it before the stack.
    """

    engine: Engine
    desk: Desk
    cloud: Cloud
    before: Inventory

    def preview(self) -> None:
        """Have the engine preview, judged by the packs.

        Raises:
            ConfigurationError: the configuration of a policy pack is unusable.
            PackError: a policy pack does not start.
            PolicyError: mandatory policies are violated.
            DeploymentError: the program or the provider refuses.
        """
        with self.desk.progress.phase("preview") as phase:
            outcome = self._judged(self.engine.preview)
            phase.result = f"{_changes(outcome)}; {self._findings()}"

    def deploy(self) -> Deployment:
        """Have the engine deploy, judged by the packs.

        Raises:
            PolicyError: mandatory policies are violated.
            DeploymentError: the stack cannot be deployed.
        """
        with self.desk.progress.phase("deploy") as phase:
            outcome = self._judged(self.engine.up)
            registrations = self.engine.registrations()
            outputs = self.engine.outputs(show_secrets=True)
            shown = self.engine.outputs()
            secret = frozenset(name for name, value in shown.items() if value == MASK)
            self.desk.report.registrations = registrations
            self.desk.report.outputs, self.desk.report.secret_outputs = outputs, secret
            phase.result = f"{_changes(outcome)}; {self._findings()}"
        return Deployment(registrations, outputs, secret)

    def settle(self) -> None:
        """Update and refresh, which must change nothing.

        Raises:
            DeploymentError: the engine fails.
        """
        for name, command in (("update again", self.engine.up), ("refresh", self.engine.refresh)):
            with self.desk.progress.phase(name) as phase:
                outcome = _tried(command)
                phase.result = _changes(outcome)
                self.desk.report.problems += [
                    f"`{name}` changed {one.type} {one.urn.rpartition('::')[2]}: {one.name}"
                    for one in outcome.changes
                ]

    def end(self) -> None:
        """Destroy the stack, of which nothing may be left.

        Where resources are protected that is to be refused, and nothing may be gone.

        Raises:
            DeploymentError: the engine fails.
        """
        protected = [one for one in self.desk.report.registrations if one.protect and one.custom]
        with self.desk.progress.phase("destroy") as phase:
            if protected:
                self._refused(protected)
                phase.result = f"refused, {counted(len(protected), 'resource')} protected"
                return
            phase.result = _changes(_tried(self.engine.destroy))
            prefix = self.desk.report.outputs["stateMachinePrefix"]
            left = inventory.take(self.cloud) - self.before
            self.desk.report.problems += [
                f"the stack was destroyed, and left {one}"
                for one in sorted(left)
                if not _of_flows(one, prefix)
            ]

    def _refused(self, protected: Sequence[Registration]) -> None:
        """Try to destroy a stack that is protected.

        Raises:
            DeploymentError: the engine fails for another reason.
        """
        before, problems = inventory.take(self.cloud), self.desk.report.problems
        try:
            self.engine.destroy()
        except EngineError as error:
            named = [one for one in protected if f'{one.urn}"' in str(error)]
            if _PROTECTED not in str(error) or not named:
                raise DeploymentError(str(error)) from error
        else:
            problems.append("the stack is protected, and was destroyed")
        gone = before - inventory.take(self.cloud)
        problems += [f"the stack is protected, and lost {one}" for one in sorted(gone)]

    @cached_property
    def _packs(self) -> Sequence[Pack]:
        """What the packs say of their rules, which the engine's events leave out."""
        desk = self.desk
        operation = desk.operation(preview=True)
        with policies.checking(desk.sandbox, desk.packs, operation) as asked:
            return list(asked.packs)

    def _judged(self, command: Callable[[], Outcome]) -> Outcome:
        """Run a command; report what the packs found, also when it fails."""
        packs = self._packs
        try:
            outcome = command()
        except EngineError as error:
            self._take(packs, error.outcome)
            if error.outcome.refusing:
                words = f"{counted(len(error.outcome.refusing), 'violation')} of mandatory policies"
                raise PolicyError(f"{words}; nothing was deployed") from error
            raise DeploymentError(str(error)) from error
        self._take(packs, outcome)
        return outcome

    def _take(self, packs: Sequence[Pack], outcome: Outcome) -> None:
        resources = sum(number for name, number in outcome.counts.items() if name != "delete")
        report = self.desk.report
        report.packs = [one.title for one in packs]
        report.judged = judgements.judged(outcome, packs, resources)
        report.violations = [policies.violation(one, packs) for one in outcome.findings]

    def _findings(self) -> str:
        rules = sum(one.level != "disabled" for one in self.desk.report.judged)
        return f"{counted(rules, 'rule')}, {counted(len(self.desk.report.violations), 'violation')}"


def _tried(command: Callable[[], Outcome]) -> Outcome:
    try:
        return command()
    except EngineError as error:
        raise DeploymentError(str(error)) from error


def _changes(outcome: Outcome) -> str:
    """Say what an operation did to resources, in a few words."""
    number = Counter(one.name for one in outcome.changes if not one.type.startswith(_NO_RESOURCES))
    return ", ".join(f"{many} to {name}" for name, many in number.items()) or "no changes"


def _of_flows(left: str, prefix: str) -> bool:
    """Say whether something was not made by the stack but by flows, whose users delete it.

    Those are state machines and schedules of deployed flows, by their names' beginning, and the log
    group of all of an account's jobs.
    """
    return f":{prefix}_" in left or f"/{prefix}_" in left or left.endswith(" /aws/batch/job")
