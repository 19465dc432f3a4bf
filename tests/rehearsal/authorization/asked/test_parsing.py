"""Requests as boto3 sends them and moto parses them ask the same as those of the tables."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol, normalize_request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from rehearsal.authorization.asked import Request, questions
from tests.rehearsal.authorization.asked.asking import ACCOUNT, NOTHING, Expected, own, request

ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:P_F"
QUEUE = f"arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/q"
DEFINITION = f"arn:aws:batch:us-east-1:{ACCOUNT}:job-definition/metaflow_1"
RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/P_F"
OBJECT = "arn:aws:s3:::store/metaflow/a b+c"
PASSED = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
TAGS: dict[str, str | tuple[str, ...]] = {"aws:RequestTag/app": "m", "aws:TagKeys": ("app",)}


class Kept(Exception):  # noqa: N818 no error
    """Takes a request out of a client before it is sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


def parsed(service: str, call: Callable[[Any], Any]) -> Request:
    """Return the request that a call of a client makes, parsed from HTTP as moto does."""

    def keep(request: AWSPreparedRequest, **_: Any) -> None:
        raise Kept(request)

    client = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    client.meta.events.register("before-send", keep)
    with pytest.raises(Kept) as kept:
        call(client)
    http = normalize_request(kept.value.request)
    operation, labels = get_service_router(service).match(http)
    protocol = determine_request_protocol(get_service_model(service), http.content_type)
    parameters = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": http.method,
            "values": http.values,
            "headers": http.headers,
            "body": http.data,
            "url_path": http.path,
            "url_params": labels,
        }
    )
    return request(service, operation.name, parameters)


