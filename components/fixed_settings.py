"""What cannot change while a stack lives: kept when the stack is made, and held from then on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.aws_environment import AwsEnvironment

_MOVING = (
    "what holds data cannot move; set it back, or deploy a stack beside this one as README.md says "
    'in "What cannot change"'
)


Values = Mapping[str, Any]

_NAMES: Mapping[str, str] = {"region": "aws:region", "vpcCidr": "vpcCidr", "vpcId": "vpcId"}
"""What cannot change at all, with the setting that it stands in."""

_GROWING: Mapping[str, str] = {
    "zones": "is no zone of availabilityZones or availabilityZoneCount any more",
    "databaseSubnetIds": "is not in databaseSubnetIds any more",
}
"""What can be added to and not taken away."""


def of_own_vpc(environment: AwsEnvironment, vpc_cidr: str) -> Values:
    """Return what a stack with a VPC of its own cannot change."""
    return {"region": environment.region, "vpcCidr": vpc_cidr, "zones": list(environment.zones)}


def of_adopted_vpc(
    environment: AwsEnvironment, vpc_id: str, database_subnet_ids: Sequence[str]
) -> Values:
    """Return what a stack in an adopted VPC cannot change.

    RDS takes no subnet away that it uses, and a load balancer that loses one is another one.
    """
    return {
        "region": environment.region,
        "vpcId": vpc_id,
        "databaseSubnetIds": sorted(database_subnet_ids),
    }


def held(name: str, now: Values, parent: pulumi.Resource) -> pulumi.Output[Values]:
    """Keep what a stack was made with; return what it has now once nothing of it has changed.

    Pulumi would replace the VPC, and fail over the database, which RDS cannot move out of it. A
    stash keeps its first value for as long as the stack lives (`pulumi.Stash`, since CLI 3.208).

    Args:
        name: of the stash.
        now: what it has now, of `of_own_vpc` or `of_adopted_vpc`.
        parent: the network, of a VPC of the stack's own or an adopted one.

    Raises:
        pulumi.RunError: in the output, where something differs or is gone.
    """
    # The stash of a stack that went over to a VPC of the other kind is found by its alias.
    other = parent.urn.apply(_of_other_kind)
    opts = pulumi.ResourceOptions(parent=parent, aliases=[pulumi.Alias(parent=other)])
    stash = pulumi.Stash(name, input=now, opts=opts)
    return stash.output.apply(lambda first: _unchanged(first, now))


def _of_other_kind(urn: str) -> str:
    """Return what a network's URN would be if its VPC were of the other kind."""
    own, adopted = "$metaflow:index:Network::", "$metaflow:index:AdoptedNetwork::"
    return urn.replace(own, adopted) if own in urn else urn.replace(adopted, own)


def _unchanged(first: Values, now: Values) -> Values:
    problems = [
        f"{setting} is {now.get(key, 'empty')}, but the stack was made with "
        f"{first.get(key, 'a VPC of its own')}"
        for key, setting in _NAMES.items()
        if key in {**first, **now} and first.get(key) != now.get(key) and _says(key, first, now)
    ]
    for key, words in _GROWING.items():
        gone = sorted(set(first.get(key, ())) - set(now.get(key, ())))
        if gone and not problems:
            problems.append(f"{', '.join(gone)} {words}")
    if problems:
        raise pulumi.RunError(f"{'; '.join(problems)}: {_MOVING}.")
    return now


def _says(key: str, first: Values, now: Values) -> bool:
    """Say whether a key tells of a change; of a VPC that another kind follows, its id does."""
    return key != "vpcCidr" or (key in first and key in now)
