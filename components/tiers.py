"""The tiers of Metaflow, made of its settings and wired together."""

import pulumi

from components import adopted, placement
from components.adopted import AdoptedDatabase, AdoptedDatastore
from components.compute import Compute, ComputeArgs
from components.container_instance import ImageSources
from components.database_connection import DatabaseConnection
from components.datastore import Datastore, DatastoreArgs
from components.images import ImageCache, ImageRepository, Images, ImagesArgs, pulled
from components.job_permissions import JobPermissions
from components.metadata_database import MetadataDatabase, MetadataDatabaseArgs
from components.metadata_service import MetadataService, MetadataServiceArgs
from components.network_tiers import NetworkTiers, TiersArgs
from components.orchestration import Orchestration, OrchestrationArgs
from components.password_rotation import PasswordRotation, PasswordRotationArgs
from components.service_entrance import ServiceEntrance, ServiceEntranceArgs
from components.user_access import UserAccess, UserAccessArgs


class Tiers:
    """One component for each tier, children of the top component."""

    def __init__(self, name: str, args: TiersArgs, opts: pulumi.ResourceOptions) -> None:
        """Register all tiers.

        Args:
            name: of the top component.
            args: what they are made of.
            opts: options of every tier.
        """
        self._name, self._child = name, opts
        self._environment, self._settings = args.environment, args.settings
        self._label, self._tags = args.label, args.tags
        self._offered_types, self._placement = args.offered_types, args.placement
        self._network = NetworkTiers(name, args, opts)
        self.network, self.security_groups = self._network.network, self._network.security_groups
        self.datastore = self._make_datastore()
        self.database = self._make_database()
        self.entrance = self._make_entrance()
        self.service = self._make_service()
        self.gateway = self.entrance.gateway_to(self.service)
        if isinstance(self.database, MetadataDatabase):
            self._make_password_rotation(self.database)
        self.images = self._make_images()
        self.compute = self._make_compute()
        self.orchestration = self._make_orchestration()
        self.user_access = self._make_user_access()

    def _make_datastore(self) -> Datastore | AdoptedDatastore:
        settings = self._settings
        if settings.datastore_bucket_name:
            return adopted.datastore(
                self._environment, settings.datastore_bucket_name, settings.datastore_kms_key_arn
            )
        return Datastore(
            f"{self._name}-datastore",
            DatastoreArgs(
                environment=self._environment,
                kms_key=settings.datastore_kms_key,
                kms_key_arn=settings.datastore_kms_key_arn or None,
                retained=settings.datastore_retained,
                force_destroy=settings.datastore_force_destroy,
                deletion_protection=settings.deletion_protection,
                old_version_days=settings.datastore_old_version_days,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_database(self) -> MetadataDatabase | AdoptedDatabase:
        settings = self._settings
        group_id = self.security_groups.database_id
        if group_id is None:
            return self._adopt_database()
        return MetadataDatabase(
            f"{self._name}-db",
            MetadataDatabaseArgs(
                environment=self._environment,
                subnet_ids=self.network.isolated_subnet_ids,
                security_group_id=group_id,
                engine_version=settings.db_engine_version,
                instance_class=settings.db_instance_class,
                allocated_storage=settings.db_allocated_storage,
                max_allocated_storage=settings.db_max_allocated_storage,
                multi_az=settings.db_multi_az,
                backup_retention_days=settings.db_backup_retention_days,
                final_snapshot=settings.db_final_snapshot,
                deletion_protection=settings.deletion_protection,
                apply_immediately=settings.db_apply_immediately,
                maintenance_window=settings.db_maintenance_window or None,
                backup_window=settings.db_backup_window or None,
                snapshot_identifier=settings.db_snapshot_identifier or None,
                database_name=settings.db_name,
                log_retention_days=settings.log_retention_days,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _adopt_database(self) -> AdoptedDatabase:
        settings = self._settings
        return adopted.database(
            DatabaseConnection(
                host=settings.db_host,
                port=settings.db_port,
                name=settings.db_name,
                user=None,
                secret_arn=settings.db_secret_arn,
                secret_key_arn=settings.db_secret_kms_key_arn or None,
            )
        )

    def _make_entrance(self) -> ServiceEntrance:
        subnet_ids = self.network.isolated_subnet_ids
        return ServiceEntrance(
            self._name,
            ServiceEntranceArgs(
                environment=self._environment,
                settings=self._settings,
                vpc_id=self.network.vpc_id,
                subnet_ids=subnet_ids,
                link_subnet_ids=placement.at(subnet_ids, self._placement.link),
                balancer_group_id=self.security_groups.balancer_id,
                link_group_id=self.security_groups.link_id,
                label=self._label,
                tags=self._tags,
            ),
            self._child,
        )

    def _make_service(self) -> MetadataService:
        settings = self._settings
        return MetadataService(
            f"{self._name}-service",
            MetadataServiceArgs(
                environment=self._environment,
                load_balancer=self.entrance.load_balancer,
                registry_arn=self.entrance.registry_arn,
                path_prefix=self.entrance.path_prefix,
                task_subnet_ids=self.network.task_subnet_ids,
                assign_public_ip=not settings.private_subnets,
                service_security_group_id=self.security_groups.service_id,
                network_ready=[
                    *self._network.ready_for("link", "balancer", "service", "database"),
                    *self.entrance.ready,
                ],
                database=self.database.connection,
                image=settings.service_image,
                architecture=settings.service_architecture,
                cpu=settings.service_cpu,
                memory=settings.service_memory,
                count=settings.service_count,
                spot=settings.service_spot,
                container_insights=settings.container_insights,
                log_retention_days=settings.log_retention_days,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_password_rotation(self, database: MetadataDatabase) -> None:
        PasswordRotation(
            f"{self._name}-rotation",
            PasswordRotationArgs(
                environment=self._environment,
                secret_arn=database.secret_arn,
                days=self._settings.db_password_rotation_days,
                cluster_arn=self.service.cluster_arn,
                service_arn=self.service.service_arn,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_images(self) -> Images | None:
        settings = self._settings
        repository = ImageRepository(
            name=settings.image_repository,
            key_arn=settings.image_repository_kms_key_arn,
            force_delete=settings.image_repository_force_delete,
        )
        if not repository.name and not settings.image_caches:
            return None
        return Images(
            f"{self._name}-images",
            ImagesArgs(
                repository=repository if repository.name else None,
                caches=[
                    ImageCache(
                        prefix=one.prefix,
                        upstream_url=one.upstream_url,
                        secret_arn=one.secret_arn,
                    )
                    for one in settings.image_caches
                ],
                keep=settings.image_repository_keep,
                untagged_days=settings.image_repository_untagged_days,
                deletion_protection=settings.deletion_protection,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_compute(self) -> Compute:
        settings = self._settings
        return Compute(
            f"{self._name}-compute",
            ComputeArgs(
                environment=self._environment,
                label=self._label,
                queues=settings.queues,
                offered_types=self._offered_types,
                nodes=self._placement.nodes,
                vpc_id=self.network.vpc_id,
                subnet_ids=self.network.task_subnet_ids,
                security_group_ids=[
                    self.security_groups.jobs_id,
                    *settings.job_security_group_ids,
                ],
                network_ready=self._network.ready_for("jobs"),
                bucket_arn=self.datastore.bucket_arn,
                bucket_key_arn=self.datastore.key_arn,
                permissions=JobPermissions(
                    secret_arns=settings.job_secret_arns,
                    read_buckets=settings.job_read_buckets,
                    read_write_buckets=settings.job_read_write_buckets,
                    key_arns=settings.job_kms_key_arns,
                    policy_arns=settings.job_policy_arns,
                    assumable_role_arns=settings.job_assumable_role_arns,
                    describable_repositories=settings.job_describable_repositories,
                ),
                images=ImageSources(
                    repositories=pulled(settings.job_image_repositories, settings.image_repository),
                    cache_prefixes=[cache.prefix for cache in settings.image_caches],
                ),
                unrunnable_after_seconds=settings.job_state_time_limit_seconds,
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_orchestration(self) -> Orchestration:
        settings = self._settings
        return Orchestration(
            f"{self._name}-flows",
            OrchestrationArgs(
                environment=self._environment,
                state_machine_prefix=self._label,
                queue_arns=self.compute.queue_arns,
                job_role_name=self.compute.job_role_name,
                bucket_arn=self.datastore.bucket_arn,
                bucket_key_arn=self.datastore.key_arn,
                distributed_map=settings.distributed_map,
                point_in_time_recovery=settings.table_point_in_time_recovery,
                deletion_protection=settings.deletion_protection,
                execution_log_retention_days=(
                    settings.log_retention_days if settings.execution_log else None
                ),
                tags=self._tags,
            ),
            opts=self._child,
        )

    def _make_user_access(self) -> UserAccess:
        return UserAccess(
            f"{self._name}-users",
            UserAccessArgs(
                environment=self._environment,
                trusted_principals=self._settings.user_role_principals,
                role_arn=self._settings.user_role_arn or None,
                state_machine_prefix=self._label,
                bucket_arn=self.datastore.bucket_arn,
                bucket_key_arn=self.datastore.key_arn,
                secret_arns=self._settings.job_secret_arns,
                secret_key_arns=self._settings.job_kms_key_arns,
                queue_arns=self.compute.queue_arns,
                job_role_arn=self.compute.job_role_arn,
                fargate_execution_role_arn=self.compute.fargate_execution_role_arn,
                state_machine_role_arn=self.orchestration.state_machine_role_arn,
                schedule_role_arn=self.orchestration.schedule_role_arn,
                api_key_id=self.gateway.api_key_id if self.gateway else None,
                image_repository_arn=self.images.repository_arn if self.images else None,
                push_images=self._settings.users_push_images,
                tags=self._tags,
            ),
            opts=self._child,
        )
