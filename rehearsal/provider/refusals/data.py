"""Refusals of databases, keys, tables, secrets and logs."""

from rehearsal.provider.refusals.refusal import Refusal

REFUSALS: tuple[Refusal, ...] = ()
