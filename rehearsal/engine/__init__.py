"""The real Pulumi engine over the emulated AWS: the CLI, kept away from the user's stacks."""

from rehearsal.engine.cli import Engine, EngineError
from rehearsal.engine.events import Operation, Outcome

__all__ = ["Engine", "EngineError", "Operation", "Outcome"]
