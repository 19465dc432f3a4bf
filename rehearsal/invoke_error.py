"""The failure of a provider function, as the SDK takes it from the engine."""

import grpc


class InvokeError(grpc.RpcError):  # type: ignore[misc]
    """A function's failure as the engine answers it, which a program may catch."""

    def code(self) -> grpc.StatusCode:
        """Return what the engine answers for any failure."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """Return the provider's words."""
        return str(self)
