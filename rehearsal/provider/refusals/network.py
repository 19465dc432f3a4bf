"""Refusals of VPCs, subnets, routes and security groups."""

from rehearsal.provider.refusals.refusal import Refusal

REFUSALS: tuple[Refusal, ...] = ()
