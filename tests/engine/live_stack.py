"""A stack that the Pulumi CLI deploys into an emulated AWS of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal import inventory, plugin
from rehearsal.authorization.gate import Gate
from rehearsal.emulator import emulated_aws
from rehearsal.engine import Engine, Outcome
from rehearsal.inventory import Inventory
from rehearsal.loopback import LoopbackAddresses
from rehearsal.loopback.remote_addresses import handed_out
from rehearsal.policies import LocalPack
from rehearsal.provider import Cloud
from rehearsal.sandbox import sandbox
from tests.deployed import ROOT


@dataclass(frozen=True)
class Live:
    """An engine with one stack, and the emulated AWS under it.

    Attributes:
        engine: the stack.
        cloud: the emulated AWS.
        empty: what was in it before.
        beside: prepares another stack of the same program and account.
        gate: what every request to the emulated AWS passes.
        folder: where the CLI keeps everything.
        addresses: what the emulated AWS hands out; bound to nothing.
    """

    engine: Engine
    cloud: Cloud
    empty: Inventory
    beside: Callable[[str], Engine]
    gate: Gate
    folder: Path
    addresses: LoopbackAddresses

    def left(self) -> list[str]:
        """Return what the stack has in the emulated AWS."""
        return sorted(inventory.take(self.cloud) - self.empty)


@contextmanager
def live(
    stack: str = "dev", program: Path = ROOT, packs: Sequence[LocalPack] = ()
) -> Iterator[Live]:
    """Prepare a stack of a program, judged by packs; nothing is deployed yet."""
    with ExitStack() as running:
        box = running.enter_context(sandbox())
        emulated = running.enter_context(emulated_aws())
        addresses = running.enter_context(LoopbackAddresses())
        url = running.enter_context(handed_out(addresses))
        cloud = Cloud(emulated.endpoint, "us-east-1", addresses=addresses)
        leading = plugin.leading_to(emulated.endpoint, url)

        def prepare(name: str) -> Engine:
            return Engine(box, program, name, leading, packs)

        before = inventory.take(cloud)
        engine, gate = prepare(stack), emulated.gate
        yield Live(engine, cloud, before, prepare, gate, box.folder, addresses)


def changes(outcome: Outcome) -> Counter[tuple[str, str, str]]:
    """Return what a command changed, however it was ordered: operation, type and name."""
    return Counter((one.name, one.type, one.urn.rpartition("::")[2]) for one in outcome.changes)


def write_program(folder: Path, text: str) -> Path:
    """Write a program with a stack `dev` in us-east-1; return its folder."""
    (folder / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {'aws:region': us-east-1}\n")
    (folder / "__main__.py").write_text(text)
    return folder
