"""The settings of Batch."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_job_tags
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting
from settings.queues import QueueSettings

MOST_JOB_TAGS = 20
"""AWS takes 50 for a job; Metaflow sets eight (`metaflow/plugins/aws/batch/batch.py`), and
decorators may set others."""


class ComputeSettings(SettingsModel):
    """Batch job queues."""

    queues: Annotated[
        tuple[QueueSettings, ...],
        Field(min_length=1, max_length=49, strict=False),
        allowed("1 to 49 queues of different names"),
    ] = (QueueSettings(name="default"),)
    """Batch job queues; the first is the default one."""

    job_tags: Annotated[
        dict[str, str],
        Field(max_length=MOST_JOB_TAGS),
        rejecting(problem_of_job_tags),
        allowed(
            "up to 20 tags, keys to 128 and values to 256 characters, none beginning aws: or "
            "metaflow, and not app"
        ),
    ] = {}
    """Tags of every Batch job beside Metaflow's own and the stack's, such as for costs."""

    job_state_time_limit_seconds: Annotated[
        int, Field(ge=600, le=86_400), allowed("600 to 86400")
    ] = 3600
    """Seconds after which the first job of a queue is cancelled that no instance can run, or for
    which AWS has had none."""


def _queues(settings: ComputeSettings) -> Conflicts:
    names = [queue.name for queue in settings.queues]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "queues", f"two queues named {name}", "queues of different names"
    if settings.queues[0].fair_share is not None:
        yield (
            "queues[0].fairShare",
            "set for the default queue",
            "queues after the first one, which Metaflow submits to",
        )


RULES: Sequence[Rule] = (Rule(_queues, frozenset({"queues"})),)
