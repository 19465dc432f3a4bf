"""What the installed pulumi-aws SDK says a resource type takes: names and types, nested too."""

import collections.abc
import importlib
import keyword
import threading
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
from pulumi import _types
from pulumi.output import Unknown

from rehearsal.provider.resource_type import RefusedError

_LOADING = threading.Lock()


def _python_module(token: str) -> Any:
    package, module, name = token.split(":")
    if package != "aws":
        raise RefusedError(
            f"{token} is not a type of the AWS provider; only aws:* can be rehearsed."
        )
    # The SDK loads its modules at the first access to an attribute, which two threads may not do.
    folder = module.split("/")[0]
    if keyword.iskeyword(folder):
        folder += "_"  # as the SDK calls lambda's
    with _LOADING:
        loaded = importlib.import_module(f"pulumi_aws.{folder}")
        hasattr(loaded, name)
    return loaded


def _args_class(token: str) -> type:
    """Return the SDK's class of a type's inputs; two S3 types call it `...InitArgs`."""
    module, name = _python_module(token), token.split(":")[2]
    for candidate in (f"{name}InitArgs", f"{name}Args"):
        if hasattr(module, candidate):
            return typing.cast(type, getattr(module, candidate))
    raise RefusedError(f"pulumi-aws has no resource type {token}.")


@cache
def input_types(token: str) -> Mapping[str, Any]:
    """Return the inputs of a resource type: camelCase name -> Python type.

    Raises:
        RefusedError: the SDK knows no such type.
    """
    return _types.input_type_types(_args_class(token))


@cache
def output_names(token: str) -> frozenset[str]:
    """Return the names (camelCase) of the outputs of a resource type, `id` included."""
    resource_class = getattr(_python_module(token), token.split(":")[2])
    return frozenset(_types.resource_types(resource_class)) | {"id"}


@cache
def computed_outputs(token: str) -> frozenset[str]:
    """Return the names (camelCase) of the outputs that every resource of a type has, `id` aside.

    The SDK declares as optional what a resource has only where the program gives it.
    """
    resource_class = getattr(_python_module(token), token.split(":")[2])
    return frozenset(
        pulumi_name
        for _, pulumi_name, declared in _types._py_properties(resource_class)
        if type(None) not in typing.get_args(_output_of(declared))
    )


def _output_of(declared: property) -> Any:
    """Return T of a property declared as `Output[T]`."""
    return typing.get_args(typing.get_type_hints(declared.fget)["return"])[0]


def _plain(declared: Any) -> Any:
    """Strip Optional, Output and Awaitable from a declared type: the value that reaches AWS."""
    members = [declared]
    if typing.get_origin(declared) is typing.Union:
        members = list(typing.get_args(declared))
    for member in members:
        origin = typing.get_origin(member) or member
        if origin not in (type(None), pulumi.Output, collections.abc.Awaitable):
            return member
    return Any


def parts(declared: Any) -> Mapping[str, Any]:
    """Return the parts of an object, or of a list's objects: camelCase name -> Python type.

    Args:
        declared: the type as the SDK declares it; what is no object has no parts.
    """
    declared = _plain(declared)
    if typing.get_origin(declared) is collections.abc.Sequence:
        declared = _plain(typing.get_args(declared)[0])
    return _types.input_type_types(declared) if _types.is_input_type(declared) else {}


def problems(declared: Any, value: Any, path: str) -> list[str]:
    """List where a value does not fit the SDK's declared type.

    Args:
        declared: the type as the SDK declares it.
        value: the plain value; None counts as left out, and what is unknown yet fits.
        path: how the value is named in the message.
    """
    declared = _plain(declared)
    origin = typing.get_origin(declared)
    if value is None or isinstance(value, Unknown) or declared is Any:
        return []
    if _types.is_input_type(declared):
        return _object_problems(declared, value, path)
    if origin is collections.abc.Sequence:
        return _list_problems(declared, value, path)
    if origin is collections.abc.Mapping:
        return [] if isinstance(value, Mapping) else [_mismatch(path, value, "an object")]
    return _scalar_problems(declared, value, path)


def _mismatch(path: str, value: Any, wanted: str) -> str:
    return f"{path} is {value!r}; the provider takes {wanted}"


def _object_problems(declared: type, value: Any, path: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [_mismatch(path, value, "an object")]
    known = _types.input_type_types(declared)
    found = []
    for name, item in value.items():
        if name not in known:
            found.append(f"{path}.{name} is unknown; the provider takes {', '.join(sorted(known))}")
        else:
            found += problems(known[name], item, f"{path}.{name}")
    return found


def _list_problems(declared: Any, value: Any, path: str) -> list[str]:
    if not isinstance(value, list | tuple):
        return [_mismatch(path, value, "a list")]
    item_type = typing.get_args(declared)[0]
    return [
        problem
        for index, item in enumerate(value)
        for problem in problems(item_type, item, f"{path}[{index}]")
    ]


def _scalar_problems(declared: Any, value: Any, path: str) -> list[str]:
    wanted: dict[Any, tuple[tuple[type, ...], str]] = {
        bool: ((bool,), "a boolean"),
        int: ((int,), "an integer"),
        float: ((int, float), "a number"),
        str: ((str,), "a string"),
    }
    if declared not in wanted:
        return []
    types, words = wanted[declared]
    fits = isinstance(value, types) and not (declared is not bool and isinstance(value, bool))
    return [] if fits else [_mismatch(path, value, words)]
