"""What a single value of a setting must look like; each check names the problem it found."""

import ipaddress
import re
from collections.abc import Mapping

from settings.aws_sizes import gibibytes, vcpus

VPC_PREFIXES = range(16, 23)
"""Prefix lengths with room for a /27 subnet in each of eight zones and three tiers."""

LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 128, 256
LEAST_GIB = 8
STACK_TAGS = ("Application", "ManagedBy", "Name", "Stack")
"""Keys of the tags that every stack sets by itself."""


def problem_of_vpc_cidr(cidr: str) -> str | None:
    """Name why an address range cannot be the VPC's: private, /16 to /22, a network address."""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return f"{cidr} is no IPv4 network address"
    if network.prefixlen not in VPC_PREFIXES:
        return f"/{network.prefixlen} is outside /16 to /22"
    if not network.is_private or network.is_loopback or network.is_link_local:
        return f"{cidr} is not a private range"
    return None


def problem_of_cidr(cidr: str) -> str | None:
    """Name why an address range cannot stand in an allow list."""
    try:
        ipaddress.ip_network(cidr)
    except ValueError:
        return f"{cidr} is no network address"
    return "/0 allows everybody; leave the list empty for that" if cidr.endswith("/0") else None


def problem_of_tags(tags: Mapping[str, str]) -> str | None:
    """Name what AWS refuses in tags (Tagging AWS Resources guide, naming limits)."""
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_TAG_KEY or len(value) > LONGEST_TAG_VALUE:
            return f"the tag {key!r} is too long"
        if key.lower().startswith("aws:"):
            return f"AWS reserves the prefix of the tag {key!r}"
        if not re.fullmatch(r"[\w _.:/=+\-@]*", key + value):
            return f"the tag {key!r} has a character that AWS refuses"
    return _problem_of_equal_keys(tags)


def _problem_of_equal_keys(tags: Mapping[str, str]) -> str | None:
    """Name two keys that differ in case only, which IAM takes for the same one."""
    seen = {key.lower(): key for key in STACK_TAGS}
    for key in tags:
        other = seen.setdefault(key.lower(), key)
        if other != key:
            return f"the tag {key!r} differs from {other!r} in case only, which IAM refuses"
    return None


def problem_of_principal(arn: str) -> str | None:
    """Name why an ARN cannot be trusted: it must be an account, a user or a role."""
    pattern = r"arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role)/[\w+=,.@/-]+)"
    return None if re.fullmatch(pattern, arn) else f"{arn!r} is no ARN of an account, user or role"


def problem_of_instance_type(instance_type: str) -> str | None:
    """Name why an instance type cannot run Metaflow's jobs, if it cannot.

    Metaflow resolves its environments for linux-64 and asks for 4 GiB by default
    (`metaflow/plugins/aws/batch/batch_decorator.py`), which an instance of 4 GiB cannot give
    beside the ECS agent.
    """
    if vcpus(instance_type) is None:
        return f"{instance_type} is not of the m, c or r families in a size from medium up"
    if re.match(r"[mcr]\d+g", instance_type):
        return f"{instance_type} is an ARM type, and Metaflow's environments are x86_64"
    memory = gibibytes(instance_type)
    return f"{instance_type} has {memory} GiB" if memory < LEAST_GIB else None
