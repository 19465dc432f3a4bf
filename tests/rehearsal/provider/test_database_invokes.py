"""The functions that ask about databases: their answers, and what they refuse."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE


def call(rig: Any, name: str, /, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = rig.provider.invoke(f"aws:rds/{name}:{name}", arguments)
    return answer


def test_instances_are_found_by_all_of_their_tags(rig: Any) -> None:
    given = databases.inputs(rig, tags={"Stack": "dev", "Name": "metaflow-db", "Team": "data"})
    made = rig.create(INSTANCE, "one", **given)
    rig.create(INSTANCE, "other", **{**given, "tags": {"Stack": "prod", "Name": "metaflow-db"}})
    found = call(rig, "getInstances", tags={"Stack": "dev", "Name": "metaflow-db"})
    assert found["instanceIdentifiers"] == [made.outputs["identifier"]]
    assert found["instanceArns"] == [made.outputs["arn"]]
    assert call(rig, "getInstances", tags={"Stack": "test"})["instanceIdentifiers"] == []
    assert len(call(rig, "getInstances")["instanceIdentifiers"]) == 2


def test_a_major_version_has_a_default(rig: Any) -> None:
    answer = call(rig, "getEngineVersion", engine="postgres", version="17", defaultOnly=True)
    assert answer["versionActual"] == answer["version"] == "17.7"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"engine": "postgres", "version": "13", "defaultOnly": True}, "no RDS engine versions"),
        ({"engine": "postgres", "version": "17"}, "only defaults of PostgreSQL's major versions"),
        ({"engine": "mysql", "version": "8", "defaultOnly": True}, "only defaults of PostgreSQL"),
        ({"engine": "postgres", "version": "17.9", "defaultOnly": True}, "only defaults of"),
        ({"engine": "postgres", "latest": True}, "was not taught the argument latest"),
    ],
    ids=str,
)
def test_other_questions_about_versions_are_refused(
    rig: Any, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        call(rig, "getEngineVersion", **arguments)


def test_a_snapshot_has_the_full_version_of_its_database(rig: Any) -> None:
    made = rig.create(INSTANCE, "one", **databases.inputs(rig))
    rig.cloud.client("rds").create_db_snapshot(
        DBInstanceIdentifier=made.outputs["identifier"], DBSnapshotIdentifier="before"
    )
    assert call(rig, "getSnapshot", dbSnapshotIdentifier="before")["engineVersion"] == "17.7"
