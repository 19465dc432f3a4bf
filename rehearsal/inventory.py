"""What an emulated AWS holds, so that two moments can be compared."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from rehearsal.provider import Cloud

Inventory = frozenset[str]
"""`<service> <kind> <id>` of everything that stacks make."""

_Names = Iterable[str]

_AWS_ALIAS = "alias/aws/"

_LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("apigateway", "get_rest_apis", "items", "id"),
    ("apigateway", "get_api_keys", "items", "id"),
    ("apigateway", "get_usage_plans", "items", "id"),
    ("apigateway", "get_vpc_links", "items", "id"),
    ("apigatewayv2", "get_apis", "Items", "ApiId"),
    ("apigatewayv2", "get_domain_names", "Items", "DomainName"),
    ("apigatewayv2", "get_vpc_links", "Items", "VpcLinkId"),
    ("batch", "describe_compute_environments", "computeEnvironments", "computeEnvironmentArn"),
    ("batch", "describe_job_queues", "jobQueues", "jobQueueArn"),
    ("batch", "list_scheduling_policies", "schedulingPolicies", "arn"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmArn"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_placement_groups", "PlacementGroups", "GroupName"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ecr", "describe_pull_through_cache_rules", "pullThroughCacheRules", "ecrRepositoryPrefix"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("ecr", "describe_repository_creation_templates", "repositoryCreationTemplates", "prefix"),
    ("ecs", "list_task_definitions", "taskDefinitionArns", ""),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    ("events", "list_rules", "Rules", "Arn"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "Arn"),
    ("lambda", "list_functions", "Functions", "FunctionArn"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("rds", "describe_db_instances", "DBInstances", "DBInstanceArn"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ("rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotArn"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    ("servicediscovery", "list_namespaces", "Namespaces", "Id"),
    ("servicediscovery", "list_services", "Services", "Id"),
    ("stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn"),
)
"""Service, call, key of the list in its answer, and of the name in an item that is no text."""


def take(cloud: Cloud) -> Inventory:
    """List everything in an emulated AWS that a stack can leave behind.

    What AWS made for itself is left out, as is what it keeps of something deleted for a while;
    job definitions too, which Metaflow registers for the jobs of users.
    """
    listers = {row[:2]: partial(_listed, *row) for row in _LISTS} | _OTHERS
    return frozenset(
        f"{service} {call.partition('_')[2].replace('_', ' ')} {name}"
        for (service, call), names in listers.items()
        for name in names(cloud)
    )


def _listed(service: str, call: str, key: str, name: str, cloud: Cloud) -> _Names:
    return (one[name] if name else one for one in _items(cloud, service, call, key))


def _items(cloud: Cloud, service: str, call: str, key: str, **parameters: Any) -> Iterator[Any]:
    """Return what all pages of an answer list."""
    client = cloud.client(service)
    if not client.can_paginate(call):
        yield from getattr(client, call)(**parameters)[key]
        return
    for page in client.get_paginator(call).paginate(**parameters):
        yield from page[key]


def _roles(cloud: Cloud) -> _Names:
    """Leave out service-linked roles, which belong to the account and outlive every stack."""
    arns = (one["Arn"] for one in _items(cloud, "iam", "list_roles", "Roles"))
    return (arn for arn in arns if ":role/aws-service-role/" not in arn)


def _policies(cloud: Cloud) -> _Names:
    """Leave out the policies that AWS manages."""
    return (one["Arn"] for one in _items(cloud, "iam", "list_policies", "Policies", Scope="Local"))


def _keys(cloud: Cloud) -> Iterator[str]:
    """Leave out keys whose deletion is scheduled: nobody can use them, and they go by themselves.

    Those of AWS's own aliases are the account's.
    """
    aliases = _items(cloud, "kms", "list_aliases", "Aliases")
    managed = {one["TargetKeyId"] for one in aliases if one["AliasName"].startswith(_AWS_ALIAS)}
    for key_id in [one["KeyId"] for one in _items(cloud, "kms", "list_keys", "Keys")]:
        state = cloud.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]
        if state != "PendingDeletion" and key_id not in managed:
            yield key_id


def _aliases(cloud: Cloud) -> _Names:
    """Leave out the aliases that every account has."""
    names = (one["AliasName"] for one in _items(cloud, "kms", "list_aliases", "Aliases"))
    return (name for name in names if not name.startswith(_AWS_ALIAS))


def _launch_templates(cloud: Cloud) -> _Names:
    """Ask for as many as AWS gives: the emulator answers 15, and no token for others."""
    call = ("ec2", "describe_launch_templates", "LaunchTemplates")
    return (one["LaunchTemplateId"] for one in _items(cloud, *call, MaxResults=200))


def _nat_gateways(cloud: Cloud) -> _Names:
    """Leave out deleted ones, which EC2 shows for an hour."""
    found = _items(cloud, "ec2", "describe_nat_gateways", "NatGateways")
    return (one["NatGatewayId"] for one in found if one["State"] != "deleted")


def _vpc_endpoints(cloud: Cloud) -> _Names:
    """Leave out deleted ones, which the emulator keeps."""
    found = _items(cloud, "ec2", "describe_vpc_endpoints", "VpcEndpoints")
    return (one["VpcEndpointId"] for one in found if one["State"] != "deleted")


def _clusters(cloud: Cloud) -> Iterator[str]:
    """Leave out deleted ones, which ECS keeps for a while."""
    for arn in _items(cloud, "ecs", "list_clusters", "clusterArns"):
        [cluster] = cloud.client("ecs").describe_clusters(clusters=[arn])["clusters"]
        if cluster["status"] == "ACTIVE":
            yield arn


def _services(cloud: Cloud) -> Iterator[str]:
    """Leave out deleted ones, which ECS keeps for a while; a cluster with services cannot go."""
    client = cloud.client("ecs")
    for cluster in _clusters(cloud):
        for arn in _items(cloud, "ecs", "list_services", "serviceArns", cluster=cluster):
            [service] = client.describe_services(cluster=cluster, services=[arn])["services"]
            if service["status"] != "INACTIVE":
                yield arn


def _listeners(cloud: Cloud) -> Iterator[str]:
    balancers = _items(cloud, "elbv2", "describe_load_balancers", "LoadBalancers")
    for arn in [one["LoadBalancerArn"] for one in balancers]:
        call = ("elbv2", "describe_listeners", "Listeners")
        yield from (one["ListenerArn"] for one in _items(cloud, *call, LoadBalancerArn=arn))


def _targets(cloud: Cloud) -> Iterator[str]:
    """Return `<rule>-<target>`, as the provider calls them."""
    for rule in [one["Name"] for one in _items(cloud, "events", "list_rules", "Rules")]:
        call = ("events", "list_targets_by_rule", "Targets")
        yield from (f"{rule}-{one['Id']}" for one in _items(cloud, *call, Rule=rule))


def _web_acls(cloud: Cloud) -> _Names:
    """List those for a region; those of CloudFront are no stack's."""
    call = ("wafv2", "list_web_acls", "WebACLs")
    return (one["ARN"] for one in _items(cloud, *call, Scope="REGIONAL"))


