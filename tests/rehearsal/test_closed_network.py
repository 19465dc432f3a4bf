"""Real flows where tasks and jobs have no way to the internet, or stand in an adopted VPC."""

import textwrap
from pathlib import Path

import pytest

from rehearsal import wiring
from rehearsal.exercises import Hands
from rehearsal.registrations import Registration
from rehearsal.stage import Stage
from tests.rehearsal.company_vpc import CompanyVpc, company_vpc
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import Settings, standing
from tests.settings.test_network import CLOSED

pytestmark = pytest.mark.thorough


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "own_flow.py"
    path.write_text(textwrap.dedent(OWN_FLOW))
    return path


def holds(registrations: list[Registration]) -> None:
    assert [str(one) for one in wiring.check(registrations) if not one.holds] == []


def runs(hands: Hands, flow: Path) -> None:
    assert hands.runner.started_run(flow, "run", "--with", "batch").startswith("OwnFlow/")
    ledger = hands.stands.authorizer.ledger
    assert [str(one) for one in ledger.entries() if not one.allowed] == []


def test_a_flow_runs_without_a_way_to_the_internet(flow: Path) -> None:
    with standing("dev", CLOSED) as hands:
        holds(hands.deployment.registrations)
        hops = wiring.check(hands.deployment.registrations)
        assert [one.open for one in hops if one.target == "internet"] == [False] * 4
        runs(hands, flow)


@pytest.mark.parametrize("tier", ["public", "private"])
def test_a_flow_runs_in_an_adopted_vpc(flow: Path, tier: str) -> None:
    made: list[CompanyVpc] = []

    def adopting(stands: Stage) -> Settings:
        made.append(
            company_vpc(stands.cloud, private_subnets=tier == "private").without_endpoints()
        )
        return made[0].settings(tier)

    with standing("dev", adopting) as hands:
        holds([*made[0].registrations, *hands.deployment.registrations])
        outputs = hands.deployment.outputs
        assert outputs["vpcId"] == made[0].id
        assert outputs["databaseSubnetIds"] == made[0].subnets("isolated")
        runs(hands, flow)
