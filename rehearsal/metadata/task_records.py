"""The endpoints for what a task records: its metadata and its artifacts.

The behaviour is that of metaflow-service 2.5.1, services/metadata_service/api/metadata.py and
artifact.py.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.metadata import filters
from rehearsal.metadata.endpoints import find_run, only, with_run_tags
from rehearsal.metadata.messages import Answer, FrameworkError, Request
from rehearsal.metadata.store import Row, Store, path_columns, shown
from rehearsal.metadata.values import RefusedError, attempt

# What a missing key of a posted item becomes.
METADATA_DEFAULTS = {
    **{"field_name": " ", "value": " ", "type": " "},
    **{"user_name": None, "tags": None, "system_tags": None},
}
ARTIFACT_DEFAULTS = {
    **{"name": " ", "location": " ", "ds_type": " ", "sha": " ", "type": " "},
    **{"content_type": " ", "attempt_id": 0, "user_name": " ", "tags": None, "system_tags": None},
}


def create_metadata(store: Store, request: Request) -> Answer:
    """Record a list of metadata, item by item."""
    return Answer({"metadata_created": _record(store, request, "metadata", METADATA_DEFAULTS)})


def create_artifacts(store: Store, request: Request) -> Answer:
    """Record a list of artifacts, item by item."""
    return Answer({"artifacts_created": _record(store, request, "artifacts", ARTIFACT_DEFAULTS)})


def _record(store: Store, request: Request, table: str, defaults: Mapping[str, object]) -> int:
    """Insert each item and return how many were kept: what the database refuses is skipped.

    Raises RefusedError (400) for an unknown run or task, FrameworkError for a list of anything but
    objects; the items before the faulty one stay.
    """
    items = request.json()
    owner = _owner(store, request)
    kept = 0
    for item in _iterate(items):
        if not isinstance(item, dict):
            raise FrameworkError(f"an item must be a JSON object, found {type(item).__name__}")
        values = {key: item.get(key, default) for key, default in defaults.items()}
        try:
            store.insert(table, {**owner, **values})
        except RefusedError:
            continue
        kept += 1
    return kept


def _iterate(items: Any) -> Iterable[Any]:
    if not isinstance(items, list | dict | str):
        raise FrameworkError(f"the body must be a JSON list, found {type(items).__name__}")
    return items


def _owner(store: Store, request: Request) -> dict[str, object]:
    """Return the columns that tell whose record it is; RefusedError (400) for an unknown task."""
    task = None
    if find_run(store, request) is not None:
        task = store.find("tasks", path_columns("tasks", request.path))
    if task is None:
        raise RefusedError(400, {"message": "need to register run_id and task_id first"})
    owner = ("flow_id", "run_number", "run_id", "step_name", "task_id", "task_name")
    return {column: task[column] for column in owner}


def list_metadata(store: Store, request: Request) -> Answer:
    """List the metadata of a task or of a run, newest first."""
    rows = store.select("metadata", path_columns("metadata", request.path))
    headers: dict[str, str] = {}
    if filters.is_paged(request.query):
        rows, headers = filters.page(rows, request.query, ("ts_epoch", "id"))
    return Answer([shown("metadata", row) for row in rows], headers=headers)


def list_artifacts(store: Store, request: Request) -> Answer:
    """List the artifacts of a task, step or run: for each task those of its latest attempt.

    In pages, as in the service, it is the newest artifact of each name instead, of whatever
    attempt.
    """
    rows = store.select("artifacts", path_columns("artifacts", request.path))
    rows = with_run_tags(store, request, rows)
    if filters.is_paged(request.query):
        by_age = sorted(rows, key=lambda row: (row["ts_epoch"], row["attempt_id"]))
        newest = {(row["task_id"], row["name"]): row for row in by_age}
        keys = ("ts_epoch", "task_id", "name")
        rows, headers = filters.page([*newest.values()], request.query, keys)
        return Answer([shown("artifacts", row) for row in rows], headers=headers)
    latest: dict[int, int] = {}
    for row in rows:
        latest[row["task_id"]] = max(row["attempt_id"], latest.get(row["task_id"], 0))
    return _artifacts(row for row in rows if row["attempt_id"] == latest[row["task_id"]])


def _artifacts(rows: Iterable[Row]) -> Answer:
    return Answer([shown("artifacts", row) for row in rows])


def list_attempt_artifacts(store: Store, request: Request) -> Answer:
    """List the artifacts of one attempt of a task; ValueError when it is no integer."""
    segments = request.segments("flow_id", "run", "step_name", "task")
    rows = store.select("artifacts", path_columns("artifacts", segments))
    rows = with_run_tags(store, request, rows)
    return _artifacts(row for row in rows if row["attempt_id"] == int(request.path["attempt"]))


def show_artifact(store: Store, request: Request) -> Answer:
    """Show one artifact of the latest attempt: that of the newest artifact called `name`.

    Metaflow gives each attempt an artifact `name`; without one the attempt is 0
    (services/data/postgres_async_db.py, get_artifact).
    """
    columns = path_columns("artifacts", request.path)
    marker = store.find("artifacts", {**columns, "name": "name"})
    number = marker["attempt_id"] if marker else 0
    return _one_artifact(store, request, {**columns, "attempt_id": number})


def show_attempt_artifact(store: Store, request: Request) -> Answer:
    """Show one artifact of one attempt; RefusedError (500) when the attempt is no integer."""
    segments = request.segments("flow_id", "run", "step_name", "task", "name")
    number = attempt(request.path["attempt"])
    columns = {**path_columns("artifacts", segments), "attempt_id": number}
    return _one_artifact(store, request, columns)


def _one_artifact(store: Store, request: Request, columns: dict[str, object]) -> Answer:
    rows = with_run_tags(store, request, store.select("artifacts", columns))
    return Answer(only("artifacts", next(iter(rows), None)))
