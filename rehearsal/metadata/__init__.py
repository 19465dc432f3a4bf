"""An in-process double of Metaflow's metadata service."""

from rehearsal.metadata.server import MetadataService

__all__ = ["MetadataService"]
