"""The containers of the metadata service's tasks, as ECS container definitions."""

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.database_connection import DatabaseConnection
from components.security_groups import SERVICE_PORT

CONTAINER_NAME = "metadata-service"
_MIGRATIONS_NAME = "migrations"
_PYTHON = "/opt/latest/bin/python3"
_MIGRATION_PROGRAM = pathlib.Path(__file__).with_name("migrate.py")


@dataclass(frozen=True, kw_only=True)
class ContainersArgs:
    """What the containers run with.

    Attributes:
        image: image of the metadata service.
        database: the service's database.
        log_group_name: log group of both containers.
        region: region of the log group.
        path_prefix: what the service's paths begin with; empty, or such as `/api`.
    """

    image: str
    database: DatabaseConnection
    log_group_name: pulumi.Input[str]
    region: str
    path_prefix: str


def container_definitions(args: ContainersArgs) -> pulumi.Output[str]:
    """Return the container definitions as JSON.

    The migrations run first and must succeed; then the service starts. Variables are those of
    metaflow-service, `services/utils/__init__.py`.
    """
    return pulumi.Output.json_dumps([_service(args), _migrations(args)])


def _migrations(args: ContainersArgs) -> Mapping[str, Any]:
    return {
        **_common(args, _MIGRATIONS_NAME),
        "essential": False,
        "command": [_PYTHON, "-c", _MIGRATION_PROGRAM.read_text(encoding="utf-8")],
    }


def _service(args: ContainersArgs) -> Mapping[str, Any]:
    health = f"http://localhost:{SERVICE_PORT}{args.path_prefix}/healthcheck"
    return {
        **_common(args, CONTAINER_NAME),
        "essential": True,
        "command": [_PYTHON, "-m", "services.metadata_service.server"],
        "dependsOn": [{"containerName": _MIGRATIONS_NAME, "condition": "SUCCESS"}],
        "portMappings": [{"containerPort": SERVICE_PORT, "protocol": "tcp"}],
        # Asks the database, so that a task that lost its access to it is replaced.
        "healthCheck": {
            "command": ["CMD-SHELL", f"curl -fsS {health} || exit 1"],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 30,
        },
    }


def _common(args: ContainersArgs, name: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "image": args.image,
        "environment": _environment(args),
        "secrets": _secrets(args.database),
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": args.log_group_name,
                "awslogs-region": args.region,
                "awslogs-stream-prefix": name,
            },
        },
    }


def _secrets(database: DatabaseConnection) -> Sequence[Mapping[str, pulumi.Input[str]]]:
    keys = {"MF_METADATA_DB_PSWD": "password"}
    if database.user is None:
        keys["MF_METADATA_DB_USER"] = "username"
    # The part after the ARN picks a key of the secret's JSON, its current version.
    return [
        {"name": name, "valueFrom": pulumi.Output.concat(database.secret_arn, f":{key}::")}
        for name, key in keys.items()
    ]


def _environment(args: ContainersArgs) -> Sequence[Mapping[str, pulumi.Input[str]]]:
    database = args.database
    values: Mapping[str, pulumi.Input[str]] = {
        "LOGLEVEL": "WARNING",
        "MF_METADATA_DB_HOST": database.host,
        "MF_METADATA_DB_NAME": database.name,
        "MF_METADATA_DB_PORT": str(database.port),
        "MF_METADATA_DB_SSL_MODE": "require",
        **({} if database.user is None else {"MF_METADATA_DB_USER": database.user}),
        "MF_METADATA_HOST": "0.0.0.0",  # noqa: S104 the task's own network interface
        "MF_METADATA_PORT": str(SERVICE_PORT),
        # Without it the service offers an unauthenticated way to migrate.
        "MF_MIGRATION_ENDPOINTS_ENABLED": "0",
        # Under it the service answers, and nowhere else (services/metadata_service/server.py).
        **({"PATH_PREFIX": args.path_prefix} if args.path_prefix else {}),
        "TZ": "UTC",
    }
    return [{"name": name, "value": value} for name, value in values.items()]
