"""The endpoints for flows, runs, steps and tasks, and the service's own state.

The behaviour is that of metaflow-service 2.5.1, services/metadata_service/api.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.metadata import filters
from rehearsal.metadata.messages import Answer, FrameworkError, Request
from rehearsal.metadata.store import HEARTBEAT_SECONDS, Row, Store, path_columns, shown
from rehearsal.metadata.values import RefusedError, driver_error

VERSION = "2.5.1"
RUN_INACTIVE_SECONDS = 360  # without a heartbeat for longer than this, a run counts as failed


def ping(_store: Store, _request: Request) -> Answer:
    """Tell that the service is up; clients read its version from the headers."""
    return Answer(text="pong")


def show_version(_store: Store, _request: Request) -> Answer:
    """Tell the service's version."""
    return Answer(text=VERSION)


def check_health(_store: Store, _request: Request) -> Answer:
    """Tell that the database is up: a JSON string that holds JSON."""
    return Answer(json.dumps({"status": "UP"}), content_type="application/json")


def refuse_token(_store: Store, _request: Request) -> Answer:
    """Answer as a service does that may assume no role: it hands out no AWS credentials."""
    return Answer({"err_msg": "no role is set up for this service", "traceback": ""}, status=500)


def only(table: str, row: Row | None) -> Row:
    """Return the row as shown; RefusedError (404, `{}`) when there is none."""
    if row is None:
        raise RefusedError(404, {})
    return shown(table, row)


def find_run(store: Store, request: Request) -> Row | None:
    """Return the run that the path names, by its number or the name its creator chose."""
    return store.find("runs", path_columns("runs", request.segments("flow_id", "run")))


def existing_run(store: Store, request: Request) -> Row:
    """Return the run that the path names; KeyError, a 500 of the service, when there is none."""
    run = find_run(store, request)
    if run is None:
        raise KeyError("run_number")
    return run


def with_run_tags(store: Store, request: Request, rows: list[Row]) -> list[Row]:
    """Return the rows with the tags of their run in place of their own."""
    if not rows:
        return rows
    run = existing_run(store, request)
    return [{**row, "tags": run["tags"], "system_tags": run["system_tags"]} for row in rows]


def _description(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body.get(key) for key in ("user_name", "tags", "system_tags")}


def _chosen_name(body: dict[str, Any], key: str) -> Any:
    """Return the name that a client chose for its run or task; falsy when it chose none."""
    chosen = body.get(key)
    if chosen and not isinstance(chosen, str):
        raise TypeError(f"{key} must be a string, found {type(chosen).__name__}")
    return chosen


def list_flows(store: Store, request: Request) -> Answer:
    """List the flows."""
    rows = store.select("flows", {})
    headers: dict[str, str] = {}
    if filters.is_paged(request.query):
        rows, headers = filters.page(rows, request.query, ("ts_epoch", "flow_id"))
    return Answer([shown("flows", row) for row in rows], headers=headers)


def show_flow(store: Store, request: Request) -> Answer:
    """Show one flow."""
    return Answer(only("flows", store.find("flows", request.path)))


def create_flow(store: Store, request: Request) -> Answer:
    """Create a flow."""
    values = {**request.path, **_description(request.json_object())}
    return Answer(shown("flows", store.insert("flows", values)))


def _shown_run(row: Row) -> Row:
    """Return the run with `user`, its verified owner, and `status` where it was derived."""
    answer = shown("runs", row)
    for derived in ("status", "user"):
        if row.get(derived) is not None:
            answer[derived] = row[derived]
    return answer


def _with_owner(row: Row) -> Row:
    tags = row["system_tags"]
    verified = isinstance(tags, list) and f"user:{row['user_name']}" in tags
    return {**row, "user": row["user_name"] if verified else None}


def _status(store: Store, run: Row) -> str:
    """Return the status that the service derives (AsyncRunTablePostgres.joins)."""
    end = {"flow_id": run["flow_id"], "run_number": run["run_number"], "step_name": "end"}
    ended = store.find("metadata", {**end, "field_name": "attempt_ok"})
    if ended:
        if str(ended["value"]).lower() in ("true", "t"):
            return "completed"
        started = store.find("metadata", {**end, "field_name": "attempt"})
        again = started is not None and ended["ts_epoch"] < started["ts_epoch"]
        return "running" if again else "failed"
    beat = run["last_heartbeat_ts"]
    alive = beat is not None and abs(store.clock() - beat) <= RUN_INACTIVE_SECONDS
    return "running" if alive else "failed"


def list_runs(store: Store, request: Request) -> Answer:
    """List the runs of a flow, filtered and in pages if the query asks for it."""
    query = request.query
    wanted = filters.conditions(query, filters.RUN_FIELDS)
    rows = [_with_owner(row) for row in store.select("runs", request.path)]
    if any(field == "status" for field, _, _ in wanted):
        rows = [{**row, "status": _status(store, row)} for row in rows]
    rows = filters.matching(rows, query, filters.RUN_FIELDS)
    headers: dict[str, str] = {}
    if wanted or filters.asks_for_tags(query) or filters.is_paged(query):
        rows, headers = filters.page(rows, query, ("ts_epoch", "run_number"))
    return Answer([_shown_run(row) for row in rows], headers=headers)


def show_run(store: Store, request: Request) -> Answer:
    """Show one run."""
    run = find_run(store, request)
    if run is None:
        raise RefusedError(404, {})
    return Answer(_shown_run(_with_owner(run)))


def create_run(store: Store, request: Request) -> Answer:
    """Create a run, under a name of the caller's choice if the body has a run_number."""
    body = request.json_object()
    run_id = _chosen_name(body, "run_number")
    if run_id and run_id.isnumeric():
        raise ValueError("provided run_id may not be a numeric")
    first_beat = store.first_beat(body.get("system_tags"))
    values = {"run_id": run_id, "last_heartbeat_ts": first_beat, **_description(body)}
    return Answer(shown("runs", store.insert("runs", {**request.path, **values})))


