"""Reads a run back through Metaflow's Client API and prints what it found as JSON.

Run as a process of its own, with the written profile: `python read_back.py FLOW/RUN`.
"""

import json
import sys

from metaflow import Run, namespace


def main(pathspec: str) -> int:
    """Print the run's pathspec, whether it succeeded, and its last step's artifacts by name."""
    namespace(None)
    run = Run(pathspec)
    task = run.end_task
    artifacts = {} if task is None else {one.id: repr(one.data) for one in task.artifacts}
    print(
        json.dumps({"pathspec": run.pathspec, "successful": run.successful, "artifacts": artifacts})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
