"""The same keys, defaults and words in the model, in Pulumi.yaml and in the component's inputs."""

import collections.abc
import types
import typing
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from components.metaflow_args import FairShare, ImageCache, JobQueue, MetaflowArgs
from settings import QueueSettings, Settings
from settings.image_caches import ImageCacheSettings
from settings.parts import SettingsModel
from settings.queues import FairShareSettings
from tests.deployed import PROJECT, ROOT


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return found


DECLARED: dict[str, dict[str, Any]] = {
    key: declared for key, declared in read("Pulumi.yaml")["config"].items() if ":" not in key
}
FIELDS = {to_camel(name): info for name, info in Settings.model_fields.items()}
DEFAULTS = Settings().model_dump(by_alias=True, mode="json")
STACKS = ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]

TYPES = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}


def test_the_keys_are_the_same() -> None:
    assert set(DECLARED) == set(FIELDS)


@pytest.mark.parametrize("key", FIELDS)
def test_a_default_is_the_same(key: str) -> None:
    assert Settings.model_validate({key: DECLARED[key]["default"]}) == Settings()
    # A queue says what it is; what it leaves out has a default of its own.
    assert key == "queues" or DECLARED[key]["default"] == DEFAULTS[key]


@pytest.mark.parametrize("key", FIELDS)
def test_a_type_is_the_same(key: str) -> None:
    assert DECLARED[key]["type"] == TYPES[type(DEFAULTS[key])]


@pytest.mark.parametrize("key", FIELDS)
def test_a_description_says_what_the_model_says(key: str) -> None:
    extra = FIELDS[key].json_schema_extra
    assert isinstance(extra, dict)
    described = " ".join((FIELDS[key].description or "").split())
    assert DECLARED[key]["description"] == f"{described} Allowed: {extra['allowed']}."


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_has_differences_only(stack: str) -> None:
    configured = {
        key.removeprefix(f"{PROJECT}:"): value for key, value in read(stack)["config"].items()
    }
    assert set(configured) <= set(FIELDS)
    assert {key for key, value in configured.items() if value == DEFAULTS[key]} == set()
    settings = Settings.model_validate(configured).model_dump(by_alias=True, mode="json")
    same = {key for key in configured if settings[key] == DEFAULTS[key]}
    assert same == set()


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_has_no_secret(stack: str) -> None:
    content = read(stack)
    assert set(content) == {"config"}
    assert "secure" not in (ROOT / stack).read_text(encoding="utf-8")


PAIRS: list[tuple[Any, type[SettingsModel]]] = [
    (MetaflowArgs, Settings),
    (JobQueue, QueueSettings),
    (FairShare, FairShareSettings),
    (ImageCache, ImageCacheSettings),
]


def plain(declared: Any) -> Any:
    """Return the plain type of a field or input, such as `list[str]`."""
    origin, parts = typing.get_origin(declared), typing.get_args(declared)
    if origin in (typing.Annotated, typing.Required):
        return plain(parts[0])
    if origin is typing.Literal:
        [found] = {type(value) for value in parts}
    elif origin is types.UnionType:
        [found] = {plain(one) for one in parts} - {type(None)}
    elif origin in (tuple, collections.abc.Sequence):
        found = (list, plain(parts[0]))
    elif origin is dict:
        found = (dict, *map(plain, parts))
    else:
        found = {model: args for args, model in PAIRS}.get(declared, declared)
    return found


@pytest.mark.parametrize(("args", "model"), PAIRS)
def test_the_components_inputs_are_the_models_fields(
    args: type, model: type[SettingsModel]
) -> None:
    inputs = {name: plain(one) for name, one in typing.get_type_hints(args).items()}
    fields = {name: plain(info.annotation) for name, info in model.model_fields.items()}
    assert inputs == fields


@pytest.mark.parametrize(("args", "model"), PAIRS)
def test_an_input_is_required_that_the_model_requires(
    args: Any, model: type[SettingsModel]
) -> None:
    required = {name for name, info in model.model_fields.items() if info.is_required()}
    assert args.__required_keys__ == required
