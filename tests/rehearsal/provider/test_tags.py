"""Tags that AWS refuses, on resources of services that write tags differently."""

import json
from typing import Any

import pytest

from rehearsal.provider import RefusedError

TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
}
TAGGABLE: dict[str, dict[str, Any]] = {
    "aws:apigateway/restApi:RestApi": {},
    "aws:cloudwatch/eventRule:EventRule": {"scheduleExpression": "rate(1 hour)"},
    "aws:cloudwatch/logGroup:LogGroup": {},
    "aws:dynamodb/table:Table": {
        "hashKey": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
    },
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.0.0.0/16"},
    "aws:ecs/cluster:Cluster": {},
    "aws:iam/role:Role": {
        "assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    },
    "aws:kms/key:Key": {},
    "aws:rds/parameterGroup:ParameterGroup": {"family": "postgres17"},
    "aws:s3/bucket:Bucket": {},
}
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.mark.parametrize("token", TAGGABLE)
@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"aws:owner": "me"}, "the tag key 'aws:owner' begins with aws:, which is reserved"),
        ({"AWS:owner": "me"}, "the tag key 'AWS:owner' begins with aws:, which is reserved"),
        ({"k" * 129: "v"}, "has 129 characters; 128 are allowed"),
        ({"long": "v" * 257}, "the tag 'long' has a value of 257 characters; 256 are allowed"),
    ],
    ids=["reserved", "reserved-in-capitals", "long-key", "long-value"],
)
def test_a_tag_that_aws_refuses(rig: Any, token: str, tags: dict[str, str], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(token, "tagged", **TAGGABLE[token], tags=tags)


@pytest.mark.parametrize("token", TAGGABLE)
def test_tags_of_the_greatest_size_are_taken(rig: Any, token: str) -> None:
    tags = {"k" * 128: "v" * 256, "awsome": "aws:x"}
    created = rig.create(token, "tagged", **TAGGABLE[token], tags=tags)
    assert created.outputs["tags"] == tags


@pytest.mark.parametrize("token", TAGGABLE)
def test_a_change_to_a_tag_that_aws_refuses(rig: Any, token: str) -> None:
    given = {**TAGGABLE[token], "tags": {"owner": "me"}}
    created = rig.create(token, "tagged", **given)
    kept = {name: created.outputs[name] for name in ("name", "bucket") if name in created.outputs}
    with pytest.raises(RefusedError, match="begins with aws:, which is reserved"):
        rig.update(token, "tagged", created, **{**given, **kept, "tags": {"aws:owner": "me"}})


def test_tags_that_a_template_gives_to_others_are_looked_at_too(rig: Any) -> None:
    instances = {"resourceType": "instance", "tags": {"aws:owner": "me"}}
    with pytest.raises(RefusedError, match="the tag key 'aws:owner' begins with aws:"):
        rig.create(TEMPLATE, "tagging", tagSpecifications=[instances])
