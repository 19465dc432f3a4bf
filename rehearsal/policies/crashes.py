"""What a policy pack's process printed, told in a few lines."""

import re
import sysconfig
from dataclasses import dataclass
from itertools import takewhile

from rehearsal.sandbox import failure

_HEAD = "Traceback (most recent call last):"
_FRAME = re.compile(r'\s*File "(?P<folder>[^"]*/)?(?P<file>[^"/]+)", line (?P<line>\d+)')
_STRANGE = ("site-packages", "<frozen", sysconfig.get_path("stdlib"))
_MOST_LINES = 4


@dataclass(frozen=True)
class Crash:
    """Why a program failed.

    Attributes:
        words: the error and its place, in one line.
        lines: the program at that place, and the rest of the error's words.
    """

    words: str
    lines: list[str]


def found(printed: str) -> Crash | None:
    """Return what the last traceback in a text says; None where there is none."""
    _, head, rest = printed.rpartition(_HEAD)
    lines = [line.rstrip() for line in rest.splitlines() if line.strip()]
    ends = [index for index, line in enumerate(lines) if not line.startswith(" ")]
    if not head or not ends:
        return None
    frames, error, more = lines[: ends[0]], lines[ends[0]], lines[ends[0] + 1 :]
    own = [index for index, line in enumerate(frames) if _FRAME.match(line) and not _strange(line)]
    if not own:
        return Crash(error, more[:_MOST_LINES])
    frame, *program = frames[own[-1] :]
    match = _FRAME.match(frame)
    place = f" ({match['file']} line {match['line']})" if match else ""
    shown = [frame, *takewhile(lambda line: not _FRAME.match(line), program)]
    return Crash(f"{error}{place}", [*shown, *more][:_MOST_LINES])


def _strange(line: str) -> bool:
    """Say whether a line is about a place that is none of the program's own."""
    return any(text in line for text in _STRANGE)


def told(what: str, printed: str) -> str:
    """Say what happened, with the last lines that were printed, if any."""
    return failure(what, printed) if printed.strip() else what
