"""Programs outside this repository that use the component, as the README shows."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from components.plugin import MetaflowProvider
from settings import parse
from tests.components import another_program
from tests.deployed import ROOT, deploy_stack

DEPLOY = """
import json
from pathlib import Path

import components
from rehearsal.mocks import deploy, program_at
from tests.placeholder import PlaceholderProvider

deployment = deploy(
    program_at(Path("__main__.py")),
    PlaceholderProvider(),
    project="science",
    stack_name="dev",
    config={},
)
print(json.dumps([components.__file__, len(deployment.registrations), deployment.outputs]))
"""
NOT_IMPORTED = ("api_key_authorizer.py", "migrate.py", "plugin.py", "__main__.py")
"""Modules that run in the service's container, and in the plugin's process."""

DISTRIBUTIONS = {"pulumi_aws": "pulumi-aws", "pydantic_core": "pydantic"}
"""Distributions by the modules that are called otherwise."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return another_program.install(tmp_path_factory.mktemp("package"))


def test_the_program_in_python_deploys_what_it_imports(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(another_program.python_program())
    done = subprocess.run(
        [sys.executable, "-c", DEPLOY],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{installed}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported, registrations, outputs = json.loads(done.stdout)
    assert Path(imported).is_relative_to(installed)
    assert registrations > 80
    assert set(outputs) == set(deploy_stack("dev").outputs)
    assert outputs["stateMachinePrefix"] == "metaflow-dev"


def test_the_package_has_every_module(installed: Path) -> None:
    for name in ("components", "mfconfig", "migration", "settings"):
        here, there = (
            {path.relative_to(root / name) for path in (root / name).glob("**/*.py")}
            for root in (ROOT, installed)
        )
        assert here == there


def test_the_package_asks_for_what_the_component_imports() -> None:
    imported = {
        DISTRIBUTIONS.get(module, module)
        for name in ("components", "settings")
        for path in (ROOT / name).glob("*.py")
        if path.name not in NOT_IMPORTED
        for module in top_modules(path)
    }
    needed = imported - sys.stdlib_module_names - {"components", "settings"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["component"]
    assert {re.split(r"[<>=]", one)[0] for one in extra} == needed


def top_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_both_programs_of_the_readme_give_the_same() -> None:
    call = next(
        node
        for node in ast.walk(ast.parse(another_program.python_program()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Metaflow"
    )
    in_python = ast.literal_eval(call.args[1])
    assert parse(in_python) == parse(another_program.inputs_in_yaml())


def test_the_program_in_yaml_knows_the_schema() -> None:
    schema = json.loads(MetaflowProvider().schema or "")
    component = schema["resources"]["metaflow:index:Metaflow"]
    assert set(another_program.inputs_in_yaml()) <= set(component["inputProperties"])


# What the CLI finds beside the component.


def test_the_plugin_shares_the_programs_environment() -> None:
    plugin, program = (
        yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["runtime"]
        for name in ("components/PulumiPlugin.yaml", "Pulumi.yaml")
    )
    assert plugin["name"] == program["name"] == "python"
    options = {**program["options"], "virtualenv": f"../{program['options']['virtualenv']}"}
    assert plugin["options"] == options


def test_the_plugin_needs_what_the_program_needs() -> None:
    options = ("--dry-run", "--no-index", "--disable-pip-version-check", "--quiet")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "-r", "requirements.txt"],
        cwd=ROOT / "components",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (ROOT / "components" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines == ["-r ../requirements.txt"]
