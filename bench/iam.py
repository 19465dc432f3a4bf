"""Counts what each role may do: granted actions, those on every resource, and those used.

Used is what a plain rehearsal used; `make rehearse-all` uses the rest, or says why it cannot. Other
tools' templates are counted by the same rules, by what their policies say.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Column, Table

from bench.command import HELD, console, ends_in_one_line, parser
from bench.errors import BenchError
from bench.figure import Figure
from bench.pricing.prices import table as prices
from bench.stacks import STACKS, emulated
from rehearsal import iam_report
from rehearsal.authorization import grants

TEMPLATES = sorted((Path(__file__).parent / "templates").glob("*-grants.json"))
USED = "used_by_a_plain_rehearsal"
_COUNTS = {"granted": "granted", "on_star": "on *", USED: "used by a plain rehearsal"}
"""What is counted of each role, by its key in the results; in the words of the tables."""

HOW_TO_FILL = (
    "A plain rehearsal tells what it used: python -m rehearsal --stack STACK --json FILE, then "
    "python -m bench.iam --summary FILE. make rehearse-all uses the rest."
)


class SummaryError(BenchError):
    """A rehearsal's summary cannot be used; the message is one line."""


@dataclass(frozen=True)
class RoleCount:
    """How much one role may do.

    Attributes:
        role: its logical name.
        kind: `acting`, or `aws_services` where only AWS services use it.
        granted: the actions that it may do, by name.
        on_star: those of them that it may do to every resource.
        used_by_a_plain_rehearsal: those of them that it did; None where no summary tells.
            `make rehearse-all` uses the rest.
    """

    role: str
    kind: str
    granted: frozenset[str]
    on_star: frozenset[str]
    used_by_a_plain_rehearsal: frozenset[str] | None

    def counts(self) -> dict[str, int | None]:
        """Return how many there are of each."""
        return {
            name: None if getattr(self, name) is None else len(getattr(self, name))
            for name in _COUNTS
        }


def granted(stack: str) -> list[RoleCount]:
    """Deploy a stack on an emulated AWS and return what its roles may do; nothing is used."""
    with emulated(prices().region) as stacks:
        deployment = stacks.deploy(stack)
        found = iam_report.report(deployment.registrations, stacks.stands.authorizer.ledger)
    return [_role(one, used=None) for one in found.as_json()["roles"]]


def of_template(path: Path) -> tuple[str, list[RoleCount]]:
    """Read the policies of another tool's template; return its title, and what its roles may do."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return found["title"], [_of_policies(**one) for one in found["roles"]]


def _of_policies(role: str, kind: str, policies: Mapping[str, Any]) -> RoleCount:
    found = [one for name, policy in policies.items() for one in grants.of_document(name, policy)]
    return RoleCount(
        role=role,
        kind=kind,
        granted=frozenset(one.action for one in found),
        on_star=frozenset(one.action for one in found if one.unbounded),
        used_by_a_plain_rehearsal=None,
    )


def used(path: Path) -> tuple[str, list[RoleCount]]:
    """Read from a plain rehearsal's summary which stack it was, and what its roles may do and did.

    Raises:
        SummaryError: the file is no summary with the permissions of roles, or of another rehearsal.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        roles, taken_away = found["iam"]["roles"], found["iam"].get("taken_away")
        read = found["stack"], [_role(one, used=frozenset(one["used"])) for one in roles]
    except (OSError, ValueError) as error:
        raise SummaryError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    except (KeyError, TypeError) as error:
        raise SummaryError(
            f"{path} is no summary of a rehearsal that deployed; write one with: "
            "python -m rehearsal --json FILE"
        ) from error
    if taken_away:
        raise SummaryError(
            f"{path} is of a rehearsal with --all, and what is shown is what a plain one uses; "
            "write it with: python -m rehearsal --json FILE"
        )
    return read


