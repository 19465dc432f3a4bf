"""ECS clusters, task definitions and services."""

from rehearsal.provider.resource_type import ResourceType

RESOURCE_TYPES: tuple[ResourceType, ...] = ()
