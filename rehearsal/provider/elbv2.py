"""Network load balancers, target groups and listeners."""

from rehearsal.provider.resource_type import ResourceType

RESOURCE_TYPES: tuple[ResourceType, ...] = ()
