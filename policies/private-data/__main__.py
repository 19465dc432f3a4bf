"""The policy pack `private-data`."""

import sys
from pathlib import Path

# The engine puts only this folder on the path; the rules stand beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack

from rules.private_data import POLICIES
from rules.properties import read_once

read_once()
PolicyPack(
    name="private-data",
    policies=POLICIES,
    enforcement_level=EnforcementLevel.MANDATORY,
    description="Data stores that are private, encrypted, backed up and hard to lose.",
    display_name="Private data",
    provider="AWS",
    tags=["aws", "data", "encryption", "network"],
)
