"""What was asked of IAM in a rehearsal, by whom, and what was answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rehearsal.authorization.evaluation import Decision, Principal
from rehearsal.authorization.question import Question


@dataclass(frozen=True)
class Entry:
    """One decision.

    Attributes:
        principal: who asked: a role's ARN, or another principal's.
        action: the action.
        resource: the resource's ARN, or `*`.
        allowed: the answer.
        statement: the label of the statement that decided; None where none did.
    """

    principal: str
    action: str
    resource: str
    allowed: bool
    statement: str | None

    def __str__(self) -> str:
        """Say it in words."""
        name = self.principal.rpartition("/")[2]
        return f"{name} may {'' if self.allowed else 'not '}{self.action} on {self.resource}"


@dataclass
class Ledger:
    """Every decision, once, and how often it was made. Thread safe.

    Attributes:
        faults: requests of which it is not known what they ask; they were refused.
    """

    faults: list[str] = field(default_factory=list)
    _counts: dict[Entry, int] = field(default_factory=dict)
    _expecting: list[set[Entry]] = field(default_factory=list)
    _expected: set[Entry] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, principal: Principal, question: Question, decision: Decision) -> None:
        """Keep a decision."""
        entry = Entry(
            principal=principal.role_arn or principal.arn,
            action=question.action,
            resource=question.resource,
            allowed=decision.allowed,
            statement=decision.statement,
        )
        with self._lock:
            self._counts[entry] = self._counts.get(entry, 0) + 1
            if not entry.allowed:
                for seen in self._expecting:
                    seen.add(entry)
                    self._expected.add(entry)

    def fault(self, message: str) -> None:
        """Keep that a request was refused because nobody knows what it asks."""
        with self._lock:
            if message not in self.faults:
                self.faults.append(message)

    @contextmanager
    def expecting_denials(self) -> Iterator[set[Entry]]:
        """Yield the denials of the block, which count as expected."""
        seen: set[Entry] = set()
        with self._lock:
            self._expecting.append(seen)
        try:
            yield seen
        finally:
            with self._lock:
                self._expecting.remove(seen)

    def entries(self) -> list[Entry]:
        """Return every decision once, in the order in which they were first made."""
        with self._lock:
            return list(self._counts)

    def used(self, principal: str) -> set[str]:
        """Return the actions that a role, by its ARN, was allowed."""
        return {one.action for one in self.entries() if one.allowed and one.principal == principal}

    def decisive(self, principal: str) -> set[str]:
        """Return the labels of the statements that allowed a role, by its ARN, something."""
        return {
            one.statement
            for one in self.entries()
            if one.allowed and one.principal == principal and one.statement
        }

    def unexpected_denials(self) -> list[Entry]:
        """Return the denials that nobody expected."""
        return [one for one in self.entries() if not one.allowed and one not in self._expected]
