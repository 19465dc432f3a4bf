"""Follows a load balancer's listener, or a name in Cloud Map, to the container that serves it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol, cast

from rehearsal.loopback.exchange import AnsweredError, unreachable
from rehearsal.loopback.forwarding import Process
from rehearsal.loopback.views import Views
from rehearsal.provider.cloud import Cloud

_BATCH = 10
"""How many services DescribeServices takes at most."""


_BALANCERS, _REGISTRIES = "loadBalancers", "serviceRegistries"


class Containers(Protocol):
    """Knows which process stands for a container."""

    def process(
        self,
        task_definition: Mapping[str, Any],
        container_name: str,
        port: int,
        started: datetime,
    ) -> Process | None:
        """Return the process that serves a container's port.

        Args:
            task_definition: as DescribeTaskDefinition has it.
            container_name: a container of it.
            port: the container's port that is asked for.
            started: when its task started.

        Returns:
            It, or None when the container listens on no such port.
        """


class Targets:
    """The way from a load balancer or a registry to the containers, as deployed at the moment."""

    def __init__(self, cloud: Cloud, containers: Containers, views: Views) -> None:
        """Follow the resources of one emulated AWS."""
        self._cloud = cloud
        self._containers = containers
        self._views = views

    def behind(self, load_balancer_arn: str, port: int) -> Process:
        """Return the process behind a load balancer's port.

        Raises:
            AnsweredError: a hop is missing; its reason names it.
        """
        key = ("target", load_balancer_arn, port)
        process: Process = self._views.of(key, lambda: self._follow(load_balancer_arn, port))
        return process

    def registered(self, registry_arn: str, port: int | None = None) -> Process:
        """Return a process that is registered in a Cloud Map service.

        Args:
            registry_arn: the Cloud Map service.
            port: the container's port that is asked for; by default the one that is registered,
                as who asks Cloud Map's API gets it.

        Raises:
            AnsweredError: a hop is missing; its reason names it.
        """
        key = ("registered", registry_arn, port)
        process: Process = self._views.of(key, lambda: self._registered(registry_arn, port))
        return process

    def _registered(self, registry_arn: str, port: int | None) -> Process:
        problem = unreachable(f"no ECS service is registered in {registry_arn}")
        for service, registration in self._services(_REGISTRIES, "registryArn", registry_arn):
            try:
                if port is None:
                    self._demand_port(registry_arn)
                wanted = {**registration, "containerPort": port} if port else registration
                return self._container(service, wanted)
            except AnsweredError as error:
                problem = error
        raise problem

    def _demand_port(self, registry_arn: str) -> None:
        """Refuse a registry without SRV records: only with those does ECS register ports."""
        client = self._cloud.client("servicediscovery")
        service = client.get_service(Id=registry_arn.rpartition("/")[2])["Service"]
        if "SRV" not in [one["Type"] for one in service["DnsConfig"]["DnsRecords"]]:
            raise unreachable(f"{registry_arn} has no SRV record, so its tasks have no port there")

    def _follow(self, load_balancer_arn: str, port: int) -> Process:
        target_group = self._target_group(load_balancer_arn, port)
        problem = unreachable(f"no ECS service is registered on the target group {target_group}")
        for service, registration in self._services(_BALANCERS, "targetGroupArn", target_group):
            try:
                return self._container(service, registration)
            except AnsweredError as error:
                problem = error
        raise problem

    def _target_group(self, load_balancer_arn: str, port: int) -> str:
        pages = self._cloud.client("elbv2").get_paginator("describe_listeners")
        listeners = [
            listener
            for page in pages.paginate(LoadBalancerArn=load_balancer_arn)
            for listener in page["Listeners"]
        ]
        for listener in listeners:
            if listener["Port"] == port:
                return _forwarded(listener)
        others = ", ".join(str(one["Port"]) for one in listeners) or "none"
        raise unreachable(
            f"the load balancer {load_balancer_arn} has no listener on port {port}; "
            f"it listens on: {others}"
        )

    def _services(self, kind: str, key: str, arn: str) -> Iterator[tuple[Any, Any]]:
        """Yield the active services on a target group or in a registry, with their registration."""
        client = self._cloud.client("ecs")
        for clusters in client.get_paginator("list_clusters").paginate():
            for cluster in clusters["clusterArns"]:
                for arns in _batches(client, cluster):
                    answer = client.describe_services(cluster=cluster, services=arns)
                    yield from _registered(answer["services"], kind, key, arn)

    def _container(self, service: Any, registration: Mapping[str, Any]) -> Process:
        name, port = registration["containerName"], registration["containerPort"]
        if service["desiredCount"] < 1:
            raise unreachable(f"the service {service['serviceName']} has a desired count of 0")
        answer = self._cloud.client("ecs").describe_task_definition(
            taskDefinition=service["taskDefinition"]
        )
        definition = answer["taskDefinition"]
        if port not in _ports(definition, name):
            raise unreachable(
                f"the service {service['serviceName']} registers port {port} of the container "
                f"{name}; {definition['family']}:{definition['revision']} maps "
                f"{sorted(_ports(definition, name)) or 'no port of it'}"
            )
        process = self._containers.process(definition, name, port, _started(service))
        if process is None:
            raise unreachable(f"nothing in the container {name} listens on port {port}")
        return process


def _started(service: Any) -> datetime:
    """Return when the tasks of a service's newest deployment started."""
    primary = next(one for one in service["deployments"] if one["status"] == "PRIMARY")
    return cast(datetime, primary["createdAt"])


def _forwarded(listener: Mapping[str, Any]) -> str:
    for action in listener["DefaultActions"]:
        if action["Type"] == "forward" and "TargetGroupArn" in action:
            return str(action["TargetGroupArn"])
    raise unreachable(f"the listener {listener['ListenerArn']} forwards to no target group")


def _batches(client: Any, cluster: str) -> Iterator[list[str]]:
    pages = client.get_paginator("list_services").paginate(
        cluster=cluster, PaginationConfig={"PageSize": _BATCH}
    )
    for page in pages:
        arns = page["serviceArns"]
        yield from (arns[start : start + _BATCH] for start in range(0, len(arns), _BATCH))


def _registered(
    services: Iterable[Any], kind: str, key: str, arn: str
) -> Iterator[tuple[Any, Any]]:
    for service in services:
        for registration in service.get(kind, ()):
            if registration.get(key) == arn and service["status"] == "ACTIVE":
                yield service, registration


def _ports(definition: Mapping[str, Any], container_name: str) -> set[int]:
    return {
        mapping["containerPort"]
        for container in definition["containerDefinitions"]
        if container["name"] == container_name
        for mapping in container.get("portMappings", ())
    }
