"""Judges a preview or a deployment by policy packs, resource by resource and as a whole."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pulumi.runtime.proto import analyzer_pb2

from rehearsal.goals import Goal, State
from rehearsal.policies import messages, packs, violations
from rehearsal.policies.packs import Answer, LocalPack, Pack
from rehearsal.policies.processes import Operation, PackError
from rehearsal.policies.violations import MANDATORY, Judged, Violation
from rehearsal.provider import RefusedError
from rehearsal.sandbox import Sandbox


class PolicyCheck:
    """What packs say about one operation.

    Attributes:
        packs: the packs, running.
        violations: what they reported until now.
        waiting: how often a rule could not run, for values that a preview does not know.
        broken: why a pack answers no more.
    """

    def __init__(self, running: Sequence[Pack], *, dry_run: bool) -> None:
        """Judge by packs; in a dry run a violation refuses nothing."""
        self.packs = running
        self.violations: list[Violation] = []
        self.waiting = 0
        self.broken: PackError | None = None
        self._dry_run = dry_run
        self._checked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def mandatory(self) -> list[Violation]:
        """The violations that stop."""
        return [one for one in self.violations if one.level == MANDATORY]

    @property
    def judged(self) -> list[Judged]:
        """How often each rule of each pack judged."""
        return [
            Judged(
                pack=pack.name,
                name=rule.name,
                level=rule.level,
                checked=self._checked[pack.name, rule.name],
            )
            for pack in self.packs
            for rule in pack.rules
        ]

    def resource(self, goal: Goal) -> None:
        """Judge one resource before it is made; may be called from several threads at once.

        Raises:
            RefusedError: a mandatory rule is violated, or a pack does not answer.
        """
        request = messages.of_resource(goal)
        try:
            answers = self._asked(lambda pack: pack.analyze(request))
        except PackError as error:
            self.broken = self.broken or error
            raise RefusedError(str(error)) from error
        found: list[Violation] = []
        for pack, response in answers:
            found += self._keep(pack, response, lambda _: goal.urn)
            self._count(pack, response, resources=1, stacks=False)
        refusing = sorted({one.policy for one in found if one.level == MANDATORY})
        if refusing and not self._dry_run:
            wanted = goal.request
            raise RefusedError(f"{wanted.type} {wanted.name} violates {', '.join(refusing)}.")

    def stack(self, states: Mapping[str, State]) -> None:
        """Judge all resources together.

        Args:
            states: every resource by its URN; the first is the stack's own.

        Raises:
            PackError: a pack does not answer.
        """
        request = messages.of_stack(states.values())
        root = next(iter(states), "")

        def meant(urn: str) -> str:
            return urn if urn in states else root

        for pack, response in self._asked(lambda pack: pack.analyze_stack(request)):
            self._keep(pack, response, meant)
            self._count(pack, response, resources=len(states), stacks=True)

    def _asked(
        self, ask: Callable[[Pack], Answer]
    ) -> list[tuple[Pack, analyzer_pb2.AnalyzeResponse]]:
        """Ask all packs at once, and wait for their answers."""
        answers = [(pack, ask(pack)) for pack in self.packs]
        return [(pack, answer()) for pack, answer in answers]

    def _keep(
        self, pack: Pack, response: analyzer_pb2.AnalyzeResponse, meant: Callable[[str], str]
    ) -> list[Violation]:
        found = [
            violations.violation(replace(one, urn=meant(one.urn)), [pack])
            for one in violations.findings(pack, response.diagnostics)
            if not one.put_off
        ]
        with self._lock:
            self.waiting += len(response.diagnostics) - len(found)
            self.violations += found
        return found

    def _count(
        self, pack: Pack, response: analyzer_pb2.AnalyzeResponse, *, resources: int, stacks: bool
    ) -> None:
        """Count what was judged by the rules about stacks, or by those about resources."""
        spared = {one.policy_name for one in response.not_applicable}
        spared |= {
            one.policy for one in violations.findings(pack, response.diagnostics) if one.put_off
        }
        with self._lock:
            for rule in pack.rules:
                judges = rule.judges_stacks is stacks and rule.level != "disabled"
                if judges and rule.name not in spared:
                    self._checked[pack.name, rule.name] += resources


@contextmanager
def checking(
    sandbox: Sandbox, local_packs: Sequence[LocalPack], operation: Operation
) -> Iterator[PolicyCheck]:
    """Start packs for one operation; end them after the block.

    Args:
        sandbox: whose environment they get.
        local_packs: the packs.
        operation: what they judge.

    Raises:
        ConfigurationError: a configuration file is unusable.
        PackError: a pack does not start, or stops.
    """
    with packs.running(sandbox, local_packs, operation) as running:
        check = PolicyCheck(running, dry_run=operation.dry_run)
        try:
            yield check
        except Exception as error:
            # Whatever failed for want of an answer is told as what it is.
            if check.broken is not None:
                raise check.broken from error
            raise
