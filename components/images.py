"""Images: where images of jobs are kept, and what is copied there from other registries."""

from __future__ import annotations  # they would import what most stacks do not use

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pulumi
import pulumi_aws as aws

from components.tags import named


@dataclass(frozen=True, kw_only=True)
class ImageRepository:
    """A repository for images of jobs."""

    name: str
    """Its name, by which images are named."""

    key_arn: str
    """KMS key that encrypts it; empty means ECR's own keys."""

    force_delete: bool
    """Whether it is deleted with its images."""


@dataclass(frozen=True, kw_only=True)
class ImageCache:
    """A registry whose images ECR copies when they are first pulled."""

    prefix: str
    """What the names of the copies begin with."""

    upstream_url: str
    """Address of the registry, as ECR's CreatePullThroughCacheRule takes it."""

    secret_arn: str
    """Secret with which ECR logs in there; empty where it needs none."""


@dataclass(frozen=True, kw_only=True)
class ImagesArgs:
    """Inputs of :class:`Images`."""

    repository: ImageRepository | None
    """The repository; None where there is none."""

    caches: Sequence[ImageCache]
    """The pull-through caches."""

    keep: int
    """Images that each repository keeps; older ones expire."""

    untagged_days: int
    """Days after which an image without a tag expires."""

    deletion_protection: bool
    """Whether Pulumi refuses to delete the repository."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Images(pulumi.ComponentResource):
    """An ECR repository whose tags never change, scanned at each push, and pull-through caches.

    The repository has no policy of its own, so that no other account may read it. The repositories
    of copies are made by the first pull, by the template of their cache.
    """

    repository_url: pulumi.Output[str] | None
    repository_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: ImagesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the repository, what expires in it, and a template and a rule for each cache."""
        super().__init__("metaflow:index:Images", name, {}, opts)
        self._name, self._args = name, args
        self.repository_url = self.repository_arn = None
        if args.repository is not None:
            repository = self._repository(args.repository)
            self.repository_url, self.repository_arn = repository.repository_url, repository.arn
        for cache in args.caches:
            self._cache(cache)
        self.register_outputs({})

    def _repository(self, wanted: ImageRepository) -> aws.ecr.Repository:
        protect = self._args.deletion_protection or None
        repository = aws.ecr.Repository(
            f"{self._name}-repository",
            name=wanted.name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[
                {"encryption_type": "KMS", "kms_key": wanted.key_arn}
                if wanted.key_arn
                else {"encryption_type": "AES256"}
            ],
            force_delete=wanted.force_delete,
            tags=named(self._args.tags, self._name),
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        aws.ecr.LifecyclePolicy(
            f"{self._name}-lifecycle",
            repository=repository.name,
            policy=self._lifecycle(),
            # A repository has one: deleting the old one last would take the new one away.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return repository

    def _cache(self, cache: ImageCache) -> None:
        """Register a cache.

        A copy whose tag could not move would never follow its registry, where tags do. ECR makes
        repositories with tags or a KMS key of the user's by a role of the user's only, which the
        stack has not (Amazon ECR User Guide, "Creating a repository creation template").
        """
        name = f"{self._name}-{cache.prefix.replace('/', '-')}"
        template = aws.ecr.RepositoryCreationTemplate(
            f"{name}-template",
            prefix=cache.prefix,
            description=f"Copies of images of {cache.upstream_url}",
            applied_fors=["PULL_THROUGH_CACHE"],
            image_tag_mutability="MUTABLE",
            lifecycle_policy=self._lifecycle(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.ecr.PullThroughCacheRule(
            name,
            ecr_repository_prefix=cache.prefix,
            upstream_registry_url=cache.upstream_url,
            credential_arn=cache.secret_arn or None,
            opts=pulumi.ResourceOptions(
                parent=self,
                # AWS keeps one rule for a prefix.
                delete_before_replace=True,
                # A template changes no repository that a pull has made already.
                depends_on=[template],
            ),
        )

    def _lifecycle(self) -> pulumi.Output[str]:
        rules = _rules(self._args.keep, self._args.untagged_days)
        return pulumi.Output.json_dumps({"rules": rules})


def _rules(keep: int, untagged_days: int) -> list[Mapping[str, object]]:
    """Return the rules of expiry.

    Amazon ECR User Guide, "Lifecycle policy properties": a rule about any image comes last.
    """
    selections = {
        "Images without a tag": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": untagged_days,
        },
        "Images beyond those that are kept": {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": keep,
        },
    }
    return [
        {
            "rulePriority": priority,
            "description": description,
            "selection": selection,
            "action": {"type": "expire"},
        }
        for priority, (description, selection) in enumerate(selections.items(), start=1)
    ]


def pulled(patterns: Sequence[str], own: str) -> list[str]:
    """Return the repositories from which jobs pull, each once.

    Args:
        patterns: names with IAM's wildcards.
        own: the stack's own repository; empty where there is none.
    """
    covered = not own or any(fnmatchcase(own, pattern) for pattern in patterns)
    return [*patterns] if covered else [*patterns, own]
