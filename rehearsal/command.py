"""The command line of the rehearsal."""

import argparse
import importlib.util
import shlex
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal import sandbox

if TYPE_CHECKING:
    from rich.console import Console

    from rehearsal.metaflow_profile import Profile

HELD, NOT_HELD, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: everything held, something did not, a user's mistake, Ctrl-C."""

_NEEDED = ("boto3", "metaflow", "moto", "flask", "pulumi", "pulumi_aws", "regex", "rich", "yaml")
_DEFAULT_FLOW = Path(__file__).with_name("flows") / "foreach_flow.py"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse a deployment and return the exit code."""
    chosen = _parser().parse_args(arguments)
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return _fail(
            f"{', '.join(missing)} is not installed; `make rehearse` sets everything up, or: "
            "pip install -r requirements/rehearsal.txt",
            MISTAKE,
        )
    problem = _problem_of(chosen)
    if problem:
        return _fail(problem, MISTAKE)
    sandbox.isolate()
    try:
        with sandbox.interruptible():
            return _rehearse(chosen)
    except KeyboardInterrupt:
        return _fail("interrupted; everything was stopped and removed", INTERRUPTED)
    except OSError as error:
        return _fail(f"the machine refused: {error}", NOT_HELD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Deploy a stack on an emulated AWS, write its Metaflow profile, run a flow.",
    )
    parser.add_argument("--stack", default="dev", help="stack to deploy (default: dev)")
    parser.add_argument(
        "--flow", type=Path, default=_DEFAULT_FLOW, help="flow to run instead of the short one"
    )
    parser.add_argument("--keep", action="store_true", help="stay up and print how to use it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary to FILE")
    parser.add_argument(
        "--metadata-url", metavar="URL", help="use a running metadata service instead of a double"
    )
    return parser


def _problem_of(chosen: argparse.Namespace) -> str | None:
    if not chosen.flow.is_file():
        return f"the flow {chosen.flow} does not exist; --flow takes a Python file with a FlowSpec"
    if chosen.json is not None and not chosen.json.absolute().parent.is_dir():
        return f"the folder of {chosen.json} does not exist; --json writes a file into a folder"
    return None


def _rehearse(chosen: argparse.Namespace) -> int:
    # Imported late: nothing that reads AWS's environment may be loaded before it is cleared.
    from rich.console import Console

    from rehearsal.flow_runner import FlowError
    from rehearsal.metaflow_profile import ProfileError
    from rehearsal.mocks import DeploymentError
    from rehearsal.progress import Progress
    from rehearsal.rehearse import Plan, rehearse
    from rehearsal.stack_files import StackFileError

    console = Console()
    plan = Plan(chosen.stack, chosen.flow.absolute(), chosen.metadata_url)
    keep = (lambda profile: _stay(profile, console)) if chosen.keep else (lambda _: None)
    try:
        with sandbox.sandbox() as place:
            report = rehearse(plan, place, Progress(console), keep)
    except StackFileError as error:
        return _fail(str(error), MISTAKE)
    except (DeploymentError, ProfileError, FlowError) as error:
        return _fail(str(error), NOT_HELD)
    if chosen.json is not None:
        report.write(chosen.json)
    report.show(console)
    return NOT_HELD if report.problems else HELD


def _stay(profile: "Profile", console: "Console") -> None:
    """Print the environment to use, and stay up until Ctrl-C."""
    console.print("The emulated AWS stays up; use it from another terminal with:")
    for name, value in sorted(profile.environment.items()):
        console.print(f"export {name}={shlex.quote(value)}", highlight=False, soft_wrap=True)
    console.print("Ctrl-C ends it and removes everything.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("Stopping.")


def _fail(message: str, code: int) -> int:
    print(f"rehearsal: {message}", file=sys.stderr)
    return code
