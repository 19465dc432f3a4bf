"""The emulated provider as the engine talks to it: over gRPC, from another process or none."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from rehearsal import plugin
from rehearsal.emulator import emulated_aws
from rehearsal.loopback.remote_addresses import handed_out
from rehearsal.provider import AwsAddresses, RefusedError, s3_bucket
from tests.deployed import ROOT

GROUP = "aws:cloudwatch/logGroup:LogGroup"
BUCKET = "aws:s3/bucket:Bucket"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
KEY = "aws:apigateway/apiKey:ApiKey"
ENDS_SECONDS = 10.0
EXECUTABLE = ROOT / "rehearsal" / "bin" / "pulumi-resource-aws"


def urn(token: str, name: str = "data") -> str:
    return f"urn:pulumi:test::metaflow-aws::metaflow:index:Datastore${token}::{name}"


def struct(**values: Any) -> Struct:
    made = Struct()
    made.update(values)
    return made


def stub_at(port: int) -> provider_pb2_grpc.ResourceProviderStub:
    return provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


@pytest.fixture(scope="module")
def unready() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Start a plugin that the engine has not configured yet."""
    with emulated_aws() as emulated, handed_out(AwsAddresses("us-east-1")) as addresses:
        server, port = plugin.serve(plugin.leading_to(emulated.endpoint, addresses))
        yield stub_at(port)
        server.stop(None).wait()


@pytest.fixture(scope="module")
def engine(
    unready: provider_pb2_grpc.ResourceProviderStub,
) -> provider_pb2_grpc.ResourceProviderStub:
    answer = unready.Configure(messages.ConfigureRequest(args=struct(region="us-east-1")))
    assert answer.supportsPreview
    return unready


def checked(engine: Any, token: str, **values: Any) -> Struct:
    request = messages.CheckRequest(urn=urn(token), news=struct(**values), randomSeed=b"seed")
    answer = engine.Check(request)
    assert not answer.failures
    return answer.inputs


def created(engine: Any, token: str, **values: Any) -> Any:
    inputs = checked(engine, token, **values)
    return engine.Create(messages.CreateRequest(urn=urn(token), properties=inputs)), inputs


def test_a_check_notes_what_it_filled_in_and_keeps_it(engine: Any) -> None:
    first = checked(engine, BUCKET, forceDestroy=True)
    assert list(first["__defaults"]) == ["bucket"]
    again = engine.Check(
        messages.CheckRequest(urn=urn(BUCKET), olds=first, news=struct(), randomSeed=b"another")
    )
    assert again.inputs["bucket"] == first["bucket"]
    assert list(again.inputs["__defaults"]) == ["bucket", "forceDestroy"]


def test_a_name_that_the_program_took_back_is_not_kept(engine: Any) -> None:
    first = checked(engine, BUCKET, bucket="mine")
    again = engine.Check(messages.CheckRequest(urn=urn(BUCKET), olds=first, news=struct()))
    assert again.inputs["bucket"].startswith("data-")


def test_a_refused_input_is_a_failure_in_one_line(engine: Any) -> None:
    answer = engine.Check(messages.CheckRequest(urn=urn(BUCKET), news=struct(acl="private")))
    assert [one.reason for one in answer.failures] == [
        "aws:s3/bucket:Bucket data: the emulated provider was not taught the input acl."
    ]


def test_a_life_from_creation_to_deletion(engine: Any) -> None:
    made, inputs = created(engine, GROUP, retentionInDays=7)
    assert made.properties["arn"].endswith(made.id)
    same = messages.DiffRequest(urn=urn(GROUP), id=made.id, olds=made.properties, news=inputs)
    assert engine.Diff(same).changes == messages.DiffResponse.DIFF_NONE

    wanted = checked(engine, GROUP, retentionInDays=30, name=made.id, tags={"Team": "data"})
    change = messages.DiffRequest(urn=urn(GROUP), id=made.id, olds=made.properties, news=wanted)
    found = engine.Diff(change)
    assert found.changes == messages.DiffResponse.DIFF_SOME
    assert list(found.replaces) == []
    assert {name: one.kind for name, one in found.detailedDiff.items()} == {
        "retentionInDays": messages.PropertyDiff.UPDATE,
        "tags": messages.PropertyDiff.ADD,
    }
    update = {"urn": urn(GROUP), "id": made.id, "olds": made.properties, "news": wanted}
    planned = engine.Update(messages.UpdateRequest(**update, preview=True)).properties
    read = messages.ReadRequest(
        urn=urn(GROUP), id=made.id, properties=made.properties, inputs=inputs
    )
    assert engine.Read(read).properties["retentionInDays"] == 7
    updated = engine.Update(messages.UpdateRequest(**update)).properties
    assert updated == planned
    assert engine.Read(read).properties["retentionInDays"] == 30
    assert engine.Read(read).inputs["retentionInDays"] == 30

    deleted = messages.DeleteRequest(urn=urn(GROUP), id=made.id, properties=updated)
    assert engine.Delete(deleted) == Empty()
    assert engine.Read(read) == messages.ReadResponse()


