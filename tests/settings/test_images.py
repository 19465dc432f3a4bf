"""Where images come from, and which caches do not fit each other."""

from typing import Any

import pytest

from settings import SettingsError, parse

START = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/"
SECRET = f"{START}hub-AbC123"
PUBLIC = {"registry": "ecr-public", "prefix": "public"}
HUB = {"registry": "docker-hub", "prefix": "team/hub", "secretArn": SECRET}


def lines(**settings: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        parse(settings)
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("usersPushImages", True),
        ("imageRepositoryForceDelete", True),
        (
            "imageRepositoryKmsKeyArn",
            "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef",
        ),
    ],
)
def test_what_is_about_the_repository_needs_one(key: str, value: Any) -> None:
    assert lines(**{key: value}) == [
        f"{key} is set without imageRepository; allowed: with a name in imageRepository."
    ]
    assert parse({key: value, "imageRepository": "metaflow/jobs"})


def test_a_protected_repository_is_not_emptied() -> None:
    found = lines(
        imageRepository="metaflow/jobs",
        imageRepositoryForceDelete=True,
        deletionProtection=True,
        dbFinalSnapshot=True,
    )
    assert found == [
        "imageRepositoryForceDelete is true together with deletionProtection; allowed: false for a "
        "protected repository."
    ]


def test_caches_are_taken() -> None:
    caches = [PUBLIC, HUB, {"registry": "quay", "prefix": "team/quay"}]
    assert [one.prefix for one in parse({"imageCaches": caches}).image_caches] == [
        "public",
        "team/hub",
        "team/quay",
    ]


@pytest.mark.parametrize("registry", ["docker-hub", "github", "gitlab"])
def test_a_registry_without_another_way_in_needs_a_secret(registry: str) -> None:
    assert lines(imageCaches=[{"registry": registry, "prefix": "hub"}]) == [
        f"imageCaches[0].secretArn is missing for {registry}; allowed: a secret, which ECR logs in "
        "with."
    ]


@pytest.mark.parametrize("registry", ["ecr-public", "kubernetes", "quay"])
def test_a_registry_that_is_open_takes_no_secret(registry: str) -> None:
    assert lines(imageCaches=[{**HUB, "registry": registry}]) == [
        f"imageCaches[0].secretArn is set for {registry}; allowed: for docker-hub, github and "
        "gitlab."
    ]


@pytest.mark.parametrize(
    "arn",
    [
        SECRET.replace("ecr-pullthroughcache/", "team/"),
        SECRET[:-7],
        f"{START}*",
        "ecr-pullthroughcache/hub",
    ],
)
def test_a_secret_has_the_name_that_ecr_looks_for(arn: str) -> None:
    [line] = lines(imageCaches=[{**HUB, "secretArn": arn}])
    assert "(not the whole ARN of a secret named ecr-pullthroughcache/...)" in line


@pytest.mark.parametrize("prefix", ["a", "a" * 31, "A", "hub/", "/hub", "ROOT", "hub*", ""])
def test_a_prefix_is_one_of_repositories(prefix: str) -> None:
    [line] = lines(imageCaches=[{**PUBLIC, "prefix": prefix}])
    assert line.startswith("imageCaches[0].prefix is ")
    assert "(no prefix of ECR repositories)" in line


@pytest.mark.parametrize(("one", "other"), [("hub", "hub"), ("hub", "hub/a"), ("hub/a", "hub")])
def test_no_prefix_begins_another(one: str, other: str) -> None:
    caches = [{**PUBLIC, "prefix": one}, {**PUBLIC, "prefix": other}]
    assert lines(imageCaches=caches) == [
        f"imageCaches[1].prefix is {other} beside {one}; allowed: prefixes none of which begins "
        "another."
    ]


@pytest.mark.parametrize("name", ["hub", "hub/jobs"])
def test_the_repository_is_no_copy(name: str) -> None:
    caches = [{**PUBLIC, "prefix": "hub"}]
    assert lines(imageCaches=caches, imageRepository=name) == [
        "imageCaches[0].prefix is hub, with which imageRepository begins; allowed: a prefix that "
        "is the cache's alone."
    ]
    assert parse({"imageCaches": caches, "imageRepository": "hubs/jobs"})


def test_a_cache_says_where_from_and_where_to() -> None:
    assert [line.split(";")[0] for line in lines(imageCaches=[{}])] == [
        "imageCaches[0].registry is missing",
        "imageCaches[0].prefix is missing",
    ]
