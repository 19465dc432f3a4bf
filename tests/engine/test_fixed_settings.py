"""What cannot change while a stack lives is refused, in the preview and in the update."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.engine import EngineError
from tests.engine.live_stack import Live, changes, live
from tests.rehearsal.company_vpc import company_vpc

pytestmark = pytest.mark.cli

WAY = (
    ": what holds data cannot move; set it back, or deploy a stack beside this one as README.md "
    'says in "What cannot change".'
)
REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"vpcCidr": "10.30.0.0/16"},
        "vpcCidr is 10.30.0.0/16, but the stack was made with 10.20.0.0/16",
    ),
    (
        {"availabilityZones": ["us-east-1a", "us-east-1c"]},
        "us-east-1b is no zone of availabilityZones or availabilityZoneCount any more",
    ),
)
REGION = {"aws:region": "eu-west-1"}
ADOPTING = ("vpcId", "privateSubnets", "publicSubnetIds", "databaseSubnetIds")
AS_BEFORE = {
    **dict.fromkeys(("vpcCidr", "availabilityZones", *ADOPTING)),
    "aws:region": "us-east-1",
}


def is_component(token: str) -> bool:
    """Say whether a type is a component, of which only the engine knows."""
    return token.startswith("metaflow:index:")


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        stands.engine.up()
        yield stands


@pytest.fixture(autouse=True)
def changed(stack: Live) -> Iterator[None]:
    """Set everything back, after which nothing is left to do."""
    yield
    stack.engine.configure(AS_BEFORE)
    back = {name for name, token, _ in changes(stack.engine.up()) if not is_component(token)}
    assert back <= {"update"}
    assert changes(stack.engine.preview()) == {}


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=["range", "zone"])
def test_what_would_replace_the_network_under_the_database_is_refused(
    stack: Live, change: dict[str, Any], words: str
) -> None:
    before = stack.left()
    stack.engine.configure(change)
    for command in (stack.engine.preview, stack.engine.up):
        with pytest.raises(EngineError) as refused:
            command()
        assert str(refused.value) == words + WAY
        assert {one.name for one in refused.value.outcome.changes} == {"update"}
    assert stack.left() == before


def test_a_stack_does_not_move_into_an_adopted_vpc(stack: Live) -> None:
    company = company_vpc(stack.cloud, private_subnets=False).without_endpoints()
    before = stack.left()
    stack.engine.configure(company.settings("public"))
    for command in (stack.engine.preview, stack.engine.up):
        with pytest.raises(EngineError) as refused:
            command()
        made = "but the stack was made with a VPC of its own"
        assert str(refused.value) == f"vpcId is {company.id}, {made}{WAY}"
    assert stack.left() == before


def test_another_region_is_refused_by_the_preview(stack: Live) -> None:
    stack.engine.configure(REGION)
    words = "aws:region is eu-west-1, but the stack was made with us-east-1"
    with pytest.raises(EngineError) as refused:
        stack.engine.preview()
    assert str(refused.value) == words + WAY


def test_a_zone_more_is_added_and_replaces_nothing(stack: Live) -> None:
    stack.engine.configure({"availabilityZones": ["us-east-1a", "us-east-1b", "us-east-1c"]})
    planned = changes(stack.engine.preview())
    assert {name for name, *_ in planned} == {"create", "update"}
    assert ("create", "aws:ec2/subnet:Subnet", "metaflow-net-isolated-us-east-1c") in planned
