"""The Condition element of a statement, and whether a request fulfils it.

AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple
context keys or values".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from rehearsal.authorization.operators import OPERATORS, Operand, Operator
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.variables import Context

_NULL = "null"
_IF_EXISTS = "ifexists"


class Quantifier(Enum):
    """How the several values of a multivalued key are set against the policy's."""

    NONE = ""
    ALL = "forallvalues"
    ANY = "foranyvalue"


class Condition(Protocol):
    """One operator on one key."""

    def holds(self, context: Context) -> bool:
        """Tell whether a request fulfils it.

        Raises:
            PolicyError: it has no answer for this request.
        """


@dataclass(frozen=True)
class Comparison:
    """A comparison of a key's values in the request with those of the policy."""

    operator: Operator
    quantifier: Quantifier
    if_exists: bool
    key: str
    operands: tuple[Operand, ...]

    def holds(self, context: Context) -> bool:
        """Tell whether a request fulfils it.

        Raises:
            PolicyError: the key has several values, and no set operator says what that means.
        """
        values = context.get(self.key, ())
        if not values and self.if_exists:
            return True
        if self.quantifier is Quantifier.ALL:
            return _empty(values) or all(self._matches(one, context) for one in values)
        if self.quantifier is Quantifier.ANY:
            return not _empty(values) and any(self._matches(one, context) for one in values)
        if len(values) > 1:
            raise PolicyError(
                f"the condition {self.operator.name} on {self.key} meets a request with "
                f"{len(values)} values of this key; write ForAllValues: or ForAnyValue: before it"
            )
        return self._matches(values[0], context) if values else self.operator.negated

    def _matches(self, value: str, context: Context) -> bool:
        return any(one(value, context) for one in self.operands) is not self.operator.negated


@dataclass(frozen=True)
class Absence:
    """The operator `Null`: whether the request has no value of the key."""

    key: str
    wanted: frozenset[bool]

    def holds(self, context: Context) -> bool:
        """Tell whether a request fulfils it."""
        return _empty(context.get(self.key, ())) in self.wanted


def _empty(values: tuple[str, ...]) -> bool:
    """Tell whether a key is missing or has no value, "such as an empty string"."""
    return not any(values)


def read(element: Any, *, substituted: bool) -> tuple[Condition, ...]:
    """Return the conditions of a statement, all of which must hold.

    Args:
        element: the Condition element.
        substituted: whether the policy's language has variables.

    Raises:
        PolicyError: an operator is unknown, or a value is not of its type.
    """
    if not isinstance(element, Mapping):
        raise PolicyError("the Condition is no object of operators")
    return tuple(
        condition
        for name, keys in element.items()
        for condition in _of_operator(str(name), keys, substituted)
    )


def _of_operator(name: str, keys: Any, substituted: bool) -> list[Condition]:
    if not isinstance(keys, Mapping):
        raise PolicyError(f"the condition {name} is no object of condition keys")
    if len({str(key).lower() for key in keys}) < len(keys):
        raise PolicyError(f"the condition {name} has a key twice; condition keys ignore case")
    return [_condition(name, str(key), _texts(name, key, keys[key]), substituted) for key in keys]


def _condition(name: str, key: str, texts: list[str], substituted: bool) -> Condition:
    prefix, _, operator_name = name.lower().rpartition(":")
    if name.lower() == _NULL:
        return Absence(key.lower(), frozenset(_truth(key, text) for text in texts))
    operator = OPERATORS.get(operator_name.removesuffix(_IF_EXISTS))
    if operator is None or prefix not in {one.value for one in Quantifier}:
        raise PolicyError(
            f"{name} is no condition operator; AWS's are listed in the IAM User Guide, "
            '"IAM JSON policy elements: Condition operators"'
        )
    return Comparison(
        operator,
        Quantifier(prefix),
        operator_name.endswith(_IF_EXISTS),
        key.lower(),
        tuple(_operand(operator, key, text, substituted) for text in texts),
    )


def _operand(operator: Operator, key: str, text: str, substituted: bool) -> Operand:
    try:
        return operator.read(text, substituted)
    except PolicyError as error:
        raise PolicyError(f"the condition {operator.name} on {key}: {error}") from None


def _truth(key: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise PolicyError(f"the condition Null on {key}: {text!r} is not true or false")
    return text.lower() == "true"


def _texts(name: str, key: str, value: Any) -> list[str]:
    """Return the values of a key; "Arrays can take one or more values"."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str | bool | int | float) for one in values):
        raise PolicyError(f"the condition {name} on {key} needs texts, numbers or true and false")
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
