"""Refusals of API Gateway."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rehearsal.provider.deployed_api import DeployedApi, deployed_api
from rehearsal.provider.refusals.refusal import Parameters, Refusal
from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_MISSING = "NotFoundException"
_LONGEST_TIMEOUT = 29_000
_DEVELOPER_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"


def _resources(cloud: "Cloud", api_id: str) -> list[Any]:
    pages = cloud.client("apigateway").get_paginator("get_resources")
    return [
        resource
        for page in pages.paginate(restApiId=api_id, embed=["methods"])
        for resource in page["items"]
    ]


def _without_integration(cloud: "Cloud", parameters: Parameters) -> str | None:
    for resource in _resources(cloud, parameters["restApiId"]):
        for name, method in resource.get("resourceMethods", {}).items():
            if not method.get("methodIntegration"):
                return f"No integration defined for method {name} of {resource['path']}"
    return None


def _operations(parameters: Parameters, *starts: str) -> Iterable[Mapping[str, str]]:
    return (
        operation
        for operation in parameters["patchOperations"]
        if operation["op"] != "remove" and any(start in operation["path"] for start in starts)
    )


def _logging_without_role(cloud: "Cloud", parameters: Parameters) -> str | None:
    logging = any(_operations(parameters, "/accessLogSettings"))
    if logging and not cloud.client("apigateway").get_account().get("cloudwatchRoleArn"):
        return "CloudWatch Logs role ARN must be set in account settings to enable logging"
    return None


def _log_without_request_id(_: "Cloud", parameters: Parameters) -> str | None:
    for operation in _operations(parameters, "/accessLogSettings/format"):
        identifiers = ("$context.requestId", "$context.extendedRequestId")
        if not any(identifier in operation["value"] for identifier in identifiers):
            return (
                f"the access log format {operation['value']!r} has neither $context.requestId "
                "nor $context.extendedRequestId"
            )
    return None


def _stages(cloud: "Cloud", api_id: str) -> list[Any]:
    answer = found(cloud.client("apigateway").get_stages, _MISSING, restApiId=api_id)
    return list(answer["item"]) if answer else []


def _active_deployment(cloud: "Cloud", parameters: Parameters) -> str | None:
    for stage in _stages(cloud, parameters["restApiId"]):
        if stage["deploymentId"] == parameters["deploymentId"]:
            return (
                "Active stages pointing to this deployment must be moved or deleted: "
                f"{stage['stageName']}"
            )
    return None


def _missing_deployment(cloud: "Cloud", parameters: Parameters) -> str | None:
    chosen = [parameters["deploymentId"]] if "deploymentId" in parameters else []
    operations = parameters.get("patchOperations", ())
    chosen += [one["value"] for one in operations if one["path"] == "/deploymentId"]
    call = cloud.client("apigateway").get_deployment
    for deployment_id in chosen:
        api_id = parameters["restApiId"]
        if found(call, _MISSING, restApiId=api_id, deploymentId=deployment_id) is None:
            return f"Invalid Deployment identifier specified: {deployment_id}"
    return None


def _deployed_stages(cloud: "Cloud") -> Iterable[tuple[str, str, DeployedApi]]:
    pages = cloud.client("apigateway").get_paginator("get_rest_apis").paginate()
    for api_id in [api["id"] for page in pages for api in page["items"]]:
        for stage in _stages(cloud, api_id):
            deployed = deployed_api(cloud, api_id, stage["stageName"])
            if deployed:
                yield api_id, stage["stageName"], deployed


def _link_in_use(cloud: "Cloud", parameters: Parameters) -> str | None:
    link_id = parameters["vpcLinkId"]
    uses = [
        f"{api_id}:{route.method}:{route.path}:{stage}"
        for api_id, stage, deployed in _deployed_stages(cloud)
        for route in deployed.routes
        if route.integration.get("connectionId") == link_id
    ]
    if not uses:
        return None
    return (
        f"Cannot delete vpc link. Vpc link '{link_id}', is referenced in [{', '.join(uses)}] "
        "in format of [RESTApiId:Method:Resource:Stage]"
    )


def _link_target(cloud: "Cloud", parameters: Parameters) -> str | None:
    if len(parameters["targetArns"]) != 1:
        return "More than one target arn specified for vpc link"
    (target,) = parameters["targetArns"]
    call = cloud.client("elbv2").describe_load_balancers
    missing = ("LoadBalancerNotFound", "LoadBalancerNotFoundException", "ValidationError")
    answer = found(call, *missing, LoadBalancerArns=[target])
    if answer is None:
        return f"the network load balancer {target} does not exist"
    kind = answer["LoadBalancers"][0]["Type"]
    return None if kind == "network" else f"NLB ARN is malformed: {target} is of type {kind}"


def _named_stages(parameters: Parameters) -> Iterable[tuple[str, str]]:
    for stage in parameters.get("apiStages", ()):
        yield stage["apiId"], stage["stage"]
    for operation in parameters.get("patchOperations", ()):
        if operation["op"] == "add" and operation["path"] == "/apiStages":
            api_id, _, stage_name = operation["value"].partition(":")
            yield api_id, stage_name


def _plan_without_stage(cloud: "Cloud", parameters: Parameters) -> str | None:
    for api_id, stage_name in _named_stages(parameters):
        if stage_name not in [stage["stageName"] for stage in _stages(cloud, api_id)]:
            return f"API Stage not found: {api_id}:{stage_name}"
    return None


def _stage_in_plan(cloud: "Cloud", parameters: Parameters) -> str | None:
    wanted = {"apiId": parameters["restApiId"], "stage": parameters["stageName"]}
    for page in cloud.client("apigateway").get_paginator("get_usage_plans").paginate():
        for plan in page["items"]:
            if wanted in plan.get("apiStages", ()):
                return (
                    f"the stage {parameters['restApiId']}:{parameters['stageName']} is still in "
                    f"the usage plan {plan['id']}; take it out first"
                )
    return None


def _plan_with_stages(cloud: "Cloud", parameters: Parameters) -> str | None:
    plan_id = parameters["usagePlanId"]
    plan = found(cloud.client("apigateway").get_usage_plan, _MISSING, usagePlanId=plan_id) or {}
    for stage in plan.get("apiStages", ()):
        return (
            f"Cannot delete Usage Plan {plan_id} because there are API Stages associated with it, "
            f"including {stage['apiId']}:{stage['stage']}"
        )
    return None


def _undeclared_parameter(cloud: "Cloud", parameters: Parameters) -> str | None:
    place = {name: parameters[name] for name in ("restApiId", "resourceId", "httpMethod")}
    method = found(cloud.client("apigateway").get_method, _MISSING, **place) or {}
    declared = method.get("requestParameters") or {}
    mappings = parameters.get("requestParameters") or {
        operation["path"]: operation["value"]
        for operation in parameters.get("patchOperations", ())
        if operation["path"].startswith("/requestParameters/") and operation["op"] != "remove"
    }
    for value in mappings.values():
        if value.startswith("method.request.") and value not in declared:
            return (
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
                f"[Invalid mapping expression parameter specified: {value}]"
            )
    return None


def _timeout_beyond_quota(_: "Cloud", parameters: Parameters) -> str | None:
    timeout = parameters.get("timeoutInMillis", _LONGEST_TIMEOUT)
    for operation in parameters.get("patchOperations", ()):
        if operation["path"] == "/timeoutInMillis":
            timeout = int(operation["value"])
    if timeout <= _LONGEST_TIMEOUT:
        return None
    return f"Timeout should be between 50 ms and {_LONGEST_TIMEOUT} ms, not {timeout} ms"


def _duplicate_resource(cloud: "Cloud", parameters: Parameters) -> str | None:
    part = parameters["pathPart"]
    for resource in _resources(cloud, parameters["restApiId"]):
        if (resource.get("parentId"), resource.get("pathPart")) == (parameters["parentId"], part):
            return f"Another resource with the same parent already has this name: {part}"
    return None


def _role_without_rights(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Judge the logging role as UpdateAccount does: it must exist, be assumable, have a policy."""
    for operation in _operations(parameters, "/cloudwatchRoleArn"):
        if operation["value"] and not _may_log(cloud, operation["value"].rsplit("/", 1)[-1]):
            return (
                f"The role ARN {operation['value']} does not have required permissions configured. "
                "Please grant trust permission for API Gateway and add the required role policy"
            )
    return None


