"""The command line of the rehearsal."""

import argparse
import importlib.util
import os
import shlex
import shutil
import sys
import threading
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from rehearsal import flow_file, interrupts, sandbox, summary_file

if TYPE_CHECKING:
    from rich.console import Console

    from rehearsal.engines import EngineName
    from rehearsal.metaflow_profile import Profile
    from rehearsal.report import Report

HELD, NOT_HELD, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: everything held, something did not, a user's mistake, Ctrl-C."""

_NEEDED = (
    "boto3",
    "flask",
    "jsonschema",
    "metaflow",
    "moto",
    "pulumi",
    "pulumi_aws",
    "pulumi_policy",
    "pydantic",
    "regex",
    "rich",
    "yaml",
)
_PING_SECONDS = 10
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
        with interrupts.interruptible():
            return _rehearse(chosen)
    except KeyboardInterrupt:
        return _fail("interrupted; everything was stopped and removed", INTERRUPTED)
    except OSError as error:
        # What could not be printed must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(f"the machine refused: {error}", NOT_HELD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="Deploy a stack on an emulated AWS, write its Metaflow profile, run a flow.",
    )
    parser.add_argument("-s", "--stack", default="dev", help="stack to deploy (default: dev)")
    parser.add_argument(
        "--flow", type=Path, default=_DEFAULT_FLOW, help="flow to run instead of the short one"
    )
    parser.add_argument(
        "--mode",
        choices=["local", "batch", "step-functions"],
        action="append",
        default=[],
        help="where the flow runs; may be repeated (default: all three)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="do everything that users do, then take each permission away in turn",
    )
    parser.add_argument(
        "--engine",
        choices=["auto", "pulumi", "mocks"],
        default="auto",
        help="the Pulumi CLI, or the SDK's mocks (default: the CLI where a tested one is on PATH)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="stay up once everything held, and print how to use it"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary to FILE")
    parser.add_argument(
        "--metadata-url", metavar="URL", help="use a running metadata service instead of a double"
    )
    parser.add_argument(
        "--policy-pack",
        type=Path,
        metavar="DIR",
        action="append",
        default=[],
        help="judge by this policy pack instead of the two in policies/; may be repeated",
    )
    parser.add_argument(
        "--policy-pack-config",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="configuration of the policy pack in the same place; none, or one for each",
    )
    return parser


def _problem_of(chosen: argparse.Namespace) -> str | None:
    return (
        (chosen.all and _problem_of_all(chosen))
        or _problem_of_engine(chosen.engine)
        or flow_file.problem_of(chosen.flow)
        or (chosen.json is not None and _problem_of_summary(chosen.json))
        or _problem_of_packs(chosen.policy_pack, chosen.policy_pack_config)
        or (chosen.metadata_url is not None and _problem_of_service(chosen.metadata_url))
        or None
    )


def _problem_of_engine(wanted: str) -> str | None:
    if wanted == "pulumi" and shutil.which("pulumi") is None:
        return "the Pulumi CLI is not on PATH; install it, or take --engine mocks"
    return None


def _problem_of_all(chosen: argparse.Namespace) -> str | None:
    if chosen.mode or chosen.flow != _DEFAULT_FLOW:
        return "--all runs flows of its own in every mode; give it without --flow and --mode"
    return None


def _problem_of_summary(path: Path) -> str | None:
    if path.is_dir():
        return f"{path} is a folder; --json takes the name of a file"
    if not path.absolute().parent.is_dir():
        return f"the folder of {path} does not exist; --json writes a file into a folder"
    try:
        summary_file.try_out(path)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}; give --json another file"
    return None


def _problem_of_packs(folders: Sequence[Path], configs: Sequence[Path]) -> str | None:
    if configs and len(configs) != len(folders):
        return (
            f"--policy-pack-config is given {_times(len(configs))} and --policy-pack "
            f"{_times(len(folders))}; give none, or one for each pack in the same order"
        )
    problems = [_problem_of_pack(folder) for folder in folders]
    problems += [_problem_of_config(config) for config in configs]
    return next(filter(None, problems), None)


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")


def _problem_of_pack(folder: Path) -> str | None:
    if (folder / "PulumiPolicy.yaml").is_file():
        return None
    if not folder.exists():
        return f"the folder {folder} does not exist; --policy-pack takes a policy pack's folder"
    if not folder.is_dir():
        return f"{folder} is a file; --policy-pack takes the folder that has it: {folder.parent}"
    return f"{folder} has no PulumiPolicy.yaml; --policy-pack takes a policy pack's folder"


