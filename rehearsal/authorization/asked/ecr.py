"""What requests to Amazon ECR ask."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_EVERY = ("*",)


def _describing(request: Request, look: Look) -> Iterator[Question]:
    """Ask for each repository that is named, and for all of them where none is.

    Service authorization reference, Amazon Elastic Container Registry: ecr:DescribeRepositories has
    the resource type repository, with its tags.
    """
    for name in request.parameters.get("repositoryNames") or _EVERY:
        arn = request.arn("ecr", f"repository/{name}")
        tags = {f"ecr:ResourceTag/{key}": text for key, text in look.tags(arn).items()}
        yield Question("ecr:DescribeRepositories", arn, tags)


def _on_repository(request: Request, look: Look) -> Iterator[Question]:
    """Ask for one repository (Amazon ECR User Guide, "Private repository policies")."""
    arn = request.arn("ecr", f"repository/{request['repositoryName']}")
    tags = {f"ecr:ResourceTag/{key}": text for key, text in look.tags(arn).items()}
    yield Question(f"ecr:{request.operation}", arn, tags)


_ON_A_REPOSITORY = (
    "BatchCheckLayerAvailability",
    "BatchGetImage",
    "CompleteLayerUpload",
    "GetDownloadUrlForLayer",
    "InitiateLayerUpload",
    "PutImage",
    "UploadLayerPart",
)

OPERATIONS: Mapping[str, Operation] = {
    "DescribeRepositories": _describing,
    "GetAuthorizationToken": one("ecr:GetAuthorizationToken"),
    **dict.fromkeys(_ON_A_REPOSITORY, _on_repository),
}
