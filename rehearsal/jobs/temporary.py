"""The /tmp of a job's container, which is the folder of an attempt: no other attempt sees it."""

import re
from collections.abc import Sequence
from pathlib import Path

_ROOT = r"(?<![\w./-])/tmp/"
"""Where a path into /tmp begins; not in the middle of another path, or of a URL."""


def own(command: Sequence[str], folder: Path, shared: Path) -> list[str]:
    """Lead what a command names in /tmp into an attempt's own folder.

    The processes of a rehearsal have one /tmp. Metaflow's command for a step in a compressed state
    machine is a script that each task downloads to the same name there
    (metaflow/plugins/aws/batch/batch.py, `_command`).

    Args:
        command: the program and its arguments.
        folder: the attempt's own.
        shared: the rehearsal's folder, of which the paths stay.
    """
    pattern = re.compile(rf"{_ROOT}(?!{re.escape(str(shared).removeprefix('/tmp/'))})")  # noqa: S108 the container's
    return [pattern.sub(lambda _: f"{folder}/", part) for part in command]
