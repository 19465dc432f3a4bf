"""A creation or an update whose later call AWS refuses: what was made is not forgotten."""

import threading
from typing import Any

import pytest

from rehearsal.provider import RefusedError
from rehearsal.provider.unfinished import UnfinishedError, made, making

BUCKET = "aws:s3/bucket:Bucket"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
TABLE = "aws:dynamodb/table:Table"


def failing(rig: Any, monkeypatch: pytest.MonkeyPatch, service: str, call: str) -> None:
    """Have a call of a service fail as AWS fails."""
    client = rig.cloud.client(service)

    def broken(**_: Any) -> None:
        raise client.exceptions.ClientError({"Error": {"Code": "InternalFailure"}}, call)

    monkeypatch.setattr(client, call, broken)


def test_a_creation_that_fails_late_says_what_was_made(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(rig, monkeypatch, "s3", "put_bucket_tagging")
    with pytest.raises(UnfinishedError, match=f"^{BUCKET} data: .*InternalFailure") as caught:
        rig.create(BUCKET, "data", bucket="flows-of-years", tags={"Team": "data"})
    assert caught.value.id == "flows-of-years"
    assert caught.value.outputs["tags"] == {"Team": "data"}
    assert "arn" not in caught.value.outputs


def test_a_creation_that_fails_at_once_has_made_nothing(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(rig, monkeypatch, "s3", "create_bucket")
    with pytest.raises(RefusedError) as caught:
        rig.create(BUCKET, "data", bucket="flows-of-years")
    assert not isinstance(caught.value, UnfinishedError)


def test_a_refresh_finds_what_is_missing_and_an_update_makes_it(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as storm:
        failing(rig, storm, "s3", "put_bucket_tagging")
        with pytest.raises(UnfinishedError) as caught:
            rig.create(BUCKET, "data", bucket="flows-of-years", tags={"Team": "data"})
    kept = caught.value
    refreshed = rig.provider.read(BUCKET, rig.urn(BUCKET, "data"), kept.id, kept.outputs)
    assert refreshed["tags"] == {}
    wanted = {name: kept.outputs[name] for name in ("bucket", "forceDestroy", "tags")}
    updated = rig.provider.update(BUCKET, rig.urn(BUCKET, "data"), kept.id, refreshed, wanted)
    assert rig.provider.read(BUCKET, rig.urn(BUCKET, "data"), kept.id, updated)["tags"] == {
        "Team": "data"
    }


def test_an_update_without_a_refresh_reads_what_the_state_lacks(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state claims all that was planned, so nothing is changed; its outputs then tell."""
    parameters = [{"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}]
    with monkeypatch.context() as storm:
        failing(rig, storm, "rds", "modify_db_parameter_group")
        with pytest.raises(UnfinishedError) as caught:
            rig.create(PARAMETERS, "db", name="db", family="postgres17", parameters=parameters)
    kept = caught.value
    urn = rig.urn(PARAMETERS, "db")
    updated = rig.provider.update(PARAMETERS, urn, kept.id, kept.outputs, kept.outputs)
    assert updated["arn"].endswith(":pg:db")
    has = rig.cloud.client("rds").describe_db_parameters(DBParameterGroupName="db")
    assert has["Parameters"] == []


def test_what_was_made_in_part_can_be_deleted(rig: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as storm:
        failing(rig, storm, "dynamodb", "update_time_to_live")
        with pytest.raises(UnfinishedError) as caught:
            rig.create(
                TABLE,
                "state",
                name="state",
                hashKey="id",
                billingMode="PAY_PER_REQUEST",
                attributes=[{"name": "id", "type": "S"}],
                ttl={"enabled": True, "attributeName": "ttl"},
            )
    rig.provider.delete(TABLE, rig.urn(TABLE, "state"), caught.value.id, caught.value.outputs)
    assert rig.cloud.client("dynamodb").list_tables()["TableNames"] == []


def test_an_update_that_fails_counts_as_planned(rig: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    created = rig.create(GROUP, "log", name="flows", retentionInDays=7)
    failing(rig, monkeypatch, "logs", "put_retention_policy")
    with pytest.raises(UnfinishedError) as caught:
        rig.update(GROUP, "log", created, name="flows", retentionInDays=30)
    assert caught.value.id == created.id
    assert caught.value.outputs["retentionInDays"] == 30
    assert caught.value.outputs["arn"] == created.outputs["arn"]


def test_an_update_that_the_provider_refuses_counts_as_nothing(rig: Any) -> None:
    created = rig.create(GROUP, "log", name="flows")
    with pytest.raises(RefusedError, match="cannot change a group's key") as caught:
        rig.update(GROUP, "log", created, name="flows", kmsKeyId="arn:aws:kms:us-east-1::key/1")
    assert not isinstance(caught.value, UnfinishedError)


def test_creations_at_a_time_do_not_mix() -> None:
    seen = {}

    def create(name: str, both: threading.Barrier) -> None:
        with making() as noted:
            both.wait()
            made(name)
            seen[name] = noted.id

    both = threading.Barrier(2)
    threads = [threading.Thread(target=create, args=(name, both)) for name in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"one": "one", "other": "other"}
