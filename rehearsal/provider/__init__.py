"""The emulated AWS provider: creates each Pulumi resource in an emulated AWS through boto3."""

from rehearsal.provider.cloud import Addresses, AwsAddresses, Cloud
from rehearsal.provider.resource_type import RefusedError
from rehearsal.provider.service import Created, Provider

__all__ = ["Addresses", "AwsAddresses", "Cloud", "Created", "Provider", "RefusedError"]
