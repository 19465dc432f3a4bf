"""Refusals of API Gateway."""

from rehearsal.provider.refusals.refusal import Refusal

REFUSALS: tuple[Refusal, ...] = ()
