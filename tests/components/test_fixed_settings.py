"""What cannot change while a stack lives, compared with what it was made with."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi import RunError

from components import fixed_settings
from components.fixed_settings import of_adopted_vpc, of_own_vpc
from rehearsal.mocks import STASH
from tests import adopted_vpc, deployed
from tests.components.tiers import ENVIRONMENT

OWN = of_own_vpc(ENVIRONMENT, "10.0.0.0/16")
ADOPTED = of_adopted_vpc(ENVIRONMENT, "vpc-1", ["subnet-1", "subnet-2"])
ELSEWHERE = replace(ENVIRONMENT, region="eu-west-1", zones=("eu-west-1a", "eu-west-1b"))
MORE = replace(ENVIRONMENT, zones=(*ENVIRONMENT.zones, "us-east-1c"))
MADE = "but the stack was made with"


def judged(first: Any, now: Any) -> Any:
    return fixed_settings._unchanged(first, now)


@pytest.mark.parametrize(
    ("first", "now", "words"),
    [
        (OWN, of_own_vpc(ENVIRONMENT, "10.1.0.0/16"), f"vpcCidr is 10.1.0.0/16, {MADE} 10.0.0.0"),
        (OWN, of_own_vpc(ELSEWHERE, "10.0.0.0/16"), f"aws:region is eu-west-1, {MADE} us-east-1:"),
        (of_own_vpc(MORE, "10.0.0.0/16"), OWN, "us-east-1c is no zone of availabilityZones or"),
        (OWN, ADOPTED, f"vpcId is vpc-1, {MADE} a VPC of its own:"),
        (ADOPTED, OWN, f"vpcId is empty, {MADE} vpc-1:"),
        (
            ADOPTED,
            of_adopted_vpc(ENVIRONMENT, "vpc-2", ["subnet-8", "subnet-9"]),
            f"vpcId is vpc-2, {MADE} vpc-1:",
        ),
        (
            ADOPTED,
            of_adopted_vpc(ENVIRONMENT, "vpc-1", ["subnet-1", "subnet-3"]),
            "subnet-2 is not in databaseSubnetIds any more:",
        ),
    ],
)
def test_what_would_move_data_is_refused(first: Any, now: Any, words: str) -> None:
    with pytest.raises(RunError) as refused:
        judged(first, now)
    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("first", "now"),
    [
        (OWN, OWN),
        (OWN, of_own_vpc(MORE, "10.0.0.0/16")),
        (ADOPTED, of_adopted_vpc(ENVIRONMENT, "vpc-1", ["subnet-3", "subnet-2", "subnet-1"])),
    ],
)
def test_what_grows_is_taken(first: Any, now: Any) -> None:
    assert judged(first, now) == now


def test_what_a_stack_is_made_with_is_kept() -> None:
    own = deployed.inputs(deployed.deploy_stack("dev"), STASH)["input"]
    assert own == {
        "region": "us-east-1",
        "vpcCidr": "10.20.0.0/16",
        "zones": ["us-east-1a", "us-east-1b"],
    }
    adopting = deployed.deploy_stack("dev", **adopted_vpc.PUBLIC)
    assert deployed.inputs(adopting, STASH)["input"] == {
        "region": "us-east-1",
        "vpcId": adopted_vpc.VPC,
        "databaseSubnetIds": adopted_vpc.PUBLIC["databaseSubnetIds"],
    }
