"""Looks whether AWS has what a creation in flight was to make, as its user would in the console."""

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from rehearsal.provider import Cloud, Provider
from rehearsal.provider.shapes import found as found_or_none
from rehearsal.provider.shapes import tag_map

Inputs = Mapping[str, Any]

_METHOD = "{restApi}/{resourceId}/{httpMethod}"
_BUCKET = "{bucket}"

BY_NAME: Mapping[str, str] = {
    "aws:apigateway/account:Account": "api-gateway-account",
    "aws:apigateway/integration:Integration": _METHOD,
    "aws:apigateway/method:Method": _METHOD,
    "aws:apigateway/restApiPolicy:RestApiPolicy": "{restApiId}",
    "aws:apigateway/stage:Stage": "{restApi}/{stageName}",
    "aws:apigateway/usagePlanKey:UsagePlanKey": "{usagePlanId}/{keyId}",
    "aws:apigatewayv2/domainName:DomainName": "{domainName}",
    "aws:apigatewayv2/stage:Stage": "{apiId}/{name}",
    "aws:cloudwatch/eventRule:EventRule": "{name}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "{repository}",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "{ecrRepositoryPrefix}",
    "aws:ecr/repository:Repository": "{name}",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "{prefix}",
    "aws:dynamodb/table:Table": "{name}",
    "aws:ec2/placementGroup:PlacementGroup": "{name}",
    "aws:ec2/route:Route": "{routeTableId}_{destinationCidrBlock}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "{subnetId}/{routeTableId}",
    "aws:ecs/cluster:Cluster": "{name}",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "{clusterName}",
    "aws:ecs/service:Service": "{clusterName}/{name}",
    "aws:iam/instanceProfile:InstanceProfile": "{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:lambda/function:Function": "{name}",
    "aws:rds/instance:Instance": "{identifier}",
    "aws:rds/parameterGroup:ParameterGroup": "{name}",
    "aws:rds/subnetGroup:SubnetGroup": "{name}",
    "aws:route53/record:Record": "{zoneId}_{name}_{type}",
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BUCKET,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _BUCKET
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _BUCKET,
    "aws:secretsmanager/secretRotation:SecretRotation": "{secretId}",
    "aws:wafv2/webAclAssociation:WebAclAssociation": "{webAclArn},{resourceArn}",
}
"""Form of the id by which a type is imported, where its inputs say all of it."""


@dataclass(frozen=True)
class Listing:
    """A call that lists what AWS has of a type.

    Attributes:
        service: the service.
        call: the client's method.
        key: the member of its answer that lists the items.
        id: the member of an item that is its id; empty where the item itself is.
        same: members of an item that must be what an input is.
        tagged: whether its tags must be the inputs', too.
        given: the call's parameters that are inputs.
        form: the id by which it is imported, of the inputs and of `id`.
    """

    service: str
    call: str
    key: str
    id: str
    same: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    form: str = "{id}"
    tagged: bool = False

    def ids(self, cloud: Cloud, inputs: Inputs) -> list[str]:
        """Return the ids of the items that are what the inputs describe."""
        parameters = {name: inputs[one] for name, one in self.given.items()}
        client = cloud.client(self.service)
        if client.can_paginate(self.call):
            pages = client.get_paginator(self.call).paginate(**parameters)
            answer = pages.build_full_result()
        else:
            answer = getattr(client, self.call)(**parameters)
        return [
            str(item[self.id] if self.id else item)
            for item in answer.get(self.key, ())
            if self._fits(item, inputs)
        ]

    def _fits(self, item: Any, inputs: Inputs) -> bool:
        alike = not self.tagged or tag_map(item["Tags"]) == inputs["tags"]
        return alike and all(item.get(key) == inputs[name] for key, name in self.same.items())


class _Statements(Listing):
    """The statements of a function's policy, which AWS gives as one text."""

    def ids(self, cloud: Cloud, inputs: Inputs) -> list[str]:
        """Return `<function>/<statement>` of each that grants what the inputs say."""
        client = cloud.client(self.service)
        answer = found_or_none(
            client.get_policy, "ResourceNotFoundException", FunctionName=inputs["function"]
        )
        statements = json.loads(answer[self.key])["Statement"] if answer else []
        return [
            f"{inputs['function']}/{one[self.id]}"
            for one in statements
            if one["Action"] == inputs["action"]
        ]


