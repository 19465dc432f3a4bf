"""The settings of one pull-through cache: which registry it copies from, and where to."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import model_validator

from settings.parts import Conflicts, SettingsModel, allowed, rejecting, without_conflicts

WITHOUT_SECRET = ("ecr-public", "kubernetes", "quay")
"""Amazon ECR User Guide, "Sync an upstream registry with an Amazon ECR private registry"."""

UPSTREAM_URLS: Mapping[str, str] = MappingProxyType(
    {
        "ecr-public": "public.ecr.aws",
        "kubernetes": "registry.k8s.io",
        "quay": "quay.io",
        "docker-hub": "registry-1.docker.io",
        "github": "ghcr.io",
        "gitlab": "registry.gitlab.com",
    }
)
"""Amazon ECR API Reference, CreatePullThroughCacheRule."""

LONGEST_PREFIX = 30


def problem_of_prefix(prefix: str) -> str | None:
    """Name why names of copies cannot begin with a prefix (ECR's CreatePullThroughCacheRule)."""
    part = r"[a-z0-9]+([._-][a-z0-9]+)*"
    fits = 1 < len(prefix) <= LONGEST_PREFIX and re.fullmatch(f"{part}(/{part})*", prefix)
    return None if fits else "no prefix of ECR repositories"


def problem_of_credentials(arn: str) -> str | None:
    """Name why ECR cannot log in with a secret: its name begins with ecr-pullthroughcache/."""
    pattern = (
        r"arn:aws(-[a-z]+)*:secretsmanager:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:"
        r"secret:ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
    )
    if not arn or re.fullmatch(pattern, arn):
        return None
    return "not the whole ARN of a secret named ecr-pullthroughcache/..."


class ImageCacheSettings(SettingsModel):
    """A registry whose images ECR copies when they are first pulled."""

    registry: Annotated[
        Literal["ecr-public", "kubernetes", "quay", "docker-hub", "github", "gitlab"],
        allowed("ecr-public, kubernetes, quay, docker-hub, github, gitlab"),
    ]
    """Registry that images are copied from."""

    prefix: Annotated[
        str,
        rejecting(problem_of_prefix),
        allowed("2 to 30 characters in the form of an ECR repository's name"),
    ]
    """What the names of the copies begin with; one cache of the account and region has it."""

    secret_arn: Annotated[
        str,
        rejecting(problem_of_credentials),
        allowed("the whole ARN of a secret of the account and region, ecr-pullthroughcache/..."),
    ] = ""
    """Secret with username and accessToken for docker-hub, github and gitlab, which have no other
    way in."""

    @property
    def upstream_url(self) -> str:
        """Address of the registry, as ECR takes it."""
        return UPSTREAM_URLS[self.registry]

    @model_validator(mode="after")
    def _rules(self) -> Self:
        return without_conflicts(self, [*_secret(self)])


def _secret(cache: ImageCacheSettings) -> Conflicts:
    if cache.registry in WITHOUT_SECRET and cache.secret_arn:
        yield "secretArn", f"set for {cache.registry}", "for docker-hub, github and gitlab"
    if cache.registry not in WITHOUT_SECRET and not cache.secret_arn:
        yield "secretArn", f"missing for {cache.registry}", "a secret, which ECR logs in with"


def overlapping(caches: Sequence[ImageCacheSettings]) -> Conflicts:
    """Name caches whose copies could have the names of another one's."""
    for place, one in enumerate(caches):
        for other in caches[:place]:
            shorter, longer = sorted((f"{one.prefix}/", f"{other.prefix}/"), key=len)
            if longer.startswith(shorter):
                found = f"{one.prefix} beside {other.prefix}"
                yield f"imageCaches[{place}].prefix", found, "prefixes none of which begins another"