def _role(found: Mapping[str, Any], used: frozenset[str] | None) -> RoleCount:
    names = frozenset(found["granted"])
    return RoleCount(
        role=found["role"],
        kind=found["kind"],
        granted=names,
        on_star=frozenset(found["on_star"]),
        used_by_a_plain_rehearsal=None if used is None else used & names,
    )


def joined(
    path: Path, roles: Sequence[RoleCount], rehearsed: Sequence[RoleCount]
) -> list[RoleCount]:
    """Return the roles with what they did in a rehearsal.

    Args:
        path: the rehearsal's summary.
        roles: the roles of its stack, as they are deployed now.
        rehearsed: the roles by the summary.

    Raises:
        SummaryError: a role may do other things now.
    """
    by_role = {one.role: one for one in rehearsed}
    for one in roles:
        if one.role not in by_role or by_role[one.role].granted != one.granted:
            raise SummaryError(
                f"{path} is of another version of the stack, in which {one.role} may do other "
                "things; rehearse it again."
            )
    return [by_role[one.role] for one in roles]


def measured(summaries: Sequence[Path] = ()) -> dict[str, list[RoleCount]]:
    """Return the roles of every stack, then those of other tools' templates.

    Args:
        summaries: summaries of rehearsals; they tell what the roles of their stacks did.

    Raises:
        SummaryError: a summary cannot be used.
    """
    rehearsals = [(path, *used(path)) for path in summaries]
    for path, stack, _ in rehearsals:
        if stack not in STACKS:
            raise SummaryError(f"{path} is of the stack {stack}; take one of {', '.join(STACKS)}.")
    found = {stack: granted(stack) for stack in STACKS}
    for path, stack, rehearsed in rehearsals:
        found[stack] = joined(path, found[stack], rehearsed)
    return found | dict(map(of_template, TEMPLATES))


def results(summaries: Sequence[Path] = ()) -> dict[str, Any]:
    """Return the counts as plain data, by stack or template; null is what no summary tells.

    Raises:
        SummaryError: a summary cannot be used.
    """
    return {
        stack: {
            "together": together(roles),
            "roles": [{"role": one.role, "kind": one.kind, **one.counts()} for one in roles],
        }
        for stack, roles in measured(summaries).items()
    }


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return how much is granted; how little works is what `make rehearse-all` shows."""
    words = {"granted": "actions granted", "on_star": "actions granted on *"}
    return [
        Figure(f"{words[count]}, all roles together: {stack}", one["together"][count])
        for stack, one in found.items()
        for count in words
    ]


def together(roles: Sequence[RoleCount]) -> dict[str, int | None]:
    """Return the counts of all roles, an action counted once for each role."""
    counted = [one.counts() for one in roles]
    sums: dict[str, int | None] = {}
    for name in _COUNTS:
        numbers = [one[name] for one in counted]
        known = [number for number in numbers if number is not None]
        sums[name] = sum(known) if len(known) == len(numbers) else None
    return sums


def counts_table(stack: str, found: Mapping[str, Any]) -> Table:
    """Show the counts of a stack, a role a line."""
    numbers = (Column(name, justify="right") for name in _COUNTS.values())
    shown = Table("role", "acts", *numbers, title=f"{stack}: actions of the roles")
    for one in (*found["roles"], {"role": "together", "kind": "", **found["together"]}):
        words = ("-" if one[name] is None else str(one[name]) for name in _COUNTS)
        acts = {"acting": "Metaflow", "aws_services": "AWS", "": ""}[one["kind"]]
        shown.add_row(one["role"], acts, *words)
    return shown


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 2 for a summary that cannot be used."""
    options = parser("bench.iam", __doc__)
    options.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="summary of a plain rehearsal, which tells what it used; may be repeated",
    )
    found = results(options.parse_args(arguments).summary)
    for stack, counts in found.items():
        console().print(counts_table(stack, counts))
    if any(found[stack]["together"][USED] is None for stack in STACKS):
        print(HOW_TO_FILL)
    return HELD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
