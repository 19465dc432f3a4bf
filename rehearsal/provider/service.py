"""The provider itself: checks, creates, reads, updates and deletes by the table's rows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pulumi.output import UNKNOWN, contains_unknowns

from rehearsal.provider import registry, sdk_schema
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.differences import Difference, difference
from rehearsal.provider.resource_type import (
    OnChange,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.unfinished import UnfinishedError, making


@dataclass(frozen=True)
class Created:
    """A created resource: its physical id and all of its outputs, inputs included."""

    id: str
    outputs: dict[str, Any]


class Provider:
    """The emulated provider over one emulated AWS; holds no state of its own."""

    def __init__(self, cloud: Cloud) -> None:
        """Serve resources of one emulated AWS."""
        self.cloud = cloud

    def check(
        self,
        token: str,
        urn: str,
        inputs: Values,
        *,
        automatic: Values = MappingProxyType({}),
        seed: bytes = b"",
    ) -> dict[str, Any]:
        """Return the inputs with defaults and an automatic name filled in.

        Args:
            token: Pulumi's type token.
            urn: the resource's URN; its name and a hash of it make the automatic name.
            inputs: plain values by camelCase names; in a preview some are Pulumi's `Unknown`,
                and what depends on them is not judged.
            automatic: what an earlier check filled in; a live resource keeps its automatic name.
            seed: makes the automatic name another one, as a replacement beside its old self needs.

        Raises:
            RefusedError: an unknown type or input, a value of another type, or what the real
                provider refuses at plan time.
        """
        row = registry.resource_type(token)
        given = {name: value for name, value in inputs.items() if value is not None}
        found = _unknown_or_missing(row, given)
        for name, value in given.items():
            if name in row.inputs:
                found += sdk_schema.problems(sdk_schema.input_types(token)[name], value, name)
        if found:
            raise RefusedError(f"{_display(urn)}: {'; '.join(found)}.")
        checked = _with_defaults(row, urn, given, automatic, seed)
        judged = row.check is not None and not contains_unknowns(checked)
        found = row.check(checked) if row.check and judged else []
        if found:
            raise RefusedError(f"{_display(urn)}: {'; '.join(found)}.")
        return checked

    def diff(
        self, token: str, state: Values, inputs: Values, automatic: frozenset[str] = frozenset()
    ) -> Difference:
        """Compare a live resource with what the program wants.

        Args:
            token: Pulumi's type token.
            state: its outputs as they were last known.
            inputs: checked inputs.
            automatic: names of the inputs that the check filled in.

        Raises:
            RefusedError: the provider was not taught the type.
        """
        return difference(registry.resource_type(token), state, inputs, automatic)

    def planned(self, token: str, inputs: Values, state: Values | None = None) -> dict[str, Any]:
        """Return the outputs that a resource will have, as far as a preview can know them.

        Args:
            token: Pulumi's type token.
            inputs: checked inputs.
            state: the outputs of a live resource that is to be updated; None for a new one.
        """
        row = registry.resource_type(token)
        if state is None:
            return {**dict.fromkeys(self.computed_outputs(token), UNKNOWN), **inputs}
        found = self.diff(token, state, inputs)
        changed = frozenset(row.inputs) & set(found.changes)
        recomputed = [
            output for output, decides in row.recomputed.items() if decides(changed, inputs)
        ]
        kept = {**found.unchanged(row, state), **inputs, **found.kept}
        return {**kept, **dict.fromkeys(recomputed, UNKNOWN)}

    def create(self, token: str, urn: str, inputs: Values) -> Created:
        """Create a resource from checked inputs.

        Raises:
            UnfinishedError: AWS has it, but refused a later call.
            RefusedError: AWS would not create it.
        """
        row = registry.resource_type(token)
        with making() as noted:
            try:
                with _Named(urn):
                    resource_id, computed = row.create(self.cloud, inputs)
            except RefusedError as error:
                if not noted.id:
                    raise
                kept = {**inputs, **noted.outputs}
                raise UnfinishedError(str(error), noted.id, kept) from error
        return Created(resource_id, _outputs(row, inputs, computed))

    def read(self, token: str, urn: str, resource_id: str, state: Values) -> dict[str, Any] | None:
        """Return a resource's outputs as AWS has them now, or None when it is gone.

        Args:
            token: Pulumi's type token.
            urn: the resource's URN.
            resource_id: its id; where the state is empty, the one that it is imported by. Where
                its id is another one, that is among the outputs.
            state: its outputs as they were last known, or as far as they are.
        """
        row = registry.resource_type(token)
        with _Named(urn):
            computed = row.read(self.cloud, resource_id, state)
        if computed is None:
            return None
        renamed = computed.get("id", resource_id) != resource_id
        outputs = {name: one for name, one in computed.items() if name != "id" or renamed}
        return _outputs(row, state, outputs)

    def update(
        self, token: str, urn: str, resource_id: str, state: Values, inputs: Values
    ) -> dict[str, Any]:
        """Update a resource in place; AWS is not asked where nothing but the state changes.

        Raises:
            UnfinishedError: AWS refused one of the calls; earlier ones may have done something.
            RefusedError: the change replaces the resource, or the provider would not make it.
        """
        row = registry.resource_type(token)
        if row.update is None:
            raise RefusedError(f"{_display(urn)}: {token} cannot be updated in place.")
        found = self.diff(token, state, inputs)
        if found.replacing:
            raise RefusedError(
                f"{_display(urn)}: a change of {', '.join(found.replacing)} replaces the resource."
            )
        inputs = {**inputs, **found.kept}
        if set(found.changes.values()) == {OnChange.STATE_ONLY}:
            return {**found.unchanged(row, state), **inputs}
        try:
            with _Named(urn):
                known = self._known(row, resource_id, state)
                computed = row.update(self.cloud, resource_id, known, inputs)
        except RefusedError as error:
            if not isinstance(error.__cause__, ClientError | BotoCoreError):
                raise
            raise UnfinishedError(str(error), resource_id, {**state, **inputs}) from error
        return _outputs(row, inputs, computed)

    def _known(self, row: ResourceType, resource_id: str, state: Values) -> Values:
        """Return a state with what AWS computed; that of an unfinished creation has none of it."""
        computed = self.computed_outputs(row.token) - set(row.inputs)
        if not computed or computed & set(state):
            return state
        return {**(row.read(self.cloud, resource_id, state) or {}), **state}

    def delete(self, token: str, urn: str, resource_id: str, state: Values) -> None:
        """Delete a resource; one that is gone counts as deleted, as the real provider has it.

        Raises:
            RefusedError: AWS would not delete it.
        """
        row = registry.resource_type(token)
        try:
            with _Named(urn):
                row.delete(self.cloud, resource_id, self._known(row, resource_id, state))
        except RefusedError:
            if self.read(token, urn, resource_id, state) is not None:
                raise

    def secret_outputs(self, token: str) -> frozenset[str]:
        """Return the names of the outputs that the SDK marks secret."""
        return registry.resource_type(token).secret_outputs

    def computed_outputs(self, token: str) -> frozenset[str]:
        """Return the names of the outputs that every resource of a type has, `id` aside.

        Those that are no inputs are unknown until the resource is made.
        """
        return sdk_schema.computed_outputs(token)

    def invoke(self, token: str, arguments: Values) -> dict[str, Any]:
        """Answer a provider function.

        Raises:
            RefusedError: the function is not one the provider was taught.
        """
        return dict(registry.invoke(token)(self.cloud, arguments))


class _Named:
    """Puts the resource's name before whatever AWS answers."""

    def __init__(self, urn: str) -> None:
        self._urn = urn

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BotoCoreError | ClientError | RefusedError):
            raise RefusedError(f"{_display(self._urn)}: {error}") from error


