"""The form of one row of the table of refusals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

Parameters = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One reason for which AWS turns a call down although the emulator accepts it.

    Attributes:
        service: botocore's name of the service.
        operations: the operations it applies to.
        source: where AWS or its users say so.
        problem: `(cloud, parameters) -> sentence`, or None when there is nothing to refuse.
    """

    service: str
    operations: tuple[str, ...]
    source: str
    problem: Callable[["Cloud", Parameters], str | None]
