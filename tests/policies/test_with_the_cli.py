"""Both packs under the real Pulumi CLI, copied into a project that is none of this repository's."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployed import ROOT

CLI = shutil.which("pulumi") or ""
pytestmark = pytest.mark.skipif(not CLI, reason="the Pulumi CLI is not on PATH")

PACKS = ("least-privilege-iam", "private-data")
RUNTIME = "runtime:\n  name: python\n  options:\n    virtualenv: "
# A component, since no provider is there that would take a resource of AWS; it is judged alike.
PROGRAM = """
import pulumi

pulumi.ComponentResource({token!r}, "thing", {inputs!r})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a Pulumi project with a stack, and the packs beside it."""
    policies = tmp_path / "policies"
    shutil.copytree(ROOT / "policies", policies, ignore=shutil.ignore_patterns("__pycache__"))
    for pack in PACKS:
        path = policies / pack / "PulumiPolicy.yaml"
        named = re.sub(r"(virtualenv: ).*", rf"\g<1>{sys.prefix}", path.read_text())
        path.write_text(named)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(f"name: project\n{RUNTIME}{sys.prefix}\n")
    assert pulumi(folder, "stack", "init", "dev").returncode == 0
    return folder


def pulumi(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "HOME": str(folder.parent),
        "PATH": os.environ["PATH"],
        "PULUMI_BACKEND_URL": f"file://{folder.parent}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_HOME": str(folder.parent / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return subprocess.run(
        [CLI, *arguments, "--non-interactive"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def preview(project: Path, token: str, inputs: object) -> subprocess.CompletedProcess[str]:
    (project / "__main__.py").write_text(PROGRAM.format(token=token, inputs=inputs))
    options = []
    for pack in PACKS:
        folder = project.parent / "policies" / pack
        config = folder / "config" / "prod.json"
        options += ["--policy-pack", str(folder), "--policy-pack-config", str(config)]
    return pulumi(project, "preview", *options)


def test_both_packs_judge_a_preview(project: Path) -> None:
    done = preview(project, "aws:sqs/queue:Queue", {"sqsManagedSseEnabled": True})
    assert done.returncode == 0, done.stdout + done.stderr
    assert [f"✅ {pack}@" in done.stdout for pack in PACKS] == [True, True]


def test_a_mandatory_violation_stops_a_preview(project: Path) -> None:
    done = preview(project, "aws:iam/accessKey:AccessKey", {"user": "ada"})
    assert done.returncode != 0
    assert "❌ least-privilege-iam@" in done.stdout
    assert "[mandatory] [severity: high]  iam-no-access-keys" in done.stdout
    assert "✅ private-data@" in done.stdout
