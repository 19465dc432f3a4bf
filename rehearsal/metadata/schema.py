"""The tables behind the metadata double: keys, uniqueness and the fields each answer shows."""

SCHEMA = """
PRAGMA foreign_keys = ON;
CREATE TABLE flows (
    flow_id TEXT NOT NULL PRIMARY KEY, user_name TEXT, ts_epoch INTEGER NOT NULL,
    tags TEXT, system_tags TEXT
);
CREATE TABLE runs (
    flow_id TEXT NOT NULL REFERENCES flows (flow_id), run_number INTEGER NOT NULL, run_id TEXT,
    user_name TEXT, ts_epoch INTEGER NOT NULL, last_heartbeat_ts INTEGER,
    tags TEXT, system_tags TEXT,
    PRIMARY KEY (flow_id, run_number), UNIQUE (flow_id, run_id)
);
CREATE TABLE steps (
    flow_id TEXT NOT NULL, run_number INTEGER NOT NULL, run_id TEXT, step_name TEXT NOT NULL,
    user_name TEXT, ts_epoch INTEGER NOT NULL, tags TEXT, system_tags TEXT,
    PRIMARY KEY (flow_id, run_number, step_name), UNIQUE (flow_id, run_id, step_name),
    FOREIGN KEY (flow_id, run_number) REFERENCES runs (flow_id, run_number)
);
CREATE TABLE tasks (
    flow_id TEXT NOT NULL, run_number INTEGER NOT NULL, run_id TEXT, step_name TEXT NOT NULL,
    task_id INTEGER NOT NULL PRIMARY KEY, task_name TEXT,
    user_name TEXT, ts_epoch INTEGER NOT NULL, last_heartbeat_ts INTEGER,
    tags TEXT, system_tags TEXT,
    UNIQUE (flow_id, run_number, step_name, task_name),
    FOREIGN KEY (flow_id, run_number, step_name)
        REFERENCES steps (flow_id, run_number, step_name)
);
CREATE TABLE metadata (
    id INTEGER NOT NULL PRIMARY KEY,
    flow_id TEXT NOT NULL, run_number INTEGER NOT NULL, run_id TEXT, step_name TEXT NOT NULL,
    task_id INTEGER NOT NULL, task_name TEXT,
    field_name TEXT NOT NULL, value TEXT NOT NULL, type TEXT NOT NULL,
    user_name TEXT, ts_epoch INTEGER NOT NULL, tags TEXT, system_tags TEXT
);
CREATE INDEX metadata_of_task ON metadata (flow_id, run_number, step_name, task_id);
CREATE TABLE artifacts (
    flow_id TEXT NOT NULL, run_number INTEGER NOT NULL, run_id TEXT, step_name TEXT NOT NULL,
    task_id INTEGER NOT NULL, task_name TEXT,
    name TEXT NOT NULL, location TEXT NOT NULL, ds_type TEXT NOT NULL,
    sha TEXT, type TEXT, content_type TEXT, user_name TEXT, attempt_id INTEGER NOT NULL,
    ts_epoch INTEGER NOT NULL, tags TEXT, system_tags TEXT,
    PRIMARY KEY (flow_id, run_number, step_name, task_id, attempt_id, name)
);
"""

# The fields of each answer, in the service's order (metaflow-service services/data/models.py).
SHOWN = {
    "flows": ("flow_id", "user_name", "ts_epoch", "tags", "system_tags"),
    "runs": (
        *("flow_id", "run_number", "user_name", "ts_epoch"),
        *("tags", "system_tags", "last_heartbeat_ts"),
    ),
    "steps": (
        *("flow_id", "run_number", "step_name", "user_name", "ts_epoch"),
        *("tags", "system_tags"),
    ),
    "tasks": (
        *("flow_id", "run_number", "step_name", "task_id", "user_name", "ts_epoch"),
        *("tags", "system_tags", "last_heartbeat_ts"),
    ),
    "metadata": (
        *("id", "flow_id", "run_number", "step_name", "task_id", "field_name", "value", "type"),
        *("user_name", "ts_epoch", "tags", "system_tags"),
    ),
    "artifacts": (
        *("flow_id", "run_number", "step_name", "task_id", "name", "location", "ds_type", "sha"),
        *("type", "content_type", "user_name", "attempt_id", "ts_epoch", "tags", "system_tags"),
    ),
}

# What stands for an ORDER BY where the service has none: newest first, as seen in practice.
ORDER = {
    "flows": "ts_epoch DESC, rowid DESC",
    "runs": "ts_epoch DESC, run_number DESC",
    "steps": "ts_epoch DESC, rowid DESC",
    "tasks": "ts_epoch DESC, task_id DESC",
    "metadata": "ts_epoch DESC, id DESC",
    "artifacts": "attempt_id DESC, rowid",
}
