"""The README's programs that use the component, and the package that they install."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.deployed import ROOT

_PACKAGED = ("components", "mfconfig", "migration", "settings")


def install(folder: Path) -> Path:
    """Install the package as pip does from a checkout; return where its modules are.

    It is built from a copy, since building writes into the checkout.
    """
    source = folder / "checkout"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in _PACKAGED:
        copy_package(name, source)
    target = folder / "installed"
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options]
    subprocess.run([*command, "--target", str(target), str(source)], check=True)
    return target


def copy_package(name: str, folder: Path) -> None:
    """Copy a package of this repository without what Python made of it."""
    shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def python_program() -> str:
    """Return the README's program in Python."""
    return _example("python")


def inputs_in_yaml() -> dict[str, Any]:
    """Return the inputs that the README's program in YAML gives the component."""
    [resource] = yaml.safe_load(_example("yaml"))["resources"].values()
    return dict(resource["properties"])


def _example(language: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [found] = re.findall(rf"<!-- program: {language} -->\n```{language}\n(.*?)```", text, re.S)
    return str(found)