def test_an_id_that_an_update_changes_is_what_the_next_request_goes_by(engine: Any) -> None:
    """A subnet gets another route table by another association, whose id only the outputs tell."""
    vpc, _ = created(engine, "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet, _ = created(engine, "aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    tables = [created(engine, "aws:ec2/routeTable:RouteTable", vpcId=vpc.id)[0] for _ in range(2)]
    first, _ = created(engine, ASSOCIATION, subnetId=subnet.id, routeTableId=tables[0].id)
    wanted = checked(engine, ASSOCIATION, subnetId=subnet.id, routeTableId=tables[1].id)
    request = {"urn": urn(ASSOCIATION), "id": first.id}
    updated = engine.Update(
        messages.UpdateRequest(**request, olds=first.properties, news=wanted)
    ).properties
    assert updated["id"] != first.id
    read = engine.Read(messages.ReadRequest(**request, properties=updated, inputs=wanted))
    assert read.id == updated["id"]
    assert read.properties["routeTableId"] == tables[1].id
    engine.Delete(messages.DeleteRequest(**request, properties=updated))
    gone = messages.ReadRequest(**request, properties=updated, inputs=wanted)
    assert engine.Read(gone) == messages.ReadResponse()


def test_what_is_taken_over_is_read_by_its_id_alone(engine: Any) -> None:
    made, _ = created(engine, BUCKET, bucket="flows-of-years", tags={"Team": "data"})
    read = engine.Read(messages.ReadRequest(urn=urn(BUCKET), id=made.id))
    assert read.properties["arn"] == "arn:aws:s3:::flows-of-years"
    assert dict(read.inputs) == {
        "bucket": "flows-of-years",
        "tags": struct(Team="data"),
        "__defaults": read.inputs["__defaults"],
    }


def test_a_replacement_says_so(engine: Any) -> None:
    made, _ = created(engine, GROUP)
    wanted = checked(engine, GROUP, name="other")
    found = engine.Diff(
        messages.DiffRequest(urn=urn(GROUP), id=made.id, olds=made.properties, news=wanted)
    )
    assert list(found.replaces) == ["name"]
    assert found.detailedDiff["name"].kind == messages.PropertyDiff.UPDATE_REPLACE
    assert found.deleteBeforeReplace


def test_a_preview_creates_nothing_and_does_not_know_what_aws_decides(engine: Any) -> None:
    inputs = checked(engine, GROUP, name="planned")
    planned = engine.Create(
        messages.CreateRequest(urn=urn(GROUP), properties=inputs, preview=True)
    ).properties
    assert planned["arn"] == rpc.UNKNOWN
    assert planned["name"] == "planned"
    read = messages.ReadRequest(urn=urn(GROUP), id="planned", properties=planned)
    assert engine.Read(read).id == ""


def test_what_is_always_secret_goes_wrapped_to_the_engine(engine: Any) -> None:
    made, _ = created(engine, KEY)
    read = rpc.deserialize_properties(made.properties)
    assert rpc.is_rpc_secret(read["value"])
    assert not rpc.is_rpc_secret(read["name"])


def test_what_aws_refuses_is_an_error_in_one_line(engine: Any) -> None:
    _, inputs = created(engine, GROUP, name="taken")
    with pytest.raises(grpc.RpcError) as refused:
        engine.Create(messages.CreateRequest(urn=urn(GROUP), properties=inputs))
    words = refused.value.details()
    assert words.startswith(f"{GROUP} data: ")
    assert "already exists" in words
    assert "\n" not in words


def test_a_function_is_answered(engine: Any) -> None:
    request = messages.InvokeRequest(tok="aws:index/getPartition:getPartition")
    assert getattr(engine.Invoke(request), "return")["partition"] == "aws"


def test_a_change_of_the_region_replaces_everything(engine: Any) -> None:
    def moved(after: str) -> list[str]:
        request = messages.DiffRequest(olds=struct(region="us-east-1"), news=struct(region=after))
        return list(engine.DiffConfig(request).replaces)

    assert moved("us-east-1") == []
    assert moved("eu-west-1") == ["region"]


def test_a_stack_without_region_is_told_how_to_set_it(unready: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        unready.Configure(messages.ConfigureRequest())
    assert "pulumi config set aws:region" in refused.value.details()


def test_a_plugin_that_is_not_told_where_aws_is_does_not_start() -> None:
    with pytest.raises(RefusedError, match="REHEARSAL_ENDPOINT and REHEARSAL_ADDRESSES not set"):
        plugin.serve({})
    ended = subprocess.run(
        [sys.executable, str(EXECUTABLE), "127.0.0.1:1"],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("REHEARSAL_ENDPOINT and REHEARSAL_ADDRESSES not set")
    assert len(ended.stderr.splitlines()) == 1


def test_the_executable_prints_its_port_and_answers(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    with subprocess.Popen(
        [sys.executable, str(EXECUTABLE), "127.0.0.1:1"],
        env=plugin.leading_to(nowhere, nowhere),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert stub_at(port).GetPluginInfo(Empty()).version == version("pulumi-aws")
        process.terminate()


ENGINE = """
import subprocess, sys, time
plugin = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline(), flush=True)
time.sleep(600)
"""
"""Starts a plugin, prints its process and port, and waits."""


def test_the_executable_ends_when_its_engine_is_killed(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    with subprocess.Popen(
        [sys.executable, "-c", ENGINE, sys.executable, str(EXECUTABLE), "127.0.0.1:1"],
        env=plugin.leading_to(nowhere, nowhere),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        process_id, port = map(int, parent.stdout.readline().split())
        # Readable once the process has ended.
        handle = os.pidfd_open(process_id)
        try:
            assert select.select([handle], [], [], 2 * plugin._LOOK_SECONDS)[0] == []
            assert stub_at(port).GetPluginInfo(Empty()).version == version("pulumi-aws")
            parent.kill()
            assert select.select([handle], [], [], ENDS_SECONDS)[0] == [handle]
        finally:
            parent.kill()
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)


def test_a_resource_made_in_part_is_handed_to_the_engine(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pulumi-terraform-bridge does it, so that the engine keeps it in its state."""

    def broken(_cloud: Any, _inputs: Any) -> None:
        raise RefusedError("S3 takes no tags today.")

    monkeypatch.setattr(s3_bucket, "_put_bucket_tags", broken)
    with pytest.raises(grpc.RpcError) as caught:
        created(engine, BUCKET, bucket="made-in-part", tags={"Team": "data"})
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    words = f"{BUCKET} data: S3 takes no tags today."
    assert caught.value.details() == words
    status = status_pb2.Status.FromString(
        dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    )
    detail = messages.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("made-in-part", [words])
    assert detail.properties["tags"] == struct(Team="data")


def test_an_import_tells_nothing_that_only_the_program_knows(engine: Any) -> None:
    made, inputs = created(engine, BUCKET, bucket="taken-in", forceDestroy=True)
    request = {"urn": urn(BUCKET), "id": made.id, "inputs": inputs}
    assert "forceDestroy" not in engine.Read(messages.ReadRequest(**request)).properties
    known = engine.Read(messages.ReadRequest(**request, properties=made.properties))
    assert known.properties["forceDestroy"]


def test_what_is_imported_by_an_id_of_another_form_is_refused(engine: Any) -> None:
    request = messages.ReadRequest(urn=urn(ASSOCIATION), id="rtbassoc-1")
    with pytest.raises(grpc.RpcError, match="to import it, give <subnetId>/<routeTableId>"):
        engine.Read(request)
