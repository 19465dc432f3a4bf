"""Who acts with each role, and which of them a rehearsal cannot use."""

from collections.abc import Mapping

ACTING = frozenset(
    {
        "metaflow-users-role",
        "metaflow-compute-job",
        "metaflow-flows-state-machine",
        "metaflow-flows-schedule",
        "metaflow-service-task",
        "metaflow-service-execution",
        "metaflow-gateway-authorizer-role",
    }
)
"""Roles with which Metaflow and its service act."""

AWS_SERVICES = frozenset(
    {
        "metaflow-compute-fargate",
        "metaflow-compute-instance",
        "metaflow-db-monitoring",
        "metaflow-gateway-account-role",
        "metaflow-net-flow-logs-role",
        "metaflow-rotation-redeployment",
        "metaflow-rotation-start",
    }
)
"""Roles that only AWS services use."""

OPTIONAL = frozenset(
    {
        "AssumeRoles",
        "CopyImages",
        "DecryptSecret",
        "DeliverLogs",
        "DescribeRepositories",
        "FollowMapRuns",
        "KeyOfMapResults",
        "KeysOfBuckets",
        "KeysOfSecrets",
        "ListBuckets",
        "MapResults",
        "PassFargateRole",
        "PushImages",
        "ReadAndWriteBuckets",
        "ReadBuckets",
        "ReadSecrets",
        "StartMapRuns",
    }
)
"""Statements that a setting switches on: `dbSecretKmsKeyArn`, `executionLog`, queues on Fargate,
job permissions, images, and distributed maps."""

OPTIONAL_ROLES = frozenset({"metaflow-compute-fargate", "metaflow-gateway-authorizer-role"})
"""Roles that there are with queues on Fargate, or with an HTTP API, only."""

BY_AWS_ITSELF: Mapping[str, str] = {
    "metaflow-compute-fargate": (
        "Fargate calls it before a job starts, and for its log "
        "(AWS Batch User Guide, AWS Batch IAM execution role)"
    ),
    "metaflow-compute-instance": (
        "the ECS agent of an instance calls it, and no instance runs here "
        "(Amazon ECS Developer Guide, container instance IAM role)"
    ),
    "metaflow-db-monitoring": (
        "RDS calls it to write enhanced monitoring (Amazon RDS User Guide, Enhanced Monitoring)"
    ),
    "metaflow-gateway-account-role": (
        "API Gateway calls it to write its logs (API Gateway Developer Guide, CloudWatch logging)"
    ),
    "metaflow-net-flow-logs-role": (
        "the VPC's flow logs call it (Amazon VPC User Guide, IAM role for flow logs)"
    ),
    "metaflow-service-execution": (
        "the ECS agent calls it before a task starts, and for its log "
        "(Amazon ECS Developer Guide, task execution IAM role)"
    ),
}
"""Roles that nothing but AWS's own services can use: who calls, and the source."""
