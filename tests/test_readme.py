"""The README's tables say what the code says."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from mfconfig.contract import STACK_OUTPUTS
from rehearsal.iam_needs import NEEDED_FOR
from settings import QueueSettings, Settings
from settings.image_caches import ImageCacheSettings
from settings.model import TIERS
from settings.parts import SettingsModel
from settings.queues import DEFAULT_TYPES, FairShareSettings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(name: str) -> dict[str, list[str]]:
    """Return a marked table's rows by their first cell, without backticks."""
    after = README.split(f"<!-- {name} -->")[1].lstrip()
    lines = after.split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0].strip("`"): row[1:] for row in rows}


def shown(default: object) -> str:
    if default in ("", (), {}, None):
        return "none" if default is None else "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


TABLES: dict[str, type[SettingsModel]] = {
    **TIERS,
    "queues": QueueSettings,
    "fairShare": FairShareSettings,
    "imageCaches": ImageCacheSettings,
}
IN_WORDS = {
    "queues": "one queue, `default`",
    "jobImageRepositories": "`metaflow/*`",
    "name": "required",
    "registry": "required",
    "prefix": "required",
}
"""Defaults that are no single value, by key."""


@pytest.mark.parametrize("name", TABLES)
def test_settings_table(name: str) -> None:
    expected = {}
    for field_name, info in TABLES[name].model_fields.items():
        key = to_camel(field_name)
        assert isinstance(info.json_schema_extra, dict)
        expected[key] = [
            IN_WORDS.get(key, shown(info.default)),
            info.json_schema_extra["allowed"],
            " ".join((info.description or "").split()),
        ]
    assert table(f"settings: {name}") == expected


def test_default_queue_has_the_families_the_readme_names() -> None:
    families = {kind: {one.split(".")[0] for one in types} for kind, types in DEFAULT_TYPES.items()}
    assert families["ec2"] == families["spot"] == {"m6i", "c6i", "r6i"}
    assert families["gpu"] == {"g4dn", "g5", "g6"}
    assert [queue.name for queue in Settings().queues] == ["default"]


def test_outputs_table() -> None:
    assert table("outputs") == {
        output.name: [
            f"`{output.setting}`" if output.setting else "",
            output.description
            + ("" if output.required else " (where there is one)")
            + ("; secret" if output.secret else ""),
        ]
        for output in STACK_OUTPUTS
    }


def test_dependency_table_names_what_is_required_and_for_what() -> None:
    required = {}
    files = {
        "policies": ROOT / "policies" / "requirements.in",
        **{
            purpose: ROOT / "requirements" / f"{purpose}.in"
            for purpose in ("bench", "program", "rehearsal", "tests")
        },
    }
    for purpose, path in files.items():
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("-r"):
                required[re.split(r"[=<>]", line)[0]] = purpose
    assert {name: cells[0] for name, cells in table("dependencies").items()} == required


def test_component_tree_names_every_component() -> None:
    tree = README.split("## What is deployed")[1].split("```")[1]
    drawn = re.findall(r"^[│├└─ ]*([A-Z]\w+)", tree, flags=re.MULTILINE)
    classes = [
        name
        for path in sorted((ROOT / "components").glob("*.py"))
        for name in re.findall(
            r"^class (\w+)\(pulumi\.ComponentResource\)", path.read_text(encoding="utf-8"), re.M
        )
    ]
    assert sorted(drawn) == sorted(classes)


def test_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets


def test_the_programs_environment_has_what_mfconfig_needs() -> None:
    # `pulumi install` makes .venv of it, and the README runs mfconfig there.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    program = (ROOT / "requirements" / "program.in").read_text(encoding="utf-8").split()
    assert set(project["dependencies"]) <= set(program)


def test_the_requirements_files_pin_the_same_versions() -> None:
    # One .venv holds them all: another version would be installed over the first.
    pins: dict[str, set[frozenset[str]]] = {}
    files = [ROOT / "requirements.txt", ROOT / "policies" / "requirements.txt"]
    # Checkov wants an older boto3, so the bench's tools have an environment of their own.
    apart = ROOT / "requirements" / "bench.txt"
    for path in {*files, *(ROOT / "requirements").glob("*.txt")} - {apart}:
        found: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.M):
            # Two of one name are for different Pythons.
            found.setdefault(name, set()).add(version)
        for name, versions in found.items():
            pins.setdefault(name, set()).add(frozenset(versions))
    assert {name: one for name, one in pins.items() if len(one) > 1} == {}


def test_permissions_table() -> None:
    rows = []
    for role, needs in NEEDED_FOR.items():
        for exercise in dict.fromkeys(needs.values()):
            actions = [f"`{one}`" for one, needing in needs.items() if needing == exercise]
            rows.append(f"| `{role}` | {exercise} | {', '.join(actions)} |")
    after = README.split("<!-- permissions -->")[1].lstrip()
    assert after.split("\n\n")[0].splitlines()[2:] == rows


def test_every_setting_stands_in_one_tiers_table() -> None:
    of_tiers = [name for tier in TIERS.values() for name in tier.model_fields]
    assert of_tiers == list(Settings.model_fields)
