"""What cannot change while a stack lives: kept when the stack is made, and held from then on."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.aws_environment import AwsEnvironment

_MOVING = (
    "what holds data cannot move; set it back, or deploy a stack beside this one as README.md says "
    'in "What cannot change"'
)


def held(
    name: str, environment: AwsEnvironment, vpc_cidr: str, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Keep what a stack was made with; return the VPC's range once nothing of it has changed.

    Pulumi would replace the VPC, and fail over the database, which RDS cannot move out of it. A
    stash keeps its first value for as long as the stack lives (`pulumi.Stash`, since CLI 3.208).

    Args:
        name: of the stash.
        environment: where the stack is deployed now.
        vpc_cidr: the VPC's range now.
        opts: those of a child.

    Raises:
        pulumi.RunError: in the output, where region or range differ or a zone is gone.
    """
    now = {"region": environment.region, "vpcCidr": vpc_cidr, "zones": list(environment.zones)}
    stash = pulumi.Stash(name, input=now, opts=opts)
    return stash.output.apply(lambda first: _range(first, now))


def _range(first: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    problems = [
        f"{setting} is {now[key]}, but the stack was made with {first[key]}"
        for key, setting in (("region", "aws:region"), ("vpcCidr", "vpcCidr"))
        if first[key] != now[key]
    ]
    gone = sorted(set(first["zones"]) - set(now["zones"]))
    if gone and not problems:
        problems.append(
            f"{', '.join(gone)} is no zone of availabilityZones or availabilityZoneCount any more"
        )
    if problems:
        raise pulumi.RunError(f"{'; '.join(problems)}: {_MOVING}.")
    return str(now["vpcCidr"])
