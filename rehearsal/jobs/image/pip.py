"""Stands for pip where there is no package index: what is asked for has to be there already."""

import re
import sys
from importlib.metadata import distributions

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str]) -> str | None:
    """Check that the packages of `pip install` are installed; return what is wrong, or None."""
    if arguments[:1] != ["install"]:
        return f"pip {' '.join(arguments)}: a rehearsed job can run `pip install` only"
    asked = [one for one in arguments[1:] if not one.startswith("-")]
    there = {_normal(one.metadata["Name"]) for one in distributions()}
    found = {one: _NAME.match(one) for one in asked}
    missing = [one for one, name in found.items() if not name or _normal(name[0]) not in there]
    if not missing:
        return None
    return (
        f"pip install {' '.join(missing)}: a rehearsal is offline, and its jobs have only "
        f"{', '.join(sorted(there))}; use these, or rehearse another flow"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
