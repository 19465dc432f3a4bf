"""The model of all settings: those of each tier together, and the rules between them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import ValidationInfo, model_validator

from settings import arns, rules
from settings.adopted_database import AdoptedDatabaseSettings
from settings.adopted_network import AdoptedNetworkSettings
from settings.compute import ComputeSettings
from settings.datastore import DatastoreSettings
from settings.gateway_front import GatewayFrontSettings
from settings.images import ImagesSettings
from settings.job_permissions import JobPermissionsSettings
from settings.metadata_database import MetadataDatabaseSettings
from settings.metadata_service import MetadataServiceSettings
from settings.network import NetworkSettings
from settings.orchestration import OrchestrationSettings
from settings.parts import SettingsModel, without_conflicts
from settings.service_gateway import ServiceGatewaySettings
from settings.stack import StackSettings
from settings.user_access import UserAccessSettings

TIERS: Mapping[str, type[SettingsModel]] = MappingProxyType(
    {
        "stack": StackSettings,
        "network": NetworkSettings,
        "adopted network": AdoptedNetworkSettings,
        "datastore": DatastoreSettings,
        "metadata database": MetadataDatabaseSettings,
        "adopted database": AdoptedDatabaseSettings,
        "metadata service": MetadataServiceSettings,
        "service gateway": ServiceGatewaySettings,
        "custom domain and WAF": GatewayFrontSettings,
        "compute": ComputeSettings,
        "images": ImagesSettings,
        "job permissions": JobPermissionsSettings,
        "orchestration": OrchestrationSettings,
        "user access": UserAccessSettings,
    }
)
"""The settings by tier; their keys stand side by side in the stack's configuration."""


# Fields of the last base come first.
class Settings(
    UserAccessSettings,
    OrchestrationSettings,
    JobPermissionsSettings,
    ImagesSettings,
    ComputeSettings,
    GatewayFrontSettings,
    ServiceGatewaySettings,
    MetadataServiceSettings,
    AdoptedDatabaseSettings,
    MetadataDatabaseSettings,
    DatastoreSettings,
    AdoptedNetworkSettings,
    NetworkSettings,
    StackSettings,
):
    """Everything about a stack that can be set; the attributes' texts explain the keys."""

    @model_validator(mode="after")
    def _rules(self, info: ValidationInfo) -> Self:
        return without_conflicts(self, rules.conflicts(self, info.context or frozenset()))

    def as_args(self) -> dict[str, Any]:
        """Return the settings as plain values by snake_case names, nested ones too."""
        return self.model_dump()

    def arns(self) -> Iterator[tuple[str, str]]:
        """Yield every ARN that is set with its key, such as `imageCaches[0].secretArn`."""
        return arns.arns(self)
