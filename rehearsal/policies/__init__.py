"""The policy packs, run for real on what a rehearsal previews and deploys."""

from rehearsal.policies.check import PolicyCheck, checking
from rehearsal.policies.configuration import ConfigurationError
from rehearsal.policies.packs import LocalPack, Pack, Title, UnusablePackError
from rehearsal.policies.processes import Operation, PackError
from rehearsal.policies.show import show
from rehearsal.policies.violations import MANDATORY, Finding, Judged, Violation, violation

__all__ = [
    "MANDATORY",
    "ConfigurationError",
    "Finding",
    "Judged",
    "LocalPack",
    "Operation",
    "Pack",
    "PackError",
    "PolicyCheck",
    "Title",
    "UnusablePackError",
    "Violation",
    "checking",
    "show",
    "violation",
]
