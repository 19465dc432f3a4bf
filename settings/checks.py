"""What a single value of a setting must look like; each check names the problem it found."""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from settings.instance_types import gibibytes, vcpus

VPC_PREFIXES = range(16, 23)
"""Prefix lengths with room for a /27 subnet in each of eight zones and three tiers."""

TIME_LIMITS = range(600, 86_401)
MOST_TAGS = 40
LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 128, 256
LEAST_GIB = 8
LONGEST_HOST = 253
LEAST_LITERAL = 3
LEAST_REPOSITORY, LONGEST_REPOSITORY = 2, 256
LONGEST_PRINCIPALS = 1800
"""Characters of all ARNs in a trust policy: by default IAM takes 2,048 with all else in it (AWS IAM
User Guide, "IAM and AWS STS quotas")."""

LONGEST_SECRETS = 2500
"""Characters of all ARNs of secrets: the inline policies of the jobs' role hold 10,240 together."""

STACK_TAGS = ("ManagedBy", "Stack")
"""Keys of the tags that every stack sets by itself, and knows its resources by."""


PRIVATE_NETWORKS = tuple(
    ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
"""The ranges of RFC 1918, which AWS recommends (Amazon VPC User Guide, "VPC CIDR blocks")."""


def problem_of_vpc_cidr(cidr: str) -> str | None:
    """Name why an address range cannot be the VPC's: private, /16 to /22, a network address."""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return _problem_of_host(cidr) or f"{cidr} is no IPv4 network address"
    if str(network) != cidr:
        return f"{cidr} is another way to write {network}"
    if network.prefixlen not in VPC_PREFIXES:
        return f"/{network.prefixlen} is outside /16 to /22"
    if not any(network.subnet_of(private) for private in PRIVATE_NETWORKS):
        return f"{cidr} is not a private range"
    return None


def _problem_of_host(cidr: str) -> str | None:
    """Name the network of an address that has bits beyond its prefix."""
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        return None
    return f"{cidr} is an address in the network {network}"


def problem_of_cidr(cidr: str) -> str | None:
    """Name why an address range cannot stand in an allow list."""
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        return f"{cidr} is no network address"
    if network.prefixlen == 0:
        return "/0 allows everybody; leave the list empty for that"
    # AWS takes a single address without a prefix length too.
    written = (str(network), str(network.network_address))
    return None if cidr in written else f"{cidr} is another way to write {network}"


def problem_of_egress(cidr: str) -> str | None:
    """Name why a rule of a security group cannot let jobs out to an address range."""
    problem = problem_of_cidr(cidr)
    if problem is None and ":" in cidr:
        return f"{cidr} is an IPv6 network, which the stack's subnets have no way to"
    if problem is None and "/" not in cidr:
        return f"{cidr} has no prefix length, which a rule of a security group needs"
    return problem


def problem_of_tags(tags: Mapping[str, str]) -> str | None:
    """Name all that AWS refuses in tags of the stack's resources, and keys that the stack sets.

    It finds what is its own by them, such as the database whose upgrade needs a snapshot.
    """
    own = [f"the tag {key!r} is the stack's own" for key in STACK_TAGS if key in tags]
    return "; ".join(filter(None, [_problem_of_any_tags(tags), *own])) or None


def problem_of_job_tags(tags: Mapping[str, str]) -> str | None:
    """Name all that AWS refuses in tags of jobs, and keys that Metaflow or the stack sets."""
    taken = (key for key in tags if key == "app" or key.startswith("metaflow"))
    own = [f"the tag {key!r} is Metaflow's own" for key in taken]
    return "; ".join(filter(None, [_problem_of_any_tags(tags), *own])) or None


def _problem_of_any_tags(tags: Mapping[str, str]) -> str | None:
    """Name all that AWS refuses in tags (Tagging AWS Resources guide, naming limits)."""
    problems = [_problem_of_tag(key, value) for key, value in tags.items()]
    return "; ".join(filter(None, [*problems, *_problems_of_equal_keys(tags)])) or None


def _problem_of_tag(key: str, value: str) -> str | None:
    if not 1 <= len(key) <= LONGEST_TAG_KEY or len(value) > LONGEST_TAG_VALUE:
        return f"the tag {key!r} is too long"
    if key.lower().startswith("aws:"):
        return f"AWS reserves the prefix of the tag {key!r}"
    if not re.fullmatch(r"[\w _.:/=+\-@]*", key + value):
        return f"the tag {key!r} has a character that AWS refuses"
    if key.lower() == "name":
        return f"the tag {key!r} is each resource's own"
    return None


def _problems_of_equal_keys(tags: Mapping[str, str]) -> list[str]:
    """Name keys that differ in case only, which IAM takes for the same one."""
    seen = {key.lower(): key for key in (*STACK_TAGS, "Application")}
    others = [(key, seen.setdefault(key.lower(), key)) for key in tags]
    return [
        f"the tag {key!r} differs from {other!r} in case only, which IAM refuses"
        for key, other in others
        if key != other
    ]


def problem_of_principal(arn: str) -> str | None:
    """Name why an ARN cannot be trusted: it must be an account, a user or a role."""
    pattern = r"arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role)/[\w+=,.@/-]+)"
    return None if re.fullmatch(pattern, arn) else f"{arn!r} is no ARN of an account, user or role"


def problem_of_boundary(arn: str) -> str | None:
    """Name why an ARN cannot be a permissions boundary: IAM takes managed policies only."""
    pattern = r"arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[\w+=,.@/-]{1,512}"
    if not arn or re.fullmatch(pattern, arn, re.ASCII):
        return None
    return f"{arn!r} is no ARN of a managed policy"


def problem_of_role(arn: str) -> str | None:
    """Name why an ARN cannot be the data scientists' role: AWS changes none of its own."""
    pattern = r"arn:aws[a-z-]*:iam::\d{12}:role/(?!aws-)[\w+=,.@/-]{1,576}(?<!/)"
    if not arn or re.fullmatch(pattern, arn, re.ASCII):
        return None
    return f"{arn!r} is no ARN of a role that policies can be attached to"


def problem_of_key(arn: str) -> str | None:
    """Name why an ARN is no KMS key: an alias leads to another key tomorrow."""
    pattern = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-zA-Z-]+"
    if not arn or re.fullmatch(pattern, arn):
        return None
    return f"{arn!r} is no ARN of a KMS key"


