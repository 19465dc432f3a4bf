"""A real flow on a queue of each kind that Metaflow can drive, IAM enforced."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import iam_report
from rehearsal.exercises import Hands
from rehearsal.exercises.exercise import until
from rehearsal.flow_runner import FlowError
from rehearsal.metadata import store
from tests.deployed import EVERY_KIND
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import standing

ON_FARGATE = ("serverless", "both")
THOROUGH = pytest.mark.thorough


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    # Metaflow puts a node's number into its command wherever the task's number stands in it, also
    # in `boto3` for a task 3 (Netflix/metaflow#2574): the database has been in use for a while.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "FIRST_NUMBER", 100_001)
        with standing("dev", EVERY_KIND) as found:
            yield found


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "own_flow.py"
    path.write_text(textwrap.dedent(OWN_FLOW))
    return path


def queue(hands: Hands, name: str) -> str:
    [found] = [one for one in hands.deployment.outputs["jobQueueArns"] if f"-{name}-" in one]
    return str(found)


def newest_jobs(hands: Hands, name: str) -> list[dict[str, Any]]:
    batch = hands.stands.cloud.client("batch")
    listed = batch.list_jobs(jobQueue=queue(hands, name), jobStatus="SUCCEEDED")["jobSummaryList"]
    return list(batch.describe_jobs(jobs=[one["jobId"] for one in listed])["jobs"])


@pytest.mark.parametrize(
    ("name", "decorator"),
    [
        pytest.param("cheap", "batch:queue={queue}", id="spot", marks=THOROUGH),
        pytest.param("gpu", "batch:queue={queue},gpu=1", id="gpu", marks=THOROUGH),
        pytest.param("serverless", "batch:queue={queue}", id="fargate"),
        pytest.param("both", "batch:queue={queue}", id="fargate-spot", marks=THOROUGH),
    ],
)
def test_a_flow_runs_on_a_queue_of_each_kind(
    hands: Hands, flow: Path, name: str, decorator: str
) -> None:
    pathspec = hands.runner.started_run(
        flow, "run", "--with", decorator.format(queue=queue(hands, name))
    )
    jobs = newest_jobs(hands, name)
    assert pathspec.startswith("OwnFlow/")
    assert len(jobs) == 2
    role = hands.deployment.outputs["fargateExecutionRoleArn"]
    for job in jobs:
        assert job["jobQueue"] == queue(hands, name)
        assert job["container"].get("executionRoleArn") == (role if name in ON_FARGATE else None)
    ledger = hands.stands.authorizer.ledger
    assert [str(one) for one in ledger.entries() if not one.allowed] == []
    passing = ledger.decisive(hands.deployment.outputs["userRoleArn"])
    assert any("PassFargateRole" in one for one in passing) or name not in ON_FARGATE


REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"


def asking(resources: str) -> str:
    """Return a flow whose first step asks for resources."""
    step = f"@resources({resources})\n        @step"
    return OWN_FLOW.replace("@step", step, 1).replace(
        "import FlowSpec", "import FlowSpec, resources"
    )


@pytest.mark.parametrize(
    "resources", ["memory=4_000_000", "gpu=1", "cpu=1_000"], ids=["memory", "gpu", "vcpus"]
)
def test_a_step_that_the_queue_cannot_run_waits_and_its_job_says_why(
    resources: str, hands: Hands, tmp_path: Path
) -> None:
    batch, name = hands.stands.cloud.client("batch"), queue(hands, "default")
    flow = tmp_path / "large_flow.py"
    flow.write_text(textwrap.dedent(asking(resources)))
    with hands.runner.under_way(flow, "run", "--with", f"batch:queue={name}") as run:
        waiting = {"jobQueue": name, "jobStatus": "RUNNABLE"}
        [job] = until(
            "a job that waits",
            lambda: run.going_on() and batch.list_jobs(**waiting)["jobSummaryList"],
        )
        until(
            "why it waits",
            lambda: batch.describe_jobs(jobs=[job["jobId"]])["jobs"][0].get("statusReason"),
        )
        assert batch.describe_jobs(jobs=[job["jobId"]])["jobs"][0]["statusReason"] == REQUIREMENT
        batch.terminate_job(jobId=job["jobId"], reason="nothing can run it")
        with pytest.raises(FlowError, match="nothing can run it"):
            run.ended()


PARALLEL_FLOW = """
    import socket

    from metaflow import FlowSpec, current, parallel, step

    PORT = 47_831


    class ParallelFlow(FlowSpec):
        @step
        def start(self):
            self.next(self.train, num_parallel=3)

        @parallel
        @step
        def train(self):
            self.node = current.parallel.node_index
            self.heard = meet(current.parallel)
            self.next(self.join)

        @step
        def join(self, inputs):
            assert sorted(one.node for one in inputs) == [0, 1, 2]
            assert [one.heard for one in inputs if one.node == 0] == [[1, 2]]
            self.next(self.end)

        @step
        def end(self):
            pass


    def meet(place):
        if place.node_index:
            return call(place)
        with socket.create_server(("", PORT)) as server:
            server.settimeout(60)
            return sorted(listen(server) for _ in range(place.num_nodes - 1))


    def listen(server):
        connection, _ = server.accept()
        with connection:
            return int(connection.recv(8))


    def call(place):
        for _ in range(600):
            try:
                with socket.create_connection((place.main_ip, PORT), 1) as connection:
                    connection.sendall(str(place.node_index).encode())
                    return []
            except OSError:
                __import__("time").sleep(0.1)
        raise TimeoutError


    if __name__ == "__main__":
        ParallelFlow()
