"""The settings that change what an idle month costs, and how much each of them does."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Settings = Mapping[str, Any]
"""Plain values by the settings' camelCase names."""

_ARM_IMAGE = "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1"
"""An image of the metadata service for both architectures."""

_PRIVATE_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/metaflow_metadata_service:v2.5.1"
"""The same where the internet is out of reach."""

_ATHENA = "com.amazonaws.us-east-1.athena"


@dataclass(frozen=True)
class Switch:
    """One setting, with those that must change with it.

    Attributes:
        dev: what it is switched to in dev.
        prod: what it is switched to in prod.
    """

    dev: Settings
    prod: Settings

    def of(self, stack: str) -> Settings:
        """Return what it is switched to in a stack."""
        return {"dev": self.dev, "prod": self.prod}[stack]


@dataclass(frozen=True)
class Saving:
    """What a switch changes.

    Attributes:
        settings: what it was switched to.
        total: USD of an idle month then.
        difference: by how much that is more; what it saves is below zero.
    """

    settings: Settings
    total: Decimal
    difference: Decimal


SWITCHES: Sequence[Switch] = (
    Switch(
        dev={"privateSubnets": True},
        prod={"privateSubnets": False, "natGateways": "one"},
    ),
    Switch(
        dev={"natGateways": "per-zone", "privateSubnets": True},
        prod={"natGateways": "one"},
    ),
    Switch(dev={"availabilityZoneCount": 3}, prod={"availabilityZoneCount": 2}),
    Switch(
        dev={"availabilityZones": ["us-east-1a", "us-east-1b", "us-east-1c"]},
        prod={"availabilityZones": ["us-east-1a", "us-east-1b"]},
    ),
    Switch(
        dev={"interfaceEndpoints": True, "jobEgressCidrs": ["203.0.113.0/24"]},
        prod={"interfaceEndpoints": True, "natGateways": "none", "serviceImage": _PRIVATE_IMAGE},
    ),
    Switch(
        dev={"extraEndpoints": [_ATHENA], "interfaceEndpoints": True},
        prod={"extraEndpoints": [_ATHENA], "interfaceEndpoints": True},
    ),
    Switch(dev={"flowLogs": True}, prod={"flowLogs": False}),
    Switch(dev={"datastoreKmsKey": True}, prod={"datastoreKmsKey": False}),
    Switch(dev={"dbInstanceClass": "db.t4g.small"}, prod={"dbInstanceClass": "db.t4g.medium"}),
    Switch(dev={"dbMultiAz": True}, prod={"dbMultiAz": False}),
    Switch(dev={"dbAllocatedStorage": 50}, prod={"dbAllocatedStorage": 20}),
    Switch(
        dev={"serviceArchitecture": "ARM64", "serviceImage": _ARM_IMAGE},
        prod={"serviceArchitecture": "ARM64", "serviceImage": _ARM_IMAGE},
    ),
    Switch(
        dev={"serviceCpu": 512, "serviceMemory": 1024},
        prod={"serviceCpu": 256, "serviceMemory": 512},
    ),
    Switch(dev={"serviceCount": 2}, prod={"serviceCount": 1}),
    Switch(dev={"serviceSpot": False}, prod={"serviceSpot": True}),
    Switch(dev={"gateway": "http"}, prod={"gateway": "http", "manageApiGatewayAccount": False}),
    Switch(dev={"apiWaf": True}, prod={"apiWaf": True}),
    Switch(dev={"containerInsights": True}, prod={"containerInsights": False}),
    Switch(
        dev={"queues": [{"name": "default", "minVcpus": 2}]},
        prod={"queues": [{"name": "default", "minVcpus": 2, "maxVcpus": 256}]},
    ),
)
"""Each way of the settings to cost more in dev, and less in prod where that is possible."""


def in_words(settings: Settings) -> str:
    """Return settings as a stack's file has them; what is no text is JSON, which is YAML, too."""
    return ", ".join(
        f"{key}: {value if isinstance(value, str) else json.dumps(value)}"
        for key, value in settings.items()
    )


def savings(stack: str, now: Decimal, total: Callable[[Settings], Decimal]) -> list[Saving]:
    """Return what each switch changes in a stack.

    Args:
        stack: `dev` or `prod`.
        now: what an idle month of it costs, USD.
        total: returns what it costs with some settings changed, USD.
    """
    then = [(switch.of(stack), total(switch.of(stack))) for switch in SWITCHES]
    return [Saving(settings, usd, usd - now) for settings, usd in then]
