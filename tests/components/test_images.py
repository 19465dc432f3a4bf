"""The repository and the caches of images, and who may use them."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.components.grants import ACCOUNT, DEV, granted
from tests.components.service_grants import images, instance
from tests.deployed import IMAGES

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"
ECR = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository"
NAMED = {"imageRepository": "team/jobs"}


def test_the_repository_scans_and_keeps_its_tags() -> None:
    assert deployed.inputs(deployed.deploy_stack("dev", **NAMED), REPOSITORY) == {
        "name": "team/jobs",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "AES256"}],
        "forceDelete": False,
    }


def test_a_key_encrypts_the_repository() -> None:
    deployment = deployed.deploy_stack("dev", **NAMED, imageRepositoryKmsKeyArn=KEY)
    assert deployed.inputs(deployment, REPOSITORY)["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": KEY}
    ]


def test_images_expire() -> None:
    settings = {"imageRepositoryKeep": 7, "imageRepositoryUntaggedDays": 3}
    deployment = deployed.deploy_stack("dev", **NAMED, **settings)
    policy = json.loads(deployed.inputs(deployment, LIFECYCLE)["policy"])
    assert [(one["rulePriority"], one["selection"], one["action"]) for one in policy["rules"]] == [
        (
            1,
            {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 3,
            },
            {"type": "expire"},
        ),
        (
            2,
            {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 7},
            {"type": "expire"},
        ),
    ]


def test_a_protected_repository_is_protected() -> None:
    protected = deployed.deploy_stack("prod", **NAMED)
    assert deployed.only(protected, REPOSITORY).protect
    assert not deployed.only(deployed.deploy_stack("dev", **NAMED), REPOSITORY).protect


def test_nobody_else_may_use_the_repository() -> None:
    types = {one.type for one in deployed.deploy_stack("prod", **IMAGES).registrations}
    assert not {one for one in types if "repositoryPolicy" in one or "registryPolicy" in one}


def test_each_cache_is_a_rule() -> None:
    rules = {one.name: one.inputs for one in deployed.deploy_stack("dev", **IMAGES).of_type(RULE)}
    assert rules == {
        "metaflow-images-ecr-public": {
            "ecrRepositoryPrefix": "ecr-public",
            "upstreamRegistryUrl": "public.ecr.aws",
        },
        "metaflow-images-team-hub": {
            "ecrRepositoryPrefix": "team/hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "credentialArn": IMAGES["imageCaches"][1]["secretArn"],
        },
    }


def test_copies_expire_as_images_do_and_their_tags_follow_the_registry() -> None:
    settings = {"imageRepositoryKeep": 7, "imageRepositoryUntaggedDays": 3}
    deployment = deployed.deploy_stack("dev", **{**IMAGES, **settings})
    templates = {one.inputs["prefix"]: dict(one.inputs) for one in deployment.of_type(TEMPLATE)}
    own = deployed.inputs(deployment, LIFECYCLE)["policy"]
    assert [json.loads(one.pop("lifecyclePolicy")) for one in templates.values()] == [
        json.loads(own)
    ] * 2
    assert templates == {
        prefix: {
            "prefix": prefix,
            "description": f"Copies of images of {url}",
            "appliedFors": ["PULL_THROUGH_CACHE"],
            "imageTagMutability": "MUTABLE",
        }
        for prefix, url in (("ecr-public", "public.ecr.aws"), ("team/hub", "registry-1.docker.io"))
    }


def test_no_copy_is_made_before_its_template() -> None:
    before = deployed.waits_for(deployed.deploy_stack("dev", **IMAGES))
    for prefix in ("ecr-public", "team-hub"):
        rule = f"PullThroughCacheRule:metaflow-images-{prefix}"
        assert f"RepositoryCreationTemplate:metaflow-images-{prefix}-template" in before[rule]


def copying(*prefixes: str) -> dict[str, Any]:
    actions = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    return {"CopyImages": (actions, [f"{ECR}/{one}/*" for one in prefixes], {})}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (NAMED, images("metaflow/*", "team/jobs")),
        ({"imageRepository": "metaflow/jobs"}, images("metaflow/*")),
        ({**NAMED, "jobImageRepositories": []}, images("team/jobs")),
        (
            {"imageCaches": IMAGES["imageCaches"], "jobImageRepositories": []},
            images("ecr-public/*", "team/hub/*") | copying("ecr-public", "team/hub"),
        ),
    ],
    ids=["another-name", "covered", "alone", "caches"],
)
def test_jobs_pull_from_the_repository_and_the_caches(
    settings: dict[str, Any], expected: dict[str, Any]
) -> None:
    queues = [{"name": "default"}, {"name": "serverless", "kind": "fargate"}]
    found = granted(deployed.deploy_stack("dev", **settings, queues=queues))
    assert found["metaflow-compute-instance"] == instance("dev") | expected
    fargate = found["metaflow-compute-fargate"]
    assert fargate == {"WriteJobLogs": instance("dev")["WriteJobLogs"]} | expected


def test_users_push_if_they_are_let() -> None:
    without = granted(deployed.deploy_stack("dev", **NAMED))
    assert "metaflow-users-images" not in without
    assert {holder: without[holder] for holder in DEV} == DEV
    found = granted(deployed.deploy_stack("dev", **NAMED, usersPushImages=True))
    assert found["metaflow-users-images"] == {
        "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"], {}),
        "PushImages": (
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            [f"{ECR}/team/jobs"],
            {},
        ),
    }


HOST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("region", "given", "expected"),
    [
        ("us-east-1", "ecr", HOST),
        ("us-east-1", "ecr/hub/library", f"{HOST}/hub/library"),
        ("us-east-1", "example.com:8080/a", "example.com:8080/a"),
        ("cn-north-1", "ecr", f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "ecr", f"{ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com"),
    ],
)
def test_the_profile_names_the_registry(region: str, given: str, expected: str) -> None:
    outputs = deployed.deploy_stack("dev", region=region, jobImageRegistry=given).outputs
    assert outputs["jobImageRegistry"] == outputs["defaultImageRegistry"] == expected
    assert "jobImage" not in outputs


def test_the_profile_names_the_image() -> None:
    outputs = deployed.deploy_stack("dev", jobImage="team/train:1").outputs
    assert outputs["jobImage"] == outputs["defaultImage"] == "team/train:1"
    assert "jobImageRegistry" not in outputs


def test_the_instance_policy_holds_as_much_as_the_settings_allow() -> None:
    names = [f"{number:03}{'a' * 253}" for number in range(20)]
    caches = [{"registry": "quay", "prefix": f"{number}".ljust(30, "b")} for number in range(6)]
    deployment = deployed.deploy_stack(
        "prod",
        region="ap-southeast-2",
        jobImageRepositories=names,
        imageRepository="c" * 256,
        imageCaches=caches,
    )
    policy = deployed.only(
        deployment, "aws:iam/rolePolicy:RolePolicy", "metaflow-compute-instance"
    ).inputs["policy"]
    assert len(policy.replace(" ", "")) <= 10240
