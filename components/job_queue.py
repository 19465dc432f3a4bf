"""What a job queue is asked to be; the settings of a queue are of this form."""

from collections.abc import Mapping
from typing import Protocol


class FairShare(Protocol):
    """How a queue shares its capacity among the identifiers of its jobs; plain values."""

    @property
    def shares(self) -> Mapping[str, float]:
        """Weight by share identifier."""

    @property
    def decay_seconds(self) -> int:
        """Seconds for which what an identifier has used counts."""

    @property
    def compute_reservation(self) -> int:
        """Share of the capacity, in percent, that is kept for identifiers without jobs."""


class Queue(Protocol):
    """One job queue and what stands behind it; plain values."""

    @property
    def name(self) -> str:
        """Name of the queue within the stack."""

    @property
    def kind(self) -> str:
        """What the jobs run on: `ec2`, `spot`, `gpu`, `fargate` or `fargate-spot`."""

    @property
    def on_fargate(self) -> bool:
        """Whether its jobs run on Fargate, and not on instances of the account."""

    @property
    def instance_types(self) -> tuple[str, ...]:
        """EC2 instance types that it names; none means those of its kind."""

    @property
    def chosen_types(self) -> tuple[str, ...]:
        """EC2 instance types to choose from; none on Fargate."""

    @property
    def has_gpus(self) -> bool:
        """Whether its instances have GPUs."""

    @property
    def strategy(self) -> str | None:
        """Batch's allocation strategy; None on Fargate."""

    @property
    def min_vcpus(self) -> int:
        """The vCPUs that are kept running."""

    @property
    def max_vcpus(self) -> int:
        """The vCPUs at which it stops growing."""

    @property
    def disk_gib(self) -> int:
        """Size of each instance's disk, GiB."""

    @property
    def maximum_price_percent(self) -> int:
        """Most that a Spot instance may cost, in percent of the price on demand."""

    @property
    def on_demand_behind(self) -> bool:
        """Whether jobs run on demand where Spot has no capacity."""

    @property
    def multi_node(self) -> bool:
        """Whether one job can have several instances at once."""

    @property
    def efa(self) -> bool:
        """Whether its instances have an Elastic Fabric Adapter."""

    @property
    def image_id(self) -> str:
        """Machine image of the instances; empty means AWS's newest one."""

    @property
    def metadata_hop_limit(self) -> int:
        """Network hops to an instance's metadata."""

    @property
    def user_data(self) -> str:
        """What instances run when they start, in MIME multipart form; may be empty."""

    @property
    def priority(self) -> int:
        """Queues of a higher priority are served first."""

    @property
    def fair_share(self) -> FairShare | None:
        """How jobs share the queue; None means first in, first out."""

    @property
    def job_state_time_limit_seconds(self) -> int:
        """Seconds after which a job that cannot run is cancelled; 0 means the stack's own."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Tags beside the stack's."""
