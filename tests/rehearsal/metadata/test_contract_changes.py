"""The contract of the metadata service: what changes in a run, tags and heartbeats."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

HEARTBEAT = {"wait_time_in_seconds": 10}


# Tags


def test_removals_come_before_additions(client, run):
    change = {"tags_to_add": ["a", "c"], "tags_to_remove": ["a", "b", "unknown"]}
    assert set(client.tags(run, **change).json()["tags"]) == {"a", "c"}
    assert set(client.get(run).json()["tags"]) == {"a", "c"}


def test_changed_tags_show_on_everything_in_the_run(client, run, task):
    client.post(task + "/artifact", [{"name": "x"}])
    client.tags(run, tags_to_remove=["a", "b"], tags_to_add=["new"])
    for path in (task, task + "/artifacts/x", run + "/steps/start"):
        assert client.get(path).json()["tags"] == ["new"]


def test_system_tags_cannot_be_removed_and_not_be_doubled(client, run):
    refused = client.tags(run, tags_to_remove=["user:ada"])
    assert refused.status_code == 422
    assert "user:ada" in refused.json()
    assert set(client.tags(run, tags_to_add=["user:ada"]).json()["tags"]) == {"a", "b"}


@pytest.mark.parametrize("change", [{"tags_to_add": "x"}, {"tags_to_remove": [1]}])
def test_tags_must_be_lists_of_strings(client, run, change):
    answer = client.tags(run, **change)
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


def test_tags_of_odd_runs(client, flow, run):
    assert client.tags(run).status_code == 200
    missing = client.tags(flow + "/runs/nobody", tags_to_add=["x"])
    assert (missing.status_code, missing.json()) == (404, {})
    untagged = client.post(flow + "/run", {}).json()["run_number"]
    assert client.tags(f"{flow}/runs/{untagged}", tags_to_add=["x"]).status_code == 500


def test_no_tag_that_was_accepted_is_lost(client, run):
    def add(tag):
        return tag, client.tags(run, tags_to_add=[tag]).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(add, [f"tag-{number}" for number in range(16)]))
    assert {status for _, status in answers} <= {200, 409}
    accepted = {tag for tag, status in answers if status == 200}
    assert accepted
    assert set(client.get(run).json()["tags"]) == accepted | {"a", "b"}


# Heartbeats


def test_run_without_a_heartbeat_takes_one_at_once_and_no_second(client, flow):
    run = client.run(flow)
    first = client.post(run + "/heartbeat", {})
    assert first.status_code == 200
    assert json.loads(first.json()) == HEARTBEAT
    assert abs(client.get(run).json()["last_heartbeat_ts"] - time.time()) < 300
    second = client.post(run + "/heartbeat")
    assert second.status_code == 404
    assert json.loads(second.json()) == HEARTBEAT


def test_task_heartbeat_beats_the_run(client, flow):
    run = client.run(flow)
    task = client.task(run)
    assert client.post(task + "/heartbeat", {}).status_code == 200
    assert client.get(run).json()["last_heartbeat_ts"] is not None
    assert client.get(task).json()["last_heartbeat_ts"] is not None


def test_heartbeat_of_the_unknown(client, run):
    for path in (run + "0000/heartbeat", run + "/steps/start/tasks/nobody/heartbeat"):
        answer = client.post(path, {})
        assert answer.status_code == 404
        assert json.loads(answer.json()) == HEARTBEAT


@pytest.mark.parametrize(
    ("system_tags", "beats"),
    [
        (["metaflow_version:2.19.39"], True),
        (["metaflow_version:2.2.12"], True),
        (["metaflow_version:2.2.11"], False),
        (["metaflow_version:1.14.0"], True),
        (["metaflow_version:1.13.9"], False),
        (["metaflow_version:unreadable"], True),
        (["user:ada"], False),
        (None, True),
    ],
)
def test_first_heartbeat_by_the_clients_version(client, flow, system_tags, beats):
    run = client.run(flow, system_tags=system_tags)
    task = client.task(run, system_tags=system_tags)
    for path in (run, task):
        assert (client.get(path).json()["last_heartbeat_ts"] is not None) is beats
        assert client.post(path + "/heartbeat", {}).status_code == (404 if beats else 200)
