"""Where a summary is written: whole files, links, devices, pipes, standard output."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rehearsal import summary_file

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
from rehearsal import summary_file
print("before", flush=True)
summary_file.try_out(Path(sys.argv[1]))
summary_file.write(Path(sys.argv[1]), "summary\\n")
print("after")
"""


def test_a_file_is_made_and_replaced_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    for text in ("one", "two"):
        summary_file.try_out(path)
        assert not path.exists() or path.read_text() == "one"
        summary_file.write(path, text)
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
def test_a_link_stays_and_leads_to_the_summary(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "elsewhere" / "target.json"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(target)
    summary_file.try_out(link)
    summary_file.write(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


def test_a_pipe_stays_and_takes_the_summary(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    summary_file.try_out(pipe)
    reader.start()
    summary_file.write(pipe, "summary")
    reader.join()
    assert pipe.is_fifo()
    assert read == ["summary"]


def test_a_device_takes_the_summary_and_stays(tmp_path: Path) -> None:
    """By a link to it, so that what replaced it would not be the machine's own."""
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    summary_file.try_out(link)
    summary_file.write(link, "summary")
    assert link.is_symlink()
    assert Path("/dev/null").is_char_device()
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device"):
        summary_file.write(full, "summary")


@pytest.mark.parametrize("place", ["pipe", "file"])
def test_standard_output_keeps_what_was_printed_before_and_after(
    tmp_path: Path, place: str
) -> None:
    path = tmp_path / "output"
    command = [sys.executable, "-c", SCRIPT, "/dev/stdout"]
    with path.open("w") as file:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=file if place == "file" else subprocess.PIPE,
            text=True,
            check=True,
        )
    printed = path.read_text() if place == "file" else done.stdout
    assert printed.splitlines() == ["before", "summary", "after"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/proc/summary.json", "No such file or directory"),
        ("/dev/null/summary.json", "Not a directory"),
        ("no/folder/summary.json", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ],
    ids=["proc", "file-as-folder", "no-folder", "long-name"],
)
def test_what_cannot_be_written_shows_before(tmp_path: Path, path: str, words: str) -> None:
    with pytest.raises(OSError, match=words):
        summary_file.try_out(tmp_path / path)
