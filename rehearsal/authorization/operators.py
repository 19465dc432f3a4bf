"""Condition operators: what each makes of one value of the policy and one of the request.

AWS IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from rehearsal.authorization import patterns, variables
from rehearsal.authorization.patterns import Matcher, Pattern
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.variables import Context

Operand = Callable[[str, Context], bool]
"""Whether a value of the request matches one value of the policy."""

OperandReader = Callable[[str, bool], Operand]
"""Reads a value of the policy; told whether variables are substituted; raises PolicyError."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<time>\d\d:\d\d(:\d\d(\.\d+)?)?)(?P<zone>Z|[+-]\d\d:\d\d))?)?)?"
)


@dataclass(frozen=True)
class Operator:
    """A condition operator.

    Attributes:
        name: as AWS writes it.
        read: reads a value of the policy.
        negated: whether it holds where no value matches, and where the request lacks the key.
    """

    name: str
    read: OperandReader
    negated: bool


def _typed(
    what: str, read: Callable[[str], object | None], holds: Callable[[Any, Any], bool]
) -> OperandReader:
    """Compare values of a type. What the request has of another type matches nothing."""

    def operand(text: str, substituted: bool) -> Operand:
        wanted = read(text)
        if wanted is None:
            hint = "; it takes no policy variables" if substituted and "${" in text else ""
            raise PolicyError(f"{text!r} is not {what}{hint}")

        def matches(value: str, _: Context) -> bool:
            given = read(value)
            return given is not None and holds(given, wanted)

        return matches

    return operand


def _patterned(matcher: Callable[[Pattern], Matcher]) -> OperandReader:
    """Compare texts; the policy's may have variables."""

    def operand(text: str, substituted: bool) -> Operand:
        template = variables.read(text, substituted=substituted)
        fixed = variables.fixed(template)
        if fixed is not None:
            matches = matcher(fixed)
            return lambda value, _: matches(value)

        def resolved(value: str, context: Context) -> bool:
            pattern = variables.resolve(template, context)
            return pattern is not None and matcher(pattern)(value)

        return resolved

    return operand


def _equal(pattern: Pattern) -> Matcher:
    text = patterns.literally(pattern)
    return lambda value: value == text


def _equal_in_any_case(pattern: Pattern) -> Matcher:
    text = patterns.literally(pattern).lower()
    return lambda value: value.lower() == text


def _arn(text: str, substituted: bool) -> Operand:
    """Refuse what can match no ARN, about which AWS's documentation says nothing."""
    if not (substituted and "${" in text) and not re.fullmatch(r"[^:]+(:[^:]*){4}:.+", text):
        raise PolicyError(f"{text!r} is not an ARN of six parts, as Arn operators compare them")
    return _patterned(patterns.arn_matcher)(text, substituted)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _moment(text: str) -> float | None:
    """Return a W3C date or epoch seconds as seconds since 1970; a date alone begins in UTC.

    Four digits are a year (https://www.w3.org/TR/NOTE-datetime).
    """
    date = _DATE.fullmatch(text)
    if date is None:
        return float(text) if _NUMBER.fullmatch(text) else None
    year, month, day, time, zone = date.group("year", "month", "day", "time", "zone")
    try:
        moment = datetime.fromisoformat(f"{year}-{month or '01'}-{day or '01'}T{time or '00:00'}")
        offset = datetime.fromisoformat(f"1970-01-01T00:00{zone or 'Z'}").tzinfo
    except ValueError:
        return None
    return moment.replace(tzinfo=offset or UTC).timestamp()


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> _Network | None:
    """Return a range in CIDR notation; an address alone is a range of one."""
    _, slash, prefix = text.partition("/")
    if slash and not prefix.isdigit():
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _inside(given: _Network, wanted: _Network) -> bool:
    return given.version == wanted.version and given.subnet_of(wanted)  # type: ignore[arg-type]


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": eq,
    "LessThan": lt,
    "LessThanEquals": le,
    "GreaterThan": gt,
    "GreaterThanEquals": ge,
}

_READERS: Mapping[str, OperandReader] = {
    "StringEquals": _patterned(_equal),
    "StringEqualsIgnoreCase": _patterned(_equal_in_any_case),
    "StringLike": _patterned(patterns.text_matcher),
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _typed("true or false", _truth, eq),
    "BinaryEquals": _typed("base64", _bytes, eq),
    "IpAddress": _typed("an address or a range in CIDR notation", _network, _inside),
    **{f"Numeric{name}": _typed("a number", _number, holds) for name, holds in _ORDERS.items()},
    **{
        f"Date{name}": _typed("a date of ISO 8601 or epoch seconds", _moment, holds)
        for name, holds in _ORDERS.items()
    },
}

_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}

_ALL = [Operator(name, read, False) for name, read in _READERS.items()] + [
    Operator(name, _READERS[positive], True) for name, positive in _NEGATED.items()
]

OPERATORS: Mapping[str, Operator] = {one.name.lower(): one for one in _ALL}
"""Every operator except `Null`, by its name in lower case."""
