"""A wire that is wrong between the gateway and the container, and how it is told."""

import socket
from typing import Any

import requests

from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway
from tests.rehearsal.loopback.conftest import (
    BROKEN,
    PORT,
    UNREACHABLE,
    Deployment,
    outcome,
    task_definition,
)


def rewired(deployment: Deployment, **inputs: Any) -> requests.Response:
    """Call an API whose integration differs from the good one."""
    gateway = Gateway(deployment.gateway.provider, "wrong").api().method()
    good = {
        "link_id": deployment.link_id,
        "uri": f"http://{deployment.dns_name}/{{proxy}}",
    }
    gateway.integration(**{**good, **inputs}).deploy()
    url = deployment.addresses.stage(gateway.api_id, "api")
    return requests.get(f"{url}/ping", headers={"x-api-key": gateway.key()}, timeout=10)


def test_a_vpc_link_to_another_load_balancer_is_a_fault(deployment: Deployment) -> None:
    other = stack.network_load_balancer(deployment.cloud, "another")
    link = deployment.gateway.create(stack.LINK, "other-link", targetArn=other)
    assert outcome(rewired(deployment, link_id=link.id)) == BROKEN
    (fault,) = deployment.addresses.faults
    assert f"names the host {deployment.dns_name}; the VPC link leads to" in fault


def test_a_vpc_link_that_does_not_exist_is_a_fault(deployment: Deployment) -> None:
    assert outcome(rewired(deployment, link_id="gone")) == BROKEN
    assert deployment.addresses.faults == ["the integration's VPC link gone does not exist"]


def test_an_integration_without_the_vpc_link_is_a_fault(deployment: Deployment) -> None:
    assert outcome(rewired(deployment, connectionType="INTERNET")) == BROKEN
    assert "http_proxy over INTERNET" in deployment.addresses.faults[0]


def test_a_port_without_a_listener_is_a_fault(deployment: Deployment) -> None:
    uri = f"http://{deployment.dns_name}:8080/{{proxy}}"
    assert outcome(rewired(deployment, uri=uri)) == UNREACHABLE
    assert "has no listener on port 8080; it listens on: 80" in deployment.addresses.faults[0]


def test_a_path_parameter_that_nothing_maps_is_a_fault(deployment: Deployment) -> None:
    assert outcome(rewired(deployment, requestParameters=None)) == BROKEN
    fault = "the integration's URI names {proxy}; its request parameters map nothing"
    assert deployment.addresses.faults == [fault]


def both_broken(deployment: Deployment, reason: str) -> None:
    """Expect that gateway and load balancer fail within a second, for one reason."""
    deployment.clock.later()
    assert outcome(deployment.call()) == UNREACHABLE
    assert outcome(requests.get(f"http://{deployment.dns_name}/ping", timeout=10)) == UNREACHABLE
    (fault,) = deployment.addresses.faults
    assert reason in fault


def test_a_listener_that_is_gone_is_a_fault(fresh: Deployment) -> None:
    assert fresh.call().status_code == 200
    elb = fresh.cloud.client("elbv2")
    answer = elb.describe_listeners(LoadBalancerArn=fresh.load_balancer)
    elb.delete_listener(ListenerArn=answer["Listeners"][0]["ListenerArn"])
    both_broken(fresh, "has no listener on port 80; it listens on: none")


def test_a_service_scaled_to_zero_is_a_fault_until_it_is_scaled_up(fresh: Deployment) -> None:
    assert fresh.call().status_code == 200
    ecs = fresh.cloud.client("ecs")
    ecs.update_service(cluster=fresh.name, service="metadata", desiredCount=0)
    both_broken(fresh, "the service metadata has a desired count of 0")
    ecs.update_service(cluster=fresh.name, service="metadata", desiredCount=1)
    assert fresh.call().status_code == 200


def test_a_service_that_is_gone_is_a_fault(fresh: Deployment) -> None:
    ecs = fresh.cloud.client("ecs")
    ecs.delete_service(cluster=fresh.name, service="metadata", force=True)
    both_broken(fresh, "no ECS service is registered on the target group")


def test_a_container_that_maps_another_port_is_a_fault(fresh: Deployment) -> None:
    ecs = fresh.cloud.client("ecs")
    (before,) = ecs.describe_services(cluster=fresh.name, services=["metadata"])["services"]
    definition = task_definition(fresh.cloud, 8082)
    ecs.update_service(
        cluster=fresh.name,
        service="metadata",
        taskDefinition=definition,
        networkConfiguration=before["networkConfiguration"],
    )
    name = definition.rsplit("/", 1)[-1]
    both_broken(fresh, f"registers port {PORT} of the container metadata; {name} maps [8082]")


def test_a_container_that_listens_on_no_such_port_is_a_fault(deployment: Deployment) -> None:
    deployment.processes.running = {("metadata", 8082): "http://127.0.0.1:1"}
    both_broken(deployment, f"nothing in the container metadata listens on port {PORT}")


def test_a_process_that_is_not_there_is_a_fault(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    deployment.processes.running = {("metadata", PORT): f"http://127.0.0.1:{port}"}
    both_broken(deployment, f"http://127.0.0.1:{port} cannot be reached")


def test_a_process_that_does_not_answer_times_out(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        deployment.processes.running = {("metadata", PORT): url}
        response = rewired(deployment, timeoutMilliseconds=100)
    assert outcome(response) == (504, {"message": "Endpoint request timed out"})
    assert deployment.addresses.faults == [f"{url} did not answer in 0.1 s"]


def test_a_fault_is_told_once(deployment: Deployment) -> None:
    deployment.processes.running = {}
    for _ in range(3):
        assert deployment.call().status_code == 504
    assert len(deployment.addresses.faults) == 1
