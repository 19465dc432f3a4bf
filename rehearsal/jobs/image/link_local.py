"""Refuses a job's Python the link-local addresses at once: nothing emulated answers there.

Metaflow asks 169.254.169.254 for the instance when a task starts, and waits a second twice where
nothing answers (metaflow/plugins/aws/aws_utils.py); on an EC2 instance the real one would answer.
A container whose hops do not reach that address fares alike.
"""

import errno
import sys

_LINK_LOCAL = "169.254."


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and str(address[0]).startswith(_LINK_LOCAL):
        raise ConnectionRefusedError(errno.ECONNREFUSED, f"{address[0]} is out of a job's reach")


sys.addaudithook(_refuse)
