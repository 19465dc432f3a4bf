"""Refusals of roles, containers, load balancers and Batch."""

from rehearsal.provider.refusals.refusal import Refusal

REFUSALS: tuple[Refusal, ...] = ()
