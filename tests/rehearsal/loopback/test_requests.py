"""What arrives at the container, and what comes back."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
import requests

from tests.rehearsal.gateway_stack import Gateway
from tests.rehearsal.loopback.conftest import (
    Deployment,
    outcome,
)


def test_a_call_with_its_key_reaches_the_container(deployment: Deployment) -> None:
    response = deployment.call("/flows/HelloFlow")
    assert response.status_code == 200
    assert response.json()["path"] == "/flows/HelloFlow"
    assert response.json()["name"] == "echo"
    assert response.headers["METADATA_SERVICE_VERSION"] == "2.5.1"
    assert deployment.addresses.faults == []


def test_the_internal_address_reaches_the_container_without_a_key(deployment: Deployment) -> None:
    response = requests.get(f"http://{deployment.dns_name}/flows?x=1", timeout=10)
    assert response.json()["path"] == "/flows?x=1"
    assert response.json()["headers"]["host"] == deployment.dns_name


@pytest.mark.parametrize(
    "path",
    [
        "/flows/F/runs?name=a%20b&tag=x&tag=y&empty=",
        "/flows/a%20b%2Fc/%C3%A9?x=%26%3D",
        "/flows/a+b/@me/~1:2/",
        "/a//b/../c",
        "/x?y?z",
    ],
)
def test_path_and_query_arrive_as_they_were_sent(deployment: Deployment, path: str) -> None:
    # http.client and not requests, which would tidy the path up.
    address = urlsplit(deployment.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request("GET", address.path + path, headers={"x-api-key": deployment.key})
    seen = json.loads(connection.getresponse().read())
    connection.close()
    assert seen["path"] == path


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_bodies_and_methods_arrive(deployment: Deployment, method: str) -> None:
    body = {"user_name": "é", "tags": list(range(3000))}
    response = deployment.call("/flows/F/run", method, json=body)
    assert response.json()["method"] == method
    assert json.loads(response.json()["body"]) == body
    assert response.json()["headers"]["content-type"] == "application/json"


def test_a_chunked_body_arrives_whole(deployment: Deployment) -> None:
    response = deployment.call("/flows", "POST", data=iter([b"one, ", b"two, ", b"three"]))
    assert response.json()["body"] == "one, two, three"
    assert response.json()["headers"]["content-length"] == "15"


def test_headers_of_the_connection_do_not_arrive(deployment: Deployment) -> None:
    headers = {"Connection": "x-private", "X-Private": "1", "TE": "trailers", "X-Kept": "yes"}
    response = deployment.call("/ping", headers=headers)
    seen = response.json()["headers"]
    assert seen["x-kept"] == "yes"
    assert not {"x-private", "te", "connection"} & set(seen)
    assert seen["host"] == deployment.dns_name
    assert "Keep-Alive" not in response.headers


@pytest.mark.parametrize("status", [201, 404, 409, 500, 503])
def test_the_containers_own_status_comes_back(deployment: Deployment, status: int) -> None:
    response = deployment.call(f"/status/{status}")
    assert response.status_code == status
    assert response.json()["name"] == "echo"
    assert deployment.addresses.faults == []


def test_head_has_the_length_and_no_body(deployment: Deployment) -> None:
    response = deployment.call(method="HEAD")
    assert response.status_code == 200
    assert response.content == b""
    assert int(response.headers["Content-Length"]) > 0


def test_one_connection_serves_many_calls(deployment: Deployment) -> None:
    with requests.Session() as session:
        session.headers["x-api-key"] = deployment.key
        for number in range(5):
            response = session.get(f"{deployment.url}/{number}", timeout=10)
            assert response.json()["path"] == f"/{number}"
        (pool,) = session.adapters["http://"].poolmanager.pools._container.values()
        assert pool.num_connections == 1


def test_the_most_specific_resource_answers(deployment: Deployment) -> None:
    gateway = Gateway(deployment.gateway.provider, "routes").api()
    uri = f"http://{deployment.dns_name}"
    gateway.method().integration(deployment.link_id, f"{uri}/greedy/{{proxy}}")
    gateway.method("{name}", "GET", parameters={"method.request.path.name": True}).integration(
        deployment.link_id,
        f"{uri}/named/{{n}}",
        "{name}",
        "GET",
        requestParameters={"integration.request.path.n": "method.request.path.name"},
    )
    gateway.method("ping", "GET").integration(
        deployment.link_id,
        f"{uri}/literal",
        "ping",
        "GET",
        requestParameters={
            "integration.request.header.x-static": "'yes'",
            "integration.request.querystring.stage": "'api'",
        },
    )
    gateway.method("", "GET").integration(deployment.link_id, uri, "", "GET")
    gateway.deploy()
    key, url = gateway.key(), deployment.addresses.stage(gateway.api_id, "api")
    seen = {
        path: requests.get(f"{url}{path}", headers={"x-api-key": key}, timeout=10).json()
        for path in ("/ping?a=b", "/pong", "/ping/pong", "/")
    }
    assert {path: one["path"] for path, one in seen.items()} == {
        "/ping?a=b": "/literal?a=b&stage=api",
        "/pong": "/named/pong",
        "/ping/pong": "/greedy/ping/pong",
        "/": "/",
    }
    assert seen["/ping?a=b"]["headers"]["x-static"] == "yes"
    response = requests.post(f"{url}/ping", headers={"x-api-key": key}, timeout=10)
    assert outcome(response) == (403, {"message": "Missing Authentication Token"})


def test_a_uri_with_the_port_spelled_out_works(deployment: Deployment) -> None:
    gateway = Gateway(deployment.gateway.provider, "port").api().method()
    uri = f"http://{deployment.dns_name}:80/{{proxy}}"
    gateway.integration(deployment.link_id, uri).deploy()
    url = deployment.addresses.stage(gateway.api_id, "api")
    response = requests.get(f"{url}/ping", headers={"x-api-key": gateway.key()}, timeout=10)
    assert response.json()["path"] == "/ping"
