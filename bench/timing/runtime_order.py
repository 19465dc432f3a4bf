"""Every order that AWS needs while a stack runs, derived from what its resources say.

A chain is short only if it is complete, too: without one of these edges a deployment is faster on
paper and fails, or works by luck as long as the database is slow enough.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.dependency_graph import Graph
from rehearsal.registrations import Registration

_SERVICE = "aws:ecs/service:Service"
_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_CLUSTER = "aws:ecs/cluster:Cluster"
_CAPACITY = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
_LISTENER = "aws:lb/listener:Listener"
_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
_ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
_QUEUE = "aws:batch/jobQueue:JobQueue"
_PROFILE = "aws:iam/instanceProfile:InstanceProfile"
_ROLE = "aws:iam/role:Role"
_ROLE_POLICIES = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
)
_EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ROUTE = "aws:ec2/route:Route"
_NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
_INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_DEPLOYMENT = "aws:apigateway/deployment:Deployment"
_DEPLOYED = (
    "aws:apigateway/integration:Integration",
    "aws:apigateway/method:Method",
    "aws:apigateway/restApiPolicy:RestApiPolicy",
)
_HTTP_STAGE = "aws:apigatewayv2/stage:Stage"
_HTTP_ROUTE = "aws:apigatewayv2/route:Route"
_HTTP_INTEGRATION = "aws:apigatewayv2/integration:Integration"
_AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
_INTEGRATIONS = ("aws:apigateway/integration:Integration", _HTTP_INTEGRATION)
_LINKS = ("aws:apigateway/vpcLink:VpcLink", "aws:apigatewayv2/vpcLink:VpcLink")
_FUNCTION = "aws:lambda/function:Function"
_PERMISSION = "aws:lambda/permission:Permission"
_SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 a type
_SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 a type
_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Order:
    """Two resources of which one must be there before the other, and be deleted after it.

    Attributes:
        later: URN.
        earlier: URN.
        reason: what goes wrong otherwise.
    """

    later: str
    earlier: str
    reason: str

    def __str__(self) -> str:
        """Return the order in words."""
        return f"{_label(self.later)} does not wait for {_label(self.earlier)}: {self.reason}"


def missing(graph: Graph, registrations: Iterable[Registration]) -> list[Order]:
    """Return the orders that the graph does not keep.

    Args:
        graph: the stack's, keys are URNs.
        registrations: the stack's.
    """
    before: dict[str, frozenset[str]] = {}
    for key in graph.in_order():
        direct = graph.resources[key].waits_for
        before[key] = direct.union(*(before[one] for one in direct))
    return [one for one in required(registrations) if one.earlier not in before[one.later]]


def required(registrations: Iterable[Registration]) -> list[Order]:
    """Return every order that the resources need, sorted; from their inputs, not from their edges.

    Args:
        registrations: the stack's.
    """
    stack = _Stack(registrations)
    found = {
        Order(later=later.urn, earlier=earlier.urn, reason=reason)
        for rule, reason in _REASONS.items()
        for later, earlier in rule(stack)
    }
    return sorted(found, key=lambda one: (one.later, one.earlier))


def _label(urn: str) -> str:
    """Return `<kind>:<logical name>`."""
    token, name = urn.split("::")[-2:]
    return f"{token.rsplit(':', 1)[-1]}:{name}"


class _Stack:
    """The resources, looked up by type and by what they have."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self._by_type: dict[str, list[Registration]] = {}
        for one in registrations:
            self._by_type.setdefault(one.type, []).append(one)

    def all(self, *tokens: str) -> list[Registration]:
        """Return the resources of some types."""
        return [one for token in tokens for one in self._by_type.get(token, ())]

    def having(self, token: str, output: str, values: Iterable[Any]) -> list[Registration]:
        """Return the resources of a type of which an output is one of some values."""
        wanted = list(values)
        return [one for one in self.all(token) if {"id": one.id, **one.outputs}[output] in wanted]

    def given(self, tokens: Sequence[str], key: str, values: Iterable[Any]) -> list[Registration]:
        """Return the resources of some types that are given one of some values as an input."""
        wanted = [value for value in values if value]
        return [one for one in self.all(*tokens) if one.inputs.get(key) in wanted]


Pairs = Iterator[tuple[Registration, Registration]]


def _listeners(stack: _Stack) -> Pairs:
    for service in stack.all(_SERVICE):
        for listener in _listeners_before(stack, service):
            yield service, listener


