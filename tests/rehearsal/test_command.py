"""What the command says to a user's mistake, and to a machine that is in the way."""

import os
import re
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.rehearsal.policies.small_packs import write_pack

ROOT = Path(__file__).resolve().parents[2]
NEVER_STARTED = ["-m", "rehearsal", "--stack", "no-such-stack"]


def run(
    arguments: list[str], tmp_path: Path, stdout: int = subprocess.PIPE
) -> tuple[int, str, str]:
    """Run Python with arguments; what it leaves in its temporary folder fails the test."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(temporary), "HOME": str(tmp_path)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert list(temporary.iterdir()) == []
    return done.returncode, done.stdout, done.stderr


def mistake(arguments: list[str], tmp_path: Path) -> str:
    code, output, errors = run(arguments, tmp_path)
    assert code == 2
    assert re.fullmatch(r"rehearsal: [^\n]+\n", errors)
    assert "..." not in output.replace("set up ...", "").replace("preview ...", "")
    return errors.removeprefix("rehearsal: ").rstrip("\n")


def test_an_unknown_stack(tmp_path: Path) -> None:
    words = "There is no Pulumi.no-such-stack.yaml; the stacks here are: dev, prod."
    assert mistake(NEVER_STARTED, tmp_path) == words


def test_a_flow_that_is_not_there(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--flow", "no/flow.py"], tmp_path)
    assert words == (
        "the flow no/flow.py does not exist; --flow takes a Python file with a FlowSpec"
    )


def test_a_summary_that_cannot_be_written(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--json", "no/folder.json"], tmp_path)
    assert words.startswith("the folder of no/folder.json does not exist; --json writes a file")


def test_a_summary_in_a_folders_place(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--json", str(tmp_path)], tmp_path)
    assert words == f"{tmp_path} is a folder; --json takes the name of a file"


def test_a_metadata_service_that_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        words = mistake(["-m", "rehearsal", "--metadata-url", url], tmp_path)
    assert words.startswith(f"no metadata service answers at {url} (")
    assert words.endswith("a running metadata service, such as http://HOST:8080")


@pytest.mark.parametrize("url", ["localhost:8080", "file:///etc/passwd", "http://[::bad"])
def test_a_metadata_url_that_is_none(tmp_path: Path, url: str) -> None:
    words = mistake(["-m", "rehearsal", "--metadata-url", url], tmp_path)
    assert f"{url}" in words
    assert "--metadata-url takes the URL" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--policy-pack", "no/pack"],
            "no/pack has no PulumiPolicy.yaml; --policy-pack takes a policy pack's folder",
        ),
        (
            ["--policy-pack", "rehearsal"],
            "rehearsal has no PulumiPolicy.yaml; --policy-pack takes a policy pack's folder",
        ),
        (
            ["--policy-pack-config", "a.json"],
            "--policy-pack-config stands 1 times and --policy-pack 0 times; give none, or one for "
            "each pack in the same order",
        ),
        (
            ["--policy-pack", "policies/private-data", "--policy-pack-config", "no.json"],
            "the file no.json does not exist; --policy-pack-config takes a JSON file",
        ),
    ],
    ids=["no-folder", "no-pack", "no-pair", "no-file"],
)
def test_a_policy_pack_that_is_none(tmp_path: Path, arguments: list[str], words: str) -> None:
    assert mistake(["-m", "rehearsal", *arguments], tmp_path) == words


def test_a_configuration_of_another_pack(tmp_path: Path) -> None:
    local = write_pack(
        tmp_path / "pack",
        "policies = [StackValidationPolicy('one', 'One.', lambda args, report: None)]",
        config='{"two": "advisory"}',
    )
    arguments = ["--policy-pack", str(local.folder), "--policy-pack-config", str(local.config)]
    words = mistake(["-m", "rehearsal", *arguments], tmp_path)
    assert words == f"{local.config}: the pack has no policy two"


def test_an_unknown_flag(tmp_path: Path) -> None:
    code, _, errors = run(["-m", "rehearsal", "--stacks", "dev", "--no-such-flag"], tmp_path)
    assert code == 2
    assert "Traceback" not in errors


@pytest.mark.parametrize("module", ["rich", "moto", "metaflow", "yaml", "pulumi_policy"])
def test_a_missing_module(tmp_path: Path, module: str) -> None:
    script = f"""
        import runpy, sys
        from importlib.machinery import PathFinder

        class Without(PathFinder):
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                return None if name == {module!r} else super().find_spec(name, path, target)

        sys.meta_path[:] = [one for one in sys.meta_path if one is not PathFinder] + [Without]
        sys.argv = ["rehearsal"]
        runpy.run_module("rehearsal", run_name="__main__")
    """
    words = mistake(["-c", textwrap.dedent(script)], tmp_path)
    assert words.startswith(f"{module} is not installed; `make rehearse` sets everything up, or: ")


def test_no_installed_module_at_all(tmp_path: Path) -> None:
    words = mistake(["-S", "-m", "rehearsal"], tmp_path)
    assert words.startswith("boto3, flask, jsonschema, metaflow, moto, pulumi, ")


def test_an_output_that_takes_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        code, _, errors = run(["-m", "rehearsal"], tmp_path, stdout=full.fileno())
    assert code == 1
    assert errors == "rehearsal: the machine refused: [Errno 28] No space left on device\n"


def test_a_disk_without_room_for_a_folder(tmp_path: Path) -> None:
    script = """
        import resource, runpy, sys
        sys.dont_write_bytecode = True
        sys.dont_write_bytecode = True  # it would be cut, and stay
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        sys.argv = ["rehearsal"]
        runpy.run_module("rehearsal", run_name="__main__")
    """
    code, _, errors = run(["-c", textwrap.dedent(script)], tmp_path)
    assert code == 1
    assert re.fullmatch(r"rehearsal: the machine refused: .*No usable temporary dir.*\n", errors)


def test_an_output_that_nobody_reads_any_more(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        code, _, errors = run(["-m", "rehearsal"], tmp_path, stdout=writing)
    finally:
        os.close(writing)
    assert (code, errors) == (1, "")
