"""Batch jobs of the emulated AWS, each a process on this machine."""

from rehearsal.jobs.credentials import Assume, RoleError
from rehearsal.jobs.runner import JobRunner, job_runner

__all__ = ["Assume", "JobRunner", "RoleError", "job_runner"]
