"""What the template and the module made is taken over by the CLI: nothing replaced or emptied."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from migration.command import main
from rehearsal.provider import Cloud
from tests.engine.live_stack import Live, changes, live
from tests.migration import others

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

HOLDING = ("aws:s3/bucket:Bucket", "aws:dynamodb/table:Table")
IN_PLACE = {"update", "same"}
NETWORK = ("**:Metaflow::metaflow", "**:Network**")
"""What docs/migrating.md has deployed first, so that it can be peered."""

Listed = Callable[[Cloud, Path], list[str]]


def of_the_template(cloud: Cloud, folder: Path) -> list[str]:
    listing, databases = others.by_cloudformation(cloud)
    (folder / "list.json").write_text(json.dumps(listing))
    (folder / "databases.json").write_text(json.dumps(databases))
    return [str(folder / "list.json"), "--databases", str(folder / "databases.json")]


def of_the_module(cloud: Cloud, folder: Path) -> list[str]:
    (folder / "state.json").write_text(json.dumps(others.by_terraform(cloud)))
    return [str(folder / "state.json"), "--database-secret", others.secret(cloud)]


def data(cloud: Cloud, bucket: str, table: str) -> tuple[Any, ...]:
    """Return the bucket's object, the table's items and the database's identity."""
    found = cloud.client("s3").get_object(Bucket=bucket, Key=others.ARTIFACT["Key"])
    [instance] = cloud.client("rds").describe_db_instances()["DBInstances"]
    described = cloud.client("dynamodb").describe_table(TableName=table)["Table"]
    return (
        found["Body"].read(),
        cloud.client("dynamodb").scan(TableName=table)["Items"],
        described["CreationDateTime"],
        {key: value for key, value in instance.items() if key != "LatestRestorableTime"},
    )


def taken_over(stands: Live, folder: Path, printed: str) -> Mapping[str, str]:
    """Configure the stack and import the file, as the guide says; return the ids by type."""
    configuration = yaml.safe_load(printed)["config"]
    stands.engine.configure(configuration)
    outcome = stands.engine.take_over_all(folder / "import.json")
    imported = {key[1] for key in changes(outcome) if key[0] == "import"}
    assert {token for token in imported if token.startswith("aws:")} == set(HOLDING)
    resources = json.loads((folder / "import.json").read_text())["resources"]
    return {one["type"]: one["id"] for one in resources if "id" in one}


@pytest.mark.parametrize("made", [of_the_template, of_the_module], ids=["template", "module"])
def test_it_is_taken_over(made: Listed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with live() as stands:
        listing, *options = made(stands.cloud, tmp_path)
        assert main([listing, str(tmp_path / "import.json"), *options]) == 0
        ids = taken_over(stands, tmp_path, capsys.readouterr().out)
        bucket, table = (ids[token] for token in HOLDING)
        before = data(stands.cloud, bucket, table)
        network = changes(stands.engine.up(targets=NETWORK))
        assert {key[0] for key in network} == {"create"}
        tokens = {key[1] for key in network}
        assert "aws:ec2/vpc:Vpc" in tokens
        assert not [one for one in tokens if one.startswith(("aws:ecs/", "aws:s3/", "aws:batch/"))]
        first = changes(stands.engine.up())
        assert {key[0] for key in first if key[1] in HOLDING} <= IN_PLACE
        assert not [key for key in first if key[1].startswith("aws:rds/")]
        assert not [key for key in first if "delete" in key[0] or "replace" in key[0]]
        outputs = stands.engine.outputs()
        assert (outputs["bucketName"], outputs["stepFunctionsTableName"]) == (bucket, table)
        assert data(stands.cloud, bucket, table) == before
        assert changes(stands.engine.refresh()) == {}
        assert changes(stands.engine.up()) == {}
        stands.engine.destroy()
        object_, _, _, instance = before
        found = stands.cloud.client("s3").get_object(Bucket=bucket, Key=others.ARTIFACT["Key"])
        [left] = stands.cloud.client("rds").describe_db_instances()["DBInstances"]
        assert found["Body"].read() == object_
        assert left["DBInstanceIdentifier"] == instance["DBInstanceIdentifier"]