def problem_of_bucket(name: str) -> str | None:
    """Name why a bucket cannot be called so (Amazon S3 User Guide, "Bucket naming rules").

    Points are left out: TLS certificates of S3 do not cover them.
    """
    if not name or re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name):
        return None
    return f"{name!r} is no name of a bucket, or has points, which TLS to S3 does not take"


def problem_of_database_host(host: str) -> str | None:
    """Name why a text is no host name."""
    label = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    if not host or (re.fullmatch(rf"{label}(\.{label})+", host) and len(host) <= LONGEST_HOST):
        return None
    return f"{host!r} is no host name"


def problem_of_database_secret(arn: str) -> str | None:
    """Name why the service cannot be given a secret by this ARN."""
    pattern = r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]{1,512}"
    if not arn or re.fullmatch(rf"{pattern}-[A-Za-z0-9]{{6}}", arn):
        return None
    return "not the whole ARN of a Secrets Manager secret"


def problem_of_database_cidr(cidr: str) -> str | None:
    """Name why a network cannot be the database's: it must be private, and written one way."""
    if not cidr:
        return None
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError:
        return _problem_of_host(cidr) or f"{cidr} is no IPv4 network address"
    if str(network) != cidr:
        return f"{cidr} is another way to write {network}"
    if not any(network.subnet_of(private) for private in PRIVATE_NETWORKS):
        return f"{cidr} is not a private range"
    return None


