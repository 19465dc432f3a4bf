"""API Gateway's REST APIs."""

from rehearsal.provider.resource_type import ResourceType

RESOURCE_TYPES: tuple[ResourceType, ...] = ()