def _records(cloud: Cloud) -> Iterator[str]:
    """Return `<zone>_<name>_<type>`, as the provider calls them; a zone's own two are left out."""
    zones = [one["Id"] for one in _items(cloud, "route53", "list_hosted_zones", "HostedZones")]
    for zone_id in [one.removeprefix("/hostedzone/") for one in zones]:
        call = ("route53", "list_resource_record_sets", "ResourceRecordSets")
        for one in _items(cloud, *call, HostedZoneId=zone_id):
            if one["Type"] not in ("NS", "SOA"):
                name = one["Name"].rstrip(".")
                yield f"{zone_id}_{name}_{one['Type']}"


_OTHERS: dict[tuple[str, str], Callable[[Cloud], _Names]] = {
    ("ec2", "describe_launch_templates"): _launch_templates,
    ("ec2", "describe_nat_gateways"): _nat_gateways,
    ("ec2", "describe_vpc_endpoints"): _vpc_endpoints,
    ("ecs", "list_clusters"): _clusters,
    ("ecs", "list_services"): _services,
    ("elbv2", "describe_listeners"): _listeners,
    ("events", "list_targets"): _targets,
    ("iam", "list_policies"): _policies,
    ("iam", "list_roles"): _roles,
    ("kms", "list_aliases"): _aliases,
    ("kms", "list_keys"): _keys,
    ("route53", "list_records"): _records,
    ("wafv2", "list_web_acls"): _web_acls,
}
"""What is listed, and how, where one call does not tell, by service and call."""
