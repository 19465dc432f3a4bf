"""The service under test (METADATA_SERVICE_URL, or else the double) and objects to work on."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from rehearsal.metadata import MetadataService

SYSTEM_TAGS = ["user:ada", "metaflow_version:2.19.39", "runtime:dev"]


@dataclass
class Client:
    """Sends requests to one service and remembers names that nobody used before."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, method: str, path: str, body: object = None, raw: str | None = None):
        given = {"data": raw} if raw is not None else {"json": body} if body is not None else {}
        return self.session.request(method, self.url + path, timeout=10, **given)

    def get(self, path: str, **query: str):
        return self.session.get(self.url + path, params=query, timeout=10)

    def post(self, path: str, body: object = None, raw: str | None = None):
        return self.send("POST", path, body, raw)

    def create(self, path: str, **body: object) -> dict:
        """Create an object as Metaflow's client does and return the answer."""
        answer = self.post(path, {"user_name": "ada", "tags": [], "system_tags": [], **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def flow(self) -> str:
        """Create a flow and return its path."""
        path = f"/flows/Flow{uuid.uuid4().hex}"
        self.create(path)
        return path

    def run(self, flow: str, **body: object) -> str:
        return f"{flow}/runs/{self.create(flow + '/run', **body)['run_number']}"

    def task(self, run: str, step: str = "start", **body: object) -> str:
        """Create a task, and its step when there is none, and return the task's path."""
        path = f"{run}/steps/{step}"
        if self.get(path).status_code == 404:
            self.create(path + "/step")
        return f"{path}/tasks/{self.create(path + '/task', **body)['task_id']}"

    def tags(self, run: str, **change: object):
        return self.send("PATCH", run + "/tag/mutate", change)


@pytest.fixture(scope="session")
def outside_url() -> str | None:
    return os.environ.get("METADATA_SERVICE_URL")


@pytest.fixture(scope="session")
def client(outside_url: str | None) -> Iterator[Client]:
    if outside_url:
        yield Client(outside_url.rstrip("/"))
        return
    with MetadataService() as service, requests.Session() as session:
        yield Client(service.url, session)


@pytest.fixture
def flow(client: Client) -> str:
    return client.flow()


@pytest.fixture
def run(client: Client, flow: str) -> str:
    return client.run(flow, tags=["b", "a"], system_tags=SYSTEM_TAGS)


@pytest.fixture
def task(client: Client, run: str) -> str:
    return client.task(run)
