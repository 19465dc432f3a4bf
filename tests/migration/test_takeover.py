"""The import file names resources as the program does, and the settings are ones it takes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from migration import takeover
from migration.holdings import Database, Holdings, UserError
from settings import Settings, parse
from tests import deployed

DATABASE = Database(
    identifier="others",
    host="others.abc.us-east-1.rds.amazonaws.com",
    port=5432,
    name="metaflow",
    engine_version="16.9",
    encrypted=True,
    security_group_ids=("sg-0123456789abcdef0",),
    secret_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:others-AbC123",
)
HOLDINGS = Holdings(bucket="flows-of-years", bucket_key_arn="", table="state", database=DATABASE)


def imported(holdings: Holdings) -> list[dict[str, Any]]:
    return list(json.loads(takeover.import_file(holdings))["resources"])


def test_types_names_and_parents_are_the_programs() -> None:
    registered = deployed.deploy_stack("dev").registrations
    names = {one.urn: one.name for one in registered}
    known = {(one.type, one.name, names.get(one.parent), not one.custom) for one in registered}
    stack = "metaflow-aws-dev"
    found = {
        (one["type"], one["name"], one.get("parent", stack), one.get("component", False))
        for one in imported(HOLDINGS)
    }
    assert len(found) == 5
    assert found <= known


def test_every_resource_has_the_id_by_which_aws_knows_it() -> None:
    ids = {one["name"]: one["id"] for one in imported(HOLDINGS) if not one.get("component")}
    assert ids == {
        "metaflow-datastore-bucket": "flows-of-years",
        "metaflow-flows-table": "state",
    }


def test_a_parent_stands_before_its_children() -> None:
    seen: set[str] = set()
    for one in imported(HOLDINGS):
        assert one.get("parent") is None or one["parent"] in seen
        seen.add(one["name"])


def test_without_step_functions_no_table_is_taken_over() -> None:
    without = replace(HOLDINGS, table="")
    assert "metaflow-flows-table" not in {one["name"] for one in imported(without)}
    assert "There is no table of foreach state; a new one is made." in takeover.notes(without)


@pytest.mark.parametrize("key", ["", "arn:aws:kms:us-east-1:123456789012:key/others"])
def test_the_settings_are_taken_by_both_stacks(key: str) -> None:
    found = dict(takeover.settings(replace(HOLDINGS, bucket_key_arn=key)))
    assert found.get("datastoreKmsKeyArn", "") == key
    parse(found)
    for stack in ("dev", "prod"):
        outputs = deployed.deploy_stack(stack, **found).outputs
        assert outputs["databaseEndpoint"] == DATABASE.host


def test_the_bucket_outlives_the_stack_that_took_it_over() -> None:
    found = dict(takeover.settings(HOLDINGS))
    for stack in ("dev", "prod"):
        registered = deployed.deploy_stack(stack, **found).registrations
        [bucket] = [one for one in registered if one.type == "aws:s3/bucket:Bucket"]
        assert bucket.retain_on_delete


def test_the_settings_are_lines_of_a_stacks_file() -> None:
    text = takeover.as_configuration(takeover.settings(HOLDINGS))
    head, *lines = text.splitlines()
    assert head == "config:"
    assert "  metaflow-aws:datastoreForceDestroy: false" in lines
    assert f'  metaflow-aws:dbHost: "{DATABASE.host}"' in lines
    assert "  metaflow-aws:dbPort: 5432" in lines


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"encrypted": False}, "is not encrypted, and RDS encrypts none that stands"),
        ({"engine_version": "11.22-rds.20241121"}, "is past RDS standard support"),
        ({"engine_version": "13"}, "is past RDS standard support"),
        ({}, "stays where it is and is used by its host name"),
    ],
    ids=str,
)
def test_what_is_not_taken_over_is_said(changed: dict[str, Any], words: str) -> None:
    database = replace(DATABASE, **changed)
    assert any(words in one for one in takeover.notes(replace(HOLDINGS, database=database)))


def test_a_sound_database_is_kept_and_peered_and_nothing_else() -> None:
    stays, network = takeover.notes(HOLDINGS)
    assert "keep it when you delete" in stays
    assert "vpcCidr must not overlap" in network
    assert takeover.settings(HOLDINGS)["vpcCidr"] != Settings.model_fields["vpc_cidr"].default


@pytest.mark.parametrize("groups", [(), ("sg-1", "sg-2")])
def test_a_database_without_one_security_group_is_refused(groups: tuple[str, ...]) -> None:
    database = replace(DATABASE, security_group_ids=groups)
    with pytest.raises(UserError, match="must have one security group"):
        takeover.settings(replace(HOLDINGS, database=database))
