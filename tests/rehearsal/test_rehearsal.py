"""Whole rehearsals, as a user starts, uses and ends them."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from rehearsal.rehearse import ROOT
from tests.rehearsal import scenarios
from tests.rehearsal.processes import Ended

SUMMARY_KEYS = [
    "engine",
    "stack",
    "resources",
    "outputs",
    "profile",
    "flows",
    "wiring",
    "policies",
    "violations",
    "iam",
    "problems",
    "seconds",
]
BEFORE_THE_FLOWS = [
    "set up",
    "preview",
    "deploy",
    "check the policies",
    "write the profile",
    "check the wiring",
]
AFTER_THE_FLOWS = ["rotate the password", "check the permissions"]
MODES = {"kept": ["local"], "prod": ["batch", "step-functions"]}
STOPPING_SECONDS = 10


def phases(name: str) -> list[str]:
    """Return the phases of a scenario that ends well."""
    flows = [f"run a flow, {mode}" for mode in MODES[name]]
    return [*BEFORE_THE_FLOWS, *flows, *AFTER_THE_FLOWS]


Rehearsals = dict[str, Future[Ended]]


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsals]:
    """Start each scenario of the table, two at a time; its end is to be waited for."""
    with ThreadPoolExecutor(max_workers=2) as workers:
        yield {
            name: workers.submit(scenario, tmp_path_factory.mktemp(name))
            for name, scenario in scenarios.ALL.items()
        }


@pytest.fixture(params=list(scenarios.ALL))
def each(request: pytest.FixtureRequest, rehearsals: Rehearsals) -> Ended:
    return rehearsals[request.param].result()


@pytest.fixture
def kept(rehearsals: Rehearsals) -> Ended:
    return rehearsals["kept"].result()


@pytest.fixture
def prod(rehearsals: Rehearsals) -> Ended:
    return rehearsals["prod"].result()


def test_nothing_is_left_behind_however_it_ends(each: Ended) -> None:
    assert each.left == []
    assert each.survivors == []
    assert each.open_ports == []


def test_nothing_of_the_users_environment_is_used(each: Ended) -> None:
    assert each.visits == []
    assert each.home_changes == set()


def test_output_is_plain_where_there_is_no_terminal(each: Ended) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", each.stdout + each.stderr)
    assert "Traceback" not in each.stderr
    assert "Traceback" not in each.stdout


def test_dev_succeeds_and_says_what_it_does(kept: Ended) -> None:
    assert (kept.code, kept.stderr) == (0, "")
    said = [line.partition(" ...")[0] for line in kept.stdout.splitlines() if " ..." in line]
    assert said == phases("kept")
    assert "ForeachFlow/1 successful in" in kept.stdout
    assert "6 of 6 connections open, 15 of 15 others closed" in kept.stdout


def test_prod_succeeds_at_the_same_time(kept: Ended, prod: Ended) -> None:
    assert (prod.code, prod.stderr) == (0, "")
    assert kept.started < prod.ended
    assert prod.started < kept.ended
    assert re.search(r"OwnFlow/\d+ successful in", prod.stdout)


def test_a_running_metadata_service_is_used_instead_of_the_double(prod: Ended) -> None:
    assert [run["flow_id"] for run in prod.seen["runs"]] == ["OwnFlow"] * len(MODES["prod"])


@pytest.mark.parametrize(
    ("name", "stack", "flow", "flow_name"),
    [("kept", "dev", "foreach_flow", "ForeachFlow"), ("prod", "prod", "own_flow", "OwnFlow")],
)
def test_the_summary_has_its_keys_and_forms(
    rehearsals: Rehearsals, name: str, stack: str, flow: str, flow_name: str
) -> None:
    summary: dict[str, Any] = json.loads(rehearsals[name].result().seen["summary"])
    assert list(summary) == SUMMARY_KEYS
    assert (summary["engine"], summary["stack"], summary["problems"]) == ("mocks", stack, [])
    assert all(set(one) == {"urn", "type"} for one in summary["resources"])
    assert len({one["urn"] for one in summary["resources"]}) == len(summary["resources"]) > 80
    assert all(one["urn"].startswith(f"urn:pulumi:{stack}::") for one in summary["resources"])
    assert summary["outputs"]["apiKey"] == "[secret]"
    assert summary["outputs"]["stackName"] == stack
    assert summary["profile"].endswith(f"/config_{stack}.json")
    assert [run["mode"] for run in summary["flows"]] == MODES[name]
    for run in summary["flows"]:
        assert set(run) == {"name", "mode", "pathspec", "successful", "seconds"}
        assert (run["name"], run["successful"]) == (flow, True)
        numbered = r"\d+" if run["mode"] != "step-functions" else "sfn-[0-9a-f-]+"
        assert re.fullmatch(f"{flow_name}/{numbered}", run["pathspec"])
        assert 0 < run["seconds"] < 600
    for hop in summary["wiring"]:
        assert set(hop) == {"from", "to", "port", "open", "expected"}
        assert hop["open"] is hop["expected"]
    assert list(summary["seconds"]) == phases(name)


@pytest.mark.parametrize(("name", "options"), [("kept", 0), ("prod", 8)])
def test_every_call_was_allowed_and_counted(
    rehearsals: Rehearsals, name: str, options: int
) -> None:
    iam = json.loads(rehearsals[name].result().seen["summary"])["iam"]
    assert iam["denied"] == []
    assert iam["granted"]["acting"] <= 55
    assert iam["granted"]["aws_services"] <= 40
    assert iam["granted"]["options"] == options
    assert iam["narrowable_on_star"] == []
    for one in iam["roles"]:
        assert set(one) == {"role", "kind", "granted", "on_star", "used", "unused"}
        assert set(one["used"]) <= set(one["granted"])


def test_each_role_is_seen_to_do_its_part(kept: Ended, prod: Ended) -> None:
    used = {
        name: {one["role"]: set(one["used"]) for one in json.loads(text)["iam"]["roles"]}
        for name, text in (("kept", kept.seen["summary"]), ("prod", prod.seen["summary"]))
    }
    assert {"s3:GetObject", "s3:PutObject"} <= used["kept"]["metaflow-users-role"]
    assert used["kept"]["metaflow-compute-job"] == set()
    assert {"s3:GetObject", "s3:PutObject"} <= used["prod"]["metaflow-compute-job"]
    assert "batch:SubmitJob" in used["prod"]["metaflow-users-role"]
    assert "batch:SubmitJob" in used["prod"]["metaflow-flows-state-machine"]


def test_the_readme_tells_how_much_is_granted(prod: Ended) -> None:
    granted = json.loads(prod.seen["summary"])["iam"]["granted"]
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert (
        f"prod grants {granted['acting']} actions to the roles with which Metaflow and its service "
        f"act, {granted['aws_services']} to those that only AWS's services use, and "
        f"{granted['options']} for `executionLog`"
    ) in text


@pytest.mark.parametrize("name", ["kept", "prod"])
def test_both_packs_judge_and_find_nothing(rehearsals: Rehearsals, name: str) -> None:
    ended = rehearsals[name].result()
    summary: dict[str, Any] = json.loads(ended.seen["summary"])
    assert summary["violations"] == []
    judged = summary["policies"]
    assert all(set(one) == {"pack", "name", "level", "checked"} for one in judged)
    assert {one["pack"] for one in judged} == {"least-privilege-iam", "private-data"}
    checked = {one["name"]: one["checked"] for one in judged}
    assert checked["rds-encrypted"] == 1
    assert re.search(r"    ✅ private-data@v\S+ \(local: policies/private-data\)\n", ended.stdout)


def test_a_violated_policy_stops_before_anything_is_made(
    rehearsals: Rehearsals, kept: Ended
) -> None:
    ended = rehearsals["forbidden"].result()
    assert ended.code == 1
    assert ended.stderr == ("rehearsal: 2 violations of mandatory policies; nothing was deployed\n")
    assert "deploy ..." not in ended.stdout
    assert ended.stdout.endswith(
        "        - [mandatory] [severity: high]  no-databases  "
        "(aws:rds:Instance: metaflow-db-instance)\n"
        "          Databases are forbidden.\n"
        "          The database [db] is forbidden.\n"
        "        - [mandatory]  no-buckets  (aws:s3:Bucket: metaflow-datastore-bucket)\n"
        "          Buckets are forbidden.\n"
        "          The stack has a bucket.\n"
    )
    summary = json.loads(ended.seen["summary"].read_text())
    assert list(summary) == SUMMARY_KEYS
    assert summary["resources"] == []
    assert [(one["policy"], one["level"]) for one in summary["violations"]] == [
        ("no-databases", "mandatory"),
        ("no-buckets", "mandatory"),
    ]
    assert {one["name"]: one["checked"] for one in summary["policies"]} == {
        "no-databases": 1,
        "no-buckets": len(json.loads(kept.seen["summary"])["resources"]),
    }
    assert summary["problems"] == ["2 violations of mandatory policies; nothing was deployed"]


def test_no_secret_is_shown(kept: Ended) -> None:
    key = kept.seen["settings"]["METAFLOW_SERVICE_AUTH_KEY"]
    assert len(key) >= 20
    for text in (kept.stdout, kept.stderr, kept.seen["summary"]):
        assert key not in text
        assert "secret-of-the-user" not in text


def test_a_kept_rehearsal_is_used_from_another_process(kept: Ended) -> None:
    used = kept.seen["used"]
    assert (used.returncode, used.stdout) == (0, "14\n"), used.stderr
    assert kept.seen["exports"]["METAFLOW_PROFILE"] == "dev"
    assert json.loads(kept.seen["summary"])["profile"] == str(kept.seen["profile"])


def test_a_kept_rehearsal_ends_well_on_ctrl_c(kept: Ended) -> None:
    assert kept.stdout.endswith("Stopping.\n")
    assert kept.stopping_seconds is not None
    assert kept.stopping_seconds < STOPPING_SECONDS
    assert not kept.seen["profile"].exists()


def test_a_failing_flow_is_told_with_its_last_lines(rehearsals: Rehearsals) -> None:
    ended = rehearsals["failing_flow"].result()
    assert ended.code == 1
    lines = ended.stderr.splitlines()
    assert lines[0] == "rehearsal: own_flow.py failed with 1; its last lines:"
    assert "the flow says why" in ended.stderr
    summary = json.loads(ended.seen["summary"].read_text())
    assert list(summary) == SUMMARY_KEYS
    (run,) = summary["flows"]
    assert (run["name"], run["successful"]) == ("own_flow", False)
    assert summary["problems"] == [ended.stderr.removeprefix("rehearsal: ").rstrip("\n")]


def test_a_denial_is_told_even_if_the_flow_gets_over_it(rehearsals: Rehearsals) -> None:
    ended = rehearsals["careless_flow"].result()
    assert ended.code == 1
    assert "OwnFlow/1 successful in" in ended.stdout
    summary = json.loads(ended.seen["summary"].read_text())
    [denied, unknown] = summary["problems"]
    assert re.fullmatch(r"metaflow-users-role-\w+ may not ecs:ListServices on \*", denied)
    assert "sqs" in unknown.lower()
    assert summary["iam"]["denied"] == [denied]
    for problem in summary["problems"]:
        assert f"not held: {problem}" in ended.stdout


@pytest.mark.parametrize("name", ["ended_during_the_flow", "interrupted_deployment"])
def test_an_interrupted_rehearsal_says_so_and_ends_soon(rehearsals: Rehearsals, name: str) -> None:
    ended = rehearsals[name].result()
    assert ended.code == 130
    assert ended.stderr == "rehearsal: interrupted; everything was stopped and removed\n"
    assert ended.stopping_seconds is not None
    assert ended.stopping_seconds < STOPPING_SECONDS


def test_a_full_disk_is_one_line(rehearsals: Rehearsals) -> None:
    ended = rehearsals["full_disk"].result()
    assert ended.code == 1
    assert re.fullmatch(r"rehearsal: [^\n]*File too large[^\n]*\n", ended.stderr)
    assert "run a flow" not in ended.stdout
