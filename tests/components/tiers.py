"""Each tier on its own, with plain values for what the other tiers would give it."""

from collections.abc import Callable
from typing import Any

from components.api_gateway_account import ApiGatewayAccount, ApiGatewayAccountArgs
from components.aws_environment import AwsEnvironment
from components.compute import Compute, ComputeArgs
from components.container_instance import ImageSources
from components.database_connection import DatabaseConnection
from components.datastore import Datastore, DatastoreArgs
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.gateway_domain import GatewayDomain, GatewayDomainArgs
from components.gateway_firewall import GatewayFirewall, GatewayFirewallArgs
from components.images import ImageCache, ImageRepository, Images, ImagesArgs
from components.job_permissions import JobPermissions
from components.metadata_database import MetadataDatabase, MetadataDatabaseArgs
from components.metadata_service import MetadataService, MetadataServiceArgs
from components.network import Network, NetworkArgs
from components.orchestration import Orchestration, OrchestrationArgs
from components.password_rotation import PasswordRotation, PasswordRotationArgs
from components.rest_gateway import RestGateway, RestGatewayArgs
from components.security_groups import SecurityGroups, SecurityGroupsArgs
from components.service_load_balancer import ServiceLoadBalancerArgs
from components.user_access import UserAccess, UserAccessArgs
from rehearsal.mocks import Deployment, deploy
from settings import QueueSettings
from tests.deployed import settle
from tests.placeholder import ACCOUNT, Place, PlaceholderProvider

ENVIRONMENT = AwsEnvironment(
    partition="aws",
    region="us-east-1",
    account_id=ACCOUNT,
    zones=("us-east-1a", "us-east-1b"),
    zone_ids=("use1-az1", "use1-az2"),
)

SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:one"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"

COMMON: dict[str, Any] = {"environment": ENVIRONMENT, "tags": {"Team": "data"}}


def build(program: Callable[[], Any], **known: Any) -> Deployment:
    """Deploy a program that is made of tiers."""
    deployment = deploy(
        program,
        PlaceholderProvider(Place()),
        project="tiers",
        stack_name="test",
        config={},
        **known,
    )
    settle()
    return deployment


def network(name: str) -> Network:
    args: dict[str, Any] = {"cidr": "10.0.0.0/16", "private_subnets": True, "nat_gateways": "one"}
    args |= {"dns_hostnames": False, "own_credentials_only": False}
    return Network(
        name, NetworkArgs(**COMMON, **args, deletion_protection=False, flow_log_retention_days=None)
    )


def flow_logs(name: str) -> FlowLogs:
    return FlowLogs(name, FlowLogsArgs(**COMMON, vpc_id="vpc-1", retention_days=30))


def security_groups(name: str) -> SecurityGroups:
    return SecurityGroups(
        name,
        SecurityGroupsArgs(
            vpc_id="vpc-1",
            load_balancer=True,
            vpc_link=False,
            internet=True,
            interface_endpoints=False,
            database=None,
            prefix_list_ids={},
            endpoint_networks=(),
            job_egress_cidrs=(),
            tags={"Team": "data"},
        ),
    )


def datastore(name: str) -> Datastore:
    return Datastore(
        name,
        DatastoreArgs(
            **COMMON,
            kms_key=True,
            kms_key_arn=None,
            retained=False,
            force_destroy=False,
            deletion_protection=False,
            old_version_days=30,
        ),
    )


def metadata_database(name: str) -> MetadataDatabase:
    return MetadataDatabase(
        name,
        MetadataDatabaseArgs(
            **COMMON,
            subnet_ids=["subnet-1", "subnet-2"],
            security_group_id="sg-1",
            engine_version="17",
            instance_class="db.t4g.micro",
            allocated_storage=20,
            max_allocated_storage=100,
            multi_az=False,
            backup_retention_days=7,
            final_snapshot=True,
            deletion_protection=False,
            apply_immediately=True,
            maintenance_window=None,
            backup_window=None,
            snapshot_identifier=None,
            database_name="metaflow",
            log_retention_days=30,
        ),
    )


def metadata_service(name: str) -> MetadataService:
    return MetadataService(
        name,
        MetadataServiceArgs(
            **COMMON,
            load_balancer=ServiceLoadBalancerArgs(
                vpc_id="vpc-1",
                subnet_ids=["subnet-1"],
                security_group_id="sg-1",
                private_link=True,
                path_prefix="",
                tags={"Team": "data"},
            ),
            registry_arn=None,
            path_prefix="",
            task_subnet_ids=["subnet-2"],
            assign_public_ip=False,
            service_security_group_id="sg-2",
            network_ready=[],
            database=DatabaseConnection(
                host="db.example.com", port=5432, name="metaflow", user=None, secret_arn=SECRET
            ),
            image="example/service:1",
            architecture="X86_64",
            cpu=512,
            memory=1024,
            count=1,
            spot=False,
            container_insights=False,
            log_retention_days=30,
        ),
    )


