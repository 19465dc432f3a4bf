"""Measures previews of prod by the Pulumi CLI, judged by both policy packs.

Beside it stands a program with as many resources as literals, once judged by two packs without
rules and once by none: the CLI starts packs one after the other, and imports the SDK twice for each
(pulumi 3.260, pulumi-language-python, `RunPlugin`), which is not what these packs do. prod itself
without packs tells how much longer they make a preview. All preview in turn on the emulated AWS, so
that a busy machine slows all alike; the minima count.
"""

import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.command import ends_in_one_line, parser
from bench.comparison import flat_program
from bench.figure import Figure, told
from bench.stacks import emulated
from rehearsal import plugin
from rehearsal.engine import Engine
from rehearsal.loopback.remote_addresses import handed_out
from rehearsal.policies import LocalPack
from rehearsal.rehearse import ROOT, Plan
from rehearsal.sandbox import sandbox
from rehearsal.stage import stage

RUNS = 5
REGION = "us-east-1"
STACK = "prod"
HIGHEST_RATIO = 1.3
PROD = "prod, judged by both packs"
FLAT = "as many resources, no logic, packs without rules"
UNJUDGED = "as many resources, no logic, no packs"
PROD_UNJUDGED = "prod, no packs"

_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

nothing = ResourceValidationPolicy(
    "nothing", "Nothing.", lambda args, report: None, EnforcementLevel.DISABLED
)
PolicyPack("no-rules-{number}", policies=[nothing])
"""
"""The SDK takes no pack that has no rule at all."""


def available() -> bool:
    """Say whether there is a CLI that can be measured."""
    return shutil.which("pulumi") is not None


def results() -> dict[str, Any]:
    """Measure, and return plain data: seconds of each.

    Raises:
        EngineError: a preview fails.
    """
    with ExitStack() as running:
        place = running.enter_context(sandbox())
        flat, packs = _without_logic(place.folder)
        stands = running.enter_context(stage(REGION, None))
        url = running.enter_context(handed_out(stands.addresses))
        leading = plugin.leading_to(stands.cloud.endpoint, url)
        judging = Plan(STACK, ()).judging_packs
        unjudged = running.enter_context(sandbox())
        engines = {
            PROD: Engine(place, ROOT, STACK, leading, judging),
            FLAT: Engine(place, flat, f"{STACK}-flat", leading, packs),
            UNJUDGED: Engine(unjudged, flat, f"{STACK}-flat", leading),
            PROD_UNJUDGED: Engine(unjudged, ROOT, STACK, leading),
        }
        found: dict[str, list[float]] = {name: [] for name in engines}
        for number in range(RUNS + 1):
            for name, engine in engines.items():
                start = time.perf_counter()
                engine.preview()
                found[name] += [time.perf_counter() - start] if number else []
    return {
        name: {"minimum": round(min(runs), 2), "median": round(statistics.median(runs), 2)}
        for name, runs in found.items()
    }


def _without_logic(folder: Path) -> tuple[Path, list[LocalPack]]:
    """Write the program to compare with, and its packs."""
    with emulated(REGION) as stacks:
        registrations = stacks.deploy(STACK).registrations
    program = folder / "flat-program"
    program.mkdir()
    flat_program.write(program, f"{STACK}-flat", registrations, REGION)
    packs = []
    for number in range(2):
        pack = folder / f"pack-{number}"
        pack.mkdir()
        (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.0.0\n")
        (pack / "__main__.py").write_text(_PACK.format(number=number))
        packs.append(LocalPack(pack))
    return program, packs


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed."""
    return [
        _figure(found, PROD, FLAT, HIGHEST_RATIO),
        _figure(found, PROD, UNJUDGED),
        _figure(found, FLAT, UNJUDGED),
    ]


def added_by_packs(found: Mapping[str, Any]) -> float | None:
    """Return by how many seconds both packs make a preview of prod longer.

    Args:
        found: what `results` returned; earlier versions did not preview prod without packs, so that
            of theirs it is None.
    """
    if PROD_UNJUDGED not in found:
        return None
    added: float = found[PROD]["minimum"] - found[PROD_UNJUDGED]["minimum"]
    return added


def _figure(found: Mapping[str, Any], one: str, other: str, at_most: float | None = None) -> Figure:
    ratio = found[one]["minimum"] / found[other]["minimum"]
    return Figure(f"pulumi preview: {one} / {other}", round(ratio, 2), at_most)


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the times and their ratios; return 1 when one is too high, 2 without a CLI."""
    parser("bench.preview", __doc__).parse_args(arguments)
    if not available():
        print("The Pulumi CLI is not on PATH; previews cannot be measured.", file=sys.stderr)
        return 2
    found = results()
    for name, row in found.items():
        print(f"{name}: {row['minimum']} s at least, median {row['median']} s")
    return told(figures(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
