"""Values against the types that the installed SDK declares, nested ones too."""

from typing import Any

import pytest
from pulumi.output import Unknown

from rehearsal.provider import RefusedError, sdk_schema

TABLE = "aws:dynamodb/table:Table"
INSTANCE = "aws:rds/instance:Instance"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def problems(token: str, name: str, value: Any) -> list[str]:
    return sdk_schema.problems(sdk_schema.input_types(token)[name], value, name)


@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        (TABLE, "hashKey", "pathspec"),
        (TABLE, "hashKey", None),
        (TABLE, "tags", {"a": "b"}),
        (TABLE, "attributes", [{"name": "pathspec", "type": "S"}]),
        (TABLE, "attributes", ()),
        (TABLE, "ttl", {"attributeName": "ttl", "enabled": True}),
        (INSTANCE, "allocatedStorage", 20),
        (INSTANCE, "instanceClass", "db.t4g.micro"),
        (INSTANCE, "publiclyAccessible", False),
        (INSTANCE, "publiclyAccessible", Unknown()),
        (INSTANCE, "vpcSecurityGroupIds", ["sg-1", Unknown()]),
        (TABLE, "ttl", {"attributeName": Unknown(), "enabled": True}),
        (INSTANCE, "vpcSecurityGroupIds", ["sg-1"]),
    ],
)
def test_a_fitting_value(token: str, name: str, value: Any) -> None:
    assert problems(token, name, value) == []


@pytest.mark.parametrize(
    ("token", "name", "value", "expected"),
    [
        (TABLE, "hashKey", 1, "hashKey is 1; the provider takes a string"),
        (TABLE, "hashKey", True, "hashKey is True; the provider takes a string"),
        (TABLE, "tags", ["a"], "tags is ['a']; the provider takes an object"),
        (TABLE, "attributes", "pathspec", "attributes is 'pathspec'; the provider takes a list"),
        (TABLE, "attributes", ["x"], "attributes[0] is 'x'; the provider takes an object"),
        (TABLE, "ttl", "ttl", "ttl is 'ttl'; the provider takes an object"),
        (
            TABLE,
            "ttl",
            {"attribute_name": "ttl"},
            "ttl.attribute_name is unknown; the provider takes attributeName, enabled",
        ),
        (TABLE, "ttl", {"enabled": "yes"}, "ttl.enabled is 'yes'; the provider takes a boolean"),
        (
            TABLE,
            "attributes",
            [{"name": "a", "type": "S"}, {"name": 2, "type": "S"}],
            "attributes[1].name is 2; the provider takes a string",
        ),
        (INSTANCE, "allocatedStorage", "20", "allocatedStorage is '20'; the provider takes an int"),
        (INSTANCE, "allocatedStorage", 20.5, "allocatedStorage is 20.5; the provider takes an int"),
        (INSTANCE, "allocatedStorage", True, "allocatedStorage is True; the provider takes an int"),
        (INSTANCE, "publiclyAccessible", 0, "publiclyAccessible is 0; the provider takes a bool"),
        (INSTANCE, "publiclyAccessible", "no", "publiclyAccessible is 'no'; the provider takes a"),
        (
            INSTANCE,
            "vpcSecurityGroupIds",
            ["sg-1", None, 3],
            "vpcSecurityGroupIds[2] is 3; the provider takes a string",
        ),
    ],
)
def test_a_value_of_another_type(token: str, name: str, value: Any, expected: str) -> None:
    (found,) = problems(token, name, value)
    assert found.startswith(expected)


def test_the_class_of_inputs_is_found_whatever_its_name() -> None:
    assert "versioningConfiguration" in sdk_schema.input_types(VERSIONING)


def test_outputs_are_named_as_the_engine_names_them() -> None:
    names = sdk_schema.output_names(INSTANCE)
    assert {"id", "arn", "masterUserSecrets", "engineVersionActual"} <= names
    assert "master_user_secrets" not in names


def test_computed_outputs_are_those_that_every_resource_has() -> None:
    """By `Computed` or `Required` in terraform-provider-aws; `tags` and `password` are neither."""
    computed = sdk_schema.computed_outputs(INSTANCE)
    assert {"arn", "masterUserSecrets", "multiAz", "instanceClass", "tagsAll"} <= computed
    assert not computed & {"id", "tags", "password", "deletionProtection", "maxAllocatedStorage"}
    assert computed < sdk_schema.output_names(INSTANCE)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (
            "aws:rds/instance:Instances",
            "pulumi-aws has no resource type aws:rds/instance:Instances",
        ),
        ("random:index/randomId:RandomId", "only aws:"),
    ],
)
def test_a_type_that_the_sdk_has_not(token: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        sdk_schema.input_types(token)
