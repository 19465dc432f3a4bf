"""The settings of the metadata service's tasks."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from settings.aws_sizes import FARGATE_MEMORY
from settings.parts import Conflicts, Rule, SettingsModel, allowed

_AMD64_ONLY_IMAGES = ("netflixoss/", "docker.io/netflixoss/")
"""Docker Hub has the service's image for X86_64 only (metaflow-service, dockerimage.yml)."""


class MetadataServiceSettings(SettingsModel):
    """The metadata service on ECS."""

    service_image: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9.-]+(:\d+)?/)?[a-z0-9._-]+(/[a-z0-9._-]+)*"
            r"(:[\w.-]{1,128}|@sha256:[0-9a-f]{64})$"
        ),
        allowed("an image with a tag or digest"),
    ] = "netflixoss/metaflow_metadata_service:v2.5.1"
    """Container image of the metadata service, pinned by tag or digest."""

    service_architecture: Annotated[Literal["X86_64", "ARM64"], allowed("X86_64, ARM64")] = "X86_64"
    """Processor architecture of the service's tasks."""

    service_cpu: Annotated[
        Literal[256, 512, 1024, 2048, 4096, 8192, 16384], allowed("a CPU size of Fargate")
    ] = 512
    """CPU units of a task; 1024 are one vCPU."""

    service_memory: Annotated[int, allowed("a memory size that Fargate offers for serviceCpu")] = (
        1024
    )
    """Memory of a task, in MiB."""

    service_count: Annotated[int, Field(ge=1, le=50), allowed("1 to 50")] = 1
    """How many tasks of the service run."""

    service_spot: Annotated[bool, allowed("true or false")] = False
    """Whether the tasks run on Fargate Spot, which AWS may end at two minutes' notice."""

    container_insights: Annotated[bool, allowed("true or false")] = False
    """Whether CloudWatch Container Insights watches the service."""


def _fargate_size(settings: MetadataServiceSettings) -> Conflicts:
    sizes = FARGATE_MEMORY[settings.service_cpu]
    if settings.service_memory not in sizes:
        yield (
            "serviceMemory",
            f"{settings.service_memory} with serviceCpu {settings.service_cpu}",
            f"{sizes[0]} to {sizes[-1]} in steps that Fargate offers",
        )


def _architecture(settings: MetadataServiceSettings) -> Conflicts:
    arm = settings.service_architecture == "ARM64"
    if arm and settings.service_image.startswith(_AMD64_ONLY_IMAGES):
        yield (
            "serviceArchitecture",
            f"ARM64 with the image {settings.service_image}, which is built for X86_64 only",
            "ARM64 with an image that has it, such as "
            "public.ecr.aws/outerbounds/metaflow_metadata_service",
        )


RULES: Sequence[Rule] = (
    Rule(_fargate_size, frozenset({"service_cpu", "service_memory"})),
    Rule(_architecture, frozenset({"service_architecture", "service_image"})),
)
