"""The emulated AWS of a rehearsal: moto's server in this process, on loopback."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from rehearsal.authorization.gate import Gate
from rehearsal.emulator import patches

_MANAGED_POLICIES = "MOTO_IAM_LOAD_MANAGED_POLICIES"


@dataclass(frozen=True)
class EmulatedAws:
    """An emulator that runs.

    Attributes:
        endpoint: its URL.
        gate: what every request passes.
    """

    endpoint: str
    gate: Gate


@contextmanager
def emulated_aws() -> Iterator[EmulatedAws]:
    """Start the emulator on a free port; stop it at the end."""
    patches.apply()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    # Without it moto knows none of the policies that AWS manages.
    os.environ[_MANAGED_POLICIES] = "true"
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        _forget(endpoint)
        yield EmulatedAws(endpoint, _with_gate(server))
    finally:
        del os.environ[_MANAGED_POLICIES]
        server.stop()


def _with_gate(server: ThreadedMotoServer) -> Gate:
    """Put a gate before the emulator, which moto leaves no place for."""
    listening: Any = server._server
    gate = Gate(listening.app)
    listening.app = gate
    return gate


def _forget(endpoint: str) -> None:
    """Forget what an earlier emulator held: moto keeps its state for the process."""
    request = Request(f"{endpoint}/moto-api/reset", method="POST")  # noqa: S310 loopback
    with build_opener(ProxyHandler({})).open(request):
        pass
