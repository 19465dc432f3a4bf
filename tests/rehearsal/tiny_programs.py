"""Programs of a few lines and a provider of a few more, for tests of the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from pulumi_aws import s3

from rehearsal.mocks import Deployment, deploy
from rehearsal.provider import Created, Provider, RefusedError
from rehearsal.registrations import Registration


@dataclass
class Recorder:
    """A provider that makes nothing, and remembers what it was told."""

    created: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refuses: str = "nothing"

    def check(self, _token: str, _urn: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {"region": "us-east-1", **inputs}

    def create(self, _token: str, urn: str, inputs: Mapping[str, Any]) -> Created:
        name = urn.rsplit("::", 1)[-1]
        if self.refuses in name:
            raise RefusedError(f"{name}: AWS would not.")
        self.created.append((name, dict(inputs)))
        return Created(f"id-of-{name}", {**inputs, "arn": f"arn-of-{name}"})

    def delete(self, _token: str, urn: str, resource_id: str, _state: Mapping[str, Any]) -> None:
        assert resource_id == f"id-of-{urn.rsplit('::', 1)[-1]}"
        self.deleted.append(urn.rsplit("::", 1)[-1])

    def secret_outputs(self, token: str) -> frozenset[str]:
        return frozenset({"arn"}) if token == "aws:sqs/queue:Queue" else frozenset()

    def computed_outputs(self, _token: str) -> frozenset[str]:
        return frozenset({"arn", "region"})

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if self.refuses in token:
            raise RefusedError(f"{token}: AWS would not.")
        return {"bucket": arguments["bucket"], "region": "from-invoke"}


def run(
    program: Callable[[], Any],
    provider: Recorder | None = None,
    *,
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Deployment:
    return deploy(
        program,
        cast(Provider, provider or Recorder()),
        project="tiny",
        stack_name=stack,
        config=config or {},
        preview=preview,
    )


def made(deployment: Deployment, name: str) -> Registration:
    (found,) = [one for one in deployment.registrations if one.name == name]
    return found


class Pair(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("tiny:index:Pair", name, {"size": 2})
        inside = pulumi.ResourceOptions(parent=self)
        left = s3.Bucket(f"{name}-left", opts=inside)
        s3.Bucket(f"{name}-right", bucket=left.arn, opts=inside)