def _listeners_before(stack: _Stack, service: Registration) -> list[Registration]:
    """Return the listeners that hand requests to the tasks of a service."""
    groups = {one["targetGroupArn"] for one in service.inputs.get("loadBalancers", ())}
    return [
        listener
        for listener in stack.all(_LISTENER)
        if groups & {one.get("targetGroupArn") for one in listener.inputs["defaultActions"]}
    ]


def _capacity_providers(stack: _Stack) -> Pairs:
    for service in stack.all(_SERVICE):
        strategies = service.inputs.get("capacityProviderStrategies") or ()
        wanted = {one["capacityProvider"] for one in strategies}
        clusters = stack.having(_CLUSTER, "arn", [service.inputs.get("cluster")])
        names = [one.outputs["name"] for one in clusters]
        for providers in stack.given([_CAPACITY], "clusterName", names):
            if wanted & set(providers.inputs["capacityProviders"]):
                yield service, providers


def _ways_out(stack: _Stack) -> Pairs:
    for user in stack.all(_SERVICE, _ENVIRONMENT, _NAT_GATEWAY):
        for needed in (*_associations(stack, user), *_default_routes(stack, user)):
            yield user, needed


def _gateways(stack: _Stack) -> Pairs:
    for user in stack.all(_SERVICE, _ENVIRONMENT, _NAT_GATEWAY):
        routes = _default_routes(stack, user)
        for token, key in ((_NAT_GATEWAY, "natGatewayId"), (_INTERNET_GATEWAY, "gatewayId")):
            for gateway in stack.having(token, "id", [one.inputs.get(key) for one in routes]):
                yield user, gateway


def _associations(stack: _Stack, user: Registration) -> list[Registration]:
    """Return what gives the subnets of a resource their route tables."""
    return stack.given([_ASSOCIATION], "subnetId", _subnets(user))


def _default_routes(stack: _Stack, user: Registration) -> list[Registration]:
    """Return the ways to anywhere in the route tables of a resource's subnets."""
    tables = {one.inputs["routeTableId"] for one in _associations(stack, user)}
    routes = stack.given([_ROUTE], "routeTableId", tables)
    return [one for one in routes if one.inputs.get("destinationCidrBlock") == _EVERYWHERE]


def _subnets(user: Registration) -> Sequence[str]:
    """Return the ids of the subnets in which a resource has network interfaces."""
    if user.type == _NAT_GATEWAY:
        return [user.inputs["subnetId"]]
    key = "networkConfiguration" if user.type == _SERVICE else "computeResources"
    subnets: Sequence[str] = user.inputs[key]["subnets"]
    return subnets


def _security_group_rules(stack: _Stack) -> Pairs:
    for service in stack.all(_SERVICE):
        groups = service.inputs["networkConfiguration"]["securityGroups"]
        for rule in (*_rules_of(stack, groups), *_rules_at_ends(stack, service, groups)):
            yield service, rule
    for environment in stack.all(_ENVIRONMENT):
        groups = environment.inputs["computeResources"].get("securityGroupIds", ())
        for rule in _rules_of(stack, groups):
            yield environment, rule


def _rules_of(stack: _Stack, groups: Sequence[str]) -> list[Registration]:
    return stack.given([_EGRESS_RULE, _INGRESS_RULE], "securityGroupId", groups)


def _rules_at_ends(
    stack: _Stack, service: Registration, groups: Sequence[str]
) -> list[Registration]:
    """Return the rules at the other ends of what a starting task needs.

    It calls its database, and is found healthy by its load balancer. Whoever else may call it, such
    as jobs, does so once it runs, and waits for rules of their own.
    """
    arns = [one.inputs["loadBalancerArn"] for one in _listeners_before(stack, service)]
    balancers = stack.having(_BALANCER, "arn", arns)
    checking = {group for one in balancers for group in one.inputs.get("securityGroups", ())}
    let_out = stack.given([_EGRESS_RULE], "referencedSecurityGroupId", groups)
    return [
        *stack.given([_INGRESS_RULE], "referencedSecurityGroupId", groups),
        *(one for one in let_out if one.inputs["securityGroupId"] in checking),
    ]


def _task_role_policies(stack: _Stack) -> Pairs:
    for service in stack.all(_SERVICE):
        arn = service.inputs["taskDefinition"]
        for definition in stack.having(_TASK_DEFINITION, "arn", [arn]):
            roles = [definition.inputs.get(key) for key in ("executionRoleArn", "taskRoleArn")]
            for policy in _policies_of(stack, stack.having(_ROLE, "arn", roles)):
                yield service, policy


