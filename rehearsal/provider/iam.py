"""IAM roles, policies and instance profiles."""

from rehearsal.provider.resource_type import ResourceType

RESOURCE_TYPES: tuple[ResourceType, ...] = ()
