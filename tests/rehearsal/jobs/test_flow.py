"""A real flow with `--with batch`: Metaflow's own commands, unmodified."""

import sys
from collections.abc import Iterator

import pytest

from rehearsal.metadata import MetadataService
from rehearsal.rehearse import ROOT
from tests.rehearsal.jobs.small_batch import REGION, SmallBatch

pytestmark = pytest.mark.thorough

FLOW = ROOT / "rehearsal" / "flows" / "foreach_flow.py"


@pytest.fixture
def environment(batch: SmallBatch) -> Iterator[dict[str, str]]:
    batch.cloud.client("s3").create_bucket(
        Bucket="datastore", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    with MetadataService() as service:
        yield {
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "user",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": batch.cloud.endpoint,
            "METAFLOW_S3_ENDPOINT_URL": batch.cloud.endpoint,
            "METAFLOW_HOME": str(batch.sandbox.folder / "metaflowconfig"),
            "METAFLOW_DEFAULT_DATASTORE": "s3",
            "METAFLOW_DATASTORE_SYSROOT_S3": "s3://datastore/metaflow",
            "METAFLOW_DEFAULT_METADATA": "service",
            "METAFLOW_SERVICE_URL": service.url,
            "METAFLOW_BATCH_JOB_QUEUE": batch.queue,
            "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": batch.role_arn,
        }


def test_a_flow_runs_on_batch(batch: SmallBatch, environment: dict[str, str]) -> None:
    done = batch.sandbox.run(
        [sys.executable, str(FLOW), "--no-pylint", "run", "--with", "batch"], environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summaries = [one for _, one in batch.runner.jobs()]
    assert [one["status"] for one in summaries] == ["SUCCEEDED"] * 6
    jobs = [batch.job(one["jobId"]) for one in summaries]
    steps = sorted(one["parameters"]["metaflow.step_name"] for one in jobs)
    assert steps == ["end", "join", "square", "square", "square", "start"]
    for one in jobs:
        assert "Code package downloaded." in batch.log(one)
    assert "The squares sum to 14." in "\n".join(batch.log(jobs[-1]))
    assert done.stdout.count("Task finished with exit code 0.") == 6