def _may_log(cloud: "Cloud", role_name: str) -> bool:
    client = cloud.client("iam")
    answer = found(client.get_role, "NoSuchEntity", RoleName=role_name)
    if answer is None:
        return False
    trust = json.dumps(answer["Role"]["AssumeRolePolicyDocument"])
    attached = client.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    inline = client.list_role_policies(RoleName=role_name)["PolicyNames"]
    return "apigateway.amazonaws.com" in trust and bool(attached or inline)


def _refusal(source: str, problem: Any, *operations: str) -> Refusal:
    return Refusal(service="apigateway", operations=operations, source=source, problem=problem)


REFUSALS: tuple[Refusal, ...] = (
    _refusal("hashicorp/terraform-provider-aws#21210", _without_integration, "CreateDeployment"),
    _refusal("anomalyco/sst#1556", _logging_without_role, "UpdateStage"),
    _refusal("aws/aws-cdk#22591", _log_without_request_id, "UpdateStage"),
    _refusal("hashicorp/terraform-provider-aws#19805", _active_deployment, "DeleteDeployment"),
    _refusal(f"{_DEVELOPER_GUIDE}/stages.html", _missing_deployment, "CreateStage", "UpdateStage"),
    _refusal("klothoplatform/klotho#202", _link_in_use, "DeleteVpcLink"),
    _refusal("hashicorp/terraform-provider-aws#30910", _link_target, "CreateVpcLink"),
    _refusal(
        "serverless/serverless#2831", _plan_without_stage, "CreateUsagePlan", "UpdateUsagePlan"
    ),
    _refusal("aws/aws-sdk-js#3841", _stage_in_plan, "DeleteStage"),
    _refusal("aws/aws-sdk-js#3841", _plan_with_stages, "DeleteUsagePlan"),
    _refusal("aws/aws-cdk#17318", _undeclared_parameter, "PutIntegration", "UpdateIntegration"),
    _refusal(
        f"{_DEVELOPER_GUIDE}/api-gateway-execution-service-limits-table.html",
        _timeout_beyond_quota,
        "PutIntegration",
        "UpdateIntegration",
    ),
    _refusal("serverless/serverless#2730", _duplicate_resource, "CreateResource"),
    _refusal("aws/aws-cdk#2194", _role_without_rights, "UpdateAccount"),
)
"""What API Gateway refuses and the emulator accepts."""
