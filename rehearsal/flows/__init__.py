"""Flows that a rehearsal runs."""