def _problem_of_config(path: Path) -> str | None:
    if path.is_file():
        return None
    found = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
    return f"{path} {found}; --policy-pack-config takes a JSON file"


def _problem_of_service(url: str) -> str | None:
    hint = "--metadata-url takes the URL of a running metadata service, such as http://HOST:8080"
    if not url.startswith(("http://", "https://")):
        return f"{url} is no URL; {hint}"
    try:
        with build_opener(ProxyHandler({})).open(f"{url.rstrip('/')}/ping", timeout=_PING_SECONDS):
            return None
    except (OSError, ValueError, HTTPException) as error:
        return f"no metadata service answers at {url} ({error}); {hint}"


def _rehearse(chosen: argparse.Namespace) -> int:
    # Imported late: nothing that reads AWS's environment may be loaded before it is cleared.
    from rich.console import Console

    from rehearsal.engine import EngineError
    from rehearsal.exercises import ALL, of_flow
    from rehearsal.flow_runner import FlowError, Mode
    from rehearsal.judged_run import PolicyError
    from rehearsal.metaflow_profile import ProfileError
    from rehearsal.mocks import DeploymentError
    from rehearsal.policies import ConfigurationError, LocalPack, PackError, UnusablePackError
    from rehearsal.progress import Progress
    from rehearsal.rehearse import Plan, rehearse
    from rehearsal.report import Report
    from rehearsal.stack_files import StackFileError
    from rehearsal.wiring.network import WiringError

    console = Console()
    progress = Progress(console)
    configs = chosen.policy_pack_config or [None] * len(chosen.policy_pack)
    packs = tuple(map(LocalPack, chosen.policy_pack, configs))
    modes = tuple(map(Mode, dict.fromkeys(chosen.mode))) or tuple(Mode)
    flow = chosen.flow.absolute()
    exercises = ALL if chosen.all else of_flow(flow, modes)
    engine, why = _engine(chosen.engine)
    plan = Plan(chosen.stack, exercises, chosen.metadata_url, packs, engine, chosen.all)
    report = Report(engine=engine, stack=plan.stack, seconds=progress.seconds)

    def at_end(profile: "Profile") -> None:
        report.show(console)
        _write(report, chosen)
        if chosen.keep:
            _stay(profile, console)

    try:
        for pack in plan.judging_packs:
            pack.check()
        words = f"engine: {engine} ({why})"
        console.print(words, highlight=False, markup=False, soft_wrap=True)
        with sandbox.sandbox() as place:
            rehearse(plan, place, progress, report, at_end)
        report.show_problems(console)
        _write(report, chosen)
    except (StackFileError, ConfigurationError, UnusablePackError) as error:
        return _fail(str(error), MISTAKE)
    except (
        PackError,
        PolicyError,
        DeploymentError,
        ProfileError,
        WiringError,
        FlowError,
        EngineError,
    ) as error:
        report.show_failure(console)
        report.problems.append(str(error))
        _write(report, chosen)
        return _fail(str(error), NOT_HELD)
    return NOT_HELD if report.problems else HELD


def _engine(wanted: str) -> tuple["EngineName", str]:
    """Return the engine, and why it is the one."""
    from rehearsal import engines

    return engines.found() if wanted == "auto" else (engines.EngineName(wanted), "as asked")


def _write(report: "Report", chosen: argparse.Namespace) -> None:
    """Write the summary, if one is wanted; where that fails, it is one more problem."""
    if chosen.json is None:
        return
    try:
        report.write(chosen.json)
    except OSError as error:
        problem = f"{chosen.json} was not written: {error.strerror}"
        report.problems.append(problem)
        _fail(problem, NOT_HELD)


def _stay(profile: "Profile", console: "Console") -> None:
    """Print the environment to use, and stay up until Ctrl-C."""
    lines = [
        "The emulated AWS stays up; use it from another terminal as a data scientist:",
        "export METAFLOW_USER=rehearsal",
    ]
    lines += [
        f"export {name}={shlex.quote(value)}" for name, value in sorted(profile.environment.items())
    ]
    lines.append("Ctrl-C ends it and removes everything.")
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("Stopping.")


def _fail(message: str, code: int) -> int:
    """Print a message, each of its lines as ours but those that belong to the line above."""
    for line in message.splitlines():
        print(line if line.startswith(" ") else f"rehearsal: {line}", file=sys.stderr)
    return code
