"""Who acts with each role, and why a rehearsal does not use all that a role may do."""

from collections.abc import Mapping

ACTING = frozenset(
    {
        "metaflow-users-role",
        "metaflow-compute-job",
        "metaflow-flows-state-machine",
        "metaflow-flows-schedule",
        "metaflow-service-task",
        "metaflow-service-execution",
    }
)
"""Roles with which Metaflow and its service act."""

AWS_SERVICES = frozenset(
    {
        "metaflow-compute-instance",
        "metaflow-db-monitoring",
        "metaflow-gateway-account-role",
        "metaflow-net-flow-logs-role",
        "metaflow-rotation-redeployment",
        "metaflow-rotation-start",
    }
)
"""Roles that only AWS services use."""

OPTIONAL = frozenset({"DeliverLogs"})
"""Statements that a setting switches on: `executionLog`."""

_AGENT = "the ECS agent of an instance; no instance runs here (Amazon ECS Developer Guide, agent)"

WHY_UNUSED: Mapping[str, Mapping[str, str]] = {}
"""By role and action: why nothing in a rehearsal can do it, and the source."""
