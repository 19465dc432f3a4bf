"""The contract of the metadata service: what tasks record, and how it is found again."""

import json

import pytest

VERSION = "METADATA_SERVICE_VERSION"
REGISTER_FIRST = {"message": "need to register run_id and task_id first"}


def datum(value, field_name="field", **more):
    return {"field_name": field_name, "value": value, "type": "kind", "user_name": "ada", **more}


def artifact(name, attempt=0, **more):
    keys = ("location", "ds_type", "sha", "type", "content_type", "user_name")
    return {"name": name, "attempt_id": attempt, **dict.fromkeys(keys, "x"), **more}


def found(answer):
    return sorted((one["name"], one["attempt_id"]) for one in answer.json())


# Metadata


def test_metadata_fields(client, task):
    answer = client.post(
        task + "/metadata", [datum("v", tags=["attempt_id:0"], task_id="7", step_name="other")]
    )
    assert answer.json() == {"metadata_created": 1}
    assert VERSION not in answer.headers
    (shown,) = client.get(task + "/metadata").json()
    _, flow, _, number, _, step, _, task_id = task.split("/")[1:]
    assert isinstance(shown.pop("id"), int)
    assert shown.pop("ts_epoch") > 0
    assert shown == {
        **{"flow_id": flow, "run_number": int(number), "step_name": step},
        **{"task_id": int(task_id), "field_name": "field", "value": "v", "type": "kind"},
        **{"user_name": "ada", "tags": ["attempt_id:0"], "system_tags": None},
    }


def test_metadata_is_newest_first_and_repeats_are_kept(client, run, task):
    for value in ("1", "2", "2", "3"):
        client.post(task + "/metadata", [datum(value)])
    rows = client.get(task + "/metadata").json()
    assert [row["value"] for row in rows] == ["3", "2", "2", "1"]
    assert sorted(row["id"] for row in client.get(run + "/metadata").json()) == sorted(
        row["id"] for row in rows
    )


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        *((5, "5"), (True, "true"), (1.5, "1.5"), ("", "")),
        *(
            (["x", "y z"], '{x,"y z"}'),
            ([], "{}"),
            (["", "null", 'q"\\'], '{"","null","q\\"\\\\"}'),
        ),
        *(([1, 2], "{1,2}"), ([True, None], "{t,NULL}"), (["items=0"], "{items=0}")),
    ],
)
def test_values_are_stored_as_text(client, task, value, stored):
    assert client.post(task + "/metadata", [datum(value)]).json() == {"metadata_created": 1}
    assert client.get(task + "/metadata").json()[0]["value"] == stored


def test_what_the_database_cannot_hold_is_skipped(client, task):
    bad = [datum(None), datum({"a": 1}), datum("nul\0"), datum([True, "mixed"])]
    bad.append(datum("v", field_name="f" * 256))
    answer = client.post(task + "/metadata", [datum("first"), *bad, datum("last")])
    assert (answer.status_code, answer.json()) == (200, {"metadata_created": 2})
    values = {row["value"] for row in client.get(task + "/metadata").json()}
    assert values == {"first", "last"}


def test_missing_keys_become_a_blank(client, task):
    client.post(task + "/metadata", [{}])
    (row,) = client.get(task + "/metadata").json()
    blanks = [row[key] for key in ("field_name", "value", "type")]
    assert (blanks, row["user_name"], row["tags"]) == ([" "] * 3, None, None)


@pytest.mark.parametrize("kind", ["metadata", "artifact"])
def test_records_of_the_unknown(client, run, task, kind):
    step = task.rsplit("/tasks/", 1)[0]
    for path in (step + "/tasks/nobody", f"{run}0000/steps/start/tasks/1"):
        answer = client.post(f"{path}/{kind}", [datum("v")])
        assert (answer.status_code, answer.json()) == (400, REGISTER_FIRST)
        plural = kind if kind == "metadata" else "artifacts"
        assert client.get(f"{path}/{plural}").json() == []


@pytest.mark.parametrize("kind", ["metadata", "artifact"])
@pytest.mark.parametrize("raw", ["", "no JSON", "5", "null", '"text"', "[5]"])
def test_records_must_be_a_list_of_objects(client, task, kind, raw):
    answer = client.post(f"{task}/{kind}", raw=raw)
    assert answer.status_code == 500
    assert VERSION not in answer.headers


def test_items_before_a_faulty_one_are_kept(client, task):
    client.post(task + "/metadata", [datum("kept"), 5])
    assert [row["value"] for row in client.get(task + "/metadata").json()] == ["kept"]


def test_large_bodies(client, task):
    text = "x" * 3_000_000
    client.post(task + "/metadata", [datum(text)])
    assert client.get(task + "/metadata").json()[0]["value"] == text


# Tasks found by their metadata


