"""Batch compute environments and job queues."""

from rehearsal.provider.resource_type import ResourceType

RESOURCE_TYPES: tuple[ResourceType, ...] = ()