def _tagged(call: str, key: str, name: str, **same: str) -> Listing:
    """Return what lists resources of EC2, which are tagged from the first moment."""
    return Listing("ec2", call, key, name, same, tagged=True)


def _in_api(call: str, same: Mapping[str, str] | None = None) -> Listing:
    given = {"restApiId": "restApi"}
    return Listing("apigateway", call, "items", "id", same or {}, given, "{restApi}/{id}")


def _in_http_api(call: str, name: str, same: Mapping[str, str] | None = None) -> Listing:
    given = {"ApiId": "apiId"}
    return Listing("apigatewayv2", call, "Items", name, same or {}, given, "{apiId}/{id}")


_RULE = _tagged(
    "describe_security_group_rules",
    "SecurityGroupRules",
    "SecurityGroupRuleId",
    GroupId="securityGroupId",
)

LISTED: Mapping[str, Listing] = {
    "aws:apigateway/apiKey:ApiKey": Listing(
        "apigateway", "get_api_keys", "items", "id", {"name": "name"}
    ),
    "aws:apigateway/deployment:Deployment": _in_api("get_deployments"),
    "aws:apigateway/resource:Resource": _in_api("get_resources", {"pathPart": "pathPart"}),
    "aws:apigateway/restApi:RestApi": Listing(
        "apigateway", "get_rest_apis", "items", "id", {"name": "name"}
    ),
    "aws:apigateway/usagePlan:UsagePlan": Listing(
        "apigateway", "get_usage_plans", "items", "id", {"name": "name"}
    ),
    "aws:apigateway/vpcLink:VpcLink": Listing(
        "apigateway", "get_vpc_links", "items", "id", {"name": "name"}
    ),
    "aws:apigatewayv2/api:Api": Listing(
        "apigatewayv2", "get_apis", "Items", "ApiId", {"Name": "name"}
    ),
    "aws:apigatewayv2/apiMapping:ApiMapping": Listing(
        "apigatewayv2",
        "get_api_mappings",
        "Items",
        "ApiMappingId",
        {"ApiId": "apiId"},
        {"DomainName": "domainName"},
        "{id}/{domainName}",
    ),
    "aws:apigatewayv2/authorizer:Authorizer": _in_http_api(
        "get_authorizers", "AuthorizerId", {"Name": "name"}
    ),
    "aws:apigatewayv2/integration:Integration": _in_http_api("get_integrations", "IntegrationId"),
    "aws:apigatewayv2/route:Route": _in_http_api("get_routes", "RouteId", {"RouteKey": "routeKey"}),
    "aws:apigatewayv2/vpcLink:VpcLink": Listing(
        "apigatewayv2", "get_vpc_links", "Items", "VpcLinkId", {"Name": "name"}
    ),
    "aws:batch/jobQueue:JobQueue": Listing(
        "batch", "describe_job_queues", "jobQueues", "jobQueueArn", {"jobQueueName": "name"}
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Listing(
        "events",
        "list_targets_by_rule",
        "Targets",
        "Id",
        {"Arn": "arn"},
        {"Rule": "rule"},
        "{rule}/{id}",
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Listing(
        "ec2", "describe_security_groups", "SecurityGroups", "GroupId", {"VpcId": "vpcId"}
    ),
    "aws:ec2/eip:Eip": _tagged("describe_addresses", "Addresses", "AllocationId"),
    "aws:ec2/flowLog:FlowLog": _tagged("describe_flow_logs", "FlowLogs", "FlowLogId"),
    "aws:ec2/internetGateway:InternetGateway": _tagged(
        "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _tagged(
        "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"
    ),
    "aws:ec2/natGateway:NatGateway": _tagged(
        "describe_nat_gateways", "NatGateways", "NatGatewayId"
    ),
    "aws:ec2/routeTable:RouteTable": _tagged(
        "describe_route_tables", "RouteTables", "RouteTableId", VpcId="vpcId"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _tagged(
        "describe_security_groups", "SecurityGroups", "GroupId", VpcId="vpcId", GroupName="name"
    ),
    "aws:ec2/subnet:Subnet": _tagged("describe_subnets", "Subnets", "SubnetId", VpcId="vpcId"),
    "aws:ec2/vpc:Vpc": _tagged("describe_vpcs", "Vpcs", "VpcId", CidrBlock="cidrBlock"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _tagged(
        "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", VpcId="vpcId"
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Listing(
        "ecs",
        "list_task_definitions",
        "taskDefinitionArns",
        "",
        given={"familyPrefix": "family"},
    ),
    "aws:iam/policy:Policy": Listing(
        "iam", "list_policies", "Policies", "Arn", {"PolicyName": "name"}
    ),
    "aws:kms/key:Key": Listing("kms", "list_keys", "Keys", "KeyId"),
    "aws:lb/listener:Listener": Listing(
        "elbv2",
        "describe_listeners",
        "Listeners",
        "ListenerArn",
        {"Port": "port"},
        {"LoadBalancerArn": "loadBalancerArn"},
    ),
    "aws:lb/loadBalancer:LoadBalancer": Listing(
        "elbv2",
        "describe_load_balancers",
        "LoadBalancers",
        "LoadBalancerArn",
        {"LoadBalancerName": "name"},
    ),
    "aws:lb/targetGroup:TargetGroup": Listing(
        "elbv2",
        "describe_target_groups",
        "TargetGroups",
        "TargetGroupArn",
        {"TargetGroupName": "name"},
    ),
    "aws:batch/computeEnvironment:ComputeEnvironment": Listing(
        "batch",
        "describe_compute_environments",
        "computeEnvironments",
        "computeEnvironmentName",
    ),
    "aws:batch/schedulingPolicy:SchedulingPolicy": Listing(
        "batch", "list_scheduling_policies", "schedulingPolicies", "arn"
    ),
    "aws:secretsmanager/secret:Secret": Listing(
        "secretsmanager", "list_secrets", "SecretList", "ARN", {"Name": "name"}
    ),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": Listing(
        "servicediscovery",
        "list_namespaces",
        "Namespaces",
        "Id",
        {"Name": "name"},
        form="{id}:{vpc}",
    ),
    "aws:servicediscovery/service:Service": Listing(
        "servicediscovery", "list_services", "Services", "Id", {"Name": "name"}
    ),
    "aws:lambda/permission:Permission": _Statements("lambda", "get_policy", "Policy", "Sid"),
    "aws:secretsmanager/secretVersion:SecretVersion": Listing(
        "secretsmanager",
        "list_secret_version_ids",
        "Versions",
        "VersionId",
        given={"SecretId": "secretId"},
        form="{secretId}|{id}",
    ),
    "aws:sfn/stateMachine:StateMachine": Listing(
        "stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn", {"name": "name"}
    ),
    "aws:wafv2/webAcl:WebAcl": Listing(
        "wafv2",
        "list_web_acls",
        "WebACLs",
        "Id",
        {"Name": "name"},
        {"Scope": "scope"},
        "{id}/{name}/{scope}",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _RULE,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _RULE,
}
"""Types whose ids AWS makes up."""

_FURTHER: Mapping[str, Callable[[Inputs, Inputs], bool]] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": lambda has, wanted: has["name"].startswith(
        wanted["namePrefix"]
    ),
    "aws:batch/schedulingPolicy:SchedulingPolicy": lambda has, wanted: (
        has["name"] == wanted["name"]
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": lambda has, _: has["name"] == "default",
    "aws:kms/key:Key": lambda has, wanted: has["description"] == wanted["description"],
}
"""What must hold beside, of the outputs and the inputs, where a listing does not say enough."""


def found(cloud: Cloud, token: str, inputs: Inputs, known: Set[str] = frozenset()) -> str | None:
    """Return the id by which a resource is imported, or None when AWS has no such resource.

    Args:
        cloud: the emulated AWS.
        token: the resource's type.
        inputs: what it was to be created with.
        known: ids and ARNs that the state has already.

    Raises:
        LookupError: AWS has several that might be it.
    """
    if token in BY_NAME:
        ids, listing = [""], BY_NAME[token]
    else:
        ids = [one for one in LISTED[token].ids(cloud, inputs) if one not in known]
        listing = LISTED[token].form
    cluster = {"clusterName": str(inputs.get("cluster", "")).rpartition("/")[2]}
    forms = [listing.format(**{**cluster, **inputs, "id": one}) for one in ids]
    there = [one for one in forms if _is_there(cloud, token, one, inputs)]
    if len(there) > 1:
        raise LookupError(f"AWS has several {token}: {', '.join(there)}")
    return there[0] if there else None


def _is_there(cloud: Cloud, token: str, import_id: str, inputs: Inputs) -> bool:
    has = Provider(cloud).read(token, f"urn:pulumi:dev::x::{token}::x", import_id, {})
    further = _FURTHER.get(token, lambda _has, _wanted: True)
    return has is not None and further(has, inputs)
