"""A good stack's outputs, and `mfconfig` run in this process or in one of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mfconfig.command import main

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
API_KEY = "k3yThatNobodyMayEverSeeInAnyOutput"


class Result(NamedTuple):
    """How a run ended."""

    code: int
    stdout: str
    stderr: str


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"


def _role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


GOOD_OUTPUTS: dict[str, Any] = {
    "stackName": "dev",
    "region": "eu-west-1",
    "datastoreRoot": "s3://metaflow-dev-1a2b/metaflow",
    "datatoolsRoot": "s3://metaflow-dev-1a2b/data",
    "serviceUrl": "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/api/",
    "serviceInternalUrl": "http://internal-1a2b.elb.eu-west-1.amazonaws.com/",
    "apiKey": API_KEY,
    "apiKeyId": "k1e2y3i4d5",
    "apiId": "a1b2c3",
    "jobQueueArn": _arn("batch", "job-queue/dev"),
    "jobRoleArn": _role("dev-job"),
    "jobTags": '{"metaflow-stack": "dev"}',
    "fargateExecutionRoleArn": _role("dev-fargate"),
    "stepFunctionsRoleArn": _role("dev-step-functions"),
    "stepFunctionsTableName": "dev-table",
    "eventBridgeRoleArn": _role("dev-event-bridge"),
    "stateMachinePrefix": "dev",
    "executionLogGroupArn": _arn("logs", "log-group:/dev:*"),
    "secretsBackendType": "aws-secrets-manager",
    "secretsRegion": "eu-west-1",
    "uiUrl": "https://ui.example.org/",
    "bucketName": "metaflow-dev-1a2b",
    "bucketKeyArn": _arn("kms", "key/1a2b"),
    "databaseSecretArn": _arn("secretsmanager", "secret:rds!db-1a2b"),
    "databaseEndpoint": "dev.1a2b.eu-west-1.rds.amazonaws.com",
    "userRoleArn": _role("dev-user"),
    "userPolicyArns": [f"arn:aws:iam::{ACCOUNT}:policy/dev-user"],
    "vpcId": "vpc-1a2b",
    "publicSubnetIds": ["subnet-1", "subnet-2"],
    "privateSubnetIds": [],
    "databaseSubnetIds": ["subnet-3", "subnet-4"],
    "jobSecurityGroupId": "sg-1a2b",
    "computeEnvironmentArns": [_arn("batch", "compute-environment/dev")],
    "jobQueueArns": [_arn("batch", "job-queue/dev")],
}


@pytest.fixture(autouse=True)
def _no_user_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the user's own home, credentials and settings out of every test."""
    for variable in list(os.environ):
        if variable.startswith(("AWS_", "METAFLOW_")):
            monkeypatch.delenv(variable)
    # Unbuffered streams would hide what is left to be written at exit.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def outputs() -> dict[str, Any]:
    """Every output of the contract, each with a good value."""
    return json.loads(json.dumps(GOOD_OUTPUTS))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make an empty Metaflow home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


class _Streams:
    """Stands in for the three standard streams of a process."""

    def __init__(self, document: bytes) -> None:
        self.stdin = io.TextIOWrapper(io.BytesIO(document))
        self.stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        self.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")

    def written(self, stream: io.TextIOWrapper) -> str:
        stream.flush()
        return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


def run_here(document: Any, *options: str) -> Result:
    """Run the command in this process; bytes are its input as they are, all else becomes JSON."""
    streams = _Streams(document if isinstance(document, bytes) else json.dumps(document).encode())
    with pytest.MonkeyPatch.context() as patch:
        for name in ("stdin", "stdout", "stderr"):
            patch.setattr(sys, name, getattr(streams, name))
        code = main(options)
    return Result(code, streams.written(streams.stdout), streams.written(streams.stderr))


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """Run the command in this process: `run(outputs, *options)`."""
    return run_here


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the command in its own process, after a prelude: `start(prelude, *options)`.

    The process is left waiting for its standard input.
    """
    processes: list[subprocess.Popen[bytes]] = []

    def start_process(prelude: str, *options: str) -> subprocess.Popen[bytes]:
        program = f"import os, sys\n{prelude}\nfrom mfconfig.command import main\nsys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", program, *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield start_process
    for process in processes:
        with process:
            process.kill()


@pytest.fixture
def run_process(
    start: Callable[..., subprocess.Popen[bytes]],
) -> Callable[..., Result]:
    """Run the command in its own process: `run_process(outputs, *options, prelude=...)`."""

    def finish(document: Any, *options: str, prelude: str = "") -> Result:
        process = start(prelude, *options)
        stdout, stderr = process.communicate(json.dumps(document).encode(), timeout=60)
        return Result(process.returncode, stdout.decode(), stderr.decode())

    return finish
