"""The form of one row of the provider's table: what a resource type takes, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

Values = Mapping[str, Any]
"""Plain input or output values of a resource, by Pulumi's camelCase names."""


class RefusedError(Exception):
    """The provider or AWS would refuse this; the message is one line that says why."""


class NoSingleMatchError(RefusedError):
    """A function that looks for one resource found none or several; a program may expect that."""


class OnChange(Enum):
    """What the real provider does when an input of a live resource changes."""

    REPLACE = "replace"
    IN_PLACE = "in place"
    STATE_ONLY = "state only"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input that a resource type was taught.

    What a change of it does to a live resource is in provider-replacements.json.

    Attributes:
        default: the provider's default, filled in when the program leaves the input out.
        required: whether the provider demands it.
    """

    default: Any = None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """How Pulumi names a resource whose name the program leaves out.

    Attributes:
        property: the input that carries the name.
        max_length: the longest name the provider accepts, in characters.
        suffix: what must end every name, such as `.fifo`.
        lower: whether the name is turned to lower case, as RDS demands.
        instead: an input in whose presence the provider names it, by that prefix and a unique end.
    """

    property: str = "name"
    max_length: int = 64
    suffix: str = ""
    lower: bool = False
    instead: str = ""


CreateFunction = Callable[["Cloud", Values], tuple[str, Values]]
ReadFunction = Callable[["Cloud", str, Values], Values | None]
UpdateFunction = Callable[["Cloud", str, Values, Values], Values]
DeleteFunction = Callable[["Cloud", str, Values], None]
CheckFunction = Callable[[Values], list[str]]
Condition = Callable[[Values, Values], bool]
RecomputedFunction = Callable[[frozenset[str], Values], bool]
InvokeFunction = Callable[["Cloud", Values], Values]


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One row of the provider's table.

    Attributes:
        token: Pulumi's type token, such as `aws:s3/bucket:Bucket`.
        inputs: every input that the emulation honours; any other is refused.
        create: `(cloud, inputs) -> (id, computed outputs)`.
        read: `(cloud, id, state) -> computed outputs`, or None when the resource is gone.
            Inputs that AWS can report come back as well, so that drift shows.
        update: `(cloud, id, old state, new inputs) -> computed outputs`; None where every input
            replaces.
        delete: `(cloud, id, state)`.
        check: what the real provider refuses at plan time: `(inputs) -> problems`.
        conditions: `(state, inputs) -> whether it holds`, by the names of the type's conditions
            in provider-replacements.json.
        auto_name: how Pulumi names it; None where it has no name.
        secret_outputs: outputs that the SDK marks secret.
        recomputed: outputs that an update in place makes unknown until it is done:
            `(names of the changed inputs, inputs) -> whether it does`.
    """

    token: str
    inputs: Mapping[str, Input]
    create: CreateFunction
    read: ReadFunction
    delete: DeleteFunction
    update: UpdateFunction | None = None
    check: CheckFunction | None = None
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    auto_name: AutoName | None = None
    secret_outputs: frozenset[str] = field(default_factory=frozenset)
    recomputed: Mapping[str, RecomputedFunction] = field(default_factory=dict)


def taught(function: str, arguments: Values, *names: str) -> dict[str, object]:
    """Return the arguments that are set.

    Raises:
        RefusedError: the function was not taught one of them.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise RefusedError(
            f"{function}: the emulated provider was not taught the argument {', '.join(unknown)}; "
            f"it takes {', '.join(names) or 'none'}."
        )
    return given
