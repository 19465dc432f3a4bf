"""The classes that the settings take, the emulator's, and those of RDS's own answers."""

import functools
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from rehearsal.provider import rds_classes, rds_versions
from settings import SettingsError, parse
from settings.database_classes import SIZES, least_version

CLUSTERS_ONLY = "db.c6gd."
NOT_IN_US_EAST_1 = "db.x2idn."
CLASSES = {f"db.{family}.{size}" for family, sizes in SIZES.items() for size in sizes}


def answers(name: str) -> Any:
    """Return what cfn-lint keeps, without importing it, which takes seconds."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    place = "data/schemas/extensions/aws_rds_dbinstance"
    return json.loads((Path(spec.origin).parent / place / name).read_text())


def classes_of_postgres(rules: Any) -> dict[str, set[str]]:
    """Return the classes by the pattern of versions; one entry for all where there is none."""
    found: dict[str, set[str]] = {}
    for rule in rules["allOf"]:
        given = rule["if"]["properties"]
        if given["Engine"].get("const") == "postgres":
            pattern = given.get("EngineVersion", {}).get("pattern", "")
            found.setdefault(pattern, set()).update(
                rule["then"]["properties"]["DBInstanceClass"]["enum"]
            )
    return found


@functools.cache
def orderable() -> dict[str, set[str]]:
    return classes_of_postgres(answers("db_instance_class.json"))


@pytest.mark.parametrize("major", rds_versions.POSTGRES)
def test_rds_offers_each_class_with_each_version(major: int) -> None:
    version = rds_versions.resolved(str(major))
    (pattern,) = (pattern for pattern in orderable() if re.fullmatch(pattern, version))
    offered = {one for one in orderable()[pattern] if not one.startswith(CLUSTERS_ONLY)}
    expected = {one for one in CLASSES if not one.startswith(NOT_IN_US_EAST_1)}
    assert offered - {"db.serverless"} == expected


def test_all_regions_together_have_all_sizes_of_each_family_and_no_other() -> None:
    priced: set[str] = set()
    for rules in answers("dbinstanceclass_enum.json").values():
        for classes in classes_of_postgres(rules).values():
            priced |= {one for one in classes if one.split(".")[1] in SIZES}
    assert priced == CLASSES


def test_the_emulator_has_the_same_classes() -> None:
    assert {family: rds_classes.sizes(family) for family in SIZES} == {
        family: list(sizes) for family, sizes in SIZES.items()
    }


@pytest.mark.parametrize("major", rds_versions.POSTGRES)
def test_no_class_needs_a_newer_version_than_new_databases_have(major: int) -> None:
    """So the emulator, which has those only, needs no table of versions by class."""
    oldest = f"{major}.{rds_versions.POSTGRES[major].oldest_minor}"
    assert not [one for one in CLASSES if least_version(one, oldest)]


@pytest.mark.parametrize(
    ("family", "version", "least"),
    [
        ("m6in", "14.2", "14.3"),
        ("m6in", "14.3", None),
        ("x2iedn", "14.4", "14.5"),
        ("x2iedn", "15.1", None),
        ("x2idn", "14.5", "14.6"),
        ("x2idn", "17.7", None),
        ("r8g", "14.8", "14.9"),
        ("r8g", "15.3", "15.4"),
        ("r8g", "15.10", None),
        ("r8gd", "14.16", "14.17"),
        ("r8gd", "15.9", "15.10"),
        ("r8gd", "16.5", "16.6"),
        ("r8gd", "17.1", "17.2"),
        ("r8gd", "18.1", None),
        ("m6gd", "14.1", None),
    ],
)
def test_the_oldest_versions_are_those_of_the_guide(
    family: str, version: str, least: str | None
) -> None:
    assert least_version(f"db.{family}.16xlarge", version) == least


@pytest.mark.parametrize(
    ("instance_class", "words"),
    [
        ("db.t4g.48xlarge", "t4g has the sizes micro, small, medium, large, xlarge, 2xlarge on"),
        ("db.x2idn.large", "x2idn has the sizes 16xlarge, 24xlarge, 32xlarge"),
        ("db.t2.micro", "RDS for PostgreSQL has no family t2; it has t3, t4g, "),
        ("db.t4g.micro\n", "it has not the form db.<family>.<size>"),
        ("t4g.micro", "it has not the form db.<family>.<size>"),
    ],
)
def test_one_line_says_what_is_allowed(instance_class: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"dbInstanceClass": instance_class})
    _, line = str(refused.value).splitlines()
    assert words in line
