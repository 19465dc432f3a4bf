"""An emulated AWS for the provider's tests, emptied before each of them."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from rehearsal.emulator import patches
from rehearsal.provider import Cloud, Created, Provider


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    patches.apply()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@dataclass
class Rig:
    """The provider with the steps of a resource's life, as an engine would take them."""

    provider: Provider

    @property
    def cloud(self) -> Cloud:
        return self.provider.cloud

    @staticmethod
    def urn(token: str, name: str) -> str:
        return f"urn:pulumi:test::metaflow-aws::{token}::{name}"

    def create(self, token: str, name: str, /, **inputs: Any) -> Created:
        urn = self.urn(token, name)
        return self.provider.create(token, urn, self.provider.check(token, urn, inputs))

    def read(self, token: str, created: Created) -> dict[str, Any] | None:
        return self.provider.read(token, self.urn(token, "read"), created.id, created.outputs)

    def delete(self, token: str, created: Created) -> None:
        self.provider.delete(token, self.urn(token, "delete"), created.id, created.outputs)

    def update(self, token: str, name: str, created: Created, /, **inputs: Any) -> Created:
        urn = self.urn(token, name)
        checked = self.provider.check(token, urn, inputs)
        outputs = self.provider.update(token, urn, created.id, created.outputs, checked)
        return Created(created.id, outputs)

    def live(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        changed: Mapping[str, Any] | None = None,
    ) -> Created:
        """Create, read back, update (when something changes in place), read back and delete."""
        created = self.create(token, name, **inputs)
        assert self.read(token, created) == created.outputs
        if changed is not None:
            row_name = {k: v for k, v in created.outputs.items() if k in ("name", "bucket")}
            created = self.update(token, name, created, **{**row_name, **changed})
            assert self.read(token, created) == created.outputs
        self.delete(token, created)
        assert self.read(token, created) is None
        return created


@pytest.fixture(scope="session")
def cloud(emulator: str) -> Cloud:
    """One for all tests: reading the service models takes longer than most of them."""
    return Cloud(emulator, "us-east-1")


@pytest.fixture
def rig(emulator: str, cloud: Cloud) -> Rig:
    requests.post(f"{emulator}/moto-api/reset", timeout=10)
    return Rig(Provider(cloud))
