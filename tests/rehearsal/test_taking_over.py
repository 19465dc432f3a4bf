"""What the template and the module made is taken over: imported, compared, changed in place.

The real engine does the same in `tests/engine/test_taking_over.py`, where the CLI is on PATH.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from migration import cloudformation, takeover, terraform
from migration.holdings import Holdings
from rehearsal.provider import Cloud, Provider
from rehearsal.stage import Stage, stage
from tests import deployed
from tests.migration import others


def of_the_template(cloud: Cloud) -> Holdings:
    return cloudformation.read(*others.by_cloudformation(cloud))


def of_the_module(cloud: Cloud) -> Holdings:
    return terraform.read(others.by_terraform(cloud), others.secret(cloud))


@dataclass
class TakenOver:
    """A deployment that was there, and the program's resources that shall be it."""

    stands: Stage
    holdings: Holdings

    @property
    def provider(self) -> Provider:
        return Provider(self.stands.cloud)

    def imported(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Yield type, id, state as imported, and inputs as the program gives them afterwards."""
        stack = deployed.deploy_stack("dev", **takeover.settings(self.holdings))
        for one in json.loads(takeover.import_file(self.holdings))["resources"]:
            if "id" not in one:
                continue
            wanted = deployed.only(stack, one["type"], one["name"])
            state = self.provider.read(one["type"], wanted.urn, one["id"], {})
            assert state is not None
            kept = {name: state[name] for name in wanted.ignore_changes}
            yield one["type"], one["id"], state, {**wanted.inputs, **kept}


@pytest.fixture(scope="module", params=[of_the_template, of_the_module], ids=["template", "module"])
def found(request: pytest.FixtureRequest) -> Iterator[TakenOver]:
    made: Callable[[Cloud], Holdings] = request.param
    with stage("us-east-1", None) as stands:
        yield TakenOver(stands, made(stands.cloud))


def data(found: TakenOver) -> tuple[Any, ...]:
    client = found.stands.cloud.client
    holdings = found.holdings
    got = client("s3").get_object(Bucket=holdings.bucket, Key=others.ARTIFACT["Key"])
    items = client("dynamodb").scan(TableName=holdings.table)["Items"]
    instances = client("rds").describe_db_instances()["DBInstances"]
    return got["Body"].read(), items, [one["DbiResourceId"] for one in instances]


def urn(token: str) -> str:
    return f"urn:pulumi:dev::metaflow-aws::{token}::taken"


def checked(found: TakenOver, token: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Fill in what the provider does, such as a name where the program gives none."""
    return found.provider.check(token, urn(token), inputs)


def test_nothing_would_be_replaced(found: TakenOver) -> None:
    differences = {
        token: found.provider.diff(token, state, checked(found, token, inputs))
        for token, _, state, inputs in found.imported()
    }
    assert {token: one.replacing for token, one in differences.items()} == {
        "aws:s3/bucket:Bucket": [],
        "aws:dynamodb/table:Table": [],
    }


def test_the_change_in_place_leaves_what_is_in_them(found: TakenOver) -> None:
    before = data(found)
    for token, import_id, state, inputs in found.imported():
        found.provider.update(token, urn(token), import_id, state, checked(found, token, inputs))
    assert data(found) == before
    object_, items, [_] = before
    assert (object_, items) == (others.ARTIFACT["Body"], [others.ITEM])


def test_a_name_of_pulumis_would_replace_them(found: TakenOver) -> None:
    """Without what the program ignores, each would be replaced; so the rehearsal would notice."""
    for token, _, state, inputs in found.imported():
        name = "bucket" if token.startswith("aws:s3") else "name"
        other = {**inputs, name: "of-pulumi"}
        assert name in found.provider.diff(token, state, other).replacing


def test_the_key_of_the_objects_is_granted(found: TakenOver) -> None:
    stack = deployed.deploy_stack("dev", **takeover.settings(found.holdings))
    assert stack.outputs.get("bucketKeyArn", "") == found.holdings.bucket_key_arn
