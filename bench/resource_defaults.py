"""What a resource is where its inputs do not say it, so that a default and its word are the same.

Sources: the AWS provider's pages of `aws_vpc_endpoint`, `aws_lb`, `aws_ecs_service` and
`aws_db_instance`; AWS CloudFormation Template Reference, AWS::ECS::Service, DesiredCount.
"""

from collections.abc import Mapping
from typing import Any

_SERVICE = "aws:ecs/service:Service"

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"vpcEndpointType": "Gateway"},
    _SERVICE: {"launchType": "EC2", "desiredCount": 0, "waitForSteadyState": False},
    "aws:lb/loadBalancer:LoadBalancer": {"loadBalancerType": "application"},
    "aws:rds/instance:Instance": {"storageType": "gp2"},
}
"""The provider's, by type."""

_OF_TOOLS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "cloudformation": {_SERVICE: {"desiredCount": 1, "waitForSteadyState": True}},
}
"""Those of a tool that has others."""


def with_defaults(tool: str, token: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the inputs of a resource together with what holds without a word.

    Args:
        tool: what deploys it.
        token: its type.
        inputs: what it is given; null is as good as nothing.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    return {**_DEFAULTS.get(token, {}), **_OF_TOOLS.get(tool, {}).get(token, {}), **given}
