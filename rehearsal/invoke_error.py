"""The failure of a provider function, as the SDK takes it from the engine."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from rehearsal.provider.resource_type import NoSingleMatchError


class InvokeError(grpc.RpcError):  # type: ignore[misc]
    """A function's failure as the engine answers it, which a program may catch."""

    def code(self) -> grpc.StatusCode:
        """Return what the engine answers for any failure."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """Return the provider's words."""
        return str(self)


@contextmanager
def as_answered() -> Iterator[None]:
    """Turn what a function did not find into what a program may catch."""
    try:
        yield
    except NoSingleMatchError as error:
        raise InvokeError(str(error)) from error
