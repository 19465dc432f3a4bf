"""What happens to the rehearsals that the tests look at; each is a process of its own."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from rehearsal.metadata import MetadataService
from tests.rehearsal.policies.small_packs import write_pack
from tests.rehearsal.processes import Ended, Rehearsal

OWN_FLOW = """
    from metaflow import FlowSpec, step


    class OwnFlow(FlowSpec):
        @step
        def start(self):
            self.answer = 42
            self.next(self.end)

        @step
        def end(self):
            assert self.answer == 42


    if __name__ == "__main__":
        OwnFlow()
"""

FAILING_FLOW = OWN_FLOW.replace("self.answer = 42", "raise ValueError('the flow says why')")

CARELESS_FLOW = OWN_FLOW.replace(
    "self.answer = 42",
    """self.answer = 42
            import boto3
            from botocore.exceptions import ClientError

            for service, call in (("ecs", "list_services"), ("sqs", "list_queues")):
                try:
                    getattr(boto3.client(service), call)()
                except ClientError as error:
                    print(error)""",
)

SLEEPING_FLOW = """
    import os, pathlib, subprocess, sys, time
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    child = subprocess.Popen(command, start_new_session=False)
    pathlib.Path(sys.argv[0]).with_name("pids").open("w").write(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""

FORBIDDING = """
    def no_databases(args, report):
        if args.resource_type != "aws:rds/instance:Instance":
            args.not_applicable("no database")
        report("The database [db] is forbidden.")

    def no_buckets(args, report):
        for one in args.resources:
            if one.resource_type == "aws:s3/bucket:Bucket":
                report("The stack has a bucket.", one.urn)

    MANDATORY = EnforcementLevel.MANDATORY
    policies = [
        ResourceValidationPolicy("no-databases", "Databases are forbidden.", no_databases,
                                 MANDATORY, severity=Severity.HIGH),
        StackValidationPolicy("no-buckets", "Buckets are forbidden.", no_buckets, MANDATORY),
    ]
"""

CLIENT = """
from metaflow import Flow, namespace

namespace(None)
print(Flow("ForeachFlow").latest_run.data.total)
"""


def _flow(folder: Path, text: str) -> Path:
    path = folder / "own_flow.py"
    path.write_text(textwrap.dedent(text))
    return path


def kept(folder: Path) -> Ended:
    """Stay up, be used from another process, and end on Ctrl-C."""
    summary = folder / "summary.json"
    arguments = ("--keep", "--json", str(summary), "--mode", "local")
    with Rehearsal(folder, *arguments) as running:
        running.wait_for_line("use it from another terminal")
        exports: dict[str, str] = {}
        while line := re.fullmatch(r"export (\w+)=(.*)\n", running.wait_for_line("")):
            exports[line[1]] = shlex.split(line[2])[0]
        profile = Path(exports["METAFLOW_HOME"]) / f"config_{exports['METAFLOW_PROFILE']}.json"
        settings = json.loads(profile.read_text())
        used = subprocess.run(
            [sys.executable, "-c", CLIENT],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "USER": "somebody", **exports},
            capture_output=True,
            text=True,
            check=False,
        )
        summary_while_up = summary.read_text()
        running.signal(signal.SIGINT)
        return running.end(
            used=used, exports=exports, settings=settings, profile=profile, summary=summary_while_up
        )


def prod(folder: Path) -> Ended:
    """Deploy prod, run a flow of the user's own, and use a metadata service that runs already."""
    summary = folder / "summary.json"
    flow = _flow(folder, OWN_FLOW)
    modes = ("--mode", "batch", "--mode", "step-functions")
    arguments = ("--stack", "prod", "--flow", str(flow), "--json", str(summary), *modes)
    with (
        MetadataService() as service,
        Rehearsal(folder, *arguments, "--metadata-url", f"{service.url}/") as running,
    ):
        ended = running.end()
        ended.seen["runs"] = requests.get(f"{service.url}/flows/OwnFlow/runs", timeout=10).json()
        ended.seen["summary"] = summary.read_text() if summary.exists() else ""
        return ended


def failing_flow(folder: Path) -> Ended:
    """Run a flow that fails."""
    summary = folder / "summary.json"
    flow = _flow(folder, FAILING_FLOW)
    with Rehearsal(folder, "--flow", str(flow), "--json", str(summary)) as running:
        return running.end(summary=summary)


def careless_flow(folder: Path) -> Ended:
    """Run a flow that gets over what it is denied."""
    summary = folder / "summary.json"
    flow = _flow(folder, CARELESS_FLOW)
    arguments = ("--flow", str(flow), "--mode", "local", "--json", str(summary))
    with Rehearsal(folder, *arguments) as running:
        return running.end(summary=summary)


def ended_during_the_flow(folder: Path) -> Ended:
    """Get SIGTERM while a flow runs that has children."""
    flow = _flow(folder, SLEEPING_FLOW)
    os.mkfifo(folder / "pids")
    with Rehearsal(folder, "--flow", str(flow)) as running:
        running.wait_for_line("run a flow, local ...")
        pids = [int(text) for text in (folder / "pids").read_text().split()]
        running.signal(signal.SIGTERM)
        return running.end(pids=pids)


def interrupted_deployment(folder: Path) -> Ended:
    """Get Ctrl-C in the middle of the deployment, once the load balancer is there."""
    with Rehearsal(folder) as running:
        running.wait_for_line("deploy ...")
        running.wait_for_listeners(4)
        running.signal(signal.SIGINT)
        return running.end()


def forbidden(folder: Path) -> Ended:
    """Be judged by a pack that forbids what the dev stack has."""
    summary = folder / "summary.json"
    pack = write_pack(folder / "pack", FORBIDDING)
    with Rehearsal(folder, "--policy-pack", str(pack.folder), "--json", str(summary)) as running:
        return running.end(summary=summary)


def full_disk(folder: Path) -> Ended:
    """Have no room for any file."""
    with Rehearsal(folder, full_disk=True) as running:
        return running.end()


ALL: Mapping[str, Callable[[Path], Ended]] = {
    "kept": kept,
    "prod": prod,
    "failing_flow": failing_flow,
    "careless_flow": careless_flow,
    "ended_during_the_flow": ended_during_the_flow,
    "interrupted_deployment": interrupted_deployment,
    "forbidden": forbidden,
    "full_disk": full_disk,
}
"""The first two run at once."""
