"""Reads a run back through Metaflow's Client API and prints what it found as JSON.

Run as a process of its own, with the written profile: `python read_back.py RUN_ID`.
"""

import json
import sys

from metaflow import Metaflow, namespace


def main(run_id: str) -> int:
    """Print the run's pathspec, whether it succeeded, and its last step's artifacts by name."""
    namespace(None)
    runs = [run for flow in Metaflow() for run in flow if run.id == run_id]
    if len(runs) != 1:
        print(f"The metadata service has {len(runs)} runs {run_id}; one was wanted.")
        return 1
    run = runs[0]
    task = run.end_task
    artifacts = {} if task is None else {one.id: repr(one.data) for one in task.artifacts}
    print(
        json.dumps({"pathspec": run.pathspec, "successful": run.successful, "artifacts": artifacts})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
