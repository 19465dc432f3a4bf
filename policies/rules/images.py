"""Rules about registries of container images."""

from pulumi_policy import Severity

from rules.flags import flag_rule
from rules.rule import About, Report, Subject, resource_rule

_REPOSITORY = "aws:ecr/repository:Repository"
_KINDS = {_REPOSITORY: "ECR repository"}
_GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide"
_IMMUTABLE = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")


def _immutable(subject: Subject, report: Report) -> None:
    found = subject.props.get("imageTagMutability")
    if found not in _IMMUTABLE:
        report(
            "The ECR repository must keep what a tag names; imageTagMutability is "
            f"{found or 'missing'}, and must be {' or '.join(_IMMUTABLE)}."
        )


tags_immutable = resource_rule(
    About(
        name="ecr-tags-immutable",
        description="Nobody can put another image behind a tag.",
        severity=Severity.MEDIUM,
        remediation="Set imageTagMutability to IMMUTABLE, and give each image a tag of its own.",
        url=f"{_GUIDE}/image-tag-mutability.html",
        control="ECR.2",
    ),
    _KINDS,
    _immutable,
)

scanned_on_push = flag_rule(
    About(
        name="ecr-scan-on-push",
        description="Images are scanned for known holes when they are pushed.",
        severity=Severity.MEDIUM,
        remediation="Set imageScanningConfiguration.scanOnPush to true.",
        url=f"{_GUIDE}/image-scanning.html",
        control="ECR.1",
    ),
    _KINDS,
    "imageScanningConfiguration.scanOnPush",
    wanted=True,
    must="scan images when they are pushed",
)


def _private(_: Subject, report: Report) -> None:
    report("Images must be kept in a private repository; everybody may pull from a public one.")


not_public = resource_rule(
    About(
        name="ecr-not-public",
        description="There are no public repositories of images.",
        severity=Severity.HIGH,
        remediation="Make an aws.ecr.Repository, and let other accounts in by its policy.",
        url="https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html",
    ),
    ["aws:ecrpublic/repository:Repository"],
    _private,
)

POLICIES = [not_public, tags_immutable, scanned_on_push]
