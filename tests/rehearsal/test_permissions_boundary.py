"""What a permissions boundary takes away, no role of the stack has, whatever its policies say."""

import json

import pytest

from rehearsal.authorization import callers
from rehearsal.authorization.evaluation import decide
from rehearsal.authorization.question import Question
from rehearsal.provider import Cloud
from rehearsal.stage import stage
from tests.rehearsal.standing import deployed

NO_WRITING = [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"},
]


def boundary(cloud: Cloud) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": NO_WRITING})
    answer = cloud.client("iam").create_policy(PolicyName="boundary", PolicyDocument=document)
    return str(answer["Policy"]["Arn"])


@pytest.fixture(scope="module")
def decisions() -> dict[str, bool]:
    """Ask what the users' role and the jobs' role may do with the datastore."""
    with stage("us-east-1", None) as stands:
        settings = {"permissionsBoundaryArn": boundary(stands.cloud)}
        outputs = deployed(stands, "dev", settings=settings).outputs
        key = f"arn:aws:s3:::{outputs['bucketName']}/data/one"
        return {
            f"{role} {action}": decide(Question(action, key), callers.role(outputs[role])).allowed
            for role in ("userRoleArn", "jobRoleArn")
            for action in ("s3:GetObject", "s3:PutObject")
        }


def test_the_boundary_decides_with_the_policies(decisions: dict[str, bool]) -> None:
    assert decisions == {
        "userRoleArn s3:GetObject": True,
        "userRoleArn s3:PutObject": False,
        "jobRoleArn s3:GetObject": True,
        "jobRoleArn s3:PutObject": False,
    }
