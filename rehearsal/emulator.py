"""The emulated AWS of a rehearsal: moto's server in this process, on loopback."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import ProxyHandler, Request, build_opener

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from rehearsal import emulator_patches

_MANAGED_POLICIES = "MOTO_IAM_LOAD_MANAGED_POLICIES"


@contextmanager
def emulated_aws() -> Iterator[str]:
    """Start the emulator on a free port and yield its URL; stop it at the end."""
    emulator_patches.apply()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    # Without it moto knows none of the policies that AWS manages.
    os.environ[_MANAGED_POLICIES] = "true"
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        _forget(endpoint)
        yield endpoint
    finally:
        del os.environ[_MANAGED_POLICIES]
        server.stop()


def _forget(endpoint: str) -> None:
    """Forget what an earlier emulator held: moto keeps its state for the process."""
    request = Request(f"{endpoint}/moto-api/reset", method="POST")  # noqa: S310 loopback
    with build_opener(ProxyHandler({})).open(request):
        pass
