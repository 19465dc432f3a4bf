"""Every resource of a stack is read by its id alone, as an import does."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.provider import Provider, replacements
from rehearsal.provider.differences import same
from rehearsal.provider.registry import RESOURCE_TYPES
from rehearsal.provider.resource_type import OnChange
from rehearsal.registrations import Registration
from rehearsal.stage import Stage, stage
from tests.deployed import HTTP_GATEWAY, OF_EVERY_TYPE
from tests.engine import in_flight
from tests.rehearsal.gateway_front import domain_settings
from tests.rehearsal.standing import deployed

NOT_TOLD: Mapping[str, Mapping[str, str]] = {
    "aws:apigateway/deployment:Deployment": {"triggers": "kept in the state alone (deployment.go)"},
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "updateDefaultVersion": "kept in the state alone (ec2_launch_template.go)"
    },
    "aws:ecs/service:Service": {
        "waitForSteadyState": "kept in the state alone, though a change of it calls UpdateService",
        **dict.fromkeys(
            (
                "deploymentCircuitBreaker",
                "deploymentMaximumPercent",
                "deploymentMinimumHealthyPercent",
                "availabilityZoneRebalancing",
                "capacityProviderStrategies",
                "enableEcsManagedTags",
                "healthCheckGracePeriodSeconds",
                "propagateTags",
            ),
            "forgotten by moto",
        ),
    },
    "aws:lambda/function:Function": {"code": "AWS has no archive as texts (function.go)"},
    "aws:lb/loadBalancer:LoadBalancer": {
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "forgotten by moto"
    },
    "aws:rds/instance:Instance": {
        "performanceInsightsEnabled": "dropped by moto",
        "performanceInsightsRetentionPeriod": "dropped by moto",
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        "description": "told by moto only where the peer is a network"
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "description": "told by moto only where the peer is a network"
    },
}
"""Outputs that an import cannot tell, and why; nor does it tell inputs kept in the state only."""


class Standing:
    """Both stacks in one account."""

    def __init__(self, stands: Stage) -> None:
        self.cloud = stands.cloud
        self.provider = Provider(stands.cloud)
        self.resources: list[Registration] = []
        front = {**domain_settings(stands.cloud), "apiWaf": True}
        for stack, gateway in (("dev", HTTP_GATEWAY), ("prod", front)):
            own = {
                **gateway,
                "imageRepository": f"metaflow/{stack}",
                "imageCaches": [{"registry": "quay", "prefix": stack}],
            }
            settings = {**OF_EVERY_TYPE, **own}
            self.resources += deployed(stands, stack, settings=settings).registrations

    def of_type(self, token: str) -> list[Registration]:
        return [one for one in self.resources if one.type == token]


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    with stage("us-east-1", None) as stands:
        yield Standing(stands)


@pytest.mark.parametrize("token", sorted(RESOURCE_TYPES))
def test_a_resource_is_found_by_its_inputs_and_read_by_its_id(
    standing: Standing, token: str
) -> None:
    assert standing.of_type(token)
    for one in standing.of_type(token):
        others = [other for other in standing.of_type(token) if other is not one]
        known = {name for other in others for name in (other.id, other.outputs.get("arn", ""))}
        import_id = in_flight.found(standing.cloud, token, one.outputs, known - {one.id})
        assert import_id is not None
        read = standing.provider.read(token, one.urn, import_id, {})
        assert read is not None
        assert read.get("id", import_id) == one.id
        refreshed = standing.provider.read(token, one.urn, one.id, one.outputs)
        assert refreshed is not None
        assert differing(token, refreshed, read) == {}


def differing(token: str, made: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an import does not tell, or tells otherwise, though AWS knows it."""
    entries = replacements.of(token).inputs.items()
    kept = {name for name, one in entries if one.effect is OnChange.STATE_ONLY}
    return {
        name: (value, read.get(name))
        for name, value in made.items()
        if name not in {*kept, *NOT_TOLD.get(token, ())} and not agrees(value, read.get(name))
    }


def agrees(made: Any, read: Any) -> bool:
    """Say whether what is read holds all that was made; AWS keeps sets, and adds its defaults."""
    if isinstance(made, str) and isinstance(read, str) and made[:2] in ('{"', "[{"):
        return agrees(json.loads(made), json.loads(read))
    if isinstance(made, dict) and isinstance(read, dict):
        return all(agrees(value, read.get(key)) for key, value in made.items())
    if isinstance(made, list) and isinstance(read, list):
        paired = [one for one in made if any(agrees(one, other) for other in read)]
        return paired == made and len(made) == len(read)
    return same(read, made)