def rest_gateway(name: str, **changed: Any) -> RestGateway:
    args = {
        "load_balancer_arn": (
            f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/net/lb/0123456789abcdef"
        ),
        "load_balancer_dns_name": "lb.example.com",
        "link_place": None,
        "label": name,
        "rate_limit": 200,
        "burst_limit": 400,
        "quota_limit": 0,
        "quota_period": "month",
        "allowed_cidrs": ["203.0.113.0/24"],
        "access_log_retention_days": 30,
        "manage_account": False,
        "disable_execute_api_endpoint": False,
    }
    return RestGateway(name, RestGatewayArgs(**{**COMMON, **args, **changed}))


def gateway_domain(name: str) -> GatewayDomain:
    return GatewayDomain(
        name,
        GatewayDomainArgs(
            domain_name=f"{name}.example.com",
            certificate_arn=f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/one",
            hosted_zone_id="Z1",
            api_id="a1b2c3",
            stage_name="api",
            tags=COMMON["tags"],
        ),
    )


def gateway_firewall(name: str) -> GatewayFirewall:
    stage = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3/stages/api"
    return GatewayFirewall(
        name,
        GatewayFirewallArgs(
            stage_arn=stage, web_acl_arn=None, rate_limit=10_000, tags=COMMON["tags"]
        ),
    )


def api_gateway_account(name: str) -> ApiGatewayAccount:
    return ApiGatewayAccount(name, ApiGatewayAccountArgs(**COMMON))


def password_rotation(name: str) -> PasswordRotation:
    ecs = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
    return PasswordRotation(
        name,
        PasswordRotationArgs(
            **COMMON,
            secret_arn=SECRET,
            days=30,
            cluster_arn=f"{ecs}:cluster/one",
            service_arn=f"{ecs}:service/one/one",
        ),
    )


def images(name: str) -> Images:
    repository = ImageRepository(name=f"team/{name}", key_arn=KEY, force_delete=False)
    cache = ImageCache(prefix="quay", upstream_url="quay.io", secret_arn="")
    args: dict[str, Any] = {"tags": COMMON["tags"], "deletion_protection": False}
    return Images(
        name,
        ImagesArgs(**args, repository=repository, caches=[cache], keep=10, untagged_days=1),
    )


def compute(name: str) -> Compute:
    queue = QueueSettings(name="default", max_vcpus=8)
    return Compute(
        name,
        ComputeArgs(
            label="metaflow-dev",
            **COMMON,
            queues=[queue],
            offered_types=frozenset(queue.chosen_types),
            nodes={},
            vpc_id="vpc-1",
            subnet_ids=["subnet-1"],
            security_group_ids=["sg-1"],
            network_ready=[],
            bucket_arn="arn:aws:s3:::bucket",
            bucket_key_arn=None,
            permissions=JobPermissions(
                secret_arns=[SECRET],
                read_buckets=["raw"],
                read_write_buckets=["shared"],
                key_arns=[KEY],
                policy_arns=[f"arn:aws:iam::{ACCOUNT}:policy/team/jobs"],
                assumable_role_arns=[f"arn:aws:iam::{ACCOUNT}:role/deployer"],
                describable_repositories=["models"],
            ),
            images=ImageSources(repositories=["metaflow/*"], cache_prefixes=["hub"]),
            unrunnable_after_seconds=600,
        ),
    )


def orchestration(name: str) -> Orchestration:
    return Orchestration(
        name,
        OrchestrationArgs(
            **COMMON,
            state_machine_prefix=name,
            queue_arns=[f"arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/one"],
            job_role_name="job",
            bucket_arn="arn:aws:s3:::bucket",
            bucket_key_arn=None,
            distributed_map=True,
            point_in_time_recovery=False,
            deletion_protection=False,
            execution_log_retention_days=30,
        ),
    )


def user_access(name: str) -> UserAccess:
    role = f"arn:aws:iam::{ACCOUNT}:role"
    return UserAccess(
        name,
        UserAccessArgs(
            **COMMON,
            trusted_principals=[],
            role_arn=None,
            state_machine_prefix=name,
            bucket_arn="arn:aws:s3:::bucket",
            bucket_key_arn=None,
            secret_arns=[SECRET],
            secret_key_arns=[KEY],
            queue_arns=[f"arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/one"],
            job_role_arn=f"{role}/job",
            fargate_execution_role_arn=f"{role}/fargate",
            state_machine_role_arn=f"{role}/state-machine",
            schedule_role_arn=f"{role}/schedule",
            api_key_id=None,
            image_repository_arn=None,
            push_images=False,
        ),
    )


TIERS: dict[str, Callable[[str], Any]] = {
    "Network": network,
    "FlowLogs": flow_logs,
    "SecurityGroups": security_groups,
    "Datastore": datastore,
    "MetadataDatabase": metadata_database,
    "MetadataService": metadata_service,
    "RestGateway": rest_gateway,
    "ApiGatewayAccount": api_gateway_account,
    "GatewayDomain": gateway_domain,
    "GatewayFirewall": gateway_firewall,
    "PasswordRotation": password_rotation,
    "Images": images,
    "Compute": compute,
    "Orchestration": orchestration,
    "UserAccess": user_access,
}
"""Makes each tier by its class name, under a name."""
