"""Paths in state machines: what they select, as AWS has it. For moto 5.2.5 (pinned exactly)."""

from functools import cache
from typing import Any, cast

from jsonpath_ng import Child, Fields, Index, JSONPath, Root
from jsonpath_ng.ext.parser import parse
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.json_path import NoSuchJsonPathError

_of_moto = json_path.extract_json


def extract_json(path: str, data: Any) -> Any:
    """Return what a path selects.

    moto returns a list for `$.[0].JobId`, as it sees that an index was followed; a path that can
    select one value only selects that value. moto also returns a list for `$.['A', 'B']`, where
    AWS returns an object of those members that are there: Metaflow's states read each other's
    members by name (metaflow/plugins/aws/step_functions/step_functions.py, output_path).
    """
    expression = _parsed(path)
    if _is_definite(expression):
        return _only(expression, path, data)
    if names := _members(expression):
        parent = _only(cast(Child, expression).left, path, data)
        if not isinstance(parent, dict):
            raise NoSuchJsonPathError(json_path=path, data=data)
        return {name: parent[name] for name in names if name in parent}
    return _of_moto(path, data)


@cache
def _parsed(path: str) -> JSONPath:
    return parse(path)


def _is_definite(expression: JSONPath) -> bool:
    """Tell whether a path can select one value only."""
    if isinstance(expression, Root):
        return True
    return (
        isinstance(expression, Child)
        and _is_definite(expression.left)
        and _selects_one(expression.right)
    )


def _selects_one(step: JSONPath) -> bool:
    if isinstance(step, Fields):
        return len(step.fields) == 1 and step.fields[0] != "*"
    return isinstance(step, Index) and len(step.indices) == 1


def _members(expression: JSONPath) -> tuple[str, ...]:
    """Return the names with which a path ends, if there are several."""
    if isinstance(expression, Child) and _is_definite(expression.left):
        last = expression.right
        if isinstance(last, Fields) and len(last.fields) > 1:
            return tuple(last.fields)
    return ()


def _only(expression: JSONPath, path: str, data: Any) -> Any:
    found = expression.find(data)
    if not found:
        raise NoSuchJsonPathError(json_path=path, data=data)
    return found[0].value
