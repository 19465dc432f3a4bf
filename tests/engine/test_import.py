"""An existing bucket is taken over: by `pulumi import`, and by the resource's own option."""

from pathlib import Path

import pytest

from rehearsal.engine import EngineError
from tests.engine.live_stack import Live, changes, live, write_program

pytestmark = pytest.mark.cli

BUCKET = "aws:s3/bucket:Bucket"
PROGRAM = """
import pulumi
import pulumi_aws as aws

aws.s3.Bucket("data", bucket="flows-of-years", tags={{"Team": "data"}}, opts=pulumi.ResourceOptions(
    protect=True, retain_on_delete=True{option}))
"""


def with_bucket(stands: Live) -> None:
    client = stands.cloud.client("s3")
    client.create_bucket(Bucket="flows-of-years")
    client.put_bucket_tagging(
        Bucket="flows-of-years", Tagging={"TagSet": [{"Key": "Team", "Value": "data"}]}
    )
    client.put_object(Bucket="flows-of-years", Key="flow", Body=b"artifact")


def test_a_bucket_is_imported_by_the_command(tmp_path: Path) -> None:
    program = write_program(tmp_path, PROGRAM.format(option=""))
    with live(program=program) as stands:
        with_bucket(stands)
        stands.engine.take_over(BUCKET, "data", "flows-of-years")
        after = stands.engine.up()
        assert {one.name for one in after.changes} <= {"update", "create"}
        assert not [one for one in after.changes if one.name == "create" and one.type == BUCKET]
        assert changes(stands.engine.up()) == {}
        body = stands.cloud.client("s3").get_object(Bucket="flows-of-years", Key="flow")["Body"]
        assert body.read() == b"artifact"


def test_a_bucket_is_imported_by_the_resources_option(tmp_path: Path) -> None:
    program = write_program(tmp_path, PROGRAM.format(option=", import_='flows-of-years'"))
    with live(program=program) as stands:
        with_bucket(stands)
        assert ("import", BUCKET, "data") in changes(stands.engine.preview())
        assert ("import", BUCKET, "data") in changes(stands.engine.up())
        assert changes(stands.engine.up()) == {}


def test_a_bucket_that_is_not_there_is_not_imported(tmp_path: Path) -> None:
    program = write_program(tmp_path, PROGRAM.format(option=", import_='flows-of-years'"))
    with live(program=program) as stands, pytest.raises(EngineError, match="flows-of-years"):
        stands.engine.up()
