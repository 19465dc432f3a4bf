"""The rules between settings: what must not be set together."""

from collections.abc import Callable, Iterable, Set
from typing import TYPE_CHECKING

from settings.aws_sizes import FARGATE_MEMORY
from settings.checks import MOST_TAGS, problem_of_tags

if TYPE_CHECKING:
    from settings.model import Settings

_AMD64_ONLY_IMAGES = ("netflixoss/", "docker.io/netflixoss/")
"""Docker Hub has the service's image for X86_64 only (metaflow-service, dockerimage.yml)."""

Conflicts = Iterable[tuple[str, str, str]]
"""Key at fault, what was found, what is allowed."""


def _zones(settings: "Settings") -> Conflicts:
    zones = settings.availability_zones
    if zones and (len(zones) == 1 or len(set(zones)) < len(zones)):
        yield "availabilityZones", ", ".join(zones), "2 to 6 different zones"
    if settings.nat_gateways == "per-zone" and not settings.private_subnets:
        yield "natGateways", "per-zone without privateSubnets", "per-zone with privateSubnets true"


def _datastore(settings: "Settings") -> Conflicts:
    if settings.datastore_retained and settings.datastore_force_destroy:
        yield (
            "datastoreForceDestroy",
            "true together with datastoreRetained",
            "false for a bucket that is kept",
        )


def _storage(settings: "Settings") -> Conflicts:
    least = -(-settings.db_allocated_storage * 11 // 10)
    if settings.db_max_allocated_storage < least:
        yield (
            "dbMaxAllocatedStorage",
            str(settings.db_max_allocated_storage),
            f"at least {least}, 1.1 times dbAllocatedStorage",
        )


def _final_snapshot(settings: "Settings") -> Conflicts:
    if settings.deletion_protection and not settings.db_final_snapshot:
        yield (
            "dbFinalSnapshot",
            "false together with deletionProtection",
            "true for a protected database",
        )


def _fargate_size(settings: "Settings") -> Conflicts:
    sizes = FARGATE_MEMORY[settings.service_cpu]
    if settings.service_memory not in sizes:
        yield (
            "serviceMemory",
            f"{settings.service_memory} with serviceCpu {settings.service_cpu}",
            f"{sizes[0]} to {sizes[-1]} in steps that Fargate offers",
        )


def _architecture(settings: "Settings") -> Conflicts:
    arm = settings.service_architecture == "ARM64"
    if arm and settings.service_image.startswith(_AMD64_ONLY_IMAGES):
        yield (
            "serviceArchitecture",
            f"ARM64 with the image {settings.service_image}, which is built for X86_64 only",
            "ARM64 with an image that has it, such as "
            "public.ecr.aws/outerbounds/metaflow_metadata_service",
        )


def _gateway(settings: "Settings") -> Conflicts:
    needing = {
        "apiAccessLog": settings.api_access_log,
        "manageApiGatewayAccount": settings.manage_api_gateway_account,
        "apiAllowedCidrs": bool(settings.api_allowed_cidrs),
    }
    for key, in_use in needing.items():
        if in_use and not settings.service_gateway:
            yield key, "set without a gateway", "only together with serviceGateway true"


def _queues(settings: "Settings") -> Conflicts:
    names = [queue.name for queue in settings.queues]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "queues", f"two queues named {name}", "queues of different names"
    if settings.queues[0].fair_share is not None:
        yield (
            "queues[0].fairShare",
            "set for the default queue",
            "queues after the first one, which Metaflow submits to",
        )


def _queue_tags(settings: "Settings") -> Conflicts:
    """Tags of a queue stand beside the stack's, of which AWS takes 50 together with its own."""
    for place, queue in enumerate(settings.queues):
        together = {**settings.tags, **queue.tags}
        problem = problem_of_tags(together)
        if len(together) > MOST_TAGS or problem:
            found = problem or f"{len(together)} together with the stack's tags"
            allowed = f"up to {MOST_TAGS} together with the stack's tags, none differing in case"
            yield f"queues[{place}].tags", found, allowed


_RULES: tuple[tuple[Callable[["Settings"], Conflicts], frozenset[str]], ...] = (
    (_zones, frozenset({"availability_zones", "nat_gateways", "private_subnets"})),
    (_datastore, frozenset({"datastore_retained", "datastore_force_destroy"})),
    (_storage, frozenset({"db_allocated_storage", "db_max_allocated_storage"})),
    (_final_snapshot, frozenset({"deletion_protection", "db_final_snapshot"})),
    (_fargate_size, frozenset({"service_cpu", "service_memory"})),
    (_architecture, frozenset({"service_architecture", "service_image"})),
    (
        _gateway,
        frozenset(
            {
                "service_gateway",
                "api_access_log",
                "manage_api_gateway_account",
                "api_allowed_cidrs",
            }
        ),
    ),
    (_queues, frozenset({"queues"})),
    (_queue_tags, frozenset({"queues", "tags"})),
)
"""Each rule with the settings that it looks at."""


def conflicts(settings: "Settings", unusable: Set[str] = frozenset()) -> list[tuple[str, str, str]]:
    """List all conflicts: key at fault, what was found, what is allowed.

    Args:
        settings: the settings.
        unusable: names of fields whose own value is at fault; rules about them are left out.
    """
    return [
        conflict for rule, fields in _RULES if not fields & unusable for conflict in rule(settings)
    ]
