"""The form of one row of the provider's table: what a resource type takes, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

Values = Mapping[str, Any]
"""Plain input or output values of a resource, by Pulumi's camelCase names."""


EVERY_INPUT = "*"
"""Stands for every input of a resource type."""


class RefusedError(Exception):
    """The provider or AWS would refuse this; the message is one line that says why."""


class OnChange(Enum):
    """What the real provider does when an input of a live resource changes."""

    REPLACE = "replace"
    IN_PLACE = "in place"
    STATE_ONLY = "kept in the state only"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input that a resource type was taught.

    Attributes:
        on_change: what a change of it does to a live resource.
        source: where the provider says so, if elsewhere than the type's own source.
        default: the provider's default, filled in when the program leaves the input out.
        required: whether the provider demands it.
    """

    on_change: OnChange
    source: str | None = None
    default: Any = None
    required: bool = False


def replaces(*, source: str | None = None, default: Any = None, required: bool = False) -> Input:
    """Describe an input whose change replaces the resource."""
    return Input(on_change=OnChange.REPLACE, source=source, default=default, required=required)


def in_place(*, source: str | None = None, default: Any = None, required: bool = False) -> Input:
    """Describe an input whose change updates the resource in place."""
    return Input(on_change=OnChange.IN_PLACE, source=source, default=default, required=required)


def state_only(*, source: str | None = None, default: Any = None) -> Input:
    """Describe an input that the provider keeps in its state and sends nowhere by itself."""
    return Input(on_change=OnChange.STATE_ONLY, source=source, default=default)


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """How Pulumi names a resource whose name the program leaves out.

    Attributes:
        property: the input that carries the name.
        max_length: the longest name the provider accepts, in characters.
        suffix: what must end every name, such as `.fifo`.
        lower: whether the name is turned to lower case, as RDS demands.
        pins: whether a name that the program gives makes a replacement delete first.
        instead: an input in whose presence the provider names it, by that prefix and a unique end.
    """

    property: str = "name"
    max_length: int = 64
    suffix: str = ""
    lower: bool = False
    pins: bool = True
    instead: str = ""


CreateFunction = Callable[["Cloud", Values], tuple[str, Values]]
ReadFunction = Callable[["Cloud", str, Values], Values | None]
UpdateFunction = Callable[["Cloud", str, Values, Values], Values]
DeleteFunction = Callable[["Cloud", str, Values], None]
CheckFunction = Callable[[Values], list[str]]
ReplacedFunction = Callable[[Values, Values], list[str]]
InvokeFunction = Callable[["Cloud", Values], Values]


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One row of the provider's table.

    Attributes:
        token: Pulumi's type token, such as `aws:s3/bucket:Bucket`.
        source: where the real provider's behaviour was read, relative to terraform-provider-aws.
        inputs: every input that the emulation honours; any other is refused.
        create: `(cloud, inputs) -> (id, computed outputs)`.
        read: `(cloud, id, state) -> computed outputs`, or None when the resource is gone.
            Inputs that AWS can report come back as well, so that drift shows.
        update: `(cloud, id, old state, new inputs) -> computed outputs`; None where every input
            replaces.
        delete: `(cloud, id, state)`.
        check: what the real provider refuses at plan time: `(inputs) -> problems`.
        replaced_when: `(state, inputs) -> names` of inputs that the table has as in place, but
            whose change from this state replaces the resource all the same.
        auto_name: how Pulumi names it; None where it has no name.
        secret_outputs: outputs that the SDK marks secret.
        recomputed: outputs that an update in place makes unknown until it is done, by the inputs
            whose change does so.
        deleted_first: whether a replacement always deletes before it creates.
    """

    token: str
    source: str
    inputs: Mapping[str, Input]
    create: CreateFunction
    read: ReadFunction
    delete: DeleteFunction
    update: UpdateFunction | None = None
    check: CheckFunction | None = None
    replaced_when: ReplacedFunction | None = None
    auto_name: AutoName | None = None
    secret_outputs: frozenset[str] = field(default_factory=frozenset)
    recomputed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deleted_first: bool = False
