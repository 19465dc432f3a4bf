"""A stack that stands in an emulated AWS with its Batch, and whoever uses it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rehearsal import exercises, metaflow_profile, stack_files
from rehearsal.exercises import ALL, Hands
from rehearsal.flow_runner import FlowRunner
from rehearsal.mocks import Deployment, deploy, program_at
from rehearsal.provider import Provider
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import sandbox
from rehearsal.stage import Stage, jobs, stage


def deployed(
    stands: Stage, stack: str, name: str | None = None, settings: Mapping[str, Any] | None = None
) -> Deployment:
    """Deploy a stack's file.

    Args:
        stands: the emulated AWS.
        stack: whose file it is.
        name: another name for the stack.
        settings: settings (camelCase) that are changed.
    """
    texts = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in (settings or {}).items()
    }
    config = stack_files.read_stack(ROOT, stack).with_settings(texts)
    return deploy(
        program_at(ROOT / "__main__.py"),
        Provider(stands.cloud),
        project=config.project,
        stack_name=name or stack,
        config=config.values,
    )


Settings = Mapping[str, Any]


@contextmanager
def standing(
    stack: str, settings: Settings | Callable[[Stage], Settings] | None = None
) -> Iterator[Hands]:
    """Deploy a stack's file with all that exercises need, run its jobs, and yield its hands.

    Args:
        stack: whose file it is.
        settings: settings (camelCase) that are changed, or what makes them of the emulated AWS.
    """
    region = stack_files.read_stack(ROOT, stack).region
    with stage(region, None) as stands, sandbox() as place, jobs(place, stands):
        changed = settings(stands) if callable(settings) else settings
        needed = {**exercises.prepared(stands.cloud, ALL), **(changed or {})}
        deployment = deployed(stands, stack, settings=needed)
        profile = metaflow_profile.write(place, stands.cloud, stands.authorizer, deployment)
        yield Hands(FlowRunner(place, profile, stands.cloud, []), stands, deployment)
