"""The state of the metadata double: rows, numbers, heartbeats and what is shown of them."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from rehearsal.metadata.schema import ORDER, SCHEMA, SHOWN
from rehearsal.metadata.values import CONVERTERS, database_error, identifier

HEARTBEAT_SECONDS = 10
JSON_COLUMNS = ("tags", "system_tags")
FIRST_NUMBER = 1
"""Of runs, tasks and metadata, as in a new database."""

NUMBERED = {"runs": "run_number", "tasks": "task_id", "metadata": "id"}

Row = dict[str, Any]

# Errors of SQLite and what PostgreSQL and the service make of the same violation.
VIOLATIONS = {
    "SQLITE_CONSTRAINT_UNIQUE": (409, "23505", "duplicate key value violates unique constraint"),
    "SQLITE_CONSTRAINT_PRIMARYKEY": (
        *(409, "23505"),
        "duplicate key value violates unique constraint",
    ),
    "SQLITE_CONSTRAINT_FOREIGNKEY": (
        *(404, "23503"),
        "insert violates foreign key constraint: what it belongs to does not exist",
    ),
    "SQLITE_CONSTRAINT_NOTNULL": (500, "23502", "null value violates not-null constraint"),
}


class Store:
    """Everything that the service keeps in PostgreSQL, in an SQLite database in memory.

    Not thread safe by itself: hold one lock around each request. `clock` returns seconds since
    1970. Names in the statements are this package's own; values are always bound.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Set up empty tables."""
        self.clock = clock
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(SCHEMA)
        self._numbers = {table: count(FIRST_NUMBER) for table in NUMBERED}

    def insert(self, table: str, values: Mapping[str, object]) -> Row:
        """Add a row stamped with the clock and return it.

        Runs, tasks and metadata get the next number of their table's one sequence; a failed
        insert uses its number up, as in PostgreSQL. Raises RefusedError: 409 for a duplicate, 404
        when the parent does not exist, 500 for a value that the column cannot hold.
        """
        row: dict[str, object] = {"ts_epoch": round(self.clock() * 1000)}
        if table in NUMBERED:
            row[NUMBERED[table]] = next(self._numbers[table])
        for column, value in values.items():
            row[column] = CONVERTERS[column](value) if column in CONVERTERS else value
        marks = ", ".join("?" for _ in row)
        statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        try:
            created = self._database.execute(statement, tuple(row.values())).lastrowid
        except sqlite3.IntegrityError as error:
            status, code, message = VIOLATIONS[error.sqlite_errorname]
            raise database_error(status, code, f"{message} ({error})") from error
        return self.select(table, {"rowid": created})[0]

    def select(self, table: str, where: Mapping[str, object]) -> list[Row]:
        """Return the rows of `table` whose columns equal `where`, in the table's order."""
        condition = " AND ".join(f"{column} = ?" for column in where) or "TRUE"
        statement = f"SELECT * FROM {table} WHERE {condition} ORDER BY {ORDER[table]}"  # noqa: S608
        return [_decoded(row) for row in self._database.execute(statement, tuple(where.values()))]

    def find(self, table: str, where: Mapping[str, object]) -> Row | None:
        """Return the first row of `table` whose columns equal `where`, or None."""
        return next(iter(self.select(table, where)), None)

    def set_run_tags(self, run: Row, tags: list[str]) -> None:
        """Replace the user tags of `run`. Raises RefusedError (500) for a NUL character."""
        self._database.execute(
            "UPDATE runs SET tags = ? WHERE flow_id = ? AND run_number = ?",
            (CONVERTERS["tags"](tags), run["flow_id"], run["run_number"]),
        )

    def beat(self, table: str, where: Mapping[str, object]) -> bool:
        """Note a heartbeat of a run or task.

        False when there is no such row, or when its last beat, or its creation, is less than 10 s
        ago (metaflow-service services/data/postgres_async_db.py, update_heartbeat).
        """
        now = int(self.clock())
        condition = " AND ".join(f"{column} = ?" for column in where)
        statement = (
            f"UPDATE {table} SET last_heartbeat_ts = ? WHERE {condition} "  # noqa: S608
            "AND (last_heartbeat_ts IS NULL OR last_heartbeat_ts <= ?)"
        )
        parameters = (now, *where.values(), now - HEARTBEAT_SECONDS)
        return self._database.execute(statement, parameters).rowcount > 0

    def first_beat(self, system_tags: object) -> int | None:
        """Return the heartbeat, in seconds, that a new run or task starts with, or None."""
        return int(self.clock()) if sends_heartbeats(system_tags) else None


def _decoded(row: sqlite3.Row) -> Row:
    decoded = dict(row)
    for column in JSON_COLUMNS:
        decoded[column] = json.loads(decoded[column])
    return decoded


def sends_heartbeats(system_tags: object) -> bool:
    """Whether the client that set these system tags sends heartbeats.

    Metaflow from 2.2.12 (and 1.14 of the first line) does; a client that sends no tags, or a
    version that cannot be read, is taken for one that does (metaflow-service
    services/utils/__init__.py, has_heartbeat_capable_version_tag).
    """
    if not isinstance(system_tags, list | dict | str):
        return True
    if not all(isinstance(tag, str) for tag in system_tags):
        return True
    prefix = "metaflow_version:"
    tagged = [tag for tag in system_tags if tag.startswith(prefix)]
    if not tagged:
        return False
    found = re.match(r"\d+(\.\d+)*", tagged[0].removeprefix(prefix))
    if found is None:
        return True
    version = tuple(int(part) for part in found[0].split("."))
    return version >= ((1, 14, 0) if version[0] == 1 else (2, 2, 12))


def path_columns(table: str, path: Mapping[str, str]) -> dict[str, object]:
    """Return the columns of `table` that the segments of a request's path name.

    A segment of digits is the number of a run or task, anything else its name. Raises RefusedError
    (500) for a number that the column cannot hold.
    """
    columns: dict[str, object] = dict(path)
    for segment, number, label in (
        ("run", "run_number", "run_id"),
        ("task", "task_id", "task_name"),
    ):
        if segment not in path:
            continue
        value = path[segment]
        del columns[segment]
        if value.isnumeric():
            columns[number] = identifier(value, bits=32 if table == "runs" else 64)
        else:
            columns[label] = value
    return columns


def shown(table: str, row: Row) -> Row:
    """Return the row as answers show it: a name the caller chose stands in its number's place."""
    answer = {field: row[field] for field in SHOWN[table]}
    for number, label in (("run_number", "run_id"), ("task_id", "task_name")):
        if number in answer and row[label] is not None:
            answer[number] = row[label]
    return answer
