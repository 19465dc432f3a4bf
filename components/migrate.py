"""Runs the metadata service's database migrations; the program of its init container.

The container has this file as its command, so it uses only what the service's image has: psycopg2,
and `run_goose.py`, which calls goose (metaflow-service, `Dockerfile` and `run_goose.py`). Goose has
no lock of its own, so an advisory lock of PostgreSQL lets one task migrate at a time; it ends with
the connection, however the container ends.
"""

import os
import subprocess
import sys

import psycopg2  # type: ignore[import-untyped]

ADVISORY_LOCK = 8_201_710_000
# The image's own Python, and a program in the image's working folder, where ECS starts containers.
GOOSE = ["/opt/latest/bin/python3", "run_goose.py"]


def main() -> int:
    """Take the lock, migrate, and return goose's exit code."""
    connection = psycopg2.connect(
        host=os.environ["MF_METADATA_DB_HOST"],
        port=os.environ["MF_METADATA_DB_PORT"],
        user=os.environ["MF_METADATA_DB_USER"],
        password=os.environ["MF_METADATA_DB_PSWD"],
        dbname=os.environ["MF_METADATA_DB_NAME"],
        sslmode=os.environ["MF_METADATA_DB_SSL_MODE"],
        connect_timeout=10,
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    try:
        return subprocess.call(GOOSE)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
