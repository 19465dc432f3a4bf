"""The inputs of the top component, in the form that every Pulumi language can give."""

from collections.abc import Sequence
from typing import TypedDict


class QueueArgs(TypedDict, total=False):
    """One Batch job queue; the settings of the same names explain the keys."""

    name: str
    kind: str
    instance_types: Sequence[str]
    min_vcpus: int
    max_vcpus: int
    disk_gib: int


class MetaflowArgs(TypedDict, total=False):
    """Inputs of :class:`Metaflow`; the settings of the same names explain the keys.

    Plain values, since they decide which resources exist and are checked before any is registered.
    """

    name_prefix: str
    tags: dict[str, str]
    deletion_protection: bool
    log_retention_days: int
    vpc_cidr: str
    availability_zone_count: int
    availability_zones: Sequence[str]
    private_subnets: bool
    nat_gateways: str
    flow_logs: bool
    datastore_kms_key: bool
    datastore_retained: bool
    datastore_force_destroy: bool
    datastore_old_version_days: int
    db_engine_version: str
    db_instance_class: str
    db_allocated_storage: int
    db_max_allocated_storage: int
    db_multi_az: bool
    db_backup_retention_days: int
    db_final_snapshot: bool
    db_apply_immediately: bool
    db_password_rotation_days: int
    service_image: str
    service_architecture: str
    service_cpu: int
    service_memory: int
    service_count: int
    container_insights: bool
    service_gateway: bool
    api_rate_limit: int
    api_burst_limit: int
    api_allowed_cidrs: Sequence[str]
    api_access_log: bool
    manage_api_gateway_account: bool
    queues: Sequence[QueueArgs]
    job_image_repositories: Sequence[str]
    job_secret_arns: Sequence[str]
    job_state_time_limit_seconds: int
    table_point_in_time_recovery: bool
    execution_log: bool
    user_role_principals: Sequence[str]