def beat_run(store: Store, request: Request) -> Answer:
    """Note a heartbeat of a run."""
    return _beat(store, "runs", request.segments("flow_id", "run"))


def _beat(store: Store, table: str, path: Mapping[str, str]) -> Answer:
    """Answer every heartbeat with a JSON string that holds JSON: the client decodes twice."""
    wait = json.dumps({"wait_time_in_seconds": HEARTBEAT_SECONDS})
    try:
        noted = store.beat(table, path_columns(table, path))
    except RefusedError as error:
        return Answer(wait, status=error.status)
    return Answer(wait, status=200 if noted else 404)


def mutate_tags(store: Store, request: Request) -> Answer:
    """Remove user tags from a run, then add some; system tags are never touched."""
    body = request.json_object()
    added, removed = (_tag_list(body, key) for key in ("tags_to_add", "tags_to_remove"))
    run = find_run(store, request)
    if run is None:
        raise RefusedError(404, {})
    tags, system_tags = run["tags"], run["system_tags"]
    if tags is None or system_tags is None:
        raise driver_error("the run was created without tags")
    system = set(removed) & set(system_tags)
    if system:
        raise RefusedError(422, f"Cannot remove tags that are existing system tags {system}")
    kept = [tag for tag in tags if tag not in removed]
    wanted = [*dict.fromkeys([*kept, *(tag for tag in added if tag not in system_tags)])]
    if set(wanted) != set(tags):
        store.set_run_tags(run, wanted)
    return Answer({"tags": wanted})


def _tag_list(body: dict[str, Any], key: str) -> list[str]:
    tags = body.get(key, [])
    if not isinstance(tags, list):
        raise RefusedError(400, f"{key} must be a list")
    if not all(isinstance(tag, str) for tag in tags):
        raise RefusedError(400, "All tag values must be strings")
    return tags


def list_steps(store: Store, request: Request) -> Answer:
    """List the steps of a run."""
    rows = store.select("steps", path_columns("steps", request.path))
    return Answer([shown("steps", row) for row in with_run_tags(store, request, rows)])


def show_step(store: Store, request: Request) -> Answer:
    """Show one step."""
    rows = store.select("steps", path_columns("steps", request.path))
    return Answer(only("steps", next(iter(with_run_tags(store, request, rows)), None)))


def create_step(store: Store, request: Request) -> Answer:
    """Create a step; a run without a name lends it its number as text."""
    body = {"user_name": "", **request.json_object()}
    run = existing_run(store, request)
    number, name = run["run_number"], run["run_id"]
    values = {
        **request.segments("flow_id", "step_name"),
        **{"run_number": number, "run_id": str(number) if name is None else name},
        **_description(body),
    }
    rows = with_run_tags(store, request, [store.insert("steps", values)])
    return Answer(shown("steps", rows[0]))


def list_tasks(store: Store, request: Request) -> Answer:
    """List the tasks of a step, filtered and in pages if the query asks for it."""
    query = request.query
    wanted = filters.conditions(query, filters.TASK_FIELDS)
    rows = store.select("tasks", path_columns("tasks", request.path))
    rows = filters.matching(rows, query, filters.TASK_FIELDS)
    headers: dict[str, str] = {}
    if wanted or filters.is_paged(query):
        rows, headers = filters.page(rows, query, ("ts_epoch", "task_id"))
    rows = with_run_tags(store, request, rows)
    return Answer([shown("tasks", row) for row in rows], headers=headers)


def show_task(store: Store, request: Request) -> Answer:
    """Show one task."""
    rows = store.select("tasks", path_columns("tasks", request.path))
    return Answer(only("tasks", next(iter(with_run_tags(store, request, rows)), None)))


def create_task(store: Store, request: Request) -> Answer:
    """Create a task, under a name of the caller's choice if the body has a task_id."""
    body = request.json_object()
    task_name = _chosen_name(body, "task_id")
    if task_name and task_name.isnumeric():
        raise FrameworkError("provided task_name may not be a numeric")
    run = existing_run(store, request)
    first_beat = store.first_beat(body.get("system_tags"))
    values = {
        **request.segments("flow_id", "step_name"),
        **{"run_number": run["run_number"], "run_id": run["run_id"]},
        **{"task_name": task_name, "last_heartbeat_ts": first_beat},
        **_description(body),
    }
    rows = with_run_tags(store, request, [store.insert("tasks", values)])
    if first_beat is not None:
        beat_run(store, request)
    return Answer(shown("tasks", rows[0]))


def beat_task(store: Store, request: Request) -> Answer:
    """Note a heartbeat of a task, and of its run."""
    beat_run(store, request)
    return _beat(store, "tasks", request.path)


def filter_tasks(store: Store, request: Request) -> Answer:
    """List the paths of tasks that have metadata of this field with a value like this pattern.

    The service searches with a PostgreSQL expression, this double with one of Python's `re`; the
    two agree on what Metaflow's client sends, `^(?:...)$` around plain text.
    """
    field = request.parameter("metadata_field_name")
    pattern = re.compile(request.parameter("pattern") or "")
    found: dict[int, str] = {}
    for row in store.select("metadata", path_columns("metadata", request.path)):
        if field in (None, "", row["field_name"]) and pattern.search(row["value"]):
            run = row["run_id"] or row["run_number"]
            task = row["task_name"] or row["task_id"]
            found[row["task_id"]] = f"{row['flow_id']}/{run}/{row['step_name']}/{task}"
    return Answer([found[number] for number in sorted(found)])
