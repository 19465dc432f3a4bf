"""A gateway deployed over an emulated AWS, with a process of this test in its container's place."""

import itertools
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from rehearsal.emulator import patches
from rehearsal.loopback import LoopbackAddresses
from rehearsal.loopback.forwarding import Process
from rehearsal.provider import Cloud, Provider
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway

PORT = 8080
FORBIDDEN = (403, {"message": "Forbidden"})
BROKEN = (500, {"message": "Internal server error"})
UNREACHABLE = (504, {"message": "Network error communicating with endpoint"})
_NUMBERS = itertools.count()


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, and with the status that the path names (`/status/404`)."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        seen = {
            "name": self.server.name,  # type: ignore[attr-defined]
            "method": self.command,
            "path": self.path,
            "headers": {key.lower(): text for key, text in self.headers.items()},
            "body": body.decode(),
        }
        _, _, status = self.path.partition("/status/")
        answer = json.dumps(seen).encode()
        self.send_response(int(status or 200))
        self.send_header("METADATA_SERVICE_VERSION", "2.5.1")
        self.send_header("Keep-Alive", "timeout=5")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    server.name = "echo"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Processes:
    """Which process stands for which container and port."""

    running: dict[tuple[str, int], str] = field(default_factory=dict)
    path_prefix: str = ""

    def process(
        self,
        task_definition: Mapping[str, Any],
        container_name: str,
        port: int,
        started: datetime,
    ) -> Process | None:
        assert started.tzinfo is not None
        assert container_name in [one["name"] for one in task_definition["containerDefinitions"]]
        url = self.running.get((container_name, port))
        return Process(url=url, path_prefix=self.path_prefix) if url else None


class Clock:
    """Stands still until it is told to go on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def later(self) -> None:
        self.now += 1.01


@dataclass
class Deployment:
    """Everything between a caller and the echo process; each test breaks or changes one part."""

    cloud: Cloud
    addresses: LoopbackAddresses
    processes: Processes
    clock: Clock
    gateway: Gateway
    load_balancer: str
    link_id: str
    key: str = ""

    @property
    def name(self) -> str:
        return self.gateway.name

    @property
    def dns_name(self) -> str:
        return self.addresses.load_balancer(self.name, self.load_balancer)

    @property
    def url(self) -> str:
        return self.addresses.stage(self.gateway.api_id, "api")

    def call(
        self, path: str = "/ping", method: str = "GET", key: str | None = None, **options: Any
    ) -> requests.Response:
        headers = {"x-api-key": self.key if key is None else key, **options.pop("headers", {})}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=10, **options)

    def api(self, name: str, **method: Any) -> Gateway:
        """Deploy an API of a proxy route to this load balancer."""
        gateway = Gateway(self.gateway.provider, name).api().method(**method)
        return gateway.integration(self.link_id, f"http://{self.dns_name}/{{proxy}}").deploy()


def container(port: int = PORT) -> list[dict[str, Any]]:
    mapping = {"containerPort": port, "protocol": "tcp"}
    return [{"name": "metadata", "image": "metadata", "memory": 512, "portMappings": [mapping]}]


def task_definition(cloud: Cloud, port: int = PORT) -> str:
    answer = cloud.client("ecs").register_task_definition(
        family="metadata", networkMode="awsvpc", containerDefinitions=container(port)
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def service(cloud: Cloud, load_balancer: str, name: str) -> None:
    """Put an ECS service, in a cluster of its name, behind port 80 of a load balancer."""
    elb, ecs = cloud.client("elbv2"), cloud.client("ecs")
    answer = elb.describe_load_balancers(LoadBalancerArns=[load_balancer])["LoadBalancers"][0]
    group = elb.create_target_group(
        Name=name, Protocol="TCP", Port=PORT, VpcId=answer["VpcId"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=load_balancer,
        Protocol="TCP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    ecs.create_cluster(clusterName=name)
    places = [zone["SubnetId"] for zone in answer["AvailabilityZones"]]
    filters = [{"Name": "vpc-id", "Values": [answer["VpcId"]]}]
    groups = cloud.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    network = {"subnets": places, "securityGroups": [groups[0]["GroupId"]]}
    ecs.create_service(
        cluster=name,
        serviceName="metadata",
        taskDefinition=task_definition(cloud),
        desiredCount=1,
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[
            {"targetGroupArn": group, "containerName": "metadata", "containerPort": PORT}
        ],
    )


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    patches.apply()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def cloud(emulator: str) -> Cloud:
    """One for all tests: reading the service models takes longer than most of them."""
    return Cloud(emulator, "us-east-1")


def deploy(cloud: Cloud, echo: str, name: str) -> Deployment:
    clock = Clock()
    addresses = LoopbackAddresses(clock=clock)
    addresses.start()
    cloud.addresses = addresses
    processes = Processes({("metadata", PORT): echo})
    addresses.bind(cloud, processes)
    target = stack.network_load_balancer(cloud, name)
    service(cloud, target, name)
    gateway = Gateway(Provider(cloud), name)
    link = gateway.create(stack.LINK, "link", targetArn=target)
    deployed = Deployment(cloud, addresses, processes, clock, gateway, target, link.id)
    deployed.gateway = deployed.api(name)
    deployed.key = deployed.gateway.key()
    return deployed


# One for each module: moto's state is the process's own, and other modules' tests empty it.
@pytest.fixture(scope="module")
def standing(cloud: Cloud, echo: str) -> Iterator[Deployment]:
    deployed = deploy(cloud, echo, f"standing-{next(_NUMBERS)}")
    yield deployed
    deployed.addresses.stop()


@pytest.fixture
def deployment(standing: Deployment, echo: str) -> Deployment:
    """Return the one for tests that change nothing of it; they may add to it."""
    standing.cloud.addresses = standing.addresses
    standing.addresses.faults.clear()
    standing.processes.running = {("metadata", PORT): echo}
    standing.clock.later()
    return standing


@pytest.fixture
def fresh(cloud: Cloud, echo: str) -> Iterator[Deployment]:
    """Make one of its own, to break."""
    deployed = deploy(cloud, echo, f"fresh-{next(_NUMBERS)}")
    yield deployed
    deployed.addresses.stop()


def outcome(response: requests.Response) -> tuple[int, Any]:
    """Return status and decoded body."""
    return response.status_code, response.json()
