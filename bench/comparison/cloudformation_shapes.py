"""Rearrangements of properties that CloudFormation groups otherwise than Pulumi's AWS provider."""

from collections.abc import Mapping
from typing import Any

Properties = dict[str, Any]


def without(properties: Properties, *keys: str) -> Properties:
    """Return the properties without some of them."""
    return {key: value for key, value in properties.items() if key not in keys}


def attributes(**values: object) -> list[dict[str, str]]:
    """Return a load balancer's or target group's attributes, those that are set, as pairs."""
    return [
        {"Key": key.replace("__", "."), "Value": str(value).lower()}
        for key, value in values.items()
        if value is not None
    ]


def tag_map(properties: Properties) -> Properties:
    """Turn the tags of the services that take a map back into one."""
    return {**properties, "Tags": {one["Key"]: one["Value"] for one in properties["Tags"]}}


def api_key(properties: Properties) -> Properties:
    """Enable the key: Pulumi's provider does it by default, CloudFormation does not."""
    return {"Enabled": True, **properties}


def rest_api(properties: Properties) -> Properties:
    """Write the endpoint's one type as a list."""
    kind = properties["EndpointConfiguration"]["Types"]
    return {**properties, "EndpointConfiguration": {"Types": [kind]}}


def vpc_link(properties: Properties) -> Properties:
    """Give the link the name that it must have, and its one target as a list."""
    target = properties["TargetArn"]
    return {
        "Name": "metadata-service",
        **without(properties, "TargetArn"),
        "TargetArns": [target],
    }


def event_target(properties: Properties) -> Properties:
    """Return the rule's one target."""
    return {"Targets": [{"Id": "target", **properties}]}


def table(properties: Properties) -> Properties:
    """Name attributes, key, time to live, recovery and encryption as DynamoDB does."""
    kept = without(properties, "Attributes", "HashKey", "Ttl", "PointInTimeRecovery")
    return {
        **without(kept, "ServerSideEncryption"),
        "AttributeDefinitions": [
            {"AttributeName": one["Name"], "AttributeType": one["Type"]}
            for one in properties["Attributes"]
        ],
        "KeySchema": [{"AttributeName": properties["HashKey"], "KeyType": "HASH"}],
        "TimeToLiveSpecification": properties["Ttl"],
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": properties["PointInTimeRecovery"]["Enabled"]
        },
        "SSESpecification": {"SSEEnabled": properties["ServerSideEncryption"]["Enabled"]},
    }


def flow_log(properties: Properties) -> Properties:
    """Say that the resource is a VPC."""
    return {"ResourceType": "VPC", **properties}


def launch_template(properties: Properties) -> Properties:
    """Put everything into the template's data."""
    return {"LaunchTemplateData": properties}


def security_group(properties: Properties) -> Properties:
    """Take away the rule that lets everything out, as Pulumi's provider does, the way AWS says."""
    nowhere = {
        "CidrIp": "127.0.0.1/32",
        "IpProtocol": "-1",
        "Description": "In place of the rule that lets everything out",
    }
    return {**properties, "SecurityGroupEgress": [nowhere]}


def ecs_service(properties: Properties) -> Properties:
    """Group what concerns deployments, and say in words whether tasks have public addresses."""
    deployment = ("DeploymentCircuitBreaker",)
    network = properties["NetworkConfiguration"]
    public = "ENABLED" if network["AssignPublicIp"] else "DISABLED"
    kept = without(
        properties,
        *deployment,
        "DeploymentMinimumHealthyPercent",
        "DeploymentMaximumPercent",
    )
    return {
        **kept,
        "DeploymentConfiguration": {
            "DeploymentCircuitBreaker": properties["DeploymentCircuitBreaker"],
            "MinimumHealthyPercent": properties["DeploymentMinimumHealthyPercent"],
            "MaximumPercent": properties["DeploymentMaximumPercent"],
        },
        "NetworkConfiguration": {"AwsvpcConfiguration": {**network, "AssignPublicIp": public}},
    }


def instance_profile(properties: Properties) -> Properties:
    """Write the one role as a list."""
    return {**properties, "Roles": [properties["Roles"]]}


def role_policy(properties: Properties) -> Properties:
    """Write the one role as a list, and give the policy the name that it must have."""
    return {"PolicyName": "inline", **properties, "Roles": [properties["Roles"]]}


def load_balancer(properties: Properties) -> Properties:
    """Write the scheme in words, and the rest as attributes."""
    scheme = "internal" if properties["Internal"] else "internet-facing"
    return {
        **without(properties, "Internal", "EnableCrossZoneLoadBalancing"),
        "Scheme": scheme,
        "LoadBalancerAttributes": attributes(
            load_balancing__cross_zone__enabled=properties["EnableCrossZoneLoadBalancing"]
        ),
    }


HEALTH_CHECK = {
    "Path": "HealthCheckPath",
    "Port": "HealthCheckPort",
    "Protocol": "HealthCheckProtocol",
    "Interval": "HealthCheckIntervalSeconds",
    "Timeout": "HealthCheckTimeoutSeconds",
    "HealthyThreshold": "HealthyThresholdCount",
    "UnhealthyThreshold": "UnhealthyThresholdCount",
}


def target_group(properties: Properties) -> Properties:
    """Spread the health check, and write the rest as attributes."""
    check: Mapping[str, Any] = properties["HealthCheck"]
    return {
        **without(properties, "HealthCheck", "DeregistrationDelay", "PreserveClientIp"),
        **{name: check[key] for key, name in HEALTH_CHECK.items() if key in check},
        "Matcher": {"HttpCode": check["Matcher"]},
        "TargetGroupAttributes": attributes(
            deregistration_delay__timeout_seconds=properties.get("DeregistrationDelay"),
            preserve_client_ip__enabled=properties.get("PreserveClientIp"),
        ),
    }


def database(properties: Properties) -> Properties:
    """Write the size as the text that CloudFormation wants."""
    return {**properties, "AllocatedStorage": str(properties["AllocatedStorage"])}


def parameter_group(properties: Properties) -> Properties:
    """Write the parameters as a map."""
    parameters = {one["Name"]: one["Value"] for one in properties["Parameters"]}
    return {**properties, "Parameters": parameters}


def bucket_lifecycle(properties: Properties) -> Properties:
    """Lift each rule's filter and expiration."""
    rules = []
    for rule in properties["Rules"]:
        kept = without(rule, "Filter", "Expiration")
        rules.append({**kept, **rule["Filter"], **rule.get("Expiration", {})})
    return {"LifecycleConfiguration": {"Rules": rules}}


def bucket_ownership(properties: Properties) -> Properties:
    """Write the one rule as a list."""
    return {"OwnershipControls": {"Rules": [properties["Rules"]]}}


def bucket_encryption(properties: Properties) -> Properties:
    """Name the rules as S3 does."""
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": properties["Rules"]}}