def _display(urn: str) -> str:
    """Return `<type> <name>` of a URN."""
    *_, types, name = urn.split("::")
    return f"{types.rsplit('$', 1)[-1]} {name}"


def _unknown_or_missing(row: ResourceType, given: Mapping[str, Any]) -> list[str]:
    unknown = sorted(set(given) - set(row.inputs))
    known_to_sdk = sdk_schema.input_types(row.token)
    found = [
        f"the emulated provider was not taught the input {name}"
        if name in known_to_sdk
        else f"pulumi-aws has no input {name}"
        for name in unknown
    ]
    return found + [
        f"the input {name} is required"
        for name, declared in row.inputs.items()
        if declared.required and name not in given
    ]


def _with_defaults(
    row: ResourceType, urn: str, given: Mapping[str, Any], automatic: Values, seed: bytes
) -> dict[str, Any]:
    defaults = {
        name: declared.default
        for name, declared in row.inputs.items()
        if declared.default is not None
    }
    checked = {**defaults, **given}
    if row.auto_name and not {row.auto_name.property, row.auto_name.instead} & set(checked):
        kept = automatic.get(row.auto_name.property)
        checked[row.auto_name.property] = kept or _automatic_name(row, urn, seed)
    return checked


def _automatic_name(row: ResourceType, urn: str, seed: bytes) -> str:
    """Return `<logical name>-<7 hexadecimal digits>`, as the Pulumi bridge names resources.

    The real suffix is random; a hash of the URN, and of the seed, keeps it reproducible.
    """
    assert row.auto_name is not None  # noqa: S101 the caller looked
    digits = hashlib.sha256(urn.encode() + seed).hexdigest()[:7]
    name = f"{urn.rsplit('::', 1)[-1]}-{digits}{row.auto_name.suffix}"
    name = name.lower() if row.auto_name.lower else name
    if len(name) > row.auto_name.max_length:
        raise RefusedError(
            f"{_display(urn)}: the automatic name {name} has {len(name)} characters; the provider "
            f"allows {row.auto_name.max_length}, so the logical name must be shorter."
        )
    return name


def _outputs(row: ResourceType, inputs: Values, computed: Values) -> dict[str, Any]:
    unknown = sorted(set(computed) - sdk_schema.output_names(row.token))
    if unknown:
        raise RefusedError(f"{row.token} has no output {', '.join(unknown)} in pulumi-aws.")
    return {**inputs, **computed}
