"""Which ARNs are set, and by which keys."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic.alias_generators import to_camel

from settings.parts import SettingsModel

_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
"""AWS General Reference, "Amazon Resource Names (ARNs)"."""


def arns(settings: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every ARN of a model with its key, such as `imageCaches[0].secretArn`.

    Those in mappings are left out: what tags hold is nothing that the stack uses.

    Args:
        settings: a model, or a value of one.
        key: the value's own key.
    """
    if isinstance(settings, SettingsModel):
        for name in type(settings).model_fields:
            yield from arns(getattr(settings, name), f"{key}.{to_camel(name)}".removeprefix("."))
    elif isinstance(settings, tuple):
        for place, item in enumerate(settings):
            yield from arns(item, f"{key}[{place}]")
    elif isinstance(settings, str) and _ARN.fullmatch(settings):
        yield key, settings