def test_filtered_tasks(client, run):
    tasks = [client.task(run, step="mid") for _ in range(3)]
    for number, task in enumerate(tasks[:2]):
        client.post(task + "/metadata", [datum(f"mid:{number},", "path"), datum("x", "other")])
    paths = ["/".join(task.split("/")[2::2]) for task in tasks]
    step = run + "/steps/mid/filtered_tasks"
    everything = client.get(step)
    assert everything.json() == paths[:2]
    assert VERSION in everything.headers
    anchored = {"metadata_field_name": "path", "pattern": "^(?:mid:1,.*)$"}
    assert client.get(step, **anchored).json() == [paths[1]]
    assert client.get(step, pattern="id:0").json() == [paths[0]]
    assert client.get(step, metadata_field_name="path", pattern="x").json() == []
    assert client.get(step, metadata_field_name="nobody").json() == []


def test_filtered_tasks_shows_names(client, flow):
    run = client.run(flow, run_number="sfn-named")
    task = client.task(run, task_id="named")
    client.post(task + "/metadata", [datum("v")])
    expected = [f"{flow.split('/')[2]}/sfn-named/start/named"]
    assert client.get(run + "/steps/start/filtered_tasks").json() == expected


def test_filtered_tasks_errors(client, run, task):
    client.post(task + "/metadata", [datum("v")])
    assert client.get(run + "/steps/start/filtered_tasks", pattern="[").status_code == 500
    assert client.get(run + "0000/steps/start/filtered_tasks").json() == []


# Artifacts


def test_artifact_fields(client, task):
    answer = client.post(task + "/artifact", [artifact("x", 0, tags=["own"], ts_epoch=1)])
    assert answer.json() == {"artifacts_created": 1}
    assert VERSION not in answer.headers
    (shown,) = client.get(task + "/artifacts").json()
    assert (shown["tags"], "user:ada" in shown["system_tags"]) == (["b", "a"], True)
    assert (shown["name"], shown["attempt_id"], shown["sha"]) == ("x", 0, "x")
    assert shown["ts_epoch"] > 1
    for path in ("/artifacts/x", "/artifacts/x/attempt/0"):
        assert client.get(task + path).json() == shown
    step = task.rsplit("/tasks/", 1)[0]
    run = step.rsplit("/steps/", 1)[0]
    lists = (task + "/attempt/0/artifacts", step + "/artifacts", run + "/artifacts")
    for path in lists:
        assert client.get(path).json() == [shown]


def test_artifact_is_unique_in_its_attempt(client, task):
    body = [artifact("x"), artifact("x"), artifact("x", 1)]
    assert client.post(task + "/artifact", body).json() == {"artifacts_created": 2}


def test_artifacts_the_database_cannot_hold_are_skipped(client, task):
    bad = [artifact("a", "q"), artifact("b", 2**15), artifact("c", location="l" * 256)]
    answer = client.post(task + "/artifact", [*bad, artifact("d", sha=None), {}])
    assert answer.json() == {"artifacts_created": 2}
    assert found(client.get(task + "/artifacts")) == [(" ", 0), ("d", 0)]


def test_lists_show_the_latest_attempt_of_each_task(client, run, task):
    other = client.task(run)
    client.post(task + "/artifact", [artifact("old"), artifact("x"), artifact("x", 1)])
    client.post(other + "/artifact", [artifact("y")])
    assert found(client.get(task + "/artifacts")) == [("x", 1)]
    for path in (run + "/artifacts", run + "/steps/start/artifacts"):
        assert found(client.get(path)) == [("x", 1), ("y", 0)]


def test_single_attempts(client, task):
    client.post(task + "/artifact", [artifact("old"), artifact("x", 1)])
    attempts = client.get(task + "/attempt/0/artifacts")
    assert found(attempts) == [("old", 0)]
    assert VERSION not in attempts.headers
    assert client.get(task + "/attempt/7/artifacts").json() == []
    assert client.get(task + "/artifacts/old/attempt/0").status_code == 200
    assert client.get(task + "/artifacts/old/attempt/1").status_code == 404
    assert client.get(task + "/artifacts/old/attempt/first").status_code == 500


def test_single_artifact_is_of_the_attempt_of_the_newest_artifact_called_name(client, task):
    first, second = [artifact("name"), artifact("old")], [artifact("name", 1), artifact("x", 1)]
    client.post(task + "/artifact", [*first, *second])
    assert client.get(task + "/artifacts/x").json()["attempt_id"] == 1
    missing = client.get(task + "/artifacts/old")
    assert (missing.status_code, missing.json()) == (404, {})


def test_single_artifact_without_one_called_name_is_of_attempt_0(client, task):
    client.post(task + "/artifact", [artifact("x"), artifact("x", 1), artifact("y", 1)])
    assert client.get(task + "/artifacts/x").json()["attempt_id"] == 0
    assert client.get(task + "/artifacts/y").status_code == 404


def test_records_of_named_tasks_are_read_by_name(client, flow):
    task = client.task(client.run(flow, run_number="sfn-named"), task_id="named")
    client.post(task + "/artifact", [artifact("x")])
    client.post(task + "/metadata", [datum("v")])
    for path in ("/artifacts", "/metadata"):
        (row,) = client.get(task + path).json()
        assert (row["run_number"], row["task_id"]) == ("sfn-named", "named")


def test_answers_to_records_are_json(client, task):
    assert json.loads(client.post(task + "/artifact", []).text) == {"artifacts_created": 0}
