"""The Python of the jobs: what the container image has, and what Metaflow's bootstrap installs."""

import re
import shutil
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

_INSTALLED = ("boto3", "requests")
"""What the bootstrap of a job installs with pip (metaflow/metaflow_environment.py)."""

_IMAGE = Path(__file__).with_name("image")
_AT_START = "link_local"
"""Imported by a path file, since Debian's Python has a `sitecustomize` that hides another one."""

_STAND_INS = ("pip.py", f"{_AT_START}.py")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def make(folder: Path) -> Path:
    """Make a virtual environment with links to those packages of this one; return its programs.

    Nothing else of this process's environment can be imported in it.

    Args:
        folder: where it is made; does not exist yet.
    """
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    for name in _STAND_INS:
        shutil.copy(_IMAGE / name, packages)
    (packages / f"{_AT_START}.pth").write_text(f"import {_AT_START}\n", encoding="utf-8")
    for name in _closure():
        link(name, packages)
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(folder)}))


def _closure() -> set[str]:
    """Return the packages that are installed, with everything that they need."""
    found: set[str] = set()
    waiting = list(_INSTALLED)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for requirement in distribution(name).requires or ():
            needed = _REQUIREMENT.match(requirement)
            if needed and "extra ==" not in requirement:
                waiting.append(needed[0].lower())
    return found


def link(name: str, packages: Path) -> None:
    """Link a package's modules and its metadata; its programs, outside of the folder, not.

    Args:
        name: the package, installed in this process's environment.
        packages: the folder of packages in which the links are made.
    """
    installed = distribution(name)
    entries = {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}
    for entry in sorted(entries):
        target = packages / entry
        if not target.exists():
            target.symlink_to(str(installed.locate_file(entry)))
