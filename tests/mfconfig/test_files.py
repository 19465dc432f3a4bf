"""A profile is replaced whole or not at all, and only its owner can read it."""

import errno
import json
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import API_KEY, Result

OLD = '{"METAFLOW_SERVICE_AUTH_KEY": "old"}'

BEFORE_RENAME = """
rename = os.replace
def pause(source, target):
    {action}
    rename(source, target)
os.replace = pause
"""


@pytest.fixture
def profile(home: Path) -> Path:
    """Make an old profile, and the empty local one."""
    (home / "config_local.json").write_text("{}")
    old = home / "config_dev.json"
    old.write_text(OLD)
    return old


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_new_home_is_for_its_owner_only(
    run: Callable[..., Result], outputs: dict[str, Any], tmp_path: Path
) -> None:
    home = tmp_path / "a" / "b"
    assert run(outputs, "--home", str(home)).code == 0
    assert mode_of(home) == 0o700
    assert mode_of(home / "config_dev.json") == 0o600
    assert names_in(home) == {"config_dev.json", "config_local.json"}
    assert json.loads((home / "config_local.json").read_text()) == {}


def test_a_profile_that_others_could_read_becomes_private(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    profile.chmod(0o666)
    assert run(outputs, "--home", str(profile.parent)).code == 0
    assert mode_of(profile) == 0o600


@pytest.mark.parametrize("content", ["", "not JSON", '{"METAFLOW_OWN": "x"}'])
def test_an_existing_local_profile_is_left_as_it_is(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, content: str
) -> None:
    local = home / "config_local.json"
    local.write_text(content)
    assert run(outputs, "--home", str(home)).code == 0
    assert local.read_text() == content


def test_a_dangling_link_as_local_profile_is_left_as_it_is(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    local = home / "config_local.json"
    local.symlink_to(tmp_path / "elsewhere")
    assert run(outputs, "--home", str(home)).code == 0
    assert local.is_symlink()
    assert not (tmp_path / "elsewhere").exists()


def test_a_kill_before_the_rename_loses_nothing(
    run: Callable[..., Result],
    run_process: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
) -> None:
    prelude = BEFORE_RENAME.format(action="os.kill(os.getpid(), 9)")
    killed = run_process(outputs, "--home", str(profile.parent), prelude=prelude)
    assert killed.code == -signal.SIGKILL
    assert profile.read_text() == OLD
    (left,) = set(profile.parent.iterdir()) - {profile, profile.parent / "config_local.json"}
    assert mode_of(left) == 0o600
    assert run(outputs, "--home", str(profile.parent)).code == 0
    assert profile.read_text() == left.read_text()


@pytest.mark.parametrize(
    ("number", "message"),
    [(signal.SIGINT, "mfconfig: interrupted\n"), (signal.SIGTERM, ""), (signal.SIGHUP, "")],
)
def test_a_signal_before_the_rename_leaves_no_temporary_file(
    run_process: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
    number: signal.Signals,
    message: str,
) -> None:
    prelude = BEFORE_RENAME.format(action=f"os.kill(os.getpid(), {int(number)})")
    result = run_process(outputs, "--home", str(profile.parent), prelude=prelude)
    assert result == (128 + number, "", message)
    assert profile.read_text() == OLD
    assert names_in(profile.parent) == {"config_dev.json", "config_local.json"}


def test_two_at_once_write_one_whole_profile(
    start: Callable[..., subprocess.Popen[bytes]],
    run_process: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
) -> None:
    prelude = BEFORE_RENAME.format(action="os.write(2, b'ready'); sys.stdin.buffer.raw.read(1)")
    document = profile.parent.parent / "outputs.json"
    document.write_text(json.dumps({**outputs, "stateMachinePrefix": "first"}))
    options = ["--home", str(profile.parent), "--outputs", str(document)]
    first = start(prelude, *options)
    assert first.stderr is not None
    assert first.stderr.read(5) == b"ready"
    second = run_process({**outputs, "stateMachinePrefix": "second"}, *options[:2])
    assert second.code == 0
    assert '"METAFLOW_SFN_STATE_MACHINE_PREFIX": "second"' in profile.read_text()
    first.communicate(b"\n", timeout=60)
    assert first.returncode == 0
    assert json.loads(profile.read_text())["METAFLOW_SFN_STATE_MACHINE_PREFIX"] == "first"
    assert names_in(profile.parent) == {"config_dev.json", "config_local.json"}


def assert_unwritten(result: Result, profile: Path, *messages: str) -> None:
    assert result.code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"mfconfig: cannot write {profile}: ")
    assert result.stderr.count("\n") == 1
    assert all(message in result.stderr for message in messages)
    assert API_KEY not in result.stderr
    assert profile.read_text() == OLD
    assert names_in(profile.parent) == {"config_dev.json", "config_local.json"}


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, fail)
    result = run(outputs, "--home", str(profile.parent))
    monkeypatch.undo()
    assert_unwritten(result, profile, "No space left on device; free some space")


