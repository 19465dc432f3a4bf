"""The double itself: its life, its clock, and its answers on the wire."""

import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from rehearsal.metadata import MetadataService

VERSION_TAG = ["metaflow_version:2.19.39"]


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(clock):
    with MetadataService(clock) as service:
        yield service


def post(service, path, body=None):
    return requests.post(service.url + path, json=body or {}, timeout=10)


def get(service, path):
    return requests.get(service.url + path, timeout=10).json()


@pytest.fixture
def run(service):
    post(service, "/flows/F")
    post(service, "/flows/F/run", {"run_number": "r", "system_tags": VERSION_TAG})
    return "/flows/F/runs/r"


def connect(service):
    address = urlsplit(service.url)
    return socket.create_connection((address.hostname, address.port), timeout=5)


def test_a_heartbeat_counts_from_ten_seconds_after_the_last(service, clock, run):
    answers = []
    for seconds in (0, 9, 1, 9, 1):
        clock.now += seconds
        answers.append(post(service, run + "/heartbeat").status_code)
    assert answers == [404, 404, 200, 404, 200]
    assert get(service, run)["last_heartbeat_ts"] == clock.now


def test_a_new_task_beats_its_run(service, clock, run):
    clock.now += 60
    post(service, run + "/steps/start/step")
    post(service, run + "/steps/start/task", {"system_tags": VERSION_TAG})
    assert get(service, run)["last_heartbeat_ts"] == clock.now


@pytest.mark.usefixtures("run")
def test_a_silent_run_counts_as_failed_after_six_minutes(service, clock):
    clock.now += 360
    assert len(get(service, "/flows/F/runs?status=running")) == 1
    clock.now += 1
    assert len(get(service, "/flows/F/runs?status=failed")) == 1


def test_a_run_that_retries_its_end_is_running(service, clock, run):
    post(service, run + "/steps/end/step")
    post(service, run + "/steps/end/task", {"task_id": "t"})
    for field, value in (("attempt", "0"), ("attempt_ok", "False"), ("attempt", "1")):
        body = [{"field_name": field, "value": value}]
        post(service, run + "/steps/end/tasks/t/metadata", body)
        clock.now += 1000
    assert get(service, "/flows/F/runs?status=running")[0]["run_number"] == "r"


def test_no_credentials_are_handed_out(service):
    answer = requests.get(service.url + "/auth/token", timeout=10)
    assert answer.status_code == 500
    assert "err_msg" in answer.json()


def test_runs_and_tasks_count_from_one_apart_and_failures_leave_gaps(service):
    post(service, "/flows/F")
    assert post(service, "/flows/nobody/run").status_code == 404
    assert post(service, "/flows/F/run").json()["run_number"] == 2
    post(service, "/flows/F/runs/2/steps/start/step")
    assert post(service, "/flows/F/runs/2/steps/start/task").json()["task_id"] == 1


def test_stop_frees_the_port_closes_connections_and_ends_threads():
    before = threading.active_count()
    service = MetadataService()
    service.start()
    idle, port = connect(service), urlsplit(service.url).port
    idle.sendall(b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
    assert idle.recv(100).startswith(b"HTTP/1.1 200")
    service.stop()
    while idle.recv(1000):
        pass
    idle.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    service.stop()


def test_state_outlives_a_restart():
    service = MetadataService()
    with service:
        post(service, "/flows/F")
    with service:
        assert get(service, "/flows/F")["flow_id"] == "F"


def test_misuse_is_named():
    service = MetadataService()
    with pytest.raises(RuntimeError, match="start it first"):
        _ = service.url
    with service, pytest.raises(RuntimeError, match="stop it first"):
        service.start()


def test_listens_on_loopback_only(service):
    assert urlsplit(service.url).hostname == "127.0.0.1"


def test_an_answer_is_one_piece_and_the_connection_stays(service):
    with connect(service) as connection:
        for _ in range(3):
            connection.sendall(b"GET /flows/F HTTP/1.1\r\nHost: x\r\n\r\n")
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 404 Not Found")
            assert body == b"{}"


@pytest.mark.parametrize(
    ("header", "status"),
    [("Transfer-Encoding: chunked", b"411"), ("Content-Length: -1", b"400")],
)
def test_bodies_without_a_length_are_refused(service, header, status):
    with connect(service) as connection:
        connection.sendall(f"POST /flows/F HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
        assert status in connection.recv(65536).split(b"\r\n")[0]
        assert connection.recv(1) == b""


def test_nothing_is_printed(service, capfd):
    requests.get(service.url + "/nowhere", timeout=10)
    with connect(service) as connection:
        connection.sendall(b"POST /flows/F HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
    with connect(service) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        connection.recv(1000)
    service.stop()
    assert capfd.readouterr() == ("", "")


def test_ordering_tags_is_not_built(service):
    answer = requests.get(service.url + "/flows/F/runs?tags:lt=1", timeout=10)
    assert answer.status_code == 501
    assert "use eq, ne or _tags" in answer.text
