"""The command's options, what it prints and its exit codes."""

import json
import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import API_KEY, ROOT, Result


def evaluated(script: str) -> dict[str, str]:
    """Return the environment after a shell has run the printed lines."""
    shown = subprocess.run(
        ["/bin/sh", "-e", "-u", "-c", f"{script}\nenv -0"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    assert shown.stderr == b""
    variables = (entry.partition("=") for entry in shown.stdout.decode().split("\0"))
    return {name: value for name, _, value in variables if name.startswith(("METAFLOW", "AWS"))}


@pytest.mark.parametrize("folder", ["home", "it's a $HOME; `id`", "two\nlines", "-dash", "ü"])
def test_the_printed_lines_can_be_run_by_a_shell(
    run: Callable[..., Result], outputs: dict[str, Any], tmp_path: Path, folder: str
) -> None:
    home = tmp_path / folder
    result = run(outputs, "--home", str(home))
    assert (result.code, result.stderr) == (0, "")
    assert "config_dev.json" in result.stdout.splitlines()[0]
    assert evaluated(result.stdout) == {
        "METAFLOW_PROFILE": "dev",
        "METAFLOW_HOME": str(home),
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    assert API_KEY not in result.stdout
    assert API_KEY in (home / "config_dev.json").read_text()


def test_the_default_home(
    run: Callable[..., Result], outputs: dict[str, Any], tmp_path: Path
) -> None:
    result = run(outputs)
    path = tmp_path / "user" / ".metaflowconfig" / "config_dev.json"
    assert result.stdout.splitlines()[0] == f"# wrote {path}"
    assert path.exists()
    assert evaluated(result.stdout) == {
        "METAFLOW_PROFILE": "dev",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }


def test_the_home_of_the_environment_and_that_of_the_option(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("METAFLOW_HOME", "~/variable")
    monkeypatch.chdir(tmp_path)
    from_variable = run(outputs)
    assert evaluated(from_variable.stdout)["METAFLOW_HOME"] == str(tmp_path / "user/variable")
    assert (tmp_path / "user/variable/config_dev.json").exists()
    from_option = run(outputs, "--home", "option")
    assert evaluated(from_option.stdout)["METAFLOW_HOME"] == str(tmp_path / "option")
    default = run(outputs, "--home", "~/.metaflowconfig")
    assert evaluated(default.stdout)["METAFLOW_HOME"] == str(tmp_path / "user/.metaflowconfig")


def test_another_profile(run: Callable[..., Result], outputs: dict[str, Any], home: Path) -> None:
    result = run(outputs, "--home", str(home), "--profile", "my.own_Profile-2")
    assert evaluated(result.stdout)["METAFLOW_PROFILE"] == "my.own_Profile-2"
    assert (home / "config_my.own_Profile-2.json").exists()
    assert not (home / "config_dev.json").exists()


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../dev", "/etc/x", "a/b", "-a", ".hidden", "_a", "a b", "a\n", "ü", "$(id)"],
)
def test_a_profiles_name_cannot_lead_elsewhere(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, name: str
) -> None:
    result = run(outputs, "--home", str(home), f"--profile={name}")
    assert result.code == 2
    assert result.stderr.startswith(f"mfconfig: {name!a} cannot be a profile's name")
    assert result.stderr.count("\n") == 1
    assert list(home.iterdir()) == []


def test_a_stacks_name_that_cannot_be_a_profiles(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    outputs["stackName"] = "_dev"
    assert "name another with --profile" in run(outputs, "--home", str(home)).stderr
    assert run(outputs, "--home", str(home), "--profile", "dev").code == 0


@pytest.mark.parametrize("name", ["local", "LOCAL"])
def test_the_profile_without_aws_is_not_overwritten(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, name: str
) -> None:
    result = run(outputs, "--home", str(home), "--profile", name)
    assert result.code == 2
    assert "is kept for running without AWS" in result.stderr
    assert list(home.iterdir()) == []


def test_print_shows_the_settings_without_secrets_and_writes_nothing(
    run: Callable[..., Result], outputs: dict[str, Any], tmp_path: Path
) -> None:
    result = run(outputs, "--home", str(tmp_path / "home"), "--print")
    assert result.code == 0
    printed = json.loads(result.stdout)
    assert printed["METAFLOW_SERVICE_AUTH_KEY"] == "********"
    assert printed["METAFLOW_SERVICE_URL"] == outputs["serviceUrl"]
    assert result.stderr == (
        "mfconfig: METAFLOW_SERVICE_AUTH_KEY is masked; "
        "without --print it is written to the profile\n"
    )
    assert API_KEY not in result.stdout
    assert not (tmp_path / "home").exists()


def test_print_without_a_secret_has_nothing_to_note(
    run: Callable[..., Result], outputs: dict[str, Any]
) -> None:
    del outputs["apiKey"], outputs["apiKeyId"]
    result = run(outputs, "--print")
    assert (result.code, result.stderr) == (0, "")
    assert "METAFLOW_SERVICE_AUTH_KEY" not in json.loads(result.stdout)


@pytest.mark.parametrize(
    "options",
    [["--check", "--print"], ["--unknown"], ["--home"], ["argument"], ["--prof", "x"]],
)
def test_a_usage_error_is_one_line(
    run: Callable[..., Result], outputs: dict[str, Any], options: list[str]
) -> None:
    result = run(outputs, *options)
    assert result.code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("mfconfig: ")
    assert result.stderr.endswith("; see mfconfig --help\n")
    assert result.stderr.count("\n") == 1


def test_help_names_every_option(run_process: Callable[..., Result]) -> None:
    result = run_process({}, "--help")
    assert result.code == 0
    for option in ("--outputs", "--home", "--profile", "--print", "--check"):
        assert option in result.stdout


def test_outputs_from_a_file(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs))
    result = run(b"", "--outputs", str(file), "--home", str(home))
    assert result.code == 0
    assert (home / "config_dev.json").exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("absent.json", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_of_outputs_that_cannot_be_read(
    run: Callable[..., Result], tmp_path: Path, name: str, reason: str
) -> None:
    file = f"{tmp_path}/{name}"
    result = run(b"", "--outputs", file)
    assert result == (2, "", f"mfconfig: cannot read {file}: {reason}\n")


def test_a_terminal_is_told_what_to_pipe() -> None:
    controller, terminal = pty.openpty()
    try:
        result = subprocess.run(
            [sys.executable, "-m", "mfconfig"],
            cwd=ROOT,
            stdin=terminal,
            capture_output=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert result.returncode == 2
    assert result.stderr == (
        b"mfconfig: nothing to read; run `pulumi stack output --json | mfconfig`, "
        b"or name a file with --outputs\n"
    )


@pytest.mark.parametrize(
    ("redirection", "code", "message"),
    [
        ("> /dev/full", 2, "mfconfig: cannot write to standard output: No space left on device\n"),
        (">&-", 0, ""),
        ("< /dev/null", 2, "mfconfig: the input is empty;"),
        ("<&-", 2, "mfconfig: nothing to read;"),
        ("--profile . 2>&-", 2, ""),
        ("--profile . 2> /dev/full", 2, ""),
    ],
)
def test_streams_that_are_closed_or_full(
    outputs: dict[str, Any], home: Path, redirection: str, code: int, message: str
) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m mfconfig --home {shlex.quote(str(home))}"
    result = subprocess.run(
        ["/bin/sh", "-c", f"{command} {redirection}"],
        input=json.dumps(outputs).encode(),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == code
    assert result.stdout == b""
    stderr = result.stderr.decode()
    assert stderr.startswith(message)
    assert stderr.count("\n") == (1 if message else 0)


def test_a_reader_that_has_gone_away(outputs: dict[str, Any], home: Path) -> None:
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "mfconfig", "--home", str(home)],
            input=json.dumps(outputs).encode(),
            cwd=ROOT,
            stdout=writing_end,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing_end)
    assert (result.returncode, result.stderr) == (0, b"")
    assert (home / "config_dev.json").exists()
