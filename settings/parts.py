"""What the settings' models are made of: words and checks of a field, conflicts between fields."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class SettingsModel(BaseModel):
    """What the settings' models have in common: frozen, strict, and no unknown key."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    def is_changed(self, field: str) -> bool:
        """Say whether a field has another value than its default one."""
        return bool(getattr(self, field) != type(self).model_fields[field].default)


def allowed(words: str) -> Any:
    """Attach what a key allows, in words, to its field; the error message quotes it."""
    return Field(json_schema_extra={"allowed": words})


def rejecting(problem: Callable[[Any], str | None]) -> AfterValidator:
    """Make a validator of a function that names the problem of a value, if it has one."""

    def validate(value: Any) -> Any:
        found = problem(value)
        if found:
            raise PydanticCustomError("setting", "{found}", {"found": found})
        return value

    return AfterValidator(validate)


def problem_unless_empty(problem: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Make a check of one that does not know that a text may be left empty."""
    return lambda text: problem(text) if text else None


Conflicts = Iterable[tuple[str, str, str]]
"""Key at fault, what was found, what is allowed."""


@dataclass(frozen=True)
class Rule:
    """What must not be set together.

    Attributes:
        conflicts: lists what it finds in a model of the settings.
        fields: the fields it looks at.
    """

    conflicts: Callable[[Any], Conflicts]
    fields: frozenset[str]


Model = TypeVar("Model")


def without_conflicts(model: Model, problems: Sequence[tuple[str, str, str]]) -> Model:
    """Return a model whose values fit each other; refuse another one, with all its problems."""
    if problems:
        raise PydanticCustomError("rules", "{problems}", {"problems": problems})
    return model
