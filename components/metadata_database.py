"""MetadataDatabase: PostgreSQL on RDS, in isolated subnets, with a password that RDS manages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.database_connection import DatabaseConnection
from components.security_groups import DATABASE_PORT
from components.tags import named

_USER = "metaflow"
_AT_CREATION = ("snapshotIdentifier", "dbName", "username")
"""What counts when the instance is made; a change would replace it (`instance.go`)."""

_LOG_EXPORTS = ("postgresql", "upgrade")
_MONITORING_SECONDS = 60
_MONITORING_LOG_GROUP = "RDSOSMetrics"
_FREE_INSIGHTS_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class MetadataDatabaseArgs:
    """Inputs of :class:`MetadataDatabase`.

    What would replace the database on a live stack (encryption, user, database name) is no input.
    """

    environment: AwsEnvironment
    """Where the stack is deployed."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Isolated subnets, in two zones or more."""

    security_group_id: pulumi.Input[str]
    """Security group that lets in the metadata service only."""

    engine_version: str
    """Version of PostgreSQL, such as `17.9`; of a major one alone RDS chooses the minor one."""

    instance_class: str
    """RDS instance class."""

    allocated_storage: int
    """Storage at first, GiB."""

    max_allocated_storage: int
    """Storage up to which RDS grows it, GiB."""

    multi_az: bool
    """Whether there is a standby in a second zone."""

    backup_retention_days: int
    """Days for which automated backups are kept, 1 to 35."""

    final_snapshot: bool
    """Whether a snapshot is taken when the database is deleted."""

    deletion_protection: bool
    """Whether RDS and Pulumi refuse to delete the database."""

    apply_immediately: bool
    """Whether changes happen at once or in the maintenance window."""

    maintenance_window: str | None
    """When RDS maintains it each week, in UTC; None where RDS chooses."""

    backup_window: str | None
    """When RDS backs it up each day, in UTC; None where RDS chooses."""

    snapshot_identifier: str | None
    """Snapshot that it is made of, with that one's user and databases; None for an empty one."""

    database_name: str
    """Name of the service's database within the instance."""

    log_retention_days: int
    """Days for which the exported logs are kept."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class MetadataDatabase(pulumi.ComponentResource):
    """The database of the metadata service; never public, encrypted, TLS only."""

    host: pulumi.Output[str]
    secret_arn: pulumi.Output[str]
    """ARN of the secret that holds user name and password as JSON."""

    connection: DatabaseConnection
    """How the service reaches it."""

    def __init__(
        self, name: str, args: MetadataDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the database and what it needs."""
        props = {"engineVersion": args.engine_version, "multiAz": args.multi_az}
        super().__init__("metaflow:index:MetadataDatabase", name, props, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, name)
        self._child = pulumi.ResourceOptions(parent=self)
        # Its automatic name becomes the database's identifier, hence the suffix.
        subnet_group = aws.rds.SubnetGroup(
            f"{name}-postgres",
            subnet_ids=list(args.subnet_ids),
            description="Isolated subnets of Metaflow's metadata database",
            tags=self._tags,
            opts=self._child,
        )
        monitoring_role, monitoring_policy = self._monitoring_role()
        logs = self._log_groups(subnet_group.name)
        instance = self._instance(
            subnet_group, self._parameter_group(), monitoring_role, [monitoring_policy, *logs]
        )
        self.host = instance.address
        self.secret_arn = instance.master_user_secrets.apply(
            lambda secrets: secrets[0]["secret_arn"]
        )
        self.connection = DatabaseConnection(
            host=self.host,
            port=DATABASE_PORT,
            name=args.database_name,
            user=instance.username,
            secret_arn=self.secret_arn,
        )
        self.register_outputs({"host": self.host})

    def _parameter_group(self) -> aws.rds.ParameterGroup:
        major, _, _ = self._args.engine_version.partition(".")
        # No explicit name: a new major version replaces the group while the old one is in use.
        return aws.rds.ParameterGroup(
            f"{self._name}-parameters",
            family=f"postgres{major}",
            description="Metaflow's metadata database",
            parameters=[{"name": "rds.force_ssl", "value": "1", "apply_method": "pending-reboot"}],
            tags=self._tags,
            # An upgrade that waits for the maintenance window still uses the old group meanwhile.
            opts=pulumi.ResourceOptions(
                parent=self, retain_on_delete=not self._args.apply_immediately or None
            ),
        )

    def _monitoring_role(self) -> tuple[aws.iam.Role, pulumi.Resource]:
        environment = self._args.environment
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            description="Writes the database's enhanced monitoring",
            assume_role_policy=iam.trust_service(
                environment, "monitoring.rds", source_arn=environment.arn("rds", "db:*")
            ),
            permissions_boundary=environment.permissions_boundary,
            tags=self._tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-monitoring",
            role=role.name,
            policy=iam.document(_monitoring_statements(environment)),
            opts=self._child,
        )
        return role, policy

    def _log_groups(self, identifier: pulumi.Output[str]) -> list[pulumi.Resource]:
        """Make the log groups that RDS would make without retention."""
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{export}-log",
                name=pulumi.Output.concat("/aws/rds/instance/", identifier, f"/{export}"),
                retention_in_days=self._args.log_retention_days,
                tags=self._tags,
                opts=self._child,
            )
            for export in _LOG_EXPORTS
        ]

    def _instance(
        self,
        subnet_group: aws.rds.SubnetGroup,
        parameter_group: aws.rds.ParameterGroup,
        monitoring_role: aws.iam.Role,
        after: Sequence[pulumi.Resource],
    ) -> aws.rds.Instance:
        args = self._args
        # The subnet group's automatic name is known before the instance, and random: the log
        # groups can be made first, and a final snapshot never meets an older database's.
        identifier = subnet_group.name
        return aws.rds.Instance(
            f"{self._name}-instance",
            identifier=identifier,
            engine="postgres",
            engine_version=args.engine_version,
            allow_major_version_upgrade=True,
            auto_minor_version_upgrade=True,
            instance_class=args.instance_class,
            allocated_storage=args.allocated_storage,
            max_allocated_storage=args.max_allocated_storage,
            storage_type="gp3",
            storage_encrypted=True,
            # A snapshot brings its own user and databases; another name would replace the instance.
            snapshot_identifier=args.snapshot_identifier,
            db_name=None if args.snapshot_identifier else args.database_name,
            username=None if args.snapshot_identifier else _USER,
            manage_master_user_password=True,
            port=DATABASE_PORT,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[args.security_group_id],
            parameter_group_name=parameter_group.name,
            publicly_accessible=False,
            multi_az=args.multi_az,
            maintenance_window=args.maintenance_window,
            backup_window=args.backup_window,
            backup_retention_period=args.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=args.deletion_protection,
            delete_automated_backups=not args.final_snapshot,
            skip_final_snapshot=not args.final_snapshot,
            final_snapshot_identifier=identifier.apply(lambda text: f"{text}-final"),
            performance_insights_enabled=True,
            performance_insights_retention_period=_FREE_INSIGHTS_DAYS,
            monitoring_interval=_MONITORING_SECONDS,
            monitoring_role_arn=monitoring_role.arn,
            enabled_cloudwatch_logs_exports=list(_LOG_EXPORTS),
            apply_immediately=args.apply_immediately,
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(after),
                protect=args.deletion_protection or None,
                ignore_changes=list(_AT_CREATION),
            ),
        )


def _monitoring_statements(environment: AwsEnvironment) -> list[iam.Statement]:
    """Return the actions of the AWS managed policy AmazonRDSEnhancedMonitoringRole, narrowed.

    AWS grants them on every group that begins with RDS; enhanced monitoring writes to one of them
    (Amazon RDS User Guide, "Viewing OS metrics using CloudWatch Logs").
    """
    group = environment.arn("logs", f"log-group:{_MONITORING_LOG_GROUP}")
    streams = f"{group}:*"
    return [
        iam.allow(
            "KeepGroup",
            ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DescribeLogStreams"],
            [group, streams],
        ),
        iam.allow(
            "WriteStreams",
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:GetLogEvents"],
            [streams],
        ),
    ]
