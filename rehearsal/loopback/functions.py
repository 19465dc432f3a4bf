"""Calls Lambda functions: their deployed code, with their role, for whom their policy lets in."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError
from moto.awslambda.models import lambda_backends

from rehearsal.loopback.exchange import broken
from rehearsal.provider.cloud import Cloud

_RUNTIME = Path(__file__).with_name("function_runtime.py")

Assume = Callable[[str, str, str], Mapping[str, Any]]
"""Takes a role's ARN, a session name and the function's ARN; returns STS's Credentials."""

MayInvoke = Callable[[str, str], bool]
"""Takes a function's ARN and that of the authorizer for which API Gateway calls it."""


class Functions(Protocol):
    """Calls deployed functions."""

    def call(self, function_arn: str, event: Mapping[str, Any], source_arn: str) -> Any:
        """Return what a function answers to API Gateway.

        Args:
            function_arn: the function.
            event: what it gets.
            source_arn: the authorizer.

        Raises:
            AnsweredError: it cannot be called, or fails.
        """


@dataclass
class _Environment:
    """A process that runs one version of one function."""

    version: tuple[str, ...]
    process: "subprocess.Popen[str]"
    folder: "tempfile.TemporaryDirectory[str]"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, event: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Return the line that a function answers; an error's when it takes too long or dies."""
        assert self.process.stdin is not None  # noqa: S101 both are pipes
        assert self.process.stdout is not None  # noqa: S101
        with self.lock:
            late = threading.Timer(seconds, self.process.kill)
            late.start()
            try:
                self.process.stdin.write(f"{json.dumps(event)}\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
            except OSError:
                line = ""
            finally:
                late.cancel()
        return json.loads(line) if line else {"error": f"it ended, or took {seconds:g} s"}

    def close(self) -> None:
        """End the process and remove the code."""
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


class LambdaFunctions:
    """The functions of one emulated AWS, each in one process that stays. Thread safe."""

    def __init__(self, cloud: Cloud, assume: Assume, may_invoke: MayInvoke) -> None:
        """Start none yet.

        Args:
            cloud: the emulated AWS, in this process.
            assume: assumes a function's role as Lambda does.
            may_invoke: says whether a function's policy lets API Gateway call it.
        """
        self._cloud = cloud
        self._assume = assume
        self._may_invoke = may_invoke
        self._lock = threading.Lock()
        self._environments: dict[str, _Environment] = {}

    def call(self, function_arn: str, event: Mapping[str, Any], source_arn: str) -> Any:
        """Return what a function answers to API Gateway.

        Args:
            function_arn: the function.
            event: what it gets.
            source_arn: the authorizer.

        Raises:
            AnsweredError: it cannot be called, or fails.
        """
        functions = lambda_backends[self._cloud.account_id][self._cloud.region].list_functions()
        found: Any = next((one for one in functions if one.function_arn == function_arn), None)
        if found is None:
            raise broken(f"the function {function_arn} does not exist")
        if not self._may_invoke(function_arn, source_arn):
            raise broken(f"the policy of {function_arn} does not let {source_arn} call it")
        told = self._environment(found).ask(event, float(found.timeout))
        if "error" in told:
            raise broken(f"the function {function_arn} failed: {told['error']}")
        return told["answer"]

    def close(self) -> None:
        """End every process; a later call starts another one."""
        with self._lock:
            environments, self._environments = self._environments, {}
        for one in environments.values():
            one.close()

    def _environment(self, function: Any) -> _Environment:
        variables = dict(function.environment_vars)
        version = (function.code_sha_256, function.handler, function.role, json.dumps(variables))
        with self._lock:
            found = self._environments.get(function.function_arn)
            if found and found.version == version and found.process.poll() is None:
                return found
            if found:
                found.close()
            started = self._environments[function.function_arn] = self._start(function, version)
            return started

    def _start(self, function: Any, version: tuple[str, ...]) -> _Environment:
        session = self._assume(function.role, function.function_name, function.function_arn)
        self._write_log(function, session)
        folder = tempfile.TemporaryDirectory(prefix="function-")
        with zipfile.ZipFile(BytesIO(function.code_bytes)) as archive:
            archive.extractall(folder.name)
        process = subprocess.Popen(
            [sys.executable, str(_RUNTIME), function.handler, folder.name],
            env=self._variables(function, session),
            cwd=folder.name,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return _Environment(version, process, folder)

    def _write_log(self, function: Any, session: Mapping[str, Any]) -> None:
        """Begin a log with the function's role, as Lambda does; calls go on without one."""
        logs = self._cloud.acting_as(session).client("logs")
        place = {"logGroupName": function.logs_group_name, "logStreamName": uuid4().hex}
        begun = {"timestamp": int(time.time() * 1000), "message": "INIT_START"}
        with suppress(ClientError):
            logs.create_log_stream(**place)
            logs.put_log_events(**place, logEvents=[begun])

    def _variables(self, function: Any, session: Mapping[str, Any]) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.devnull,
            "NO_PROXY": "*",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._cloud.endpoint,
            "AWS_REGION": self._cloud.region,
            "AWS_DEFAULT_REGION": self._cloud.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_ACCESS_KEY_ID": str(session["AccessKeyId"]),
            "AWS_SECRET_ACCESS_KEY": str(session["SecretAccessKey"]),
            "AWS_SESSION_TOKEN": str(session["SessionToken"]),
            **function.environment_vars,
        }
