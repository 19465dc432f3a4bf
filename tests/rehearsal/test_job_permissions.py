"""What jobs can do by the settings, and what they cannot, IAM enforced."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal import exercises, stack_files
from rehearsal.exercises import granted
from rehearsal.mocks import Deployment
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox
from rehearsal.stage import Stage, jobs, stage
from tests.rehearsal.jobs.small_batch import python
from tests.rehearsal.standing import deployed

OTHERS = ("rehearsal-others", "rehearsal/other", "rehearsal-other-role")
"""A bucket, a repository and a role that no setting names."""

HEAD = """
import boto3
account = boto3.client("sts").get_caller_identity()["Account"]
def assume(name):
    boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{name}", RoleSessionName="job")
def describe(*names):
    boto3.client("ecr").describe_repositories(**({"repositoryNames": names} if names else {}))
def get(bucket, key):
    boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
def put(bucket, key):
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
def delete(bucket, key):
    boto3.client("s3").delete_object(Bucket=bucket, Key=key)
def publish(name):
    boto3.client("sns").publish(TopicArn=f"arn:aws:sns:us-east-1:{account}:{name}", Message="x")
"""


@dataclass
class Place:
    """A stack whose jobs are granted more, and what stands beside it."""

    stands: Stage
    stack: Deployment

    def status(self, call: str) -> str:
        """Run a call in a job and return how the job ended."""
        batch = self.stands.cloud.client("batch")
        definition = batch.register_job_definition(
            jobDefinitionName="metaflow_granted",
            type="container",
            containerProperties={
                "image": "python:3.11",
                "command": python(HEAD, call),
                "jobRoleArn": self.stack.outputs["jobRoleArn"],
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "512"},
                ],
            },
        )["jobDefinitionArn"]
        job = batch.submit_job(
            jobName="granted",
            jobQueue=self.stack.outputs["jobQueueArn"],
            jobDefinition=definition,
            tags=json.loads(self.stack.outputs["jobTags"]),
        )["jobId"]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            [found] = batch.describe_jobs(jobs=[job])["jobs"]
            if found["status"] in ("SUCCEEDED", "FAILED"):
                return str(found["status"])
            time.sleep(0.05)
        return "endless"


def made_beside(stands: Stage) -> Mapping[str, str]:
    """Make what the settings name, and others of the same kinds; return the settings."""
    cloud = stands.cloud
    settings = exercises.prepared(cloud, granted.EXERCISES)
    bucket, repository, role = OTHERS
    cloud.client("s3").create_bucket(Bucket=bucket)
    cloud.client("s3").put_object(Bucket=bucket, Key="in/text", Body=b"text")
    cloud.client("ecr").create_repository(repositoryName=repository)
    iam = cloud.client("iam")
    trust = iam.get_role(RoleName=granted.DEPLOYER)["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    topic = cloud.client("sns").create_topic(Name="granted")["TopicArn"]
    cloud.client("sns").create_topic(Name="other")
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    policy = iam.create_policy(
        PolicyName="jobs",
        Path="/team/",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )["Policy"]["Arn"]
    return {**settings, "jobPolicyArns": json.dumps([policy])}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    config = stack_files.read_stack(ROOT, "dev")
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    with stage(config.region, None) as stands, jobs(sandbox, stands):
        settings: dict[str, Any] = dict(made_beside(stands))
        yield Place(stands, deployed(stands, "dev", settings=settings))


def test_a_job_does_what_the_settings_say(place: Place) -> None:
    calls = (
        f"assume({granted.DEPLOYER!r})",
        f"describe({granted.REPOSITORY!r})",
        f"get({granted.RAW!r}, 'in/text')",
        f"put({granted.SHARED!r}, 'out/text')",
        f"get({granted.SHARED!r}, 'out/text')",
        "publish('granted')",
    )
    assert place.status("\n".join(calls)) == "SUCCEEDED"
    ledger = place.stands.authorizer.ledger
    assert [str(one) for one in ledger.unexpected_denials()] == []
    assert ledger.faults == []


@pytest.mark.parametrize(
    ("call", "action", "resource"),
    [
        (f"assume({OTHERS[2]!r})", "sts:AssumeRole", "role/rehearsal-other-role"),
        (f"describe({OTHERS[1]!r})", "ecr:DescribeRepositories", "repository/rehearsal/other"),
        ("describe()", "ecr:DescribeRepositories", "repository/*"),
        (f"get({OTHERS[0]!r}, 'in/text')", "s3:GetObject", "rehearsal-others/in/text"),
        (f"put({granted.RAW!r}, 'in/text')", "s3:PutObject", "rehearsal-raw/in/text"),
        (f"delete({granted.SHARED!r}, 'out/text')", "s3:DeleteObject", "shared/out/text"),
        ("publish('other')", "sns:Publish", ":other"),
    ],
    ids=["role", "repository", "all-repositories", "bucket", "write", "delete", "policy"],
)
def test_a_job_can_do_nothing_else(place: Place, call: str, action: str, resource: str) -> None:
    with place.stands.authorizer.ledger.expecting_denials() as denials:
        assert place.status(call) == "FAILED"
    denied = {(one.action, one.resource.endswith(resource)) for one in denials}
    assert (action, True) in denied