def _batch_role_policies(stack: _Stack) -> Pairs:
    for environment in stack.all(_ENVIRONMENT):
        arn = environment.inputs["computeResources"].get("instanceRole")
        names = [one.inputs["role"] for one in stack.having(_PROFILE, "arn", [arn])]
        service_role = environment.inputs.get("serviceRole")
        roles = [*stack.having(_ROLE, "name", names), *stack.having(_ROLE, "arn", [service_role])]
        for policy in _policies_of(stack, roles):
            yield environment, policy


def _policies_of(stack: _Stack, roles: Iterable[Registration]) -> list[Registration]:
    return stack.given(_ROLE_POLICIES, "role", [one.outputs["name"] for one in roles])


def _environments(stack: _Stack) -> Pairs:
    for queue in stack.all(_QUEUE):
        orders = queue.inputs["computeEnvironmentOrders"]
        arns = [one["computeEnvironment"] for one in orders]
        for environment in stack.having(_ENVIRONMENT, "arn", arns):
            yield queue, environment


def _deployed_parts(stack: _Stack) -> Pairs:
    for deployment in stack.all(_DEPLOYMENT):
        api = deployment.inputs["restApi"]
        for part in stack.all(*_DEPLOYED):
            if api in (part.inputs.get("restApi"), part.inputs.get("restApiId")):
                yield deployment, part


def _deployed_by_itself(stack: _Stack) -> Pairs:
    for stage in stack.all(_HTTP_STAGE):
        parts = (_HTTP_ROUTE, _HTTP_INTEGRATION, _AUTHORIZER)
        for part in stack.given(parts, "apiId", [stage.inputs["apiId"]]):
            if stage.inputs.get("autoDeploy"):
                yield stage, part


def _routed(stack: _Stack) -> Pairs:
    for route in stack.all(_HTTP_ROUTE):
        integration = str(route.inputs.get("target", "")).removeprefix("integrations/")
        yield from ((route, one) for one in stack.having(_HTTP_INTEGRATION, "id", [integration]))


def _links(stack: _Stack) -> Pairs:
    for integration in stack.all(*_INTEGRATIONS):
        for token in _LINKS:
            for link in stack.having(token, "id", [integration.inputs.get("connectionId")]):
                yield integration, link


def _authorized(stack: _Stack) -> Pairs:
    for route in stack.all(_HTTP_ROUTE):
        authorizers = stack.having(_AUTHORIZER, "id", [route.inputs.get("authorizerId")])
        uris = [one.inputs.get("authorizerUri") for one in authorizers]
        for function in stack.having(_FUNCTION, "invokeArn", uris):
            for needed in _needs_of(stack, function):
                yield route, needed


def _needs_of(stack: _Stack, function: Registration) -> Iterator[Registration]:
    """Return what a function needs when API Gateway calls it."""
    names = [function.outputs["name"], function.outputs["arn"]]
    yield from stack.given([_PERMISSION], "function", names)
    yield from _policies_of(stack, stack.having(_ROLE, "arn", [function.inputs["role"]]))
    variables = function.inputs.get("environment", {}).get("variables", {})
    secrets = stack.having(_SECRET, "arn", variables.values())
    yield from stack.given([_SECRET_VERSION], "secretId", [one.id for one in secrets])


_REASONS: Mapping[Callable[[_Stack], Pairs], str] = {
    _listeners: "ECS refuses a service whose target group has no load balancer yet",
    _capacity_providers: "ECS refuses a service of a capacity provider that its cluster has not",
    _ways_out: "what starts cannot reach images and AWS without routes",
    _gateways: "AWS does not detach a gateway whose addresses are in use",
    _security_group_rules: "tasks and instances cannot reach, or be reached, without rules",
    _task_role_policies: "tasks cannot start, and the service cannot be drained, without grants",
    _batch_role_policies: "instances cannot join, and Batch cannot clear up, without grants",
    _environments: "Batch deletes no environment that a queue uses",
    _deployed_parts: "a deployment is a snapshot of what the API has",
    _deployed_by_itself: "a stage that deploys by itself answers before the API is whole",
    _routed: "AWS deletes no integration that a route leads to",
    _links: "AWS deletes no VPC link that an integration leads through",
    _authorized: "callers get errors until the authorizer may be called and finds its key",
}
"""Rules that find pairs of a later and an earlier resource, and why they hold.

Sources: Amazon ECS API reference, CreateService, and CreateCluster, `capacityProviders`; AWS Batch
API reference, DeleteComputeEnvironment; Amazon API Gateway Developer Guide, "Deploy REST APIs";
hashicorp/terraform-provider-aws#3414 and, for integrations and VPC links, #12195.
"""
