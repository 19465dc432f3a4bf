"""The emulated AWS of a rehearsal: moto's server in this process, on loopback."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from rehearsal import emulator_patches


@contextmanager
def emulated_aws() -> Iterator[str]:
    """Start the emulator on a free port and yield its URL; stop it at the end."""
    emulator_patches.apply()
    # Without it moto knows none of the policies that AWS manages.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
