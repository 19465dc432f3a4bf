"""Finds the deployed route that a path and method belong to, as API Gateway does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.provider.deployed_api import Route

_LITERAL, _PARAMETER, _GREEDY = range(3)


@dataclass(frozen=True)
class Match:
    """A route and the path parameters of a request, percent-encoded as they came."""

    route: Route
    parameters: Mapping[str, str]


def find(routes: Sequence[Route], method: str, path: str) -> Match | None:
    """Return the route of a request below the stage, or None.

    The most specific resource wins (`/ping` before `/{name}` before `/{proxy+}`), then the method
    itself before `ANY`.
    """
    segments = path.removeprefix("/").split("/")
    fitting: dict[str, Mapping[str, str]] = {}
    for route in routes:
        parameters = _parameters(_parts(route.path), segments)
        if parameters is not None:
            fitting[route.path] = parameters
    if not fitting:
        return None
    best = min(fitting, key=lambda one: [_kind(part) for part in _parts(one)])
    methods = {route.method: route for route in routes if route.path == best}
    chosen = methods.get(method) or methods.get("ANY")
    return Match(chosen, fitting[best]) if chosen else None


def _parts(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


def _kind(part: str) -> int:
    if part.endswith("+}"):
        return _GREEDY
    return _PARAMETER if part.startswith("{") else _LITERAL


def _parameters(parts: list[str], segments: list[str]) -> dict[str, str] | None:
    """Return the values of a resource's path parameters, or None when it does not fit."""
    values: dict[str, str] = {}
    for position, part in enumerate(parts):
        if _kind(part) == _GREEDY:
            rest = "/".join(segments[position:])
            return {**values, part[1:-2]: rest} if rest else None
        if position >= len(segments):
            return None
        if _kind(part) == _PARAMETER:
            values[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    trailing = segments[len(parts) :]
    return values if trailing in ([], [""]) else None
