"""What an emulated AWS holds, so that two moments can be compared."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.provider import Cloud

Inventory = frozenset[str]
"""`<service> <kind> <id>` of everything that stacks make."""

_EC2: Mapping[str, tuple[str, str]] = {
    "describe_vpcs": ("Vpcs", "VpcId"),
    "describe_subnets": ("Subnets", "SubnetId"),
    "describe_route_tables": ("RouteTables", "RouteTableId"),
    "describe_internet_gateways": ("InternetGateways", "InternetGatewayId"),
    "describe_security_groups": ("SecurityGroups", "GroupId"),
    "describe_security_group_rules": ("SecurityGroupRules", "SecurityGroupRuleId"),
    "describe_network_interfaces": ("NetworkInterfaces", "NetworkInterfaceId"),
    "describe_launch_templates": ("LaunchTemplates", "LaunchTemplateId"),
    "describe_addresses": ("Addresses", "AllocationId"),
}

_LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("apigateway", "get_rest_apis", "items", "id"),
    ("apigateway", "get_api_keys", "items", "id"),
    ("apigateway", "get_usage_plans", "items", "id"),
    ("apigateway", "get_vpc_links", "items", "id"),
    ("batch", "describe_compute_environments", "computeEnvironments", "computeEnvironmentArn"),
    ("batch", "describe_job_queues", "jobQueues", "jobQueueArn"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("events", "list_rules", "Rules", "Arn"),
    ("iam", "list_roles", "Roles", "Arn"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "Arn"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceArn"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotArn"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn"),
)

_NAMES: tuple[tuple[str, str, str], ...] = (
    ("dynamodb", "list_tables", "TableNames"),
    ("ecs", "list_task_definitions", "taskDefinitionArns"),
)


def take(cloud: Cloud) -> Inventory:
    """List everything in an emulated AWS that a stack can leave behind."""
    found: set[str] = set()
    for call, (key, name) in _EC2.items():
        found |= _named(
            "ec2", call, (one[name] for one in getattr(cloud.client("ec2"), call)()[key])
        )
    for service, call, key, name in _LISTS:
        answer = getattr(cloud.client(service), call)()
        found |= _named(service, call, (one[name] for one in answer[key]))
    for service, call, key in _NAMES:
        found |= _named(service, call, getattr(cloud.client(service), call)()[key])
    found |= _named("ecs", "list_clusters", _clusters(cloud))
    policies = cloud.client("iam").list_policies(Scope="Local")["Policies"]
    found |= _named("iam", "list_policies", (one["Arn"] for one in policies))
    # A role that a service makes for itself belongs to the account, and outlives every stack.
    return frozenset(entry for entry in found if ":role/aws-service-role/" not in entry)


def _clusters(cloud: Cloud) -> list[str]:
    """Return the clusters that are not deleted; ECS knows deleted ones for a while."""
    client = cloud.client("ecs")
    arns = client.list_clusters()["clusterArns"]
    found = client.describe_clusters(clusters=arns)["clusters"] if arns else []
    return [one["clusterArn"] for one in found if one["status"] == "ACTIVE"]


def _named(service: str, call: str, names: Iterable[Any]) -> set[str]:
    kind = call.split("_", 1)[1].replace("_", " ")
    return {f"{service} {kind} {name}" for name in names}
