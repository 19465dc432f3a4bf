"""The stack with a VPC link of version 2 in an emulated AWS: who gets in, and under which path."""

import json
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from rehearsal import gateway_check, wiring
from rehearsal.exercises import Hands
from rehearsal.loopback.views import SECONDS
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import standing


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("dev", {"vpcLinkVersion": 2}) as found:
        yield found


def ask(hands: Hands, key: str | None = None) -> requests.Response:
    settings = hands.runner.profile.settings
    headers = {"x-api-key": key or settings["METAFLOW_SERVICE_AUTH_KEY"]}
    return requests.get(f"{settings['METAFLOW_SERVICE_URL']}ping", headers=headers, timeout=30)


def test_the_gateway_lets_in_its_key_only_and_jobs_come_by_the_load_balancer(hands: Hands) -> None:
    profile = hands.runner.profile.settings
    assert (ask(hands).status_code, ask(hands).text) == (200, "pong")
    assert ask(hands, "wrong").status_code == 403
    assert gateway_check.problems(profile) == []
    assert profile["METAFLOW_SERVICE_INTERNAL_URL"].endswith("/api/")
    assert hands.stands.addresses.faults == []
    assert [str(one) for one in wiring.check(hands.deployment.registrations) if not one.holds] == []


def test_the_service_is_nowhere_but_under_the_stages_name(hands: Hands) -> None:
    inside = hands.runner.profile.settings["METAFLOW_SERVICE_INTERNAL_URL"]
    assert requests.get(f"{inside}ping", timeout=30).text == "pong"
    assert requests.get(f"{inside.removesuffix('api/')}ping", timeout=30).status_code == 404


@pytest.mark.thorough
def test_a_flow_runs_through_the_link(hands: Hands, tmp_path: Path) -> None:
    flow = tmp_path / "own_flow.py"
    flow.write_text(textwrap.dedent(OWN_FLOW))
    assert hands.runner.started_run(flow, "run", "--with", "batch").startswith("OwnFlow/")
    assert hands.stands.addresses.faults == []
    assert [str(one) for one in hands.stands.authorizer.ledger.entries() if not one.allowed] == []


@pytest.fixture
def without_prefix(hands: Hands) -> Iterator[None]:
    """Run tasks that answer at the root, and put the right ones back at the end."""
    ecs = hands.stands.cloud.client("ecs")
    (service,) = hands.deployment.of_type("aws:ecs/service:Service")
    (task,) = hands.deployment.of_type("aws:ecs/taskDefinition:TaskDefinition")
    cluster, name = service.outputs["cluster"], service.outputs["name"]
    (now,) = ecs.describe_services(cluster=cluster, services=[name])["services"]
    kept = {
        "cluster": cluster,
        "service": name,
        "networkConfiguration": now["networkConfiguration"],
    }
    definition = dict(task.outputs)
    containers = json.loads(definition["containerDefinitions"])
    for one in containers:
        one["environment"] = [each for each in one["environment"] if each["name"] != "PATH_PREFIX"]
    made = ecs.register_task_definition(
        **{key: definition[key] for key in ("networkMode", "cpu", "memory", "executionRoleArn")},
        family="without-prefix",
        containerDefinitions=containers,
    )
    ecs.update_service(**kept, taskDefinition=made["taskDefinition"]["taskDefinitionArn"])
    time.sleep(SECONDS)
    yield
    ecs.update_service(**kept, taskDefinition=definition["arn"])
    time.sleep(SECONDS)


@pytest.mark.usefixtures("without_prefix")
def test_a_service_without_the_path_is_not_found(hands: Hands) -> None:
    assert ask(hands).status_code == 404
