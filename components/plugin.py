"""The component provider host: makes the top component for programs in every Pulumi language."""

import json
import sys
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.analyzer import ComponentDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from components.metaflow import Metaflow


class MetaflowProvider(ComponentProvider):
    """Makes :class:`Metaflow` when the engine asks for it.

    The SDK's own provider drops inputs that it does not know, hands integers over as floats, and
    adds a traceback to every mistake (pulumi/provider/experimental/component.py, its `map_inputs`
    and `construct`).
    """

    def __init__(self) -> None:
        """Derive the schema from the component's annotations and docstrings."""
        super().__init__([Metaflow], "metaflow")
        self.schema = json.dumps(_on_one_line(json.loads(self.schema or "")))

    def map_inputs(
        self,
        inputs: pulumi.Inputs,
        component_def: ComponentDefinition,  # noqa: ARG002 the base class hands it over
    ) -> pulumi.Inputs:
        """Return all inputs under the names that they came with, for the component to check."""
        return {name: _whole(value) for name, value in inputs.items()}

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make the component.

        Raises:
            InputPropertiesError: the inputs are at fault, in words without a traceback.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, pulumi.RunError):
                # Without a list of errors, even an empty one, the SDK's server fails.
                raise InputPropertiesError(str(error.inner), []) from error
            raise


def serve() -> None:
    """Answer the engine, whose address is on the command line, until it ends the process."""
    main(MetaflowProvider(), sys.argv[1:])


def _whole(value: Any) -> Any:
    """Return a value with its whole numbers as integers: the protocol has floats only."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _on_one_line(schema: Any) -> Any:
    """Return a schema whose descriptions have no line breaks and indentation of the source."""
    if isinstance(schema, list):
        return [_on_one_line(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(item.split())
        if key == "description" and isinstance(item, str)
        else _on_one_line(item)
        for key, item in schema.items()
    }
