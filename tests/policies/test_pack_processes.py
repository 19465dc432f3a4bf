"""The packs started as Pulumi starts them, here and where nothing of this repository is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rules import least_privilege_iam, private_data
from tests.deployed import ROOT

PACKS = {"least-privilege-iam": least_privilege_iam, "private-data": private_data}
SECONDS = 60


@contextmanager
def started(folder: Path) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """Start a pack as the engine does: in its folder, which alone is on the path."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi.policy", "127.0.0.1:1", "."],
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
