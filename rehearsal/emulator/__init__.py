"""The emulated AWS: moto's server in this process, and what it lacks, a file for each service."""

from rehearsal.emulator.server import emulated_aws

__all__ = ["emulated_aws"]
