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
    """Return the one line that a mistake leads to, without what stands before every line."""
    (line,) = mistakes(arguments, tmp_path)
    return line


def mistakes(arguments: list[str], tmp_path: Path) -> list[str]:
    code, output, errors = run(arguments, tmp_path)
    assert code == 2
    assert re.fullmatch(r"(rehearsal: [^\n]+\n)+", errors)
    assert "..." not in output.replace("set up ...", "").replace("preview ...", "")
    return [line.removeprefix("rehearsal: ") for line in errors.splitlines()]


def test_an_unknown_stack(tmp_path: Path) -> None:
    words = "There is no Pulumi.no-such-stack.yaml; the stacks here are: dev, prod."
    assert mistake(NEVER_STARTED, tmp_path) == words


def test_a_flow_that_is_not_there(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--flow", "no/flow.py"], tmp_path)
    assert words == (
        "the flow no/flow.py does not exist; --flow takes a Python file with a FlowSpec"
    )


def test_a_flow_that_is_no_python(tmp_path: Path) -> None:
    flow = tmp_path / "flow.py"
    flow.write_text("def (\n")
    words = mistake(["-m", "rehearsal", "--flow", str(flow)], tmp_path)
    assert words == (
        f"the flow {flow} is no Python: invalid syntax (line 1); --flow takes a Python file with a "
        "FlowSpec"
    )


def test_a_summary_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--json", "no/folder.json"], tmp_path)
    assert words.startswith("the folder of no/folder.json does not exist; --json writes a file")


def test_a_summary_in_a_folders_place(tmp_path: Path) -> None:
    words = mistake(["-m", "rehearsal", "--json", str(tmp_path)], tmp_path)
    assert words == f"{tmp_path} is a folder; --json takes the name of a file"


@pytest.mark.parametrize("path", ["/proc/summary.json", "/dev/full/summary.json", "/dev/fd/77"])
def test_a_summary_that_cannot_be_written_is_told_before_anything_is_done(
    tmp_path: Path, path: str
) -> None:
    code, output, errors = run(["-m", "rehearsal", "--json", path], tmp_path)
    assert (code, output) == (2, "")
    assert re.fullmatch(rf"rehearsal: [^\n]*{path} [^\n]*; (give )?--json [^\n]*\n", errors)


def test_a_summary_that_cannot_be_written_in_the_end_costs_no_table(tmp_path: Path) -> None:
    pack = write_pack(
        tmp_path / "pack",
        "def no(args, report):\n    report('No stack.')\n"
        "policies = [StackValidationPolicy('no', 'No.', no, EnforcementLevel.MANDATORY)]",
    )
    arguments = ["--policy-pack", str(pack.folder), "--json", "/dev/full"]
    code, output, errors = run(["-m", "rehearsal", *arguments], tmp_path)
    assert code == 1
    assert "[mandatory]  no" in output
    assert errors.splitlines() == [
        "rehearsal: /dev/full was not written: No space left on device",
        "rehearsal: 1 violation of mandatory policies; nothing was deployed",
    ]


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
            "the folder no/pack does not exist; --policy-pack takes a policy pack's folder",
        ),
        (
            ["--policy-pack", "rehearsal"],
            "rehearsal has no PulumiPolicy.yaml; --policy-pack takes a policy pack's folder",
        ),
        (
            ["--policy-pack", "policies/private-data/PulumiPolicy.yaml"],
            "policies/private-data/PulumiPolicy.yaml is a file; --policy-pack takes the folder "
            "that has it: policies/private-data",
        ),
        (
            ["--policy-pack-config", "a.json"],
            "--policy-pack-config is given once and --policy-pack never; give none, or one for "
            "each pack in the same order",
        ),
        (
            [*["--policy-pack", "policies/private-data"] * 3, *["--policy-pack-config", "a"] * 2],
            "--policy-pack-config is given twice and --policy-pack 3 times; give none, or one for "
            "each pack in the same order",
        ),
        (
            ["--policy-pack", "policies/private-data", "--policy-pack-config", "policies"],
            "policies is a folder; --policy-pack-config takes a JSON file",
        ),
        (
            ["--policy-pack", "policies/private-data", "--policy-pack-config", "/dev/null"],
            "/dev/null is no file; --policy-pack-config takes a JSON file",
        ),
        (
            ["--policy-pack", "policies/private-data", "--policy-pack-config", "no.json"],
            "no.json does not exist; --policy-pack-config takes a JSON file",
        ),
    ],
    ids=["no-folder", "no-pack", "its-file", "no-pair", "no-pairs", "folder", "device", "no-file"],
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
    assert words == f"{local.config}: the pack small has no policy two; remove it"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('{"a":', ["it is no JSON: Expecting value: line 1 column 6 (char 5)"]),
        ("[" * 100_000, ["it is nested too deeply"]),
        (
            '{"one": "strict", "two": 3}',
            [
                'one: "strict" is no enforcement level; there are advisory, mandatory, remediate, '
                "disabled",
                "two is 3; a policy takes an enforcement level or an object",
            ],
        ),
    ],
    ids=["no-json", "deep", "two-mistakes"],
)
def test_a_configuration_is_read_before_anything_is_set_up(
    tmp_path: Path, config: str, words: list[str]
) -> None:
    local = write_pack(tmp_path / "pack", "policies = []", config=config)
    arguments = ["--policy-pack", str(local.folder), "--policy-pack-config", str(local.config)]
    code, output, errors = run(["-m", "rehearsal", *arguments], tmp_path)
    assert (code, output) == (2, "")
    assert errors.splitlines() == [f"rehearsal: {local.config}: {line}" for line in words]


def test_a_pack_in_another_language(tmp_path: Path) -> None:
    local = write_pack(tmp_path / "pack", "policies = []", project="runtime: nodejs\n")
    code, output, errors = run(["-m", "rehearsal", "--policy-pack", str(local.folder)], tmp_path)
    assert (code, output) == (2, "")
    assert errors == (
        f"rehearsal: {local.folder}/PulumiPolicy.yaml: the runtime is nodejs; only packs in Python "
        "can be rehearsed\n"
    )


def test_every_mistake_in_a_configuration_is_a_line_of_the_command(tmp_path: Path) -> None:
    exemption = '{"resource": "x", "reason": "short", "until": "2027-13-45"}'
    config = f'{{"rds-multi-az": {{"exemptions": [{exemption}]}}, "rds-encryptd": "mandatory"}}'
    path = tmp_path / "config.json"
    path.write_text(config)
    pack = ["--policy-pack", "policies/private-data", "--policy-pack-config", str(path)]
    place = f"{path}: rds-multi-az: exemptions[0]"
    assert mistakes(["-m", "rehearsal", *pack], tmp_path) == [
        f"{path}: the pack private-data has no policy rds-encryptd; did you mean rds-encrypted?",
        f'{place}.reason: "short" is too short; it takes 10 characters or more',
        f'{place}.until: "2027-13-45" is no date; write it as YYYY-MM-DD',
    ]


def test_configurations_in_another_order_than_the_packs(tmp_path: Path) -> None:
    packs = ["least-privilege-iam", "private-data"]
    arguments = [one for name in packs for one in ("--policy-pack", f"policies/{name}")]
    for name in reversed(packs):
        arguments += ["--policy-pack-config", f"policies/{name}/config/prod.json"]
    words = mistake(["-m", "rehearsal", *arguments], tmp_path)
    assert re.fullmatch(
        r"policies/private-data/config/prod\.json: none of its [0-9]+ policies is in "
        r"least-privilege-iam; are the configuration files in the order of the packs\?",
        words,
    )


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
