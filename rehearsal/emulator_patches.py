"""Applies what the emulator needs beyond moto 5.2.5, before it answers its first request."""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from rehearsal import apigateway_patches


def apply() -> None:
    """Patch moto in this process; doing so again changes nothing."""
    apigateway_patches.apply()
    _leave_bucket_policies_alone()


def _leave_bucket_policies_alone() -> None:
    """Stop moto from judging requests by a bucket's policy.

    It leaves out the policy's conditions, so that `Deny` without TLS denies everything.
    """

    def neutral(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[method-assign, assignment]
