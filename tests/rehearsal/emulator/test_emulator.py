"""The emulator of a rehearsal: where it listens, that it ends, and what is patched in it."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from moto import backends
from moto.core import utils

from rehearsal.emulator import emulated_aws, patches
from rehearsal.provider import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with emulated_aws() as emulated:
        yield Cloud(emulated.endpoint, "us-east-1")


def test_it_listens_on_loopback_and_frees_its_port() -> None:
    with emulated_aws() as emulated:
        address = urlsplit(emulated.endpoint)
        assert address.hostname == "127.0.0.1"
        assert address.port
        with socket.create_connection(("127.0.0.1", address.port)):
            pass
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", address.port)) != 0


def test_it_starts_empty_and_leaves_no_setting_behind() -> None:
    before = dict(os.environ)
    for _ in range(2):
        with emulated_aws() as emulated:
            client = Cloud(emulated.endpoint, "us-east-1").client("s3")
            assert client.list_buckets()["Buckets"] == []
            bucket(client, "emulator-left-over")
    assert dict(os.environ) == before


def test_it_knows_the_policies_that_aws_manages(cloud: Cloud) -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    policy = cloud.client("iam").get_policy(PolicyArn=arn)["Policy"]
    assert policy["PolicyName"] == "AmazonECSTaskExecutionRolePolicy"


def bucket(client: Any, name: str) -> str:
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_a_bucket_that_demands_tls_can_be_used_over_loopback(cloud: Cloud) -> None:
    client = cloud.client("s3")
    name = bucket(client, "emulator-tls")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_bucket_policy(Bucket=name, Policy=policy)
    client.put_object(Bucket=name, Key="a/b", Body=b"content")
    assert client.get_object(Bucket=name, Key="a/b")["Body"].read() == b"content"


def test_a_bucket_with_delete_markers_is_emptied_after_its_versioning_ended(cloud: Cloud) -> None:
    client = cloud.client("s3")
    name = bucket(client, "emulator-markers")
    for body in (b"1", b"2"):
        client.put_object(Bucket=name, Key="a/b", Body=body)
    client.delete_object(Bucket=name, Key="a/b")
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    found = client.list_object_versions(Bucket=name)
    for version in [*found["Versions"], *found["DeleteMarkers"]]:
        client.delete_object(Bucket=name, Key="a/b", VersionId=version["VersionId"])
    client.delete_bucket(Bucket=name)
    assert name not in {one["Name"] for one in client.list_buckets()["Buckets"]}


def test_the_disk_is_looked_at_once() -> None:
    patches.apply()
    assert utils.create_loader() is utils.create_loader()  # type: ignore[attr-defined]
    assert backends.list_of_moto_modules() is backends.list_of_moto_modules()
    assert {"s3", "batch", "ec2"} <= set(backends.list_of_moto_modules())


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Have threads take turns so often that what is not atomic is seen."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_what_is_added_to_an_item_at_the_same_time_is_all_there(cloud: Cloud) -> None:
    table = cloud.client("dynamodb")
    table.create_table(
        TableName="sets",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def add(task: int) -> None:
        table.update_item(
            TableName="sets",
            Key={"key": {"S": "one"}},
            UpdateExpression="ADD tasks :task",
            ExpressionAttributeValues={":task": {"SS": [str(task)]}},
        )

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(add, range(200)))
    item = table.get_item(TableName="sets", Key={"key": {"S": "one"}})["Item"]
    assert len(item["tasks"]["SS"]) == 200
