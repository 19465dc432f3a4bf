"""Looks at a flow's file before anything is deployed for it."""

import ast
import sys
from pathlib import Path

_LOADERS = frozenset({"importlib", "os", "runpy", "subprocess"})
"""Modules of the standard library that could bring a flow in, or start one."""


def problem_of(path: Path) -> str | None:
    """Say why a file cannot run a flow; None where it could."""
    words = _wrong_with(path)
    return words and f"{words}; --flow takes a Python file with a FlowSpec"


def _wrong_with(path: Path) -> str | None:
    if not path.is_file():
        return f"{path} is a folder" if path.is_dir() else f"the flow {path} does not exist"
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except OSError as error:
        return f"the flow {path} cannot be read: {error.strerror}"
    except SyntaxError as error:
        return f"the flow {path} is no Python: {error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the flow {path} is no Python: {error}"
    if _imported(tree) <= sys.stdlib_module_names - _LOADERS:
        return f"the flow {path} imports nothing that has a FlowSpec"
    return None


def _imported(tree: ast.Module) -> set[str]:
    """Return the top-level modules that a program imports anywhere; "" for its own package."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("" if node.level else node.module or "")
    return {name.partition(".")[0] for name in names}