def problem_of_repository(name: str) -> str | None:
    """Name why an ECR repository cannot be meant by a name or a pattern of IAM.

    What fits a pattern must be a name that ECR takes (Amazon ECR API Reference, CreateRepository),
    and few letters before a wildcard would mean nearly every repository.
    """
    literal = re.match(r"[^*?]*", name)
    if literal and literal.end() < min(len(name), LEAST_LITERAL):
        return f"{name!r} has a wildcard among its first {LEAST_LITERAL} characters"
    part = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
    example = re.sub(r"[*?]", "a", name)
    if LEAST_REPOSITORY <= len(name) <= LONGEST_REPOSITORY and re.fullmatch(
        f"{part}(/{part})*", example
    ):
        return None
    return f"{name!r} is no name of an ECR repository"


def is_private_ecr_image(image: str) -> bool:
    """Say whether an image stands in a private ECR registry that an endpoint leads to.

    Those of FIPS and dual-stack registries are others (Amazon ECR User Guide, "Amazon ECR interface
    VPC endpoints").
    """
    return bool(re.match(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/", image))


def problem_of_secret(arn: str) -> str | None:
    """Name why jobs cannot be let read a secret by this ARN.

    Names of secrets are those that Secrets Manager takes (AWS Secrets Manager API Reference,
    CreateSecret); `!` stands after the service in those that AWS services make (AWS Secrets Manager
    User Guide, "AWS Secrets Manager secrets managed by other AWS services"). RDS keeps the metadata
    database's password in such a secret.
    """
    match = re.fullmatch(
        r"arn:aws(-[a-z]+)*:secretsmanager:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:"
        r"secret:(?P<name>[A-Za-z0-9/_+=.@!-]{1,512})-([A-Za-z0-9]{6}|\?{6})",
        arn,
    )
    if match is None:
        return "not the whole ARN of a Secrets Manager secret"
    if match["name"].startswith("rds!"):
        return "RDS keeps the password of a database in it, which no job may read"
    return None


def problem_of_principals(arns: Sequence[str]) -> str | None:
    """Name why ARNs cannot stand in one trust policy."""
    return problem_of_list(arns, LONGEST_PRINCIPALS, "a trust policy has")


def problem_of_secrets(arns: Sequence[str]) -> str | None:
    """Name why ARNs of secrets cannot stand in one list."""
    return problem_of_list(arns, LONGEST_SECRETS, "the jobs' policies have")


def problem_of_list(
    names: Sequence[str], longest: int | None = None, document: str = ""
) -> str | None:
    """Name why names or ARNs cannot stand in one list.

    Args:
        names: the names, each good by itself.
        longest: how many characters they may have together.
        document: what cannot hold more, in words, such as `a trust policy has`.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return f"{', '.join(twice)} more than once"
    length = sum(map(len, names))
    too_long = longest is not None and length > longest
    return f"{length} characters, for which {document} no room" if too_long else None


def problem_of_instance_type(instance_type: str) -> str | None:
    """Name why an instance type cannot run Metaflow's jobs, if it cannot.

    Metaflow resolves its environments for linux-64 and asks for 4 GiB by default
    (`metaflow/plugins/aws/batch/batch_decorator.py`), which an instance of 4 GiB cannot give
    beside the ECS agent.
    """
    if vcpus(instance_type) is None:
        return (
            f"{instance_type} is not of the m, c or r families from the fourth generation on, in a "
            "size from medium up that AWS has, nor of another family that is allowed"
        )
    if re.match(r"[mcr]\d+g", instance_type):
        return f"{instance_type} is an ARM type, and Metaflow's environments are x86_64"
    memory = gibibytes(instance_type)
    small = memory is not None and memory < LEAST_GIB
    return f"{instance_type} has {memory} GiB" if small else None


def problem_of_time_limit(seconds: int) -> str | None:
    """Name why jobs cannot be cancelled after a time (Batch API, JobStateTimeLimitAction)."""
    return None if seconds == 0 or seconds in TIME_LIMITS else "Batch waits 600 to 86400 seconds"


def problem_of_user_data(text: str) -> str | None:
    """Name why instances cannot be given a text to run: Batch adds its own parts to it.

    Source: AWS Batch User Guide, "Amazon EC2 user data in launch templates".
    """
    start = re.match(r"(MIME-Version: [^\n]+\n)?Content-Type: multipart/mixed; boundary=", text)
    return None if not text or start else "it has not the head of a MIME multipart archive"
