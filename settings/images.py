"""The settings of the images of jobs: where they come from, and a repository for them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.image_caches import ImageCacheSettings, overlapping
from settings.parts import Conflicts, Rule, SettingsModel, allowed
from settings.values import OneKeyArn, OneRepository, Repository

_NAME = r"[a-z0-9._-]+(/[a-z0-9._-]+)*"
_HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?"


class ImagesSettings(SettingsModel):
    """Images of jobs."""

    job_image_repositories: Annotated[
        tuple[Repository, ...],
        Field(max_length=20, strict=False),
        allowed("up to 20 names, with * and ? after at least 3 other characters"),
    ] = ("metaflow/*",)
    """ECR repositories of the account and region from which jobs may pull images; empty means
    none."""

    job_image: Annotated[
        str,
        Field(pattern=rf"^(({_HOST}/)?{_NAME}(:[\w.-]{{1,128}}|@sha256:[0-9a-f]{{64}}))?$"),
        allowed("an image with a tag or digest"),
    ] = ""
    """Image of steps that name none; empty means Docker Hub's python image of the version that
    deploys the flow."""

    job_image_registry: Annotated[
        str,
        Field(pattern=rf"^((ecr|{_HOST})(/{_NAME})?)?$"),
        allowed("a host, or ecr for the registry of the account and region; /path may follow"),
    ] = ""
    """Registry of images that name none; empty means Docker Hub."""

    image_repository: Annotated[
        OneRepository, allowed("a name of an ECR repository, without wildcards")
    ] = ""
    """Name of an ECR repository for images of jobs, with immutable tags, scanned when they are
    pushed; empty means none. Another name is another repository."""

    image_repository_kms_key_arn: Annotated[
        OneKeyArn, allowed("the ARN of a key of the stack's region, not of an alias")
    ] = ""
    """KMS key that encrypts the repository; empty means ECR's own keys. Another key is another
    repository."""

    image_repository_keep: Annotated[int, Field(ge=1, le=10_000), allowed("1 to 10000")] = 500
    """Images that the repository keeps, and each one of copies; older ones expire."""

    image_repository_untagged_days: Annotated[int, Field(ge=1, le=3650), allowed("1 to 3650")] = 14
    """Days after which an image without a tag expires there."""

    image_repository_force_delete: Annotated[bool, allowed("true or false")] = False
    """Whether destroying the stack deletes the repository's images."""

    image_caches: Annotated[
        tuple[ImageCacheSettings, ...],
        Field(max_length=6, strict=False),
        allowed("up to 6 caches of different prefixes"),
    ] = ()
    """Registries whose images ECR copies into the account when jobs first pull them."""

    users_push_images: Annotated[bool, allowed("true or false")] = False
    """Whether data scientists may push to the repository, and pull from it."""


_OF_A_REPOSITORY = {
    "image_repository_kms_key_arn": "imageRepositoryKmsKeyArn",
    "image_repository_force_delete": "imageRepositoryForceDelete",
    "users_push_images": "usersPushImages",
}


def _repository(settings: ImagesSettings) -> Conflicts:
    if settings.image_repository:
        return
    for name, key in _OF_A_REPOSITORY.items():
        if getattr(settings, name):
            yield key, "set without imageRepository", "with a name in imageRepository"


def _caches(settings: ImagesSettings) -> Conflicts:
    yield from overlapping(settings.image_caches)
    for place, cache in enumerate(settings.image_caches):
        if f"{settings.image_repository}/".startswith(f"{cache.prefix}/"):
            found = f"{cache.prefix}, with which imageRepository begins"
            yield f"imageCaches[{place}].prefix", found, "a prefix that is the cache's alone"


RULES: Sequence[Rule] = (
    Rule(_caches, frozenset({"image_caches", "image_repository"})),
    Rule(_repository, frozenset({"image_repository", *_OF_A_REPOSITORY})),
)
