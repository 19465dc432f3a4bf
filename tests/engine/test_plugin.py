"""The component as a plugin that the CLI installs, starts and asks, and as an imported package."""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_snake

from components.plugin import MetaflowProvider
from mfconfig.contract import OUTPUT_BY_NAME
from rehearsal.engine import EngineError, Outcome
from rehearsal.sandbox import sandbox
from settings import Settings
from tests.components import another_program
from tests.deployed import ROOT
from tests.engine.live_stack import changes, live

pytestmark = pytest.mark.cli

PYTHON = """#!/bin/sh
# Python on a machine without a network, where everything is installed already.
echo "$PWD: $@" >> {log}
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin" && exec cp "$0" "$3/bin/python"; fi
if [ "$1 $2 $3" = "-m pip install" ]; then exit 0; fi
exec {python} "$@"
"""

PROGRAM = """
import runpy
from pathlib import Path
import pulumi
language = pulumi.Config().require("language")
runpy.run_path(str(Path(__file__).parent / f"in_{language}.py"))
"""

# What every SDK does with a component that a plugin makes.
IN_ANOTHER_LANGUAGE = """
import json
import pulumi

names = {outputs!r}

class Metaflow(pulumi.ComponentResource):
    def __init__(self, name, inputs):
        given = {{**inputs, **dict.fromkeys(names)}}
        super().__init__("metaflow:index:Metaflow", name, given, remote=True)

changed = json.loads(pulumi.Config().get("changed") or "{{}}")
metaflow = Metaflow("metaflow", {{**{inputs!r}, **changed}})
for name in names:
    pulumi.export(name, getattr(metaflow, name))
"""


THE_PLUGIN = Counter({("create", "pulumi:providers:metaflow", "default"): 1})
"""What the engine notes of the plugin that a program uses."""


@dataclass(frozen=True)
class Checkout:
    """A checkout of this repository in which the CLI has installed the plugin."""

    folder: Path
    schema: dict[str, Any]
    asked_of_python: str
    sdk: Path


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("components", "settings"):
        another_program.copy_package(name, folder)
    shutil.copy(ROOT / "requirements.txt", folder)
    log, sdk, plugin = folder / "python.log", folder / "sdk", str(folder / "components")
    schema = pulumi(log, "get-schema", plugin)
    pulumi(log, "gen-sdk", plugin, "--language", "python", "--out", str(sdk))
    return Checkout(folder, json.loads(schema), log.read_text(encoding="utf-8"), sdk)


def pulumi(log: Path, *arguments: str) -> str:
    """Return what a command about packages prints."""
    with sandbox() as box:
        home, tools = box.folder / "pulumi", box.folder / "bin"
        # The CLI fetches the plugins of the packages that a plugin needs.
        aws = home / "plugins" / f"resource-aws-v{version('pulumi-aws')}"
        aws.mkdir(parents=True)
        (aws / "pulumi-resource-aws").symlink_to(ROOT / "rehearsal" / "bin" / "pulumi-resource-aws")
        tools.mkdir()
        for name in ("python", "python3"):
            (tools / name).write_text(PYTHON.format(log=log, python=sys.executable))
            (tools / name).chmod(0o755)
        path = box.environment({})["PATH"]
        environment = {"PATH": f"{tools}:{path}", "PULUMI_HOME": str(home)}
        environment |= {"PULUMI_SKIP_UPDATE_CHECK": "true"}
        done = box.run(["pulumi", "package", *arguments], environment)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)


def written_out(declared: Any, inside: bool = False) -> Any:
    """Return a schema without what the CLI leaves out: empty parts, and the notes of items."""
    if not isinstance(declared, dict):
        return declared
    found = {
        key: written_out(one, key in ("items", "additionalProperties"))
        for key, one in declared.items()
        if not (inside and key == "description")
    }
    return {key: one for key, one in found.items() if one not in (None, [], {})}


def test_the_cli_installs_what_the_plugin_needs(checkout: Checkout) -> None:
    asked = checkout.asked_of_python
    assert f"-m venv {checkout.folder}/.venv\n" in asked
    assert f"{checkout.folder}/components: -m pip install -r requirements.txt\n" in asked


def test_the_cli_gets_the_schema(checkout: Checkout) -> None:
    derived = json.loads(MetaflowProvider().schema or "")
    assert written_out(checkout.schema) == written_out(derived)


