"""The settings of one Batch job queue, and what its kind allows."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic.alias_generators import to_camel

from settings.checks import problem_of_tags, problem_of_time_limit, problem_of_user_data
from settings.instance_types import has_efa, has_gpu, stands_in_clusters, vcpus
from settings.parts import SettingsModel, allowed, rejecting, without_conflicts
from settings.values import ImageId, InstanceType

Kind = Literal["ec2", "spot", "gpu", "fargate", "fargate-spot"]
Strategy = Literal[
    "", "BEST_FIT_PROGRESSIVE", "SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT_CAPACITY_OPTIMIZED"
]

_CPU_TYPES = (
    "m6i.large",
    "m6i.xlarge",
    "m6i.2xlarge",
    "m6i.4xlarge",
    "c6i.xlarge",
    "c6i.2xlarge",
    "r6i.large",
    "r6i.xlarge",
    "r6i.2xlarge",
)
_GPU_TYPES = ("g4dn.xlarge", "g4dn.2xlarge", "g5.xlarge", "g5.2xlarge", "g6.xlarge", "g6.2xlarge")

DEFAULT_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ec2": _CPU_TYPES, "spot": _CPU_TYPES, "gpu": _GPU_TYPES}
)
"""Instance types by kind where the queue names none; Fargate has no instances."""

_INSTANCES = frozenset(DEFAULT_TYPES)
_KINDS_WITH: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "instance_types": _INSTANCES,
        "min_vcpus": _INSTANCES,
        "disk_gib": _INSTANCES,
        "allocation_strategy": _INSTANCES,
        "image_id": _INSTANCES,
        "metadata_hop_limit": _INSTANCES,
        "user_data": _INSTANCES,
        "maximum_price_percent": frozenset({"spot"}),
        "on_demand_behind": frozenset({"spot", "fargate-spot"}),
        "multi_node": frozenset({"ec2", "gpu"}),
    }
)
"""The kinds for which a setting means something, by field; all other fields are for every kind."""

_STRATEGIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ec2": ("BEST_FIT_PROGRESSIVE",),
        "gpu": ("BEST_FIT_PROGRESSIVE",),
        "spot": (
            "SPOT_PRICE_CAPACITY_OPTIMIZED",
            "SPOT_CAPACITY_OPTIMIZED",
            "BEST_FIT_PROGRESSIVE",
        ),
    }
)
"""Allocation strategies by kind, the default one first. With BEST_FIT, the only other one, Batch
replaces an environment for most changes (AWS Batch User Guide, "Updating compute environments")."""

_ENDINGS = ("-fargate", "-nodes", "-on-demand", "-shared")
"""Endings by which resources of one queue differ."""

ShareIdentifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,255}\*?$")]
ShareWeight = Annotated[float, Field(ge=0.0001, le=999.9999, strict=False)]


def problem_of_shares(shares: Mapping[str, float]) -> str | None:
    """Name identifiers that overlap, of which AWS takes none (Batch API, ShareAttributes)."""
    starts = [one.removesuffix("*") for one in shares if one.endswith("*")]
    for start in starts:
        for other in shares:
            if other != f"{start}*" and other.removesuffix("*").startswith(start):
                return f"{start}* covers {other}"
    return None


class FairShareSettings(SettingsModel):
    """How a queue shares its capacity among the identifiers of its jobs."""

    shares: Annotated[
        dict[ShareIdentifier, ShareWeight],
        Field(max_length=500),
        rejecting(problem_of_shares),
        allowed("up to 500 identifiers of letters and digits, with weights of 0.0001 to 999.9999"),
    ] = {}
    """Weight by share identifier; a lower weight gets more. Others have 1."""

    decay_seconds: Annotated[int, Field(ge=0, le=604_800), allowed("0 to 604800")] = 0
    """Seconds for which what an identifier has used counts."""

    compute_reservation: Annotated[int, Field(ge=0, le=99), allowed("0 to 99")] = 0
    """Share of the capacity, in percent, that is kept for identifiers without jobs."""


class QueueSettings(SettingsModel):
    """One Batch job queue with the compute environment behind it."""

    name: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,11}$"), allowed("1 to 12 of a-z, 0-9 and -")
    ]
    """Name of the queue within the stack; it stays for the queue's life."""

    kind: Annotated[Kind, allowed("ec2, spot, gpu, fargate, fargate-spot")] = "ec2"
    """What the jobs run on: instances on demand, on Spot or with GPUs, or Fargate."""

    instance_types: Annotated[
        tuple[InstanceType, ...],
        Field(strict=False),
        allowed(
            "x86_64 types with at least 8 GiB of the m, c, r, x and z1d families, of d3, d3en, i3, "
            "i3en, i4i, i7i and i7ie with disks of their own, or of g4dn, g5, g6, g6e, g7, g7e, "
            "gr6, p4d, p4de, p5, p5e, p5en, p6-b200 and p6-b300 with GPUs; not both"
        ),
    ] = ()
    """Instance types from which Batch chooses; empty means m6i, c6i and r6i sizes, or g4dn, g5 and
    g6 sizes for gpu."""

    min_vcpus: Annotated[int, Field(ge=0, le=10_000), allowed("0 to maxVcpus")] = 0
    """vCPUs that are kept running, and paid for, without any job."""

    max_vcpus: Annotated[int, Field(ge=1, le=10_000), allowed("1 to 10000")] = 64
    """vCPUs at which the queue stops growing."""

    disk_gib: Annotated[int, Field(ge=30, le=16_384), allowed("30 to 16384")] = 100
    """Size of each instance's encrypted disk, in GiB; all of its jobs share it."""

    allocation_strategy: Annotated[
        Strategy,
        allowed(
            "BEST_FIT_PROGRESSIVE; for spot also SPOT_PRICE_CAPACITY_OPTIMIZED and "
            "SPOT_CAPACITY_OPTIMIZED"
        ),
    ] = ""
    """How Batch chooses among the instance types; empty means BEST_FIT_PROGRESSIVE, or
    SPOT_PRICE_CAPACITY_OPTIMIZED for spot."""

    maximum_price_percent: Annotated[int, Field(ge=1, le=100), allowed("1 to 100")] = 100
    """Most that a Spot instance may cost, in percent of the price on demand."""

    on_demand_behind: Annotated[bool, allowed("true or false")] = False
    """Whether jobs run on demand where Spot has no capacity, up to maxVcpus once more."""

    multi_node: Annotated[bool, allowed("true or false, on ec2 and gpu queues")] = False
    """Whether steps with `@parallel` can run on several instances at once: a placement group in one
    zone, and a security group open to itself. Changing it makes another environment."""

    efa: Annotated[bool, allowed("true or false, with multiNode")] = False
    """Whether the instances have an Elastic Fabric Adapter, whose driver the image must have."""

    image_id: Annotated[ImageId, allowed("the id of an AMI, such as ami-0123456789abcdef0")] = ""
    """Machine image of the instances; empty means the one for ECS that is AWS's newest when the
    environment is made. Another one makes another environment."""

    metadata_hop_limit: Annotated[Literal[1, 2], allowed("1, 2")] = 1
    """Network hops to the instance's metadata; 2 lets containers on a bridge reach it."""

    user_data: Annotated[
        str,
        Field(max_length=16_384),
        rejecting(problem_of_user_data),
        allowed("up to 16384 characters in MIME multipart form"),
    ] = ""
    """What instances run when they start."""

    priority: Annotated[int, Field(ge=0, le=1000), allowed("0 to 1000")] = 1
    """Queues of a higher priority are served first where queues share capacity."""

    fair_share: Annotated[
        FairShareSettings | None, allowed("an object of shares, decaySeconds, computeReservation")
    ] = None
    """Shares capacity among jobs by their share identifiers, which Metaflow does not give: such a
    queue is for other jobs, and not the first one. Adding or removing it makes another queue."""

    job_state_time_limit_seconds: Annotated[
        int, rejecting(problem_of_time_limit), allowed("0, or 600 to 86400")
    ] = 0
    """Seconds after which this queue's first job is cancelled that cannot run; 0 means the stack's
    jobStateTimeLimitSeconds."""

    tags: Annotated[
        dict[str, str],
        Field(max_length=40),
        rejecting(problem_of_tags),
        allowed("up to 40 tags, keys to 128 and values to 256 characters, none beginning aws:"),
    ] = {}
    """Tags for the queue, its environments and their instances, beside the stack's."""

    @property
    def on_fargate(self) -> bool:
        """Whether its jobs run on Fargate, and not on instances of the account."""
        return self.kind not in _INSTANCES

    @property
    def chosen_types(self) -> tuple[str, ...]:
        """The instance types from which Batch chooses; none on Fargate."""
        return self.instance_types or DEFAULT_TYPES.get(self.kind, ())

    @property
    def has_gpus(self) -> bool:
        """Whether its instances have GPUs."""
        return any(has_gpu(one) for one in self.chosen_types)

    @property
    def strategy(self) -> str | None:
        """The allocation strategy; None on Fargate."""
        return self.allocation_strategy or next(iter(_STRATEGIES.get(self.kind, ())), None)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        conflicts = (
            self._names(),
            self._misplaced(),
            self._sizes(),
            self._types(),
            self._neighbours(),
            self._adapters(),
        )
        return without_conflicts(self, [one for several in conflicts for one in several])

    def _names(self) -> Iterator[tuple[str, str, str]]:
        taken = [end for end in _ENDINGS if self.name.endswith(end)]
        if taken:
            yield "name", self.name, f"names that do not end in {', '.join(_ENDINGS)}"

    def _misplaced(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is set and means nothing for the queue's kind."""
        for name, kinds in _KINDS_WITH.items():
            if self.kind not in kinds and self.is_changed(name):
                words = f"for queues of the kinds {', '.join(sorted(kinds))}"
                shown = _shown(getattr(self, name))
                yield to_camel(name), f"{shown} on a {self.kind} queue", words
        strategies = _STRATEGIES.get(self.kind, ())
        if strategies and self.strategy not in strategies:
            words = f"{', '.join(strategies)} for the kind {self.kind}"
            yield "allocationStrategy", str(self.strategy), words

    def _sizes(self) -> Iterator[tuple[str, str, str]]:
        if self.min_vcpus > self.max_vcpus:
            yield "minVcpus", str(self.min_vcpus), f"0 to maxVcpus, {self.max_vcpus}"
        smallest = min((vcpus(one) or 0 for one in self.chosen_types), default=0)
        if self.max_vcpus < smallest:
            least = f"at least {smallest}, the vCPUs of the smallest of its instanceTypes"
            yield "maxVcpus", str(self.max_vcpus), least

    def _types(self) -> Iterator[tuple[str, str, str]]:
        """Yield types that cannot stand together: the machine images with and without drivers."""
        with_gpus = [one for one in self.instance_types if has_gpu(one)]
        others = [one for one in self.instance_types if not has_gpu(one)]
        if with_gpus and others:
            found = f"{with_gpus[0]} together with {others[0]}"
            yield "instanceTypes", found, "types with GPUs, or types without, in one queue"
        elif with_gpus and self.kind == "ec2":
            yield "instanceTypes", f"{with_gpus[0]} on an ec2 queue", "the kind gpu for GPUs"
        elif others and self.kind == "gpu":
            yield "instanceTypes", f"{others[0]} on a gpu queue", "types with GPUs for the kind gpu"

    def _neighbours(self) -> Iterator[tuple[str, str, str]]:
        apart = [one for one in self.chosen_types if not stands_in_clusters(one)]
        if self.multi_node and apart:
            yield (
                "instanceTypes",
                f"{apart[0]} with multiNode, whose placement group does not take it",
                "types that are not Flex ones",
            )

    def _adapters(self) -> Iterator[tuple[str, str, str]]:
        if not self.efa:
            return
        if not self.multi_node:
            yield "efa", "true without multiNode", "true with multiNode true"
        lacking = [one for one in self.chosen_types if not has_efa(one)]
        if lacking:
            default = "" if self.instance_types else ", the default,"
            yield (
                "instanceTypes",
                f"{lacking[0]}{default} with efa, which that type does not have",
                "types that have it, such as c6in.32xlarge, m6i.32xlarge or g5.8xlarge",
            )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)