"""
"""Nodes that talk to the main one over the address that Metaflow gives them."""


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "options"), [("several", ""), ("fast", ",efa=1")])
def test_a_parallel_flow_runs_on_several_nodes_at_once(
    hands: Hands, tmp_path: Path, name: str, options: str
) -> None:
    flow = tmp_path / "parallel_flow.py"
    flow.write_text(textwrap.dedent(PARALLEL_FLOW))
    with_batch = f"batch:queue={queue(hands, name)}{options}"
    assert hands.runner.started_run(flow, "run", "--with", with_batch).startswith("ParallelFlow/")
    [nodes] = [one for one in newest_jobs(hands, name) if "nodeProperties" in one]
    assert nodes["nodeProperties"]["numNodes"] == 3
    ledger = hands.stands.authorizer.ledger
    assert [str(one) for one in ledger.entries() if not one.allowed] == []


def test_what_fargate_needs_is_counted_among_the_options(hands: Hands) -> None:
    ledger = hands.stands.authorizer.ledger
    reported = iam_report.report(hands.deployment.registrations, ledger)
    roles = {one.role: one for one in reported.roles}
    fargate, users = roles["metaflow-compute-fargate"], roles["metaflow-users-role"]
    assert fargate.granted == ()
    assert {one.action for one in fargate.options} == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    passing = [one for one in users.options if one.statement.endswith("/PassFargateRole")]
    assert {one.action for one in passing} == {"iam:PassRole"}
    assert all("Fargate calls it" in why for why in fargate.unused.values())


@pytest.mark.parametrize(
    ("name", "share", "words"),
    [("shares", {}, "needs"), ("default", {"shareIdentifier": "a"}, "takes no")],
)
def test_share_identifiers_are_for_queues_that_share(
    hands: Hands, name: str, share: dict[str, str], words: str
) -> None:
    batch = hands.stands.cloud.client("batch")
    definition = batch.register_job_definition(
        jobDefinitionName=f"shared-{name}",
        type="container",
        containerProperties={
            "image": "python:3.11",
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    )["jobDefinitionArn"]
    with pytest.raises(ClientError, match=rf"{words} share identifier"):
        batch.submit_job(
            jobName="shared", jobQueue=queue(hands, name), jobDefinition=definition, **share
        )
