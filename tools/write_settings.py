"""Writes the settings where else they stand: Pulumi.yaml, the component's inputs, the README.

The models in `settings` are the source; tests compare what stands in the other places with them.
"""

import json
import re
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from settings.image_caches import ImageCacheSettings  # noqa: E402
from settings.model import TIERS, Settings  # noqa: E402 the folder is on the path now only
from settings.parts import SettingsModel  # noqa: E402
from settings.queues import FairShareSettings, QueueSettings  # noqa: E402

INPUTS = ROOT / "components" / "metaflow_args.py"
README = ROOT / "README.md"
PROJECT = ROOT / "Pulumi.yaml"
_LAST_OF_OTHERS = "    value: us-east-1\n"
"""The line of Pulumi.yaml after which the settings stand."""

CLASSES: Mapping[str, tuple[type[SettingsModel], str]] = MappingProxyType(
    {
        "FairShare": (
            FairShareSettings,
            '"""How a queue shares its capacity among the identifiers of its jobs."""',
        ),
        "ImageCache": (
            ImageCacheSettings,
            '"""One registry whose images ECR copies when they are first pulled."""',
        ),
        "JobQueue": (
            QueueSettings,
            '"""One Batch job queue with the compute environment behind it."""',
        ),
        "MetaflowArgs": (
            Settings,
            '"""Inputs of :class:`Metaflow`.\n\n'
            "    Plain values, since they decide which resources exist and are checked before any\n"
            '    is registered.\n    """',
        ),
    }
)
"""The inputs' classes, each with its model and its docstring."""

TABLES: Mapping[str, type[SettingsModel]] = MappingProxyType(
    {
        **TIERS,
        "queues": QueueSettings,
        "fairShare": FairShareSettings,
        "imageCaches": ImageCacheSettings,
    }
)
"""The model of each of the README's tables, by what its mark names."""

DEFAULTS: Mapping[str, str] = MappingProxyType(
    {"queues": "one queue, `default`", "jobImageRepositories": "`metaflow/*`"}
)
"""Defaults that are no single value, by key."""

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "queues": "Sequence[JobQueue]",
        "fair_share": "FairShare",
        "image_caches": "Sequence[ImageCache]",
        "shares": "dict[str, float]",
    }
)
"""Types of inputs whose default does not tell them, by field."""

_OF_DEFAULTS: Mapping[type, str] = MappingProxyType(
    {bool: "bool", int: "int", str: "str", dict: "dict[str, str]", tuple: "Sequence[str]"}
)
_YAML_TYPES: Mapping[type, str] = MappingProxyType(
    {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}
)
_HEAD = '''"""The inputs of the top component, in the form that every Pulumi language can give.

Written by `make settings` of the models in `settings`.
"""

from collections.abc import Sequence
from typing import Required, TypedDict

'''
_WIDTH = 100
_OF_OBJECTS = ("image_caches", "queues")


def main() -> None:
    """Write all three files anew."""
    INPUTS.write_text(inputs(), encoding="utf-8")
    PROJECT.write_text(project(PROJECT.read_text(encoding="utf-8")), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    for mark, model in TABLES.items():
        text = with_table(text, mark, model)
    README.write_text(text, encoding="utf-8")


def inputs() -> str:
    """Return the module of the component's inputs."""
    return _HEAD + "\n".join(
        _inputs_class(name, model, words) for name, (model, words) in CLASSES.items()
    )


def project(text: str) -> str:
    """Return Pulumi.yaml with the declarations of all settings written anew."""
    head, mark, _ = text.partition(_LAST_OF_OTHERS)
    return head + mark + "".join(_declared(*one) for one in Settings.model_fields.items())


def with_table(text: str, mark: str, model: type[SettingsModel]) -> str:
    """Return the README with the rows of one table written anew."""
    rows = "\n".join(
        f"| `{to_camel(name)}` | {default(name, info)} | {allowed(info)} | {described(info)} |"
        for name, info in model.model_fields.items()
    )
    head = rf"(<!-- settings: {mark} -->\n+\|[^\n]*\n\|[^\n]*\n)"
    found, count = re.subn(rf"{head}(\|[^\n]*\n)*", lambda one: f"{one[1]}{rows}\n", text)
    if count != 1:
        sys.exit(f"README.md has {count} tables marked <!-- settings: {mark} -->; one is needed")
    return found


def default(name: str, info: FieldInfo) -> str:
    """Return a setting's default for a table's cell."""
    if info.is_required():
        return "required"
    return DEFAULTS.get(to_camel(name)) or shown(info.default)


def shown(value: Any) -> str:
    """Return a default as code; what is empty in words."""
    if value in ("", (), {}, None):
        return "none" if value is None else "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def allowed(info: FieldInfo) -> str:
    """Return what a setting allows, in words."""
    extra = info.json_schema_extra
    return str(extra["allowed"]) if isinstance(extra, dict) else ""


def described(info: FieldInfo) -> str:
    """Return what a setting is for."""
    return " ".join((info.description or "").split())


def _declared(name: str, info: FieldInfo) -> str:
    """Return the declaration of a setting, in the form that the CLI reads."""
    # What a queue leaves out has a default of its own.
    given = Settings(**{name: info.default}).model_dump(
        by_alias=True, mode="json", exclude_unset=True
    )
    value = given[to_camel(name)]
    kind = _YAML_TYPES[type(value)]
    items = "object" if name in _OF_OBJECTS else "string"
    return "".join(
        [
            f"  {to_camel(name)}:\n",
            f"    type: {kind}\n",
            f"    description: {json.dumps(f'{described(info)} Allowed: {allowed(info)}.')}\n",
            f"    items:\n      type: {items}\n" if kind == "array" else "",
            f"    default: {json.dumps(value)}\n",
        ]
    )


def _inputs_class(name: str, model: type[SettingsModel], words: str) -> str:
    lines = [f"\nclass {name}(TypedDict, total=False):", f"    {words}", ""]
    for field, info in model.model_fields.items():
        kind = _TYPES.get(field) or _OF_DEFAULTS.get(type(info.default), "Required[str]")
        text = f"{described(info)} Allowed: {allowed(info)}."
        if not info.is_required():
            text += f" Default: {default(field, info).replace('`', '')}."
        lines += [f"    {field}: {kind}", _docstring(text), ""]
    return "\n".join(lines)


def _docstring(text: str) -> str:
    wrapped = textwrap.wrap(
        f'"""{text}',
        _WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    last = wrapped[-1] + '"""'
    return "\n".join([*wrapped[:-1], last] if len(last) <= _WIDTH else [*wrapped, '    """'])


if __name__ == "__main__":
    main()
