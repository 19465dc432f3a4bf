"""Hands out addresses that lead to listeners on 127.0.0.1, and runs those listeners."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Self

from rehearsal.loopback.access import Access
from rehearsal.loopback.domain_names import DomainNames
from rehearsal.loopback.exchange import AnsweredError, Request, Response, broken
from rehearsal.loopback.forwarding import Forwarder
from rehearsal.loopback.functions import Functions
from rehearsal.loopback.gateway import Gateway, first_part
from rehearsal.loopback.http_gateway import HttpGateway
from rehearsal.loopback.private_names import PrivateNames
from rehearsal.loopback.server import Listener
from rehearsal.loopback.targets import Containers, Targets
from rehearsal.loopback.views import Views
from rehearsal.loopback.vpc_links import VpcLinks
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import RefusedError

_LOAD_BALANCER_PORT = 80
_LOAD_BALANCER_SECONDS = 60.0


class LoopbackAddresses:
    """The addresses of one emulated AWS; they work between `start` and `stop`. Thread safe.

    Attributes:
        faults: why requests failed that AWS would have failed too, in words, each once.
    """

    def __init__(
        self, *, source_ip: str = "127.0.0.1", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Listen to nothing yet.

        Args:
            source_ip: the address that resource policies see; every real caller is on loopback.
            clock: seconds that only grow; views of AWS are good for one second of it.
        """
        self.faults: list[str] = []
        self._source_ip = source_ip
        self._views = Views(clock)
        self._lock = threading.Lock()
        self._forwarder = Forwarder()
        self._gateway_listener: Listener | None = None
        self._load_balancers: dict[str, Listener] = {}
        self._private_listener: Listener | None = None
        self._gateway: Gateway | None = None
        self._http_gateway: HttpGateway | None = None
        self._domain_names: DomainNames | None = None
        self._private_names: PrivateNames | None = None
        self._targets: Targets | None = None

    @contextmanager
    def expecting_faults(self) -> Iterator[None]:
        """Forget the faults of the block."""
        with self._lock:
            before = len(self.faults)
        try:
            yield
        finally:
            with self._lock:
                del self.faults[before:]

    def bind(
        self, cloud: Cloud, containers: Containers, functions: Functions | None = None
    ) -> None:
        """Follow the resources of an emulated AWS.

        Args:
            cloud: the emulated AWS.
            containers: knows its containers' processes.
            functions: calls its Lambda functions; without it none can be called.
        """
        self._targets = Targets(cloud, containers, self._views)
        self._gateway = Gateway(
            cloud=cloud,
            addresses=self,
            access=Access(cloud, self._views, self._source_ip),
            links=VpcLinks(cloud, self._views),
            targets=self._targets,
            forwarder=self._forwarder,
            views=self._views,
        )
        self._http_gateway = HttpGateway(
            cloud=cloud,
            targets=self._targets,
            functions=functions,
            forwarder=self._forwarder,
            views=self._views,
            source_ip=self._source_ip,
        )
        self._domain_names = DomainNames(cloud, self._views)
        self._private_names = PrivateNames(cloud, self._targets, self._forwarder)

    def start(self) -> None:
        """Open the gateway's listener; load balancers' open when their address is asked for."""
        with self._lock:
            if self._gateway_listener is None:
                self._forwarder.open()
                answer = partial(self._reported, self._answer_stage)
                self._gateway_listener = Listener("API Gateway", answer)
                private = partial(self._reported, self._answer_private_name)
                self._private_listener = Listener("private names", private)

    def stop(self) -> None:
        """Free every port and end every thread; doing so again changes nothing."""
        with self._lock:
            listeners = [*self._load_balancers.values()]
            others = (self._gateway_listener, self._private_listener)
            listeners += [one for one in others if one]
            self._load_balancers = {}
            self._gateway_listener = self._private_listener = None
        self._forwarder.close()
        for listener in listeners:
            listener.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def stage(self, api_id: str, stage_name: str) -> str:
        """Return the invoke URL of a stage: `http://127.0.0.1:PORT/{api id}/{stage}`."""
        with self._lock:
            return f"http://127.0.0.1:{self._running().port}/{api_id}/{stage_name}"

    def http_api(self, api_id: str) -> str:
        """Return the endpoint of an HTTP API: `http://127.0.0.1:PORT/{api id}`."""
        with self._lock:
            return f"http://127.0.0.1:{self._running().port}/{api_id}"

    def domain_name(self, _name: str) -> str:
        """Return API Gateway's own name of a custom domain name: `127.0.0.1:PORT`.

        A caller says by the `Host` header which custom domain name it means.
        """
        with self._lock:
            return f"127.0.0.1:{self._running().port}"

    def load_balancer(self, name: str, arn: str) -> str:
        """Return the DNS name of a load balancer: `127.0.0.1:PORT`, which is its port 80.

        A client that leaves the port out, as it does on AWS, reaches the listener all the same.
        """
        with self._lock:
            self._running()
            if arn not in self._load_balancers:
                answer = partial(self._reported, partial(self._answer_load_balancer, arn))
                self._load_balancers[arn] = Listener(f"load balancer {name}", answer)
            return f"127.0.0.1:{self._load_balancers[arn].port}"

    @property
    def vpc_proxy(self) -> str:
        """URL of the HTTP proxy by which the private names of the VPC are reached."""
        with self._lock:
            self._running()
            assert self._private_listener is not None  # noqa: S101 both run, or none
            return f"http://127.0.0.1:{self._private_listener.port}"

    def _running(self) -> Listener:
        if self._gateway_listener is None:
            raise RefusedError("the loopback listeners are not running; start them first")
        return self._gateway_listener

    def _answer_stage(self, request: Request) -> Response:
        if self._gateway is None:
            raise broken("the gateway's listener knows no emulated AWS yet; bind it first")
        at_own_name = self._domain_names.at_stage(request) if self._domain_names else None
        request = at_own_name or request
        api_id, below = first_part(request.target)
        if self._http_gateway and self._http_gateway.serves(api_id):
            inner = replace(request, target=below)
            return self._http_gateway.answer(api_id, inner, by_default=at_own_name is None)
        return self._gateway.answer(request, by_default=at_own_name is None)

    def _answer_private_name(self, request: Request) -> Response:
        if self._private_names is None:
            raise broken("the VPC's names know no emulated AWS yet; bind it first")
        return self._private_names.answer(request)

    def _answer_load_balancer(self, arn: str, request: Request) -> Response:
        """Answer in a load balancer's place.

        Where the way to a container is broken, AWS resets the connection; this answers 504, so
        that the caller fails at once rather than after its retries.
        """
        if self._targets is None:
            raise broken("the load balancer's listener knows no emulated AWS yet; bind it first")
        process = self._targets.behind(arn, _LOAD_BALANCER_PORT)
        host = request.header("host") or ""
        return self._forwarder.send(request, process, host=host, seconds=_LOAD_BALANCER_SECONDS)

    def _reported(self, answer: Callable[[Request], Response], request: Request) -> Response:
        """Answer, and remember in words what is broken."""
        try:
            return answer(request)
        except AnsweredError as error:
            problem = error
        except Exception as error:  # A caller must get an answer, and the report the reason.
            problem = broken(f"{request.method} {request.target} failed: {error!r}")
        with self._lock:
            if problem.reason and problem.reason not in self.faults:
                self.faults.append(problem.reason)
        return problem.response
