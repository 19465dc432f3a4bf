"""The table of outputs agrees with Metaflow, and holds what a stack must supply."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mfconfig.contract import CONSTANT_SETTINGS, STACK_OUTPUTS, Kind

SETTINGS = [output.setting for output in STACK_OUTPUTS if output.setting]

METAFLOW_SETTINGS = [
    "METAFLOW_BATCH_JOB_QUEUE",
    "METAFLOW_DATASTORE_SYSROOT_S3",
    "METAFLOW_DATATOOLS_S3ROOT",
    "METAFLOW_DEFAULT_DATASTORE",
    "METAFLOW_DEFAULT_METADATA",
    "METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
    "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE",
    "METAFLOW_SERVICE_AUTH_KEY",
    "METAFLOW_SERVICE_INTERNAL_URL",
    "METAFLOW_SERVICE_URL",
    "METAFLOW_SFN_DYNAMO_DB_TABLE",
    "METAFLOW_SFN_IAM_ROLE",
]
"""What Metaflow needs of AWS, by `metaflow configure aws` (metaflow/cmd/configure_cmd.py)."""


def settings_that_metaflow_reads() -> set[str]:
    spec = importlib.util.find_spec("metaflow")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "metaflow_config.py").read_text(encoding="utf-8")
    return {
        f"METAFLOW_{node.args[0].value}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "from_conf"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("setting", METAFLOW_SETTINGS)
def test_the_twelve_settings_are_supplied(setting: str) -> None:
    assert setting in {*SETTINGS, *CONSTANT_SETTINGS}


def test_metaflow_reads_every_setting() -> None:
    assert {*SETTINGS, *CONSTANT_SETTINGS} <= settings_that_metaflow_reads()


def test_no_output_and_no_setting_stands_twice() -> None:
    names = [output.name for output in STACK_OUTPUTS]
    settings = [*SETTINGS, *CONSTANT_SETTINGS]
    assert len(set(names)) == len(names)
    assert len(set(settings)) == len(settings)


def test_every_setting_is_one_text() -> None:
    lists = {output.name for output in STACK_OUTPUTS if output.kind in {Kind.ARNS, Kind.TEXTS}}
    assert lists.isdisjoint(output.name for output in STACK_OUTPUTS if output.setting)


def test_the_api_key_is_the_secret() -> None:
    assert [output.name for output in STACK_OUTPUTS if output.secret] == ["apiKey"]


def test_metaflow_runs_with_the_written_profile(
    run: Callable[..., Any], outputs: dict[str, Any], home: Path
) -> None:
    assert run(outputs, "--home", str(home)).code == 0
    program = (
        "import json; from metaflow import metaflow_config as c; print(json.dumps("
        "[c.DEFAULT_DATASTORE, c.DEFAULT_METADATA, c.SERVICE_URL, c.SERVICE_INTERNAL_URL, "
        "c.SERVICE_HEADERS['x-api-key'], c.BATCH_JOB_QUEUE, c.SFN_STATE_MACHINE_PREFIX, "
        "c.BATCH_EMIT_TAGS, c.BATCH_DEFAULT_TAGS,]))"
    )
    metaflow = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "METAFLOW_HOME": str(home), "METAFLOW_PROFILE": "dev"},
        cwd=home,
        capture_output=True,
        check=True,
    )
    assert json.loads(metaflow.stdout) == [
        "s3",
        "service",
        outputs["serviceUrl"],
        outputs["serviceInternalUrl"],
        outputs["apiKey"],
        outputs["jobQueueArn"],
        outputs["stateMachinePrefix"],
        True,
        {"metaflow-stack": "dev"},
    ]


def test_metaflow_reads_a_secret_by_its_name_with_the_written_profile(
    run: Callable[..., Any], outputs: dict[str, Any], home: Path
) -> None:
    assert run(outputs, "--home", str(home)).code == 0
    program = """
import boto3
from metaflow.plugins.secrets.secrets_func import get_secret

class Client:
    def __init__(self, service, region_name, **_):
        self.called = f"{service} in {region_name}"

    def get_secret_value(self, SecretId):
        return {"Name": SecretId, "SecretString": f'{{"called": "{self.called}: {SecretId}"}}'}

boto3.session.Session.client = lambda _, service, **options: Client(service, **options)
print(get_secret("team/token")["called"])
"""
    metaflow = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "METAFLOW_HOME": str(home), "METAFLOW_PROFILE": "dev"},
        cwd=home,
        capture_output=True,
        check=True,
    )
    assert metaflow.stdout.decode() == "secretsmanager in eu-west-1: team/token\n"
