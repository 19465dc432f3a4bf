"""The contract of the metadata service: filters and pages of its lists."""

import base64
import json

import pytest

SYSTEM_TAGS = ["user:ada", "metaflow_version:2.19.39"]


@pytest.fixture
def runs(client, flow):
    """Three runs: by a number with a verified owner, by the name sfn-a, and untagged by `bob`."""
    numbered = client.run(flow, tags=["red", "blue"], system_tags=SYSTEM_TAGS)
    named = client.run(flow, run_number="sfn-a", tags=["red"], system_tags=["runtime:sfn"])
    other = client.run(flow, run_number="other", user_name="bob")
    return {"numbered": numbered, "named": named, "other": other}


@pytest.fixture
def select(client, flow, runs):
    """Return the names of the runs that a query selects."""

    def selected(query):
        answer = client.get(f"{flow}/runs?{query}")
        assert answer.status_code == 200, answer.text
        names = {path.rsplit("/", 1)[1]: name for name, path in runs.items()}
        return {names[str(run["run_number"])] for run in answer.json()}

    return selected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        *(("user_name=bob", "other"), ("user_name:ne=bob", "numbered named")),
        *(("user=ada", "numbered"), ("user=null", "named other")),
        *(("run_id=sfn-a,other", "named other"), ("run_id:is=null", "numbered")),
        *(("run_id:sw=SFN", "named"), ("run_id:ew=-a", "named"), ("run_id:co=fn", "named")),
        *(("run_id:li=s%25_a", "named"), ("run_id:lt=p", "other"), ("run_id:ge=p", "named")),
        *(("ts_epoch:gt=5", "numbered named other"), ("ts_epoch:le=5", "")),
        *(("last_heartbeat_ts:gt=5", "numbered"), ("user_name=ada&run_id=sfn-a", "named")),
        *(("_tags=red", "numbered named"), ("_tags=red,blue", "numbered")),
        *(("_tags:any=blue,runtime:sfn", "numbered named"), ("_tags:all=red,user:ada", "numbered")),
        *(("_tags:likeany=lue,sfn", "numbered named"), ("_tags:likeall=re,ru", "named")),
        *(("status=running", "numbered"), ("status=failed", "named other")),
        *(("flow_id=another", ""), ("unknown=1", "numbered named other")),
    ],
)
def test_filters_of_runs(select, query, expected):
    assert select(query) == set(expected.split())


@pytest.mark.parametrize(("ok", "status"), [("True", "completed"), ("False", "failed")])
def test_status_follows_the_end_step(client, select, runs, ok, status):
    task = client.task(runs["named"], step="end")
    client.post(task + "/metadata", [{"field_name": "attempt_ok", "value": ok}])
    assert "named" in select(f"status={status}")


def test_status_is_shown_where_it_was_asked_for(client, flow, runs):
    (run,) = client.get(flow + "/runs", status="running").json()
    assert run["status"] == "running"
    assert "status" not in client.get(runs["numbered"]).json()


@pytest.mark.parametrize("query", ["user_name:zz=x", "status=asleep", "ts_epoch:gt=noon"])
def test_bad_filters_of_runs(client, flow, query):
    answer = client.get(f"{flow}/runs?{query}")
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


@pytest.mark.parametrize("query", ["run_number:co=1", "run_number=x", "run_id:is=x", "_limit=x"])
def test_what_the_database_cannot_compare(client, flow, query):
    assert client.get(f"{flow}/runs?{query}").status_code == 500


def test_filters_of_tasks(client, run):
    step = run + "/steps/start"
    client.task(run, user_name="bob")
    named = client.get(client.task(run, task_id="named")).json()
    assert client.get(step + "/tasks", task_name="named").json() == [named]
    assert client.get(step + "/tasks", user_name="ada").json() == [named]
    assert len(client.get(step + "/tasks", flow_id="ignored").json()) == 2
    for query in ({"task_name:zz": "x"}, {"ts_epoch": "noon"}):
        assert client.get(step + "/tasks", **query).status_code == 400


def test_pages_of_runs(client, flow, runs):
    first = client.get(flow + "/runs", _limit="2")
    assert first.headers["X-Limit"] == "2"
    second = client.get(flow + "/runs", _limit="2", _cursor=first.headers["X-Next-Cursor"])
    assert "X-Next-Cursor" not in second.headers
    names = [run["run_number"] for run in [*first.json(), *second.json()]]
    assert names == ["other", "sfn-a", int(runs["numbered"].rsplit("/", 1)[1])]
    cursor = json.loads(base64.b64decode(first.headers["X-Next-Cursor"]))
    assert sorted(cursor) == ["run_number", "ts_epoch"]
    assert isinstance(cursor["run_number"], int)


def test_limits(client, flow):
    client.run(flow)
    assert client.get(flow + "/runs", _limit="9999").headers["X-Limit"] == "500"
    assert client.get(flow + "/runs", user_name="ada").headers["X-Limit"] == "50"
    assert "X-Limit" not in client.get(flow + "/runs").headers
    nothing = client.get(flow + "/runs", _limit="0")
    assert nothing.json() == []
    assert "X-Next-Cursor" not in nothing.headers


@pytest.fixture
def lists(flow, run, task):
    """Return the paths of the lists that come in pages."""
    step = run + "/steps/start"
    of_tasks = [step + "/tasks", task + "/metadata", task + "/artifacts", step + "/artifacts"]
    return ["/flows", flow + "/runs", run + "/metadata", run + "/artifacts", *of_tasks]


def test_every_list_refuses_a_bad_cursor(client, lists):
    for path in lists:
        for cursor in ("nonsense", base64.b64encode(b"{}").decode()):
            answer = client.get(path, _cursor=cursor)
            assert (answer.status_code, answer.json()) == (400, "Invalid cursor"), path


def test_every_list_comes_in_pages(client, flow, run, task, lists):
    client.flow()
    client.run(flow)
    client.task(run)
    for kind in ("metadata", "artifact"):
        client.post(f"{task}/{kind}", [{"name": "a"}, {"name": "b"}])
    for path in lists:
        first = client.get(path, _limit="1")
        following = client.get(path, _limit="1", _cursor=first.headers["X-Next-Cursor"])
        assert len(first.json()) == len(following.json()) == 1, path
        assert first.json() != following.json(), path


def test_steps_and_attempts_do_not_come_in_pages(client, run, task):
    client.post(task + "/artifact", [{"name": "a"}, {"name": "b"}])
    client.create(run + "/steps/end/step")
    for path in (run + "/steps", task + "/attempt/0/artifacts"):
        answer = client.get(path, _limit="1")
        assert len(answer.json()) == 2
        assert "X-Limit" not in answer.headers


def test_pages_of_artifacts_show_the_newest_of_each_name(client, task):
    for name, attempt in (("old", 0), ("x", 0), ("x", 1)):
        client.post(task + "/artifact", [{"name": name, "attempt_id": attempt}])
    rows = client.get(task + "/artifacts", _limit="9").json()
    assert sorted((row["name"], row["attempt_id"]) for row in rows) == [("old", 0), ("x", 1)]
