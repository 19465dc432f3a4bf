"""What the types of API Gateway's second version share: members of an API, and tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.provider.apigateway_calls import MISSING, arn
from rehearsal.provider.changes import as_given, same_set, tag_changes
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import AutoName, CheckFunction, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, pascal

_SETS = ("identitySources", "securityGroupIds", "subnetIds")


def update_tags(cloud: Cloud, path: str, state: Values, inputs: Values) -> None:
    """Bring the tags of a resource, by the path of its ARN, to the inputs'."""
    client, resource = cloud.client("apigatewayv2"), arn(cloud, path)
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(ResourceArn=resource, TagKeys=removed)
    if changed:
        client.tag_resource(ResourceArn=resource, Tags=changed)


def told(answer: Mapping[str, Any], names: Mapping[str, str], state: Values) -> dict[str, Any]:
    """Return what an answer has of the inputs: `{input: parameter}`.

    What the program left out, and AWS fills in by itself, is left out again.
    """
    found_values: dict[str, Any] = {}
    for name, parameter in names.items():
        value = answer.get(parameter)
        if value in (None, "", {}, []) and state.get(name) in (None, "", {}, []):
            continue
        stated = state.get(name)
        found_values[name] = (
            same_set(stated, value or []) if name in _SETS else as_given(stated, _camel(value))
        )
    return found_values


def _camel(value: Any) -> Any:
    """Return the members of a nested object by the provider's names."""
    if not isinstance(value, Mapping):
        return value
    return {key[:1].lower() + key[1:]: item for key, item in value.items()}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A type whose resources belong to an API: how it is called, and its inputs' parameters.

    Attributes:
        kind: the type's name in API Gateway's calls, such as `route`.
        names: `{input: parameter}`, without the API's own.
        required: the inputs that the provider demands.
        defaults: the provider's defaults.
        check: what the provider refuses at plan time.
        auto_name: how Pulumi names it; None where it has no name.
    """

    kind: str
    names: Mapping[str, str]
    required: frozenset[str]
    defaults: Mapping[str, Any]
    check: CheckFunction
    auto_name: AutoName | None = None

    def row(self) -> ResourceType:
        """Return the row of the type."""
        inputs = {
            name: Input(required=name in self.required, default=self.defaults.get(name))
            for name in ("apiId", *self.names)
        }
        return ResourceType(
            token=f"aws:apigatewayv2/{self.kind}:{self.kind.capitalize()}",
            inputs={**inputs, "apiId": Input(required=True)},
            auto_name=self.auto_name,
            check=self.check,
            create=self._create,
            read=self._read,
            update=self._update,
            delete=self._delete,
        )

    @property
    def _id(self) -> str:
        return f"{self.kind.capitalize()}Id"

    def _call(self, cloud: Cloud, verb: str) -> Any:
        return getattr(cloud.client("apigatewayv2"), f"{verb}_{self.kind}")

    def _outputs(self, answer: Mapping[str, Any], state: Values) -> Values:
        return told(answer, self.names, state)

    def _create(self, cloud: Cloud, inputs: Values) -> tuple[str, Values]:
        answer = self._call(cloud, "create")(ApiId=inputs["apiId"], **self._sent(inputs))
        return answer[self._id], self._outputs(answer, inputs)

    def _read(self, cloud: Cloud, resource_id: str, state: Values) -> Values | None:
        place = {"id": resource_id, **state} if state else parts(resource_id, "apiId", "id")
        where = {"ApiId": place["apiId"], self._id: place["id"]}
        answer = found(self._call(cloud, "get"), MISSING, **where)
        if answer is None:
            return None
        return {"id": place["id"], "apiId": place["apiId"], **self._outputs(answer, state)}

    def _update(self, cloud: Cloud, resource_id: str, state: Values, inputs: Values) -> Values:
        changed = {name: one for name, one in inputs.items() if one != state.get(name)}
        # The type of an integration and of an authorizer goes with every change.
        always = {name: inputs[name] for name in inputs if name.endswith("Type")}
        where = {"ApiId": inputs["apiId"], self._id: resource_id}
        answer = self._call(cloud, "update")(**where, **self._sent({**always, **changed}))
        return self._outputs(answer, inputs)

    def _delete(self, cloud: Cloud, resource_id: str, state: Values) -> None:
        where = {"ApiId": state["apiId"], self._id: resource_id}
        found(self._call(cloud, "delete"), MISSING, **where)

    def _sent(self, inputs: Values) -> dict[str, Any]:
        return {name: pascal(value) for name, value in given(inputs, self.names).items()}
