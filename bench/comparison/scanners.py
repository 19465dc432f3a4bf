"""The scanners of CloudFormation templates that the policy packs are compared with."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.sandbox import Sandbox, failure

Findings = set[tuple[str, str]]
"""What was found: the rule's name and the place."""

ENVIRONMENT = {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}
"""Checkov asks nobody for a newer version."""

REGION = "us-east-1"


class ScannerError(Exception):
    """A scanner did not run; the message ends with its last lines."""


@dataclass(frozen=True)
class Scanner:
    """A scanner, and how to start it.

    Attributes:
        name: as the tables show it.
        command: the command in the folder of executables, and its options.
        templates: options that stand before the templates, and those that follow.
        as_json: options that make it print JSON.
        read: turns that JSON into findings by template.
        codes: exit codes that mean that it ran.
    """

    name: str
    command: tuple[str, ...]
    as_json: tuple[str, ...]
    read: Callable[[Any], Iterable[tuple[str, str, str]]]
    codes: frozenset[int]

    def run(self, tools: Path, sandbox: Sandbox, templates: Sequence[Path], *more: str) -> str:
        """Scan templates, and return what it prints.

        Args:
            tools: folder of the scanner's executable.
            sandbox: whose environment it gets.
            templates: what it scans.
            more: further options.

        Raises:
            ScannerError: it failed.
        """
        executable, *options = self.command
        command = [str(tools / executable), *more, *options, *map(str, templates)]
        done = sandbox.run(command, ENVIRONMENT)
        if done.returncode not in self.codes:
            output = done.stdout + done.stderr
            raise ScannerError(failure(f"{self.name} ended with {done.returncode}", output))
        return done.stdout

    def findings(
        self, tools: Path, sandbox: Sandbox, templates: Mapping[str, Path]
    ) -> dict[str, Findings]:
        """Return what it finds in each template; all are scanned by one process.

        Raises:
            ScannerError: it failed.
        """
        found: dict[str, Findings] = {name: set() for name in templates}
        names = {path.name: name for name, path in templates.items()}
        printed = self.run(tools, sandbox, list(templates.values()), *self.as_json)
        for path, rule, place in self.read(json.loads(printed)):
            found[names[Path(path).name]].add((rule, place))
        return found


def _failed_checks(report: Any) -> Iterable[tuple[str, str, str]]:
    for one in report["results"]["failed_checks"]:
        yield one["file_path"], one["check_id"], one["resource"]


def _matches(report: Any) -> Iterable[tuple[str, str, str]]:
    for one in report:
        yield one["Filename"], one["Rule"]["Id"], json.dumps(one["Location"]["Path"])


CHECKOV = Scanner(
    name="Checkov",
    command=(
        *("checkov", "--framework", "cloudformation", "--quiet", "--compact"),
        *("--skip-download", "--file"),
    ),
    as_json=("--output", "json"),
    read=_failed_checks,
    codes=frozenset({0, 1}),
)
"""Its quickest sensible options; without `--skip-download` it asks a server for guidelines."""

CFN_LINT = Scanner(
    name="cfn-lint",
    command=("cfn-lint", "--regions", REGION, "--template"),
    as_json=("--format", "json"),
    read=_matches,
    # Sums of 2 for errors, 4 for warnings and 8 for information.
    codes=frozenset(range(0, 16, 2)),
)