def test_a_disk_that_takes_only_a_part(
    run_process: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    # Bytecode that is written under the limit would be cut, and stay.
    limit = (
        "import resource, sys; sys.dont_write_bytecode = True; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    )
    result = run_process(outputs, "--home", str(profile.parent), prelude=limit)
    assert_unwritten(result, profile, "File too large")


def test_writing_in_small_parts_loses_nothing(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole_write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: whole_write(file, content[:7]))
    assert run(outputs, "--home", str(profile.parent)).code == 0
    assert len(json.loads(profile.read_text())) == 20


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any folder")
def test_an_unwritable_folder(
    run: Callable[..., Result], outputs: dict[str, Any], profile: Path
) -> None:
    profile.parent.chmod(0o500)
    try:
        result = run(outputs, "--home", str(profile.parent))
    finally:
        profile.parent.chmod(0o700)
    assert_unwritten(result, profile, "Permission denied; make it writable for you")


@pytest.mark.parametrize("below", [False, True])
def test_a_file_in_the_folders_place(
    run: Callable[..., Result], outputs: dict[str, Any], tmp_path: Path, below: bool
) -> None:
    file = tmp_path / "file"
    file.write_text("untouched")
    home = file / "home" if below else file
    result = run(outputs, "--home", str(home))
    assert result.code == 2
    assert result.stderr == (
        f"mfconfig: cannot read {home}/config_dev.json: Not a directory; "
        "make it writable for you, or name another folder with --home\n"
    )
    assert file.read_text() == "untouched"


@pytest.mark.parametrize("option", [[], ["--check"]])
@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_in_the_files_place(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    option: list[str],
    dangling: bool,
) -> None:
    target = home / "target"
    if not dangling:
        target.write_text(OLD)
    link = home / "config_dev.json"
    link.symlink_to(target)
    result = run(outputs, "--home", str(home), *option)
    assert result.code == 2
    assert result.stderr == (
        f"mfconfig: {link} is a symbolic link, which is not followed; remove it\n"
    )
    assert link.is_symlink()
    assert target.exists() is not dangling
    assert dangling or target.read_text() == OLD


def test_a_symbolic_link_in_the_temporary_files_place(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    profile: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    link = profile.parent / f".mfconfig-{os.getpid()}-{bytes(8).hex()}"
    target = profile.parent.parent / "target"
    target.write_text("untouched")
    link.symlink_to(target)
    result = run(outputs, "--home", str(profile.parent))
    assert result.code == 2
    assert result.stderr.startswith(f"mfconfig: cannot write {profile}: File exists; ")
    assert link.is_symlink()
    assert target.read_text() == "untouched"
    assert profile.read_text() == OLD


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_something_else_in_the_files_place(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    make: Callable[[Path], None],
) -> None:
    make(home / "config_dev.json")
    result = run(outputs, "--home", str(home))
    assert result.code == 2
    assert result.stderr == f"mfconfig: {home}/config_dev.json is not a regular file; remove it\n"


def test_a_linked_home_is_followed(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(home)
    assert run(outputs, "--home", str(link)).code == 0
    assert "config_dev.json" in names_in(home)
