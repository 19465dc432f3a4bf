"""The contract of the metadata service: itself, flows, runs, steps and tasks."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest

VERSION = "METADATA_SERVICE_VERSION"


def last(path):
    return unquote(path.rsplit("/", 1)[1])


def error_code(answer):
    """Return the PostgreSQL error code inside a database error: JSON in a JSON string."""
    return json.loads(answer.json())["err_msg"]["pgcode"]


def test_ping_tells_the_version_that_turns_on_every_feature_of_the_client(client):
    answer = client.get("/ping")
    assert (answer.status_code, answer.text) == (200, "pong")
    assert tuple(int(part) for part in answer.headers[VERSION].split(".")) >= (2, 5, 0)


def test_version_and_health(client):
    assert client.get("/version").text == client.get("/ping").headers[VERSION]
    health = client.get("/healthcheck")
    assert json.loads(health.json()) == {"status": "UP"}
    assert health.headers["Content-Type"].startswith("application/json")


def test_unknown_paths_and_methods(client, flow):
    for path in ("/nowhere", flow + "/", flow + "/runs/"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, "404: Not Found")
    answer = client.send("DELETE", flow)
    assert (answer.status_code, answer.text) == (405, "405: Method Not Allowed")
    assert answer.headers["Allow"] == "GET,POST"
    assert VERSION not in answer.headers


def test_json_answers_are_text_plain_with_the_version(client, flow):
    headers = client.get(flow).headers
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert VERSION in headers


# Flows


def test_flow_is_created_once_and_read_back(client, flow):
    name = last(flow)
    shown = client.get(flow).json()
    assert {**shown, "ts_epoch": 0} == {
        "flow_id": name,
        "user_name": "ada",
        "ts_epoch": 0,
        "tags": [],
        "system_tags": [],
    }
    again = client.post(flow, {"flow_id": name})
    assert (again.status_code, error_code(again)) == (409, "23505")
    assert name in [one["flow_id"] for one in client.get("/flows").json()]


def test_flow_of_the_client_has_null_fields(client):
    path = client.flow() + "b"
    created = client.post(path, {"flow_id": "ignored", "ts_epoch": 5}).json()
    assert (created["user_name"], created["tags"], created["system_tags"]) == (None, None, None)
    assert created["flow_id"] == last(path)
    assert abs(created["ts_epoch"] / 1000 - time.time()) < 300


def test_unknown_flow(client, flow):
    missing = client.get(flow + "x")
    assert (missing.status_code, missing.json()) == (404, {})
    assert client.get(flow + "x/runs").json() == []
    refused = client.post(flow + "x/run", {})
    assert (refused.status_code, error_code(refused)) == (404, "23503")


@pytest.mark.parametrize("raw", ["", "not JSON", "[]"])
def test_flow_body_must_be_a_json_object(client, flow, raw):
    answer = client.post(flow + "x", raw=raw)
    assert answer.status_code == 500
    assert answer.json()["title"] == "Internal Server Error"
    assert client.get(flow + "x").status_code == 404


def test_flow_name_of_more_than_255_characters(client):
    answer = client.post("/flows/" + "x" * 256, {})
    assert (answer.status_code, error_code(answer)) == (500, "22001")


def test_percent_encoded_segments_are_decoded(client, flow):
    client.create(flow + "%20b%2Fc")
    assert client.get(flow + "%20b%2Fc").json()["flow_id"] == last(flow) + " b/c"


# Runs


def test_run_fields(client, flow):
    created = client.create(flow + "/run", tags=["b", "a", "b"], system_tags=["user:ada"])
    assert isinstance(created["run_number"], int)
    assert created["tags"] == ["b", "a", "b"]
    assert "user" not in created
    shown = client.get(f"{flow}/runs/{created['run_number']}").json()
    assert shown == {**created, "user": "ada"}
    assert client.get(flow + "/runs").json() == [shown]


def test_user_is_shown_only_when_a_system_tag_confirms_it(client, flow):
    run = client.run(flow, system_tags=["user:somebody-else"])
    assert "user" not in client.get(run).json()


def test_run_numbers_are_one_sequence_for_all_flows_and_failures_use_them_up(client, flow):
    first = int(last(client.run(flow)))
    client.post(flow + "x/run", {})
    assert int(last(client.run(client.flow()))) >= first + 2


def test_run_under_a_name_of_the_callers_choice(client, flow):
    before = int(last(client.run(flow)))
    run = client.run(flow, run_number="sfn-1b2c", system_tags=["user:ada"])
    assert run == flow + "/runs/sfn-1b2c"
    assert client.get(run).json()["run_number"] == "sfn-1b2c"
    again = client.post(flow + "/run", {"run_number": "sfn-1b2c"})
    assert (again.status_code, error_code(again)) == (409, "23505")
    after = int(last(client.run(flow)))
    hidden = [client.get(f"{flow}/runs/{number}") for number in range(before + 1, after)]
    assert "sfn-1b2c" in [one.json().get("run_number") for one in hidden]


@pytest.mark.parametrize("number", ["12", 12, ["x"]])
def test_numeric_run_names_are_refused(client, flow, number):
    assert client.post(flow + "/run", {"run_number": number}).status_code == 500
    assert client.get(flow + "/runs").json() == []


def test_empty_run_name_is_a_name(client, flow):
    assert client.create(flow + "/run", run_number="")["run_number"] == ""
    assert client.post(flow + "/run", {"run_number": ""}).status_code == 409


def test_unknown_run(client, flow):
    for name in ("2147483647", "nobody"):
        missing = client.get(f"{flow}/runs/{name}")
        assert (missing.status_code, missing.json()) == (404, {})
    assert client.get(f"{flow}/runs/2147483648").status_code == 500
    for listed in ("steps", "metadata", "artifacts", "steps/start/tasks"):
        assert client.get(f"{flow}/runs/nobody/{listed}").json() == []


def test_of_several_creations_at_once_under_one_name_one_wins(client, flow):
    def create(_):
        return client.post(flow + "/run", {"run_number": "sfn-race"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(8))) == [200] + [409] * 7


# Steps and tasks


def test_step_fields(client, run):
    path = run + "/steps/start"
    created = client.create(path + "/step", tags=["own"], system_tags=["own"], step_name="other")
    assert created["step_name"] == "start"
    assert created["run_number"] == last(run)
    assert created["tags"] == ["b", "a"]
    assert "user:ada" in created["system_tags"]
    assert client.get(path).json() == created
    assert client.get(run + "/steps").json() == [created]


def test_step_errors(client, run):
    path = run + "/steps/start"
    assert client.get(path).json() == {}
    assert client.get(path).status_code == 404
    client.create(path + "/step")
    assert client.post(path + "/step", {}).status_code == 409
    assert client.post(run + "0000/steps/start/step", {}).status_code == 500


def test_step_without_a_user(client, run):
    assert client.post(run + "/steps/start/step", {}).json()["user_name"] == ""


def test_task_fields(client, run):
    step = run + "/steps/start"
    client.create(step + "/step")
    created = client.create(step + "/task", tags=["own"], task_id=None)
    assert isinstance(created["task_id"], int)
    assert created["run_number"] == int(last(run))
    assert (created["tags"], created["last_heartbeat_ts"]) == (["b", "a"], None)
    path = f"{step}/tasks/{created['task_id']}"
    assert client.get(path).json() == created
    assert client.get(step + "/tasks").json() == [created]


def test_task_numbers_are_one_sequence_for_everything(client, task):
    other = client.task(client.run(client.flow()), step="end")
    assert int(last(other)) > int(last(task))


def test_task_under_a_name_of_the_callers_choice(client, flow):
    run = client.run(flow, run_number="sfn-named")
    task = client.task(run, task_id="1b2c-params")
    shown = client.get(task).json()
    assert (shown["run_number"], shown["task_id"]) == ("sfn-named", "1b2c-params")
    again = client.post(run + "/steps/start/task", {"task_id": "1b2c-params"})
    assert (again.status_code, error_code(again)) == (409, "23505")


def test_task_errors(client, run):
    step = run + "/steps/start"
    no_step = client.post(step + "/task", {})
    assert (no_step.status_code, error_code(no_step)) == (404, "23503")
    client.create(step + "/step")
    assert client.get(step + "/tasks/nobody").json() == {}
    assert client.get(step + "/tasks/nobody").status_code == 404
    assert client.post(run + "0000/steps/start/task", {}).status_code == 500
    numeric = client.post(step + "/task", {"task_id": "12"})
    assert numeric.status_code == 500
    assert numeric.text.startswith("500 Internal Server Error")
    assert client.get(step + "/tasks").json() == []