def test_an_sdk_can_be_generated(checkout: Checkout) -> None:
    [module] = checkout.sdk.glob("**/pulumi_metaflow/metaflow.py")
    text = module.read_text(encoding="utf-8")
    compile(text, str(module), "exec")
    names = set(re.findall(r"def (\w+)\(self\) -> pulumi\.Output", text))
    assert names == {to_snake(name) for name in OUTPUT_BY_NAME}
    inputs = set(re.findall(r"(\w+): Optional\[.*\] = None,?$", text, re.MULTILINE))
    assert set(Settings.model_fields) <= inputs


@dataclass
class Life:
    """What came of each command, on a stack whose program changes its language."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    api_key: str = ""
    exported: str = ""
    left: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def program(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program")
    installed = another_program.install(tmp_path_factory.mktemp("package"))
    plugin = checkout.folder / "components"
    (folder / "Pulumi.yaml").write_text(
        f"name: metaflow-aws\nruntime: python\npackages:\n  metaflow: {plugin}\n"
    )
    (folder / "Pulumi.dev.yaml").write_text(
        "config: {'aws:region': us-east-1, 'metaflow-aws:language': another}\n"
    )
    (folder / "__main__.py").write_text(PROGRAM)
    path = f"import sys\nsys.path.insert(0, {str(installed)!r})\n"
    (folder / "in_python.py").write_text(path + another_program.python_program())
    (folder / "in_another.py").write_text(
        IN_ANOTHER_LANGUAGE.format(
            outputs=sorted(OUTPUT_BY_NAME), inputs=another_program.inputs_in_yaml()
        )
    )
    return folder


@pytest.fixture(scope="module")
def life(program: Path) -> Iterator[Life]:
    with live(program=program) as stands:
        engine, seen = stands.engine, Life()
        seen.outcomes["preview in another language"] = engine.preview()
        engine.configure({"language": "python"})
        seen.outcomes["up in Python"] = engine.up()
        seen.outputs["in Python"] = engine.outputs(show_secrets=True)
        engine.configure({"language": "another"})
        seen.outcomes["up in another language"] = engine.up()
        seen.outputs["in another language"] = engine.outputs(show_secrets=True)
        seen.outputs["masked"] = engine.outputs()
        seen.exported = json.dumps(engine.export())
        for mistake in ({"serviceCount": 0}, {"vpcCidr": "10.99.0.0/16"}):
            engine.configure({"changed": json.dumps(mistake)})
            with pytest.raises(EngineError) as refused:
                engine.preview()
            seen.refusals[next(iter(mistake))] = str(refused.value)
        engine.configure({"changed": None})
        seen.outcomes["destroy"] = engine.destroy()
        seen.left = stands.left()
        yield seen


def test_the_plugin_makes_what_an_imported_component_makes(life: Life) -> None:
    in_python = changes(life.outcomes["up in Python"])
    assert changes(life.outcomes["preview in another language"]) == in_python + THE_PLUGIN
    assert {one.name for one in life.outcomes["up in Python"].changes} == {"create"}
    assert len(in_python) > 80


def test_a_stack_changes_hands_without_a_change(life: Life) -> None:
    assert changes(life.outcomes["up in another language"]) == THE_PLUGIN


def test_the_outputs_are_the_same(life: Life) -> None:
    assert life.outputs["in another language"] == life.outputs["in Python"]
    assert set(life.outputs["in Python"]) <= set(OUTPUT_BY_NAME)


def test_the_api_key_is_a_secret_in_another_language(life: Life) -> None:
    assert life.outputs["masked"]["apiKey"] == "[secret]"
    assert len(life.outputs["in Python"]["apiKey"]) >= 20
    assert life.outputs["in Python"]["apiKey"] not in life.exported


def test_a_mistake_is_a_line_in_another_language(life: Life) -> None:
    assert life.refusals["serviceCount"].splitlines()[:2] == [
        "metaflow:index:Metaflow resource 'metaflow' has a problem: 1 setting is not usable:",
        "serviceCount is 0; allowed: 1 to 50.",
    ]


def test_what_cannot_change_is_refused_in_another_language(life: Life) -> None:
    # What follows is the program's, which the engine stops.
    assert life.refusals["vpcCidr"].startswith(
        "metaflow:index:Metaflow resource 'metaflow' has a problem: vpcCidr is 10.99.0.0/16, but "
        "the stack was made with 10.20.0.0/16: "
    )


def test_destroy_leaves_nothing(life: Life) -> None:
    assert {one.name for one in life.outcomes["destroy"].changes} == {"delete"}
    assert life.left == []