CALLS: dict[str, tuple[str, Callable[[Any], Any], list[Expected]]] = {
    "s3-head": (
        "s3",
        lambda s3: s3.head_object(Bucket="store", Key="metaflow/a b+c"),
        [("s3:GetObject", OBJECT, {})],
    ),
    "s3-get-version": (
        "s3",
        lambda s3: s3.get_object(Bucket="store", Key="metaflow/a b+c", VersionId="v"),
        [("s3:GetObjectVersion", OBJECT, {"s3:versionid": "v"})],
    ),
    "s3-put": (
        "s3",
        lambda s3: s3.put_object(
            Bucket="store", Key="metaflow/a b+c", Body=b"x", ACL="private", Tagging="app=m"
        ),
        [
            (
                "s3:PutObject",
                OBJECT,
                {
                    "s3:ObjectCreationOperation": "true",
                    "s3:x-amz-acl": "private",
                    "s3:RequestObjectTag/app": "m",
                    "s3:RequestObjectTagKeys": ("app",),
                },
            ),
            (
                "s3:PutObjectTagging",
                OBJECT,
                {"s3:RequestObjectTag/app": "m", "s3:RequestObjectTagKeys": ("app",)},
            ),
            ("s3:PutObjectAcl", OBJECT, {}),
        ],
    ),
    "s3-list": (
        "s3",
        lambda s3: s3.list_objects_v2(Bucket="store", Prefix="metaflow/a b", Delimiter="/"),
        [
            (
                "s3:ListBucket",
                "arn:aws:s3:::store",
                {"s3:prefix": "metaflow/a b", "s3:delimiter": "/"},
            )
        ],
    ),
    "s3-copy": (
        "s3",
        lambda s3: s3.copy_object(
            Bucket="store", Key="k", CopySource={"Bucket": "theirs", "Key": "x y", "VersionId": "v"}
        ),
        [
            ("s3:GetObjectVersion", "arn:aws:s3:::theirs/x y", {"s3:versionid": "v"}),
            (
                "s3:PutObject",
                "arn:aws:s3:::store/k",
                {
                    "s3:ObjectCreationOperation": "true",
                    "s3:x-amz-copy-source": "theirs/x%20y?versionId=v",
                },
            ),
        ],
    ),
    "s3-delete-many": (
        "s3",
        lambda s3: s3.delete_objects(
            Bucket="store", Delete={"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "v"}]}
        ),
        [
            ("s3:DeleteObject", "arn:aws:s3:::store/a", {}),
            ("s3:DeleteObjectVersion", "arn:aws:s3:::store/b", {"s3:versionid": "v"}),
        ],
    ),
    "s3-part": (
        "s3",
        lambda s3: s3.upload_part(
            Bucket="store", Key="metaflow/a b+c", UploadId="u", PartNumber=1, Body=b"x"
        ),
        [("s3:PutObject", OBJECT, {"s3:ObjectCreationOperation": "false"})],
    ),
    "batch-register": (
        "batch",
        lambda batch: batch.register_job_definition(
            jobDefinitionName="metaflow_1",
            type="container",
            containerProperties={"image": "i", "privileged": True, "jobRoleArn": ROLE},
        ),
        [
            (
                "batch:RegisterJobDefinition",
                DEFINITION,
                {"batch:Image": "i", "batch:Privileged": "true"},
            ),
            ("iam:PassRole", ROLE, PASSED),
        ],
    ),
    "batch-submit": (
        "batch",
        lambda batch: batch.submit_job(
            jobName="n", jobQueue="q", jobDefinition=f"{DEFINITION}:3", tags={"app": "m"}
        ),
        [
            ("batch:SubmitJob", QUEUE, TAGS),
            ("batch:SubmitJob", f"{DEFINITION}:3", TAGS),
            ("batch:TagResource", QUEUE, TAGS),
            ("batch:TagResource", f"{DEFINITION}:3", TAGS),
        ],
    ),
    "batch-tag": (
        "batch",
        lambda batch: batch.tag_resource(resourceArn=f"{DEFINITION}:3", tags={"app": "m"}),
        [("batch:TagResource", f"{DEFINITION}:3", TAGS)],
    ),
    "states-create": (
        "stepfunctions",
        lambda states: states.create_state_machine(
            name="P_F", definition="{}", roleArn=ROLE, tags=[{"key": "app", "value": "m"}]
        ),
        [
            ("states:CreateStateMachine", MACHINE, TAGS),
            ("states:TagResource", MACHINE, TAGS),
            ("iam:PassRole", ROLE, {"iam:PassedToService": "states.amazonaws.com"}),
        ],
    ),
    "events-targets": (
        "events",
        lambda events: events.put_targets(
            Rule="P_F", Targets=[{"Id": "1", "Arn": MACHINE, "RoleArn": ROLE}]
        ),
        [
            ("events:PutTargets", RULE, {"events:TargetArn": (MACHINE,)}),
            ("iam:PassRole", ROLE, {"iam:PassedToService": "events.amazonaws.com"}),
        ],
    ),
    "dynamodb-get": (
        "dynamodb",
        lambda dynamodb: dynamodb.get_item(
            TableName="t", Key={"pathspec": {"S": "F"}}, ProjectionExpression="ttl"
        ),
        [
            (
                "dynamodb:GetItem",
                f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t",
                {"dynamodb:Attributes": ("pathspec", "ttl")},
            )
        ],
    ),
    "sts-assume": (
        "sts",
        lambda sts: sts.assume_role(
            RoleArn=ROLE, RoleSessionName="session", Tags=[{"Key": "app", "Value": "m"}]
        ),
        [
            ("sts:AssumeRole", ROLE, {"sts:RoleSessionName": "session", **TAGS}),
            ("sts:TagSession", ROLE, TAGS),
        ],
    ),
    "secrets-rotate": (
        "secretsmanager",
        lambda secrets: secrets.rotate_secret(SecretId="db", RotateImmediately=False),
        [
            (
                "secretsmanager:RotateSecret",
                f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db",
                {
                    "secretsmanager:SecretId": "db",
                    "secretsmanager:RotateImmediately": "false",
                    "secretsmanager:ModifyRotationRules": "false",
                },
            )
        ],
    ),
    "logs-put": (
        "logs",
        lambda logs: logs.put_log_events(
            logGroupName="/g", logStreamName="s", logEvents=[{"timestamp": 1, "message": "m"}]
        ),
        [
            (
                "logs:PutLogEvents",
                f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g:log-stream:s",
                {},
            )
        ],
    ),
    "ecs-update": (
        "ecs",
        lambda ecs: ecs.update_service(cluster="c", service="s", forceNewDeployment=True),
        [
            (
                "ecs:UpdateService",
                f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/c/s",
                {"ecs:cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/c"},
            )
        ],
    ),
    "api-key": (
        "apigateway",
        lambda apigateway: apigateway.get_api_key(apiKey="k1", includeValue=True),
        [("apigateway:GET", "arn:aws:apigateway:us-east-1::/apikeys/k1", {})],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_request_over_http_asks_by_its_parsed_parameters(name: str) -> None:
    service, call, expected = CALLS[name]
    assert list(map(own, questions(parsed(service, call), NOTHING))) == expected
