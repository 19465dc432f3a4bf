"""The policy pack `least-privilege-iam`."""

import sys
from pathlib import Path

# The engine puts only this folder on the path; the rules stand beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack

from rules.least_privilege_iam import POLICIES
from rules.properties import read_once

read_once()
PolicyPack(
    name="least-privilege-iam",
    policies=POLICIES,
    enforcement_level=EnforcementLevel.MANDATORY,
    description="IAM documents that grant no more than they must, wherever they stand.",
    display_name="Least-privilege IAM",
    provider="AWS",
    tags=["aws", "iam", "least-privilege"],
)
