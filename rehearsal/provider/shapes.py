"""Conversions between Pulumi's camelCase values and the API's PascalCase ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError


def pascal(value: Any, renamed: Mapping[str, str] | None = None) -> Any:
    """Convert the keys of nested objects from `camelCase` to `PascalCase`.

    Args:
        value: a plain value; lists and objects are walked.
        renamed: keys whose API name is not simply the capitalised one.
    """
    renamed = renamed or {}
    if isinstance(value, Mapping):
        return {
            renamed.get(key, key[:1].upper() + key[1:]): pascal(item, renamed)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [pascal(item, renamed) for item in value]
    return value


def camel(value: Any, renamed: Mapping[str, str] | None = None) -> Any:
    """Convert the keys of nested objects from `PascalCase` to `camelCase`, as `pascal` undone.

    Args:
        value: a plain value; lists and objects are walked.
        renamed: the same table as `pascal` took.
    """
    names = {there: here for here, there in (renamed or {}).items()}
    if isinstance(value, Mapping):
        return {
            names.get(key, key[:1].lower() + key[1:]): camel(item, renamed)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [camel(item, renamed) for item in value]
    return value


def given(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Pick the inputs that are set and rename them for the API: `{input: parameter}`."""
    return {
        parameter: values[name] for name, parameter in names.items() if values.get(name) is not None
    }


def tag_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[Any]:
    """Return tags as the list of pairs that most services take."""
    return [{key: name, value: text} for name, text in sorted((tags or {}).items())]


def tag_map(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Return a service's list of `Key`/`Value` (or `key`/`value`) pairs as an object."""
    return {
        tag.get("Key", tag.get("key", "")): tag.get("Value", tag.get("value", ""))
        for tag in tags or ()
    }


def found(call: Callable[..., Any], *missing: str, **parameters: Any) -> Any:
    """Make a call and return its answer, or None when AWS says the thing does not exist.

    Args:
        call: a client's method.
        missing: the error codes that mean "not there".
        parameters: the call's parameters.
    """
    try:
        return call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in missing:
            return None
        raise


def reported(stated: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWS has, by input: None where the program states it and AWS has it no more.

    Args:
        stated: the inputs or the state of the resource.
        current: AWS's values by input, None where there is none.
    """
    return {
        name: value
        for name, value in current.items()
        if value is not None or stated.get(name) is not None
    }
