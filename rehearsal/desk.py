"""What a run works with, whatever the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.policies import LocalPack, Operation
from rehearsal.progress import Progress
from rehearsal.report import Report
from rehearsal.sandbox import Sandbox
from rehearsal.stack_files import StackConfig


@dataclass(frozen=True)
class Desk:
    """What a run works with.

    Attributes:
        config: the stack's configuration.
        packs: the policy packs that judge.
        sandbox: where processes run.
        progress: shows the phases.
        report: is filled in, also when an error ends the run.
    """

    config: StackConfig
    packs: Sequence[LocalPack]
    sandbox: Sandbox
    progress: Progress
    report: Report

    def operation(self, *, preview: bool) -> Operation:
        """Return what the packs are told of an operation on the stack."""
        config = self.config
        return Operation(config.project, config.stack_name, config.values, preview)
