"""The process behind a container stands only where the real service would start and listen."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from rehearsal.containers import MetadataContainers
from rehearsal.provider import Cloud

URL = "http://127.0.0.1:1"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1a2b-AbCdEf"


class CloudOfOneDatabase:
    """Answers as RDS does: one database of the stack, one of somebody else; and for its secret."""

    def __init__(self, rotated: datetime | None) -> None:
        self.rotated = rotated

    def client(self, service: str) -> "CloudOfOneDatabase":
        assert service in ("rds", "secretsmanager")
        return self

    def describe_secret(self, **asked: str) -> dict[str, Any]:
        assert asked == {"SecretId": SECRET}
        return {"LastRotatedDate": self.rotated} if self.rotated else {}

    def describe_db_instances(self) -> dict[str, Any]:
        endpoint = {"Address": "db.example.org", "Port": 5432}
        other = {"Address": "other.example.org", "Port": 5432}
        return {
            "DBInstances": [
                {"Endpoint": other, "MasterUsername": "admin"},
                {
                    "Endpoint": endpoint,
                    "DBName": "metaflow",
                    "MasterUsername": "metaflow",
                    "MasterUserSecret": {"SecretArn": SECRET},
                },
            ]
        }


def address(
    image: str = "netflixoss/metaflow_metadata_service:v2.5.1",
    name: str = "service",
    port: int = 8080,
    value_from: str = f"{SECRET}:password::",
    rotated: datetime | None = None,
    **variables: str,
) -> str | None:
    environment = {
        "MF_METADATA_PORT": "8080",
        "MF_METADATA_DB_HOST": "db.example.org",
        "MF_METADATA_DB_PORT": "5432",
        "MF_METADATA_DB_NAME": "metaflow",
        "MF_METADATA_DB_USER": "metaflow",
        "MF_METADATA_DB_SSL_MODE": "require",
        **variables,
    }
    container = {
        "name": "service",
        "image": image,
        "environment": [
            {"name": key, "value": value} for key, value in environment.items() if value
        ],
        "secrets": [{"name": "MF_METADATA_DB_PSWD", "valueFrom": value_from}],
    }
    migration = {"name": "migration", "image": "netflixoss/other:v1"}
    containers = MetadataContainers(cast(Cloud, CloudOfOneDatabase(rotated)), URL)
    definition = {"containerDefinitions": [migration, container]}
    process = containers.process(definition, name, port, STARTED)
    assert process is None or process.path_prefix == variables.get("PATH_PREFIX", "")
    return process and process.url


@pytest.mark.parametrize(
    "image",
    [
        "netflixoss/metaflow_metadata_service:v2.5.1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/mirror/metaflow_metadata_service:v2.5.1",
        "localhost:5000/metaflow_metadata_service@sha256:0123",
        "metaflow_metadata_service",
    ],
)
def test_the_service_stands_whatever_registry_its_image_comes_from(image: str) -> None:
    assert address(image) == URL


def test_the_service_stands_under_its_path_prefix() -> None:
    assert address(PATH_PREFIX="/api") == URL


def test_the_port_is_the_services_own_when_none_is_set() -> None:
    assert address(MF_METADATA_PORT="") == URL
    assert address(MF_METADATA_PORT="9090", port=9090) == URL
    assert address(MF_METADATA_PORT="9090") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"image": "netflixoss/metaflow_metadata_service_fake:v2.5.1"},
        {"image": "netflixoss/metaflow_ui_service:v2.5.1"},
        {"image": "metaflow_metadata_service/other:v1"},
        {"name": "migration"},
        {"name": "no-such-container"},
        {"port": 8082},
        {"MF_METADATA_DB_HOST": "other.example.org"},
        {"MF_METADATA_DB_PORT": "5433"},
        {"MF_METADATA_DB_NAME": "postgres"},
        {"MF_METADATA_DB_USER": "admin"},
        {"MF_METADATA_DB_SSL_MODE": "disable"},
        {"MF_METADATA_DB_SSL_MODE": ""},
        {"value_from": ""},
        {"value_from": SECRET},
        {"value_from": f"{SECRET}:username::"},
        {"value_from": f"{SECRET}-old:password::"},
        {"value_from": ":password::"},
    ],
)
def test_any_wrong_wire_leaves_nobody_listening(changed: dict[str, Any]) -> None:
    assert address(**changed) is None


def test_a_task_that_started_before_a_rotation_reaches_the_database_no_more() -> None:
    second = timedelta(seconds=1)
    assert address(rotated=STARTED - second) == URL
    assert address(rotated=STARTED + second) is None
