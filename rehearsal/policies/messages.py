"""What the engine sends to policy packs (pkg/resource/deploy/step_generator.go).

Left out is the AWS provider, which no program registers here: neither as the `provider` of each
resource nor as a resource of its own.
"""

import re
from collections.abc import Iterable

from pulumi.runtime.proto import analyzer_pb2
from pulumi.runtime.proto.alias_pb2 import Alias

from rehearsal.goals import Goal, State

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def of_resource(goal: Goal) -> analyzer_pb2.AnalyzeRequest:
    """Return what a pack is asked about one resource before it is made."""
    return analyzer_pb2.AnalyzeRequest(
        urn=goal.urn,
        type=goal.request.type,
        name=goal.request.name,
        properties=goal.inputs,
        options=_options(goal),
    )


def of_stack(states: Iterable[State]) -> analyzer_pb2.AnalyzeStackRequest:
    """Return what a pack is asked about all resources together."""
    return analyzer_pb2.AnalyzeStackRequest(resources=[_resource(one) for one in states])


def _resource(state: State) -> analyzer_pb2.AnalyzerResource:
    request = state.goal.request
    return analyzer_pb2.AnalyzerResource(
        urn=state.goal.urn,
        type=request.type,
        name=request.name,
        properties=state.outputs,
        options=_options(state.goal),
        parent=request.parent,
        dependencies=request.dependencies,
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=found.urns)
            for name, found in request.propertyDependencies.items()
            if found.urns
        },
    )


def _options(goal: Goal) -> analyzer_pb2.AnalyzerResourceOptions:
    request = goal.request
    timeouts = request.customTimeouts
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=request.protect,
        ignoreChanges=request.ignoreChanges,
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined,
        additionalSecretOutputs=request.additionalSecretOutputs,
        # The SDK sends some of them in both forms.
        aliases=dict.fromkeys(
            [*(_alias(one, goal) for one in request.aliases), *request.aliasURNs]
        ),
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=_seconds(timeouts.create),
            update=_seconds(timeouts.update),
            delete=_seconds(timeouts.delete),
            read=_seconds(timeouts.read),
        ),
        parent=request.parent,
    )


def _seconds(duration: str) -> float:
    """Return a duration as Go writes it, such as `1h30m`, in seconds; an empty one is 0."""
    parts = re.findall(r"([0-9.]+)(h|ms|us|µs|ns|m|s)", duration)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _alias(alias: Alias, goal: Goal) -> str:
    """Return the URN that an alias stands for: the resource's own with what the alias changes."""
    if alias.WhichOneof("alias") == "urn":
        return str(alias.urn)
    spec = alias.spec
    stack, project, types, name = goal.urn.removeprefix("urn:pulumi:").split("::", 3)
    parents = types.split("$")[:-1]
    if spec.noParent:
        parents = []
    elif spec.parentUrn:
        parents = spec.parentUrn.split("::")[2].split("$")[-1:]
    own_types = "$".join([*parents, spec.type or goal.request.type])
    place = f"{spec.stack or stack}::{spec.project or project}"
    return f"urn:pulumi:{place}::{own_types}::{spec.name or name}"
