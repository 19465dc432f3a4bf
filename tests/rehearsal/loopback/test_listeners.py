"""The listeners themselves: addresses, unclear requests, and their end."""

import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from rehearsal.loopback import LoopbackAddresses
from rehearsal.loopback.exchange import AnsweredError, Request
from rehearsal.loopback.forwarding import Forwarder, Process
from rehearsal.provider import Cloud, RefusedError
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.loopback.conftest import (
    BROKEN,
    PORT,
    Deployment,
    deploy,
    outcome,
)


def test_each_load_balancer_has_one_address(deployment: Deployment) -> None:
    other = stack.network_load_balancer(deployment.cloud, "other")
    assert deployment.dns_name == deployment.dns_name
    assert deployment.addresses.load_balancer("other", other) != deployment.dns_name


@pytest.mark.parametrize(
    "head",
    [
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_a_request_whose_length_is_unclear_is_refused(deployment: Deployment, head: bytes) -> None:
    address = urlsplit(deployment.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        caller.sendall(head % f"{address.path}/x".encode())
        answer = caller.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer


def test_stop_frees_the_ports_and_ends_the_threads(cloud: Cloud, echo: str) -> None:
    before = set(threading.enumerate())
    fresh = deploy(cloud, echo, "stopped")
    ports = [int(one.rsplit(":", 1)[1].split("/")[0]) for one in (fresh.url, fresh.dns_name)]
    with requests.Session() as kept_alive, socket.create_server(("127.0.0.1", 0)) as silent:
        kept_alive.get(f"{fresh.url}/ping", timeout=10)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        fresh.clock.later()
        fresh.processes.running = {("metadata", PORT): url}
        failures: list[Exception] = []

        def hang() -> None:
            try:
                fresh.call()
            except requests.RequestException as error:
                failures.append(error)

        waiting = threading.Thread(target=hang)
        waiting.start()
        process, _ = silent.accept()
        fresh.addresses.stop()
        waiting.join(10)
        assert not waiting.is_alive()
        left = {thread.name for thread in set(threading.enumerate()) - before}
        process.close()
        assert not {name for name in left if name.startswith(("API Gateway", "load balancer"))}
    for port in ports:
        with socket.create_server(("127.0.0.1", port)):
            pass
    fresh.addresses.stop()


def test_addresses_are_handed_out_between_start_and_stop_only() -> None:
    addresses = LoopbackAddresses()
    with pytest.raises(RefusedError, match="not running; start them first"):
        addresses.stage("abc", "api")
    with addresses:
        url = addresses.stage("abc", "api")
        assert outcome(requests.get(f"{url}/ping", timeout=10)) == BROKEN
        assert addresses.faults == [
            "the gateway's listener knows no emulated AWS yet; bind it first"
        ]
    with pytest.raises(RefusedError, match="not running; start them first"):
        addresses.load_balancer("metadata", "arn")


def test_a_process_is_not_asked_once_the_listeners_stop(echo: str) -> None:
    forwarder = Forwarder()
    request = Request("GET", "/ping", (), b"")
    assert forwarder.send(request, Process(url=echo), host="a", seconds=10).status == 200
    forwarder.close()
    with pytest.raises(AnsweredError, match="the listeners are stopping"):
        forwarder.send(request, Process(url=echo), host="a", seconds=10)
    forwarder.open()
    assert forwarder.send(request, Process(url=echo), host="a", seconds=10).status == 200
