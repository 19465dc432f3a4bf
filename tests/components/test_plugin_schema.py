"""The schema that other languages' SDKs are generated from has all inputs and outputs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from components.plugin import MetaflowProvider
from mfconfig.contract import OUTPUT_BY_NAME, STACK_OUTPUTS, Kind
from settings import QueueSettings, Settings
from settings.image_caches import ImageCacheSettings
from settings.parts import SettingsModel
from settings.queues import FairShareSettings

TOKEN = "metaflow:index:Metaflow"
QUEUE = "metaflow:index:JobQueue"
SHARING = "metaflow:index:FairShare"
CACHE = "metaflow:index:ImageCache"

SCHEMA: dict[str, Any] = json.loads(MetaflowProvider().schema or "")
COMPONENT: dict[str, Any] = SCHEMA["resources"][TOKEN]
INPUTS: dict[str, Any] = COMPONENT["inputProperties"]
OUTPUTS: dict[str, Any] = COMPONENT["properties"]
QUEUE_INPUTS: dict[str, Any] = SCHEMA["types"][QUEUE]["properties"]

OF_MODELS: dict[str, tuple[type[SettingsModel], dict[str, Any]]] = {
    "settings": (Settings, INPUTS),
    "queues": (QueueSettings, QUEUE_INPUTS),
    "imageCaches": (ImageCacheSettings, SCHEMA["types"][CACHE]["properties"]),
    "fairShare": (FairShareSettings, SCHEMA["types"][SHARING]["properties"]),
}
REFERENCES = {
    "queues": {"type": "array", "items": {"$ref": f"#/types/{QUEUE}", "plain": True}},
    "imageCaches": {"type": "array", "items": {"$ref": f"#/types/{CACHE}", "plain": True}},
    "fairShare": {"$ref": f"#/types/{SHARING}"},
    "shares": {"type": "object", "additionalProperties": {"type": "number", "plain": True}},
}
IN_WORDS = {
    "queues": "one queue, default",
    "jobImageRepositories": "metaflow/*",
    "fairShare": "none",
}
TYPES = {bool: "boolean", int: "integer", str: "string", dict: "object", tuple: "array"}


def fields() -> Iterator[Any]:
    """Yield each input of the component and of its queues with the setting it stands for."""
    for name, (model, properties) in OF_MODELS.items():
        for field, info in model.model_fields.items():
            key = to_camel(field)
            yield pytest.param(key, info, properties.get(key), id=f"{name}-{key}")


def without_notes(declared: Any) -> Any:
    """Return a type without descriptions."""
    if not isinstance(declared, dict):
        return declared
    return {
        key: without_notes(one) for key, one in declared.items() if one and key != "description"
    }


def default_of(key: str, default: Any) -> str:
    if key in IN_WORDS or default in ("", (), {}):
        return IN_WORDS.get(key, "empty")
    return default if isinstance(default, str) else json.dumps(default)


def test_it_has_the_one_component() -> None:
    assert SCHEMA["name"] == "metaflow"
    assert set(SCHEMA["resources"]) == {TOKEN}
    assert COMPONENT["isComponent"]
    assert set(SCHEMA["types"]) == {CACHE, QUEUE, SHARING}


@pytest.mark.parametrize("name", OF_MODELS)
def test_the_inputs_are_the_settings(name: str) -> None:
    model, properties = OF_MODELS[name]
    assert set(properties) == {to_camel(field) for field in model.model_fields}


@pytest.mark.parametrize(("key", "info", "declared"), list(fields()))
def test_an_input_says_what_the_settings_say(key: str, info: Any, declared: Any) -> None:
    described = " ".join(info.description.split())
    allowed = info.json_schema_extra["allowed"]
    default = "" if info.is_required() else f" Default: {default_of(key, info.default)}."
    assert declared["description"] == f"{described} Allowed: {allowed}.{default}"


@pytest.mark.parametrize(("key", "info", "declared"), list(fields()))
def test_an_input_has_the_type_of_its_setting(key: str, info: Any, declared: Any) -> None:
    plain = without_notes(declared)
    if key in REFERENCES:
        assert plain == {**REFERENCES[key], "plain": True}
        return
    text = {"type": "string", "plain": True}
    kind = "string" if info.is_required() else TYPES[type(info.default)]
    parts: dict[str, Any] = {
        "array": {"items": text},
        "object": {"additionalProperties": text},
    }.get(kind, {})
    assert plain == {"type": kind, "plain": True, **parts}


def test_what_is_required_is_what_the_settings_require() -> None:
    assert COMPONENT["requiredInputs"] == []
    assert SCHEMA["types"][QUEUE]["required"] == ["name"]
    required = {name for name, info in QueueSettings.model_fields.items() if info.is_required()}
    assert required == {"name"}
    assert not any(info.is_required() for info in Settings.model_fields.values())


def test_the_outputs_are_those_of_the_stack() -> None:
    assert set(OUTPUTS) == set(OUTPUT_BY_NAME)
    assert COMPONENT["required"] == sorted(one.name for one in STACK_OUTPUTS if one.required)


@pytest.mark.parametrize("output", STACK_OUTPUTS, ids=lambda output: output.name)
def test_an_output_is_described_and_typed(output: Any) -> None:
    declared = OUTPUTS[output.name]
    assert declared["description"] == f"{output.description}."
    several = output.kind in (Kind.ARNS, Kind.TEXTS)
    parts = {"type": "array", "items": {"type": "string"}} if several else {"type": "string"}
    assert without_notes(declared) == parts


def test_every_description_is_on_one_line() -> None:
    def descriptions(schema: Any) -> Iterator[str]:
        for key, item in schema.items() if isinstance(schema, dict) else ():
            if key == "description" and isinstance(item, str):
                yield item
            yield from descriptions(item)

    found = list(descriptions(SCHEMA))
    assert len(found) > len(INPUTS) + len(OUTPUTS)
    assert [one for one in found if one != " ".join(one.split())] == []
