"""ECR repositories, their lifecycle policies, and pull-through cache rules."""

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.provider import RefusedError

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbC123"

MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
}


def policy(count):
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return json.dumps({"rules": [rule]})


def push(rig, name):
    manifest = {**MANIFEST, "layers": []}
    rig.cloud.client("ecr").put_image(
        repositoryName=name, imageTag="1", imageManifest=json.dumps(manifest)
    )


def test_the_life_of_a_repository(rig):
    created = rig.live(
        REPOSITORY,
        "jobs",
        {
            "name": "team/jobs",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "AES256"}],
            "tags": {"team": "a"},
        },
        {
            "name": "team/jobs",
            "imageScanningConfiguration": {"scanOnPush": False},
            "encryptionConfigurations": [{"encryptionType": "AES256"}],
            "tags": {"team": "b"},
        },
    )
    assert created.id == "team/jobs"
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert created.outputs["repositoryUrl"] == f"{host}/team/jobs"
    assert created.outputs["arn"].endswith(":repository/team/jobs")


@pytest.mark.parametrize("name", ["Team/jobs", "a", "team//jobs", "a" * 257])
def test_a_name_that_ecr_refuses(rig, name):
    with pytest.raises(RefusedError, match="no name of an ECR repository"):
        rig.create(REPOSITORY, "jobs", name=name)


def test_a_key_that_does_not_exist(rig):
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"
    with pytest.raises(RefusedError, match="does not exist"):
        rig.create(
            REPOSITORY,
            "jobs",
            name="jobs",
            encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": key}],
        )


def test_a_key_that_exists(rig):
    key = rig.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    encryption = [{"encryptionType": "KMS", "kmsKey": key}]
    created = rig.create(REPOSITORY, "jobs", name="jobs", encryptionConfigurations=encryption)
    assert created.outputs["encryptionConfigurations"] == encryption


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"imageTagMutability": "FIXED"}, "imageTagMutability is 'FIXED'"),
        ({"encryptionConfigurations": [{"encryptionType": "AES"}]}, "encryptionType is 'AES'"),
    ],
)
def test_what_the_provider_refuses(rig, inputs, words):
    with pytest.raises(RefusedError, match=words):
        rig.create(REPOSITORY, "jobs", name="jobs", **inputs)


def test_a_repository_with_images_stays_unless_it_is_forced(rig):
    created = rig.create(REPOSITORY, "jobs", name="jobs")
    push(rig, "jobs")
    with pytest.raises(RefusedError, match="still contains images"):
        rig.delete(REPOSITORY, created)
    forced = rig.create(REPOSITORY, "others", name="others", forceDelete=True)
    push(rig, "others")
    rig.delete(REPOSITORY, forced)
    assert rig.read(REPOSITORY, forced) is None


def test_a_tag_is_given_once(rig):
    rig.create(REPOSITORY, "jobs", name="jobs", imageTagMutability="IMMUTABLE")
    push(rig, "jobs")
    manifest = json.dumps({**MANIFEST, "layers": [{"digest": "sha256:1"}]})
    with pytest.raises(ClientError, match="already exists"):
        rig.cloud.client("ecr").put_image(
            repositoryName="jobs", imageTag="1", imageManifest=manifest
        )


def test_the_life_of_a_lifecycle_policy(rig):
    rig.create(REPOSITORY, "jobs", name="jobs")
    created = rig.create(LIFECYCLE, "jobs", repository="jobs", policy=policy(5))
    assert created.id == "jobs"
    assert json.loads((rig.read(LIFECYCLE, created) or {})["policy"]) == json.loads(policy(5))
    rig.delete(LIFECYCLE, created)
    assert rig.read(LIFECYCLE, created) is None


def test_the_life_of_a_cache(rig):
    created = rig.live(
        RULE,
        "hub",
        {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "credentialArn": SECRET,
        },
        {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "credentialArn": SECRET.replace("hub", "other"),
        },
    )
    assert created.id == "hub"


def test_a_prefix_has_one_cache(rig):
    rig.create(RULE, "one", ecrRepositoryPrefix="quay", upstreamRegistryUrl="quay.io")
    with pytest.raises(RefusedError, match="already exists"):
        rig.create(RULE, "two", ecrRepositoryPrefix="quay", upstreamRegistryUrl="public.ecr.aws")


@pytest.mark.parametrize(
    ("prefix", "url", "words"),
    [
        ("hub", "registry-1.docker.io", "needs a credentialArn"),
        ("hub", "example.com", "is not supported"),
        ("Hub", "quay.io", "2 to 30 characters"),
    ],
)
def test_a_cache_that_is_refused(rig, prefix, url, words):
    with pytest.raises(RefusedError, match=words):
        rig.create(RULE, "hub", ecrRepositoryPrefix=prefix, upstreamRegistryUrl=url)


OF_CACHES = {"prefix": "team/hub", "appliedFors": ["PULL_THROUGH_CACHE"]}


def test_the_life_of_a_template(rig):
    created = rig.live(
        TEMPLATE,
        "hub",
        {**OF_CACHES, "description": "Copies", "lifecyclePolicy": policy(5)},
        {
            **OF_CACHES,
            "imageTagMutability": "IMMUTABLE",
            "description": "Others",
            "lifecyclePolicy": policy(6),
        },
    )
    assert created.id == "team/hub"


def test_a_template_lets_go_of_what_is_taken_out(rig):
    given = {**OF_CACHES, "description": "Copies", "lifecyclePolicy": policy(5)}
    created = rig.create(TEMPLATE, "hub", **given)
    updated = rig.update(TEMPLATE, "hub", created, **OF_CACHES)
    found = rig.cloud.client("ecr").describe_repository_creation_templates(prefixes=["team/hub"])
    [template] = found["repositoryCreationTemplates"]
    assert not template.get("description")
    assert not template.get("lifecyclePolicy")
    assert template["imageTagMutability"] == "MUTABLE"
    assert "lifecyclePolicy" not in updated.outputs


def test_a_policy_that_somebody_changed_shows(rig):
    created = rig.create(TEMPLATE, "hub", **OF_CACHES, lifecyclePolicy=policy(5))
    rig.cloud.client("ecr").update_repository_creation_template(
        prefix="team/hub", lifecyclePolicy=policy(9)
    )
    found = rig.read(TEMPLATE, created) or {}
    assert json.loads(found["lifecyclePolicy"]) == json.loads(policy(9))


def test_a_prefix_has_one_template(rig):
    rig.create(TEMPLATE, "one", **OF_CACHES)
    with pytest.raises(RefusedError, match="already exists"):
        rig.create(TEMPLATE, "two", **OF_CACHES)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"prefix": "Hub"}, "2 to 256 characters"),
        ({"appliedFors": []}, "appliedFors is \\[\\]"),
        ({"appliedFors": ["PULL"]}, "appliedFors is \\['PULL'\\]"),
        ({"imageTagMutability": "FIXED"}, "imageTagMutability is 'FIXED'"),
        ({"description": "a" * 256}, "256 characters"),
        ({"resourceTags": {"a": "b"}}, "resourceTags"),
    ],
)
def test_a_template_that_is_refused(rig, inputs, words):
    with pytest.raises(RefusedError, match=words):
        rig.create(TEMPLATE, "hub", **{**OF_CACHES, **inputs})
