"""Applies what the emulator needs beyond moto 5.2.5, before it answers its first request."""

import threading
from functools import cache, wraps
from typing import Any

from moto import backends
from moto.core import utils as moto_utils
from moto.core.loaders import create_loader
from moto.dynamodb.models import DynamoDBBackend
from moto.iam.access_control import PermissionResult
from moto.iam.models import IAMBackend, ManagedPolicy
from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.settings import load_iam_aws_managed_policies

from rehearsal.authorization import multiple_deletion
from rehearsal.emulator import (
    apigateway,
    apigateway_domain,
    apigatewayv2,
    batch,
    dynamodb,
    ecr,
    functions,
    placement_group,
    rds,
    secretsmanager,
    stepfunctions,
    vpc_endpoint,
)


def apply() -> None:
    """Patch moto in this process; doing so again changes nothing."""
    apigateway.apply()
    apigatewayv2.apply()
    apigateway_domain.apply()
    batch.apply()
    dynamodb.apply()
    ecr.apply()
    functions.apply()
    placement_group.apply()
    rds.apply()
    secretsmanager.apply()
    stepfunctions.apply()
    vpc_endpoint.apply()
    _leave_bucket_policies_alone()
    _let_delete_markers_go()
    _write_items_one_after_another()
    _walk_through_copies_of_identities()
    _look_at_the_disk_once()
    _read_managed_policies_once()


def _leave_bucket_policies_alone() -> None:
    """Stop moto from judging requests by a bucket's policy, of which it leaves out the conditions.

    `Deny` without TLS would deny everything. What moto asks for each key of a DeleteObjects is
    answered by the gate's authorizer.
    """

    def judged(_bucket: FakeBucket, _action: str, resource: str) -> Any:
        spared = multiple_deletion.spares(resource)
        return PermissionResult.DENIED if spared else PermissionResult.NEUTRAL

    FakeBucket.get_permission = judged  # type: ignore[method-assign, assignment]


def _let_delete_markers_go() -> None:
    """Give delete markers what moto calls when a bucket whose versioning is suspended is emptied.

    Destroying a stack suspends the versioning before it empties the bucket.
    """

    def dispose(_marker: FakeDeleteMarker, _garbage: bool = False) -> None:
        """Free nothing: a marker has no content."""

    FakeDeleteMarker.dispose = dispose  # type: ignore[attr-defined]


@cache
def _write_items_one_after_another() -> None:
    """Make the writes of DynamoDB items atomic, which moto's are not.

    Tasks of a foreach that end together each add themselves to one set; one that is lost fails the
    join (`metaflow/plugins/aws/step_functions/dynamo_db_client.py`).
    """
    lock = threading.RLock()
    for name in ("put_item", "update_item", "delete_item", "transact_write_items"):
        setattr(DynamoDBBackend, name, _locked(lock, getattr(DynamoDBBackend, name)))


def _locked(lock: threading.RLock, method: Any) -> Any:
    @wraps(method)
    def within(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return method(*args, **kwargs)

    return within


@cache
def _walk_through_copies_of_identities() -> None:
    """Let Batch, Lambda and STS look for a role while a request to IAM adds one."""
    for name in ("get_roles", "get_instance_profiles"):
        setattr(IAMBackend, name, _copied(getattr(IAMBackend, name)))


def _copied(method: Any) -> Any:
    @wraps(method)
    def copy(backend: IAMBackend) -> list[Any]:
        return list(method(backend))

    return copy


@cache
def _look_at_the_disk_once() -> None:
    """Keep what moto otherwise reads from the disk again: its services, and botocore's.

    It lists its own folder for each request, and botocore's for each service.
    """
    services = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services
    loader = create_loader()
    moto_utils.create_loader = lambda: loader  # type: ignore[attr-defined]


@cache
def _read_managed_policies_once() -> None:
    """Read the policies that AWS manages once for a process; moto does for each emptied account.

    There are more than a thousand, and reading them takes longer than most deployments' parts.
    """
    read = IAMBackend._init_aws_policies
    found: dict[tuple[str, str], list[ManagedPolicy]] = {}

    def known(backend: IAMBackend) -> list[ManagedPolicy]:
        if not load_iam_aws_managed_policies():
            return []
        account = (backend.account_id, backend.region_name)
        if account not in found:
            found[account] = read(backend)
        for one in found[account]:
            one.attachment_count = 0
        return list(found[account])

    IAMBackend._init_aws_policies = known  # type: ignore[method-assign, assignment]
