"""Listeners on 127.0.0.1 that stand in the place of API Gateway and the network load balancers."""

from rehearsal.loopback.addresses import LoopbackAddresses
from rehearsal.loopback.targets import Containers

__all__ = ["Containers", "LoopbackAddresses"]
