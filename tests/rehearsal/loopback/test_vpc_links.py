"""A REST API over a VPC link of version 2: which load balancer, and which path arrives."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway
from tests.rehearsal.loopback.conftest import BROKEN, Deployment, outcome

SECOND_LINK = "aws:apigatewayv2/vpcLink:VpcLink"


@pytest.fixture
def second(deployment: Deployment) -> Iterator[str]:
    """Return the id of a link, and have the container answer at its root again at the end."""
    _, subnets = stack.subnets(deployment.cloud)
    link = deployment.gateway.create(
        SECOND_LINK, "second", subnetIds=subnets, securityGroupIds=["sg-12345678"]
    )
    yield link.id
    deployment.processes.path_prefix = ""
    deployment.gateway.delete(SECOND_LINK, link)


def call(deployment: Deployment, link_id: str, path: str, **inputs: Any) -> requests.Response:
    """Call an API over the link to the deployment's load balancer."""
    gateway = Gateway(deployment.gateway.provider, "over-link").api().method()
    uri = f"http://{deployment.dns_name}/{{proxy}}"
    good = {"integrationTarget": deployment.load_balancer}
    gateway.integration(link_id, uri, **{**good, **inputs}).deploy("live")
    url = deployment.addresses.stage(gateway.api_id, "live")
    key = gateway.key(stage="live")
    return requests.get(f"{url}{path}", headers={"x-api-key": key}, timeout=10)


def test_the_stages_name_stays_in_the_path(deployment: Deployment, second: str) -> None:
    answer = call(deployment, second, "/flows/a%20b?x=1")
    assert answer.status_code == 200
    assert answer.json()["path"] == "/live/flows/a%20b?x=1"
    assert answer.json()["headers"]["host"] == deployment.dns_name
    assert deployment.addresses.faults == []


def test_a_service_under_the_stages_name_takes_it_off(deployment: Deployment, second: str) -> None:
    deployment.processes.path_prefix = "/live"
    deployment.clock.later()
    assert call(deployment, second, "/flows?x=1").json()["path"] == "/flows?x=1"
    inside = f"http://{deployment.dns_name}"
    assert requests.get(f"{inside}/live/ping", timeout=10).json()["path"] == "/ping"
    for elsewhere in ("/ping", "/lively/ping", "/"):
        answer = requests.get(f"{inside}{elsewhere}", timeout=10)
        assert (answer.status_code, answer.text) == (404, "404: Not Found")


def test_a_service_under_another_name_is_not_found(deployment: Deployment, second: str) -> None:
    deployment.processes.path_prefix = "/api"
    deployment.clock.later()
    assert call(deployment, second, "/ping").status_code == 404


def test_a_load_balancer_that_is_gone_is_a_fault(deployment: Deployment, second: str) -> None:
    gone = stack.network_load_balancer(deployment.cloud, "soon-gone")
    deployment.cloud.client("elbv2").delete_load_balancer(LoadBalancerArn=gone)
    assert outcome(call(deployment, second, "/ping", integrationTarget=gone)) == BROKEN
    (fault,) = deployment.addresses.faults
    assert fault == f"the VPC link {second} leads to {gone}, which does not exist"
