"""How a resource that another one names is found: by values, by origin, and by both."""

import pytest
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.reading import given, related
from tests.policies.harness import UNKNOWN, resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DATABASE = "aws:rds/instance:Instance"

KNOWN = resource(GROUP, "known", {"id": "sg-1"})
NEW = resource(GROUP, "new", {"id": UNKNOWN})
OTHER = resource(GROUP, "other", {"id": "sg-2"})
GROUPS = [KNOWN, NEW, OTHER]


def database(value: object, *origins: PolicyResource) -> PolicyResource:
    return resource(DATABASE, "database", {"groups": value}, {"groups": origins})


def test_by_values() -> None:
    assert related(database(["sg-1"]), "groups", GROUPS) == [KNOWN]
    assert related(database("sg-2"), "groups", GROUPS) == [OTHER]


@pytest.mark.parametrize("identity", ["id", "arn", "name", "bucket", "identifier"])
def test_by_every_identity(identity: str) -> None:
    meant = resource(GROUP, "meant", {identity: "meant-1"})
    assert related(database("meant-1"), "groups", [OTHER, meant]) == [meant]


def test_by_values_rather_than_by_origin() -> None:
    assert related(database(["sg-1"], OTHER), "groups", GROUPS) == [KNOWN]


def test_by_origin() -> None:
    assert related(database(UNKNOWN, NEW), "groups", GROUPS) == [NEW]
    assert related(database([UNKNOWN], NEW), "groups", GROUPS) == [NEW]


def test_by_values_and_by_origin() -> None:
    assert related(database(["sg-1", UNKNOWN], NEW), "groups", GROUPS) == [KNOWN, NEW]


def test_strangers() -> None:
    assert related(database(["sg-3"]), "groups", GROUPS) == []
    assert related(database(UNKNOWN), "groups", GROUPS) == []
    assert related(resource(DATABASE, "database", {}), "groups", GROUPS) == []


def test_what_the_program_gave() -> None:
    assert given(database("sg-1"), "groups") == "sg-1"
    assert given(resource(DATABASE, "database", {}), "groups") is None
    with pytest.raises(UnknownValueError):
        given(database(UNKNOWN, NEW), "groups")


def test_what_the_provider_fills_in() -> None:
    assert given(database(UNKNOWN), "groups") is None
