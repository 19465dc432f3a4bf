"""S3's DeleteObjects, which is refused key by key.

Amazon S3 API Reference, DeleteObjects: the answer is 200 also where keys may not be deleted; each
of those is an error AccessDenied in it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rehearsal.authorization.wire import Signed

_DELETABLE: ContextVar[frozenset[str] | None] = ContextVar("deletable", default=None)


def is_asked_for(signed: Signed) -> bool:
    """Tell whether a request is a DeleteObjects."""
    return (signed.service, signed.operation) == ("s3", "DeleteObjects")


@contextmanager
def sparing(signed: Signed, denied: Collection[str]) -> Iterator[None]:
    """Have the emulator delete in this thread only what the caller may delete, for the block.

    A key that is asked for twice, by itself and with a version, is spared if one of them is denied.

    Args:
        signed: the request.
        denied: ARNs of the objects that the caller may not delete.
    """
    refused = {_name(arn) for arn in denied}
    bucket = signed.parameters["Bucket"]
    asked = {f"{bucket}/{one['Key']}" for one in signed.parameters["Delete"]["Objects"]}
    token = _DELETABLE.set(frozenset(asked - refused))
    try:
        yield
    finally:
        _DELETABLE.reset(token)


def spares(arn: str) -> bool:
    """Tell whether an object, by its ARN, is not to be deleted by this thread's request."""
    deletable = _DELETABLE.get()
    return deletable is not None and _name(arn) not in deletable


def _name(arn: str) -> str:
    return arn.split(":", 5)[5]
