"""Rules about EFS file systems."""

from pulumi_policy import Severity

from rules.flags import flag_rule
from rules.rule import About

efs_encrypted = flag_rule(
    About(
        name="efs-encrypted",
        description="File systems are encrypted.",
        severity=Severity.MEDIUM,
        remediation="Set encrypted to true; a file system that stands cannot be encrypted.",
        url="https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",
        control="EFS.1",
    ),
    {"aws:efs/fileSystem:FileSystem": "EFS file system"},
    "encrypted",
    wanted=True,
    must="be encrypted",
)

POLICIES = [efs_encrypted]
