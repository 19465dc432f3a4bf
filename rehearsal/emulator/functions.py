"""What the emulator's Lambda lacks: the log group that a function is given.

Every function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says
why. `apply` puts them there, before the emulator answers its first request.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from moto.awslambda.models import LambdaFunction

_LOGGING = "LoggingConfig"


def _note(function: Any, spec: dict[str, Any]) -> None:
    if spec.get(_LOGGING):
        function.logging_config = spec[_LOGGING]
        function.logs_group_name = spec[_LOGGING].get("LogGroup", function.logs_group_name)


def _making(original: Callable[..., None]) -> Callable[..., None]:
    def make(function: Any, *, spec: dict[str, Any], **given: Any) -> None:
        """Keep the logging configuration, which moto forgets."""
        function.logging_config = None
        original(function, spec=spec, **given)
        _note(function, spec)

    return make


def _updating(original: Callable[..., Any]) -> Callable[..., Any]:
    def update_configuration(function: Any, config_updates: dict[str, Any]) -> Any:
        """Change the logging configuration, too."""
        _note(function, config_updates)
        return original(function, config_updates)

    return update_configuration


def _describing(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def get_configuration(function: Any, *args: Any, **given: Any) -> dict[str, Any]:
        """Tell the logging configuration, too."""
        told = original(function, *args, **given)
        return {**told, _LOGGING: function.logging_config} if function.logging_config else told

    return get_configuration


@cache
def apply() -> None:
    """Patch moto's Lambda, once a process."""
    for name, wrap in (
        ("__init__", _making),
        ("update_configuration", _updating),
        ("get_configuration", _describing),
    ):
        setattr(LambdaFunction, name, wrap(getattr(LambdaFunction, name)))
