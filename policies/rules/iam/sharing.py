"""Types that let somebody use a resource without a policy document: by a property."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rules.iam.conditions import fixed_text
from rules.reading import elements, flag, judge_each, mapping


@dataclass(frozen=True, kw_only=True)
class Share:
    """One property that names who may use a resource.

    Attributes:
        type: Pulumi's type token.
        what: what messages call it.
        key: the property, one principal or a list.
        everybody: its value for everybody; None where there is none, or another rule reports it.
        bound: the property that keeps it to an organisation, or to what is accepted, if any.
        is_bound: says whether that property does.
    """

    type: str
    what: str
    key: str
    everybody: str | None = None
    bound: str | None = None
    is_bound: Callable[[Any], bool] = lambda _value: False

    def judge(self, props: Mapping[str, Any], judge: Callable[[str], None]) -> None:
        """Judge every principal that is let in without a bound.

        Raises:
            UnknownValueError: one, or the bound, is known after the update only.
        """
        if self.bound is not None and self.is_bound(props.get(self.bound)):
            return
        judge_each(
            elements(props.get(self.key)),
            lambda one: judge(one) if isinstance(one, str) else None,
        )


def _is_organisation(value: Any) -> bool:
    return isinstance(value, str) and fixed_text(value)


def _asks_for_organisation(condition: Any) -> bool:
    found = mapping(condition)
    key, value = found.get("key"), found.get("value")
    return str(key).lower() == "aws:principalorgid" and _is_organisation(value)


def _is_true(value: Any) -> bool:
    return flag(value) is True


_organised = partial(Share, is_bound=_is_organisation)

SHARES: tuple[Share, ...] = (
    # A rule of its own reports a Lambda permission for everybody.
    _organised(
        type="aws:lambda/permission:Permission",
        what="Lambda permission",
        key="principal",
        bound="principalOrgId",
    ),
    # AWS Lambda API Reference, "AddLayerVersionPermission".
    _organised(
        type="aws:lambda/layerVersionPermission:LayerVersionPermission",
        what="permission of a Lambda layer",
        key="principal",
        everybody="*",
        bound="organizationId",
    ),
    # Amazon EventBridge API Reference, "PutPermission".
    Share(
        type="aws:cloudwatch/eventPermission:EventPermission",
        what="permission of an event bus",
        key="principal",
        everybody="*",
        bound="condition",
        is_bound=_asks_for_organisation,
    ),
    Share(type="aws:kms/grant:Grant", what="KMS grant", key="granteePrincipal"),
    # Amazon EC2 API Reference, "ModifyImageAttribute" and "ModifySnapshotAttribute".
    Share(
        type="aws:ec2/amiLaunchPermission:AmiLaunchPermission",
        what="launch permission of an image",
        key="group",
        everybody="all",
    ),
    Share(
        type="aws:ec2/amiLaunchPermission:AmiLaunchPermission",
        what="launch permission of an image",
        key="accountId",
    ),
    Share(
        type="aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
        what="permission of a snapshot",
        key="accountId",
    ),
    # Amazon RDS API Reference, "ModifyDBSnapshotAttribute" and "ModifyDBClusterSnapshotAttribute".
    Share(
        type="aws:rds/snapshot:Snapshot",
        what="RDS snapshot",
        key="sharedAccounts",
        everybody="all",
    ),
    Share(
        type="aws:rds/clusterSnapshot:ClusterSnapshot",
        what="RDS cluster snapshot",
        key="sharedAccounts",
        everybody="all",
    ),
    # AWS PrivateLink Guide, "Manage permissions": public if everybody is, and is accepted.
    Share(
        type="aws:ec2/vpcEndpointService:VpcEndpointService",
        what="endpoint service",
        key="allowedPrincipals",
        everybody="*",
        bound="acceptanceRequired",
        is_bound=_is_true,
    ),
)
"""Every property that lets somebody in; one row for each."""

SHARED_TYPES = frozenset(one.type for one in SHARES)


def shares(type_token: str) -> Iterator[Share]:
    """Yield the rows of a type."""
    return (one for one in SHARES if one.type == type_token)
