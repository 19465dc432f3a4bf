"""Refusals of roles, containers, load balancers and Batch: the rows of all of them."""

from rehearsal.provider.refusals import (
    batch,
    ecs_services,
    iam,
    load_balancers,
    task_definitions,
)
from rehearsal.provider.refusals.refusal import Refusal

REFUSALS: tuple[Refusal, ...] = (
    *iam.REFUSALS,
    *task_definitions.REFUSALS,
    *ecs_services.REFUSALS,
    *load_balancers.REFUSALS,
    *batch.REFUSALS,
)
"""The rows of this area."""
