"""A rehearsal's stage with a role that may do nothing yet."""

from collections.abc import Iterator

import pytest

from rehearsal.authorization.ledger import Ledger
from rehearsal.stage import Stage, stage
from tests.rehearsal.authorization.worker_role import (
    BUCKET,
    PERSON,
    REGION,
    STATES,
    TASKS,
    document,
    trust,
)


@pytest.fixture(scope="module")
def stands() -> Iterator[Stage]:
    with stage(REGION, None) as found:
        found.cloud.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        found.cloud.client("s3").put_object(Bucket=BUCKET, Key="own/there", Body=b"x")
        yield found


@pytest.fixture
def place(stands: Stage) -> Iterator[Stage]:
    """Have a role that may do nothing, and a ledger in which nothing stands."""
    stands.authorizer.ledger = Ledger()
    iam = stands.cloud.client("iam")
    iam.create_role(
        RoleName="worker",
        AssumeRolePolicyDocument=document(trust({"AWS": PERSON.arn}), trust(TASKS), trust(STATES)),
    )
    yield stands
    for name in iam.list_role_policies(RoleName="worker")["PolicyNames"]:
        iam.delete_role_policy(RoleName="worker", PolicyName=name)
    for one in iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="worker", PolicyArn=one["PolicyArn"])
    iam.delete_role(RoleName="worker")
    stands.cloud.client("s3").delete_bucket_policy(Bucket=BUCKET)
