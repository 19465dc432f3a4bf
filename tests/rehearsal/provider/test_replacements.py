"""The table of what changes do to live resources, and that it and the provider's rows agree."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError, registry, replacements, sdk_schema
from rehearsal.provider.replacements import DeletedFirst, Entry, Replacements
from rehearsal.provider.resource_type import Input, OnChange, ResourceType
from tests.deployed import ROOT

FILE = ROOT / "rehearsal" / "provider" / "provider-replacements.json"
ROWS = sorted(registry.RESOURCE_TYPES.values(), key=lambda row: row.token)
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
GROUP = "aws:cloudwatch/logGroup:LogGroup"

REFERENCE = re.compile(
    r"internal/service/[\w/]+\.go"
    r"|pulumi/pulumi-(aws|terraform-bridge) (provider|pkg)/[\w/]+\.go"
    r"|https://docs\.aws\.amazon\.com/[\w/.-]+"
)


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: a difference must not need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


def of_each_row() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", ROWS, ids=lambda row: row.token)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert sorted(set(names)) == sorted(names)
    return dict(pairs)


def test_nothing_stands_twice_in_the_file() -> None:
    """Of two entries of a name, a reader of JSON would drop one without a word."""
    read = json.loads(FILE.read_text(encoding="utf-8"), object_pairs_hook=unique)
    assert set(read) == {"about", "types"}


def test_the_table_has_the_types_that_the_provider_was_taught_and_no_other() -> None:
    assert set(replacements.table()) == set(registry.RESOURCE_TYPES)


@of_each_row()
def test_the_table_has_the_inputs_that_a_row_takes_and_no_other(row: ResourceType) -> None:
    entries = replacements.of(row.token).inputs
    assert {path for path in entries if "." not in path} == set(row.inputs)


def is_part(path: str, types: Mapping[str, Any]) -> bool:
    """Say whether a path leads to an input or a part of one; some types have themselves as part."""
    name, _, rest = path.partition(".")
    return name in types and (not rest or is_part(rest, sdk_schema.parts(types[name])))


@of_each_row()
def test_every_part_of_an_input_is_one_that_pulumi_has(row: ResourceType) -> None:
    types = sdk_schema.input_types(row.token)
    entries = set(replacements.of(row.token).inputs)
    taken = {name: types[name] for name in row.inputs}
    assert [path for path in entries if not is_part(path, taken)] == []
    assert {path.rpartition(".")[0] for path in entries} <= {"", *entries}


@of_each_row()
def test_every_entry_says_where_its_effect_was_read(row: ResourceType) -> None:
    """One reference for all of a type, and an own one where another source says it."""
    read = json.loads(FILE.read_text(encoding="utf-8"))["types"][row.token]
    others = [*read["inputs"].values(), read.get("deletedFirst", {})]
    own = [one["reference"] for one in others if "reference" in one]
    assert all(REFERENCE.fullmatch(reference) for reference in (read["reference"], *own))
    assert "deletedFirst" not in read or "reference" in read["deletedFirst"]


@of_each_row()
def test_the_conditions_of_the_table_are_those_that_a_row_decides(row: ResourceType) -> None:
    table = replacements.of(row.token)
    used = {name for entry in table.inputs.values() for name in entry.when}
    assert used == set(table.conditions) == set(row.conditions)
    assert all(len(words.split()) > 2 for words in table.conditions.values())


@of_each_row()
def test_a_row_updates_where_the_table_has_updates(row: ResourceType) -> None:
    entries = replacements.of(row.token).inputs.values()
    effects = {effect for entry in entries for effect in (entry.effect, *entry.when.values())}
    assert (row.update is None) is (effects == {OnChange.REPLACE})


@of_each_row()
def test_the_order_of_a_replacement_is_stated_of_all_that_pulumi_names(row: ResourceType) -> None:
    """The name of a database is no automatic one, and the plugin framework knows no such rule."""
    table = replacements.of(row.token)
    if row.auto_name is None:
        assert table.naming in ("", "targetId")
        return
    never = row.token in ("aws:rds/instance:Instance", "aws:batch/jobQueue:JobQueue")
    assert table.deleted_first is (DeletedFirst.NEVER if never else DeletedFirst.GIVEN)
    assert table.naming == ("" if never else row.auto_name.property)


def stated(path: str, types: Mapping[str, Any], value: str) -> dict[str, Any]:
    """Return inputs in which one part has a value; what has parts comes with the second value."""
    name, _, rest = path.partition(".")
    parts = sdk_schema.parts(types[name])
    inner: Any = value
    if rest:
        inner = stated(rest, parts, value)
    elif parts:
        inner = {"whole": value} if value == "new" else None
    is_list = inner is not None and parts and "Sequence" in str(types[name])
    return {"beside": "unchanged", name: [inner] if is_list else inner}


@of_each_row()
def test_a_change_does_what_its_entry_says(provider: Provider, row: ResourceType) -> None:
    """Of entries without a condition; those with one have tests of their own."""
    types = sdk_schema.input_types(row.token)
    for path, entry in replacements.of(row.token).inputs.items():
        if not entry.when:
            before, after = (stated(path, types, value) for value in ("old", "new"))
            assert provider.diff(row.token, before, after).changes == expected(path, entry), path


def expected(path: str, entry: Entry) -> dict[str, OnChange]:
    name = path.partition(".")[0]
    if entry.effect is OnChange.IGNORED:
        return {}
    if entry.effect is OnChange.REPLACE and path != name:
        return {name: OnChange.IN_PLACE, path: OnChange.REPLACE}
    return {name: entry.effect}


def test_a_change_of_an_untaught_part_is_refused_and_not_guessed(provider: Provider) -> None:
    token = "aws:ec2/launchTemplate:LaunchTemplate"
    ebs = {"volumeSize": 30}
    state = {"name": "jobs", "blockDeviceMappings": [{"deviceName": "xvda", "ebs": ebs}]}
    faster = {"deviceName": "xvda", "ebs": {**ebs, "volumeInitializationRate": 100}}
    inputs = {**state, "blockDeviceMappings": [faster]}
    refused = (
        f"^{token}: what a change of blockDeviceMappings.ebs.volumeInitializationRate does to a "
        "live resource was not looked up; add blockDeviceMappings.ebs.volumeInitializationRate to "
        "rehearsal/provider/provider-replacements.json, with its reference.$"
    )
    with pytest.raises(RefusedError, match=refused):
        provider.diff(token, state, inputs)
    assert provider.diff(token, inputs, inputs).changes == {}


def without(monkeypatch: pytest.MonkeyPatch, token: str, *paths: str) -> None:
    """Take entries from a type of the table, or the type itself."""
    table = dict(replacements.table())
    kept = {path: one for path, one in table[token].inputs.items() if path not in paths}
    if paths:
        table[token] = replace(table[token], inputs=kept)
    else:
        del table[token]
    monkeypatch.setattr(replacements, "table", lambda: table)


@pytest.mark.parametrize(
    "part", ["minVcpus", "launchTemplate.version"], ids=["part", "part-of-a-part"]
)
def test_a_part_whose_entry_is_gone_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    template = {"launchTemplateId": "lt-1", "version": "1"}
    resources = {"minVcpus": 0, "maxVcpus": 8, "launchTemplate": template}
    state = {"name": "cpu", "type": "MANAGED", "computeResources": resources}
    grown = {"minVcpus": 1, "maxVcpus": 8, "launchTemplate": {**template, "version": "2"}}
    inputs = {**state, "computeResources": grown}
    assert "computeResources" in provider.diff(ENVIRONMENT, state, inputs).changes
    without(monkeypatch, ENVIRONMENT, f"computeResources.{part}")
    with pytest.raises(RefusedError, match=rf"a change of computeResources\.{part} does"):
        provider.diff(ENVIRONMENT, state, inputs)


def test_an_input_that_a_row_takes_on_its_own_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row can name an input, but what a change of it does is the table's to say."""
    row = registry.resource_type(GROUP)
    taught = replace(row, inputs={**row.inputs, "logGroupClass": Input()})
    monkeypatch.setattr(registry, "RESOURCE_TYPES", {GROUP: taught})
    state = {"name": "log", "logGroupClass": "STANDARD"}
    assert provider.diff(GROUP, state, {**state, "retentionInDays": 7}).changes
    with pytest.raises(RefusedError, match=f"{GROUP}: what a change of logGroupClass does"):
        provider.diff(GROUP, state, {**state, "logGroupClass": "INFREQUENT_ACCESS"})


def test_a_type_without_entries_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, GROUP)
    with pytest.raises(RefusedError, match=f"{GROUP}: .* not looked up; add the type to rehearsal"):
        provider.diff(GROUP, {"name": "log"}, {"name": "other"})


def test_an_entry_that_refuses_needs_no_condition(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    table: Replacements = replacements.of(GROUP)
    never = {**table.inputs, "kmsKeyId": Entry(effect=OnChange.REFUSED)}
    monkeypatch.setattr(replacements, "table", lambda: {GROUP: replace(table, inputs=never)})
    with pytest.raises(RefusedError, match=r"provider refuses this change of kmsKeyId\.$"):
        provider.diff(GROUP, {"name": "log"}, {"name": "log", "kmsKeyId": "key"})
