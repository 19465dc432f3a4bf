"""The packs started as Pulumi starts them, here and where nothing of this repository is."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.jobs import python_environment
from rules import least_privilege_iam, private_data
from tests.deployed import ROOT

PACKS = {"least-privilege-iam": least_privilege_iam, "private-data": private_data}
SECONDS = 60


@contextmanager
def started(folder: Path, python: str = sys.executable) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """Start a pack as the engine does: in its folder, which alone is on the path."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    process = subprocess.Popen(
        [python, "-m", "pulumi.policy", "127.0.0.1:1", "."],
        cwd=folder,
        env=kept,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the pack did not start"
        options = (("grpc.enable_http_proxy", 0),)
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of policies/ far from this repository."""
    target = tmp_path_factory.mktemp("elsewhere") / "policies"
    left_out = shutil.ignore_patterns("__pycache__", ".*cache")
    return Path(shutil.copytree(ROOT / "policies", target, ignore=left_out))


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_pack_starts_and_tells_its_rules(pack: str, place: str, copied: Path) -> None:
    policies = ROOT / "policies" if place == "here" else copied
    with started(policies / pack) as analyzer:
        info: analyzer_pb2.AnalyzerInfo = analyzer.GetAnalyzerInfo(Empty(), timeout=SECONDS)
    assert info.name == pack
    assert info.provider == "AWS"
    assert [one.name for one in info.policies] == [one.name for one in PACKS[pack].POLICIES]
    levels = {one.name: one.enforcementLevel for one in info.policies}
    assert levels.pop("exemptions-in-force") == analyzer_pb2.ADVISORY
    assert set(levels.values()) == {analyzer_pb2.MANDATORY}
    assert all(
        "reason" in one.configSchema.properties for one in info.policies if one.name in levels
    )


@pytest.fixture(scope="module")
def required_only(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a Python in whose environment nothing is but what policies/requirements.txt pins."""
    folder = tmp_path_factory.mktemp("environment")
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    pinned = (ROOT / "policies" / "requirements.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^([a-z0-9][a-z0-9._-]*)==.*?\\$", pinned, flags=re.MULTILINE):
        python_environment.link(name, packages)
    return str(folder / "bin" / "python")


CARELESS = {
    "least-privilege-iam": (
        "aws:iam/rolePolicy:RolePolicy",
        {"policy": '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'},
        {"iam-no-wildcard-actions"},
    ),
    "private-data": (
        "aws:rds/instance:Instance",
        {"publiclyAccessible": True},
        {"rds-not-public", "rds-encrypted"},
    ),
}


@pytest.mark.parametrize("pack", PACKS)
def test_a_copied_pack_judges_with_nothing_but_its_requirements(
    pack: str, copied: Path, required_only: str
) -> None:
    token, inputs, expected = CARELESS[pack]
    properties = Struct()
    properties.update(inputs)
    urn = f"urn:pulumi:test::elsewhere::{token}::thing"
    wanted = analyzer_pb2.AnalyzeRequest(urn=urn, type=token, name="thing", properties=properties)
    resource = analyzer_pb2.AnalyzerResource(
        urn=urn, type=token, name="thing", properties=properties
    )
    with started(copied / pack, required_only) as analyzer:
        found = analyzer.Analyze(wanted, timeout=SECONDS)
        whole = analyzer.AnalyzeStack(
            analyzer_pb2.AnalyzeStackRequest(resources=[resource]), timeout=SECONDS
        )
    assert expected <= {one.policyName for one in found.diagnostics}
    assert {one.urn for one in whole.diagnostics} == {urn}


@pytest.mark.parametrize(
    ("pack", "stranger"),
    [("least-privilege-iam", "rules.rds"), ("private-data", "rules.iam.grants")],
)
def test_a_pack_loads_no_rule_of_the_other(pack: str, stranger: str) -> None:
    module = PACKS[pack].__name__
    code = f"import sys, {module}; print({stranger!r} in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "policies",
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    assert found.stdout == "False\n"
