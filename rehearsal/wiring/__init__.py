"""The wires of a deployed stack: what must be connected is, and nothing else is."""

from rehearsal.wiring.hops import Hop, check
from rehearsal.wiring.network import WiringError

__all__ = ["Hop", "WiringError", "check"]
