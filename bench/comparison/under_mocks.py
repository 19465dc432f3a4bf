"""Runs a Pulumi program under the SDK's mocks with answers from a file; a process to be measured.

    python -m bench.comparison.under_mocks PROGRAM ANSWERS

It loads nothing but the SDK before the program, and prints how much memory it had at most, in MiB.
"""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks

from bench.peak_memory import mebibytes


class Answers(mocks.Mocks):
    """Gives each resource the outputs that a deployment had, and each function its answer."""

    def __init__(self, answers: dict[str, Any]) -> None:
        """Take the answers: `resources` by type and name, `functions` by token."""
        self._resources = answers["resources"]
        self._functions = answers["functions"]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer with the inputs and what the deployment added to them."""
        found = self._resources.get(f"{args.typ} {args.name}", {})
        return args.name, {**args.inputs, **found}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """Answer a function."""
        return dict(self._functions[args.token])


def main(program: str, answers_file: str) -> None:
    """Run a program to its end."""
    answers = json.loads(Path(answers_file).read_text(encoding="utf-8"))
    mocks.set_mocks(Answers(answers), project=answers["project"], stack=answers["stack"])
    pulumi.runtime.set_all_config(answers["config"])
    sys.path.insert(0, str(Path(program).parent))

    @pulumi.runtime.test
    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    run()
    sys.stdout.write(f"{mebibytes():.0f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
