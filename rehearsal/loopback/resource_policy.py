"""Judges a caller by a REST API's resource policy: allow lists of addresses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
"""

import ipaddress
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from rehearsal.loopback.exchange import broken

_ELEMENTS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_OPERATORS = {"IpAddress": True, "NotIpAddress": False}


class Verdict(Enum):
    """What a policy says about a call."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed by any statement"
    DENIED = "denied by a statement"


def verdict(policy: Mapping[str, Any], resource_arn: str, source_ip: str) -> Verdict:
    """Judge an anonymous call of `execute-api:Invoke`.

    Args:
        policy: the policy document.
        resource_arn: `arn:P:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`.
        source_ip: the caller's address.

    Raises:
        AnsweredError: the policy uses an element or a condition that is not emulated.
    """
    effects = {
        statement["Effect"]
        for statement in _list(policy["Statement"])
        if _applies(statement, resource_arn, source_ip)
    }
    if "Deny" in effects:
        return Verdict.DENIED
    return Verdict.ALLOWED if "Allow" in effects else Verdict.NOT_ALLOWED


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _applies(statement: Mapping[str, Any], resource_arn: str, source_ip: str) -> bool:
    unknown = sorted(set(statement) - _ELEMENTS)
    if unknown:
        raise broken(f"the resource policy uses {', '.join(unknown)}, which is not emulated")
    resources = [_full(one, resource_arn) for one in _list(statement["Resource"])]
    return (
        _anyone(statement["Principal"])
        and _matches(_list(statement["Action"]), "execute-api:Invoke", re.IGNORECASE)
        and _matches(resources, resource_arn)
        and _holds(statement.get("Condition", {}), source_ip)
    )


def _anyone(principal: Any) -> bool:
    """Tell whether a statement is about callers that sign nothing."""
    named = principal.values() if isinstance(principal, Mapping) else [principal]
    return any("*" in _list(one) for one in named)


def _full(resource: str, resource_arn: str) -> str:
    """Expand `execute-api:/stage/*`, which AWS reads as the API's own ARN."""
    own = resource_arn.split("/", 1)[0]
    return re.sub(r"^execute-api:/", lambda _: f"{own}/", resource)


def _matches(patterns: list[str], value: str, flags: int = 0) -> bool:
    return any(
        re.fullmatch(
            re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value, flags | re.DOTALL
        )
        for pattern in patterns
    )


def _holds(condition: Mapping[str, Any], source_ip: str) -> bool:
    return all(
        _in_list(operator, key, operands, source_ip)
        for operator, keys in condition.items()
        for key, operands in keys.items()
    )


def _in_list(operator: str, key: str, operands: Any, source_ip: str) -> bool:
    if operator not in _OPERATORS or key.lower() != "aws:sourceip":
        raise broken(f"the resource policy's condition {operator} on {key} is not emulated")
    address = ipaddress.ip_address(source_ip)
    inside = any(
        address in ipaddress.ip_network(one, strict=False)
        for one in _list(operands)
        if ipaddress.ip_network(one, strict=False).version == address.version
    )
    return inside is _OPERATORS[operator]
