"""How much memory this process has had at most; asks for nothing that would add to it."""

import sys


def mebibytes() -> float:
    """Return the most memory of this process, MiB.

    On Linux of the kernel's own count of the process: getrusage(2) counts the memory of the process
    that started it, too, and only in KiB there, in bytes on macOS.
    """
    if sys.platform == "darwin":
        from resource import RUSAGE_SELF, getrusage

        return getrusage(RUSAGE_SELF).ru_maxrss / 2**20
    with open("/proc/self/status", encoding="utf-8") as lines:  # noqa: PTH123 pathlib takes memory
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**10
