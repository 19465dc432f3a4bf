"""Settings as they come from Pulumi: texts by full keys, of which some are JSON."""

import json
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime.config import CONFIG

import settings
from settings import QueueSettings, Settings, SettingsError

CONFIGURED = {
    "namePrefix": ("science", "science"),
    "dbEngineVersion": ("16", "16"),
    "serviceCount": ("3", 3),
    "privateSubnets": ("true", True),
    "tags": ('{"Team": "data"}', {"Team": "data"}),
    "availabilityZones": ('["us-east-1a", "us-east-1b"]', ("us-east-1a", "us-east-1b")),
    "queues": ('[{"name": "a", "maxVcpus": 8}]', (QueueSettings(name="a", max_vcpus=8),)),
}


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave no configuration behind."""
    before = CONFIG.get()
    yield
    CONFIG.set(before)


def load(**values: str) -> Settings:
    texts = {f"metaflow-aws:{key}": value for key, value in values.items()}
    pulumi.runtime.set_all_config({"aws:region": "us-east-1", "other:key": "5", **texts})
    return settings.load(pulumi.Config("metaflow-aws"))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [(key, *both) for key, both in CONFIGURED.items()],
)
def test_a_text_becomes_a_value_of_its_keys_type(key: str, text: str, value: Any) -> None:
    assert (
        load(**{key: text}).model_dump(by_alias=True)[key]
        == Settings.model_validate({key: value}).model_dump(by_alias=True)[key]
    )


def test_nothing_configured_is_the_defaults() -> None:
    assert load() == Settings()


def test_a_text_setting_stays_a_text_whatever_it_looks_like() -> None:
    assert load(dbEngineVersion="15").db_engine_version == "15"
    with pytest.raises(SettingsError, match='namePrefix is "123"; allowed: up to 32 letters'):
        load(namePrefix="123")


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("serviceCount", "many", '"many"'),
        ("serviceCount", "2.5", "2.5"),
        ("serviceCount", "true", "true"),
        ("serviceCount", "", '""'),
        ("privateSubnets", "True", '"True"'),
        ("privateSubnets", "1", "1"),
        ("queues", '[{"name": "a"}', '"[{\\"name\\": \\"a\\"}"'),
        ("tags", "Team=data", '"Team=data"'),
    ],
)
def test_a_text_of_another_type_is_refused_as_it_was_found(key: str, text: str, found: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**{key: text})
    assert str(refused.value).splitlines()[1].startswith(f"  {key} is {found}; allowed: ")


def test_unknown_keys_of_the_project_are_refused_and_other_projects_keys_are_not() -> None:
    with pytest.raises(SettingsError) as refused:
        load(bogus="1", serviceCount="0")
    keys = [line.split()[0] for line in str(refused.value).splitlines()[1:]]
    assert sorted(keys) == ["bogus", "serviceCount"]


def test_the_error_is_one_that_pulumi_prints_without_a_traceback() -> None:
    assert issubclass(SettingsError, pulumi.RunError)


def test_settings_survive_the_way_to_the_component() -> None:
    changed = load(
        **{
            key: json.dumps(value)
            for key, value in (("serviceCount", 4), ("queues", [{"name": "a"}]))
        }
    )
    assert settings.parse(changed.as_args()) == changed
