"""What runs in the place of containers: the metadata service, where a task really is one."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rehearsal.loopback.forwarding import Process
from rehearsal.provider import Cloud

_IMAGE = "metaflow_metadata_service"
_CONNECTION = (
    "MF_METADATA_DB_HOST",
    "MF_METADATA_DB_PORT",
    "MF_METADATA_DB_NAME",
    "MF_METADATA_DB_USER",
    "MF_METADATA_DB_SSL_MODE",
)
"""Variables by which the service finds its database (metaflow-service, services/utils)."""

_JSON_KEY = ":password::"
"""Ends a container's `valueFrom` that takes the newest password out of a secret."""

_USER_KEY = ":username::"
"""Ends one that takes the user's name out of it."""


class MetadataContainers:
    """Finds the process that stands for a container of a deployed task definition."""

    def __init__(self, cloud: Cloud, url: str) -> None:
        """Stand in the metadata service at a URL for every container that would be one."""
        self._cloud = cloud
        self._url = url

    def process(
        self,
        task_definition: Mapping[str, Any],
        container_name: str,
        port: int,
        started: datetime,
    ) -> Process | None:
        """Return the process behind a container's port, or None when none is.

        Args:
            task_definition: as DescribeTaskDefinition answers it.
            container_name: the container.
            port: the port that is asked for.
            started: when its task started, and read the password.
        """
        for container in task_definition["containerDefinitions"]:
            if container["name"] == container_name and _repository(container["image"]) == _IMAGE:
                if not self._serves(container, port, started):
                    return None
                # The service is below it (metaflow-service, services/metadata_service/server.py).
                prefix = _variables(container).get("PATH_PREFIX", "")
                return Process(url=self._url, path_prefix=prefix)
        return None

    def _serves(self, container: Mapping[str, Any], port: int, started: datetime) -> bool:
        """Tell whether the service would start and listen: its port, database and password."""
        variables = _variables(container)
        secrets = {one["name"]: one["valueFrom"] for one in container.get("secrets", ())}
        return variables.get("MF_METADATA_PORT", "8080") == str(port) and self._connects(
            {**self._user(secrets), **variables}, secrets.get("MF_METADATA_DB_PSWD", ""), started
        )

    def _user(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """Return the user's variable where a secret has it."""
        value_from = secrets.get("MF_METADATA_DB_USER", "")
        secret = value_from.removesuffix(_USER_KEY)
        if secret == value_from:
            return {}
        return {"MF_METADATA_DB_USER": str(self._value(secret).get("username"))}

    def _value(self, secret: str) -> dict[str, Any]:
        client = self._cloud.client("secretsmanager")
        return dict(json.loads(client.get_secret_value(SecretId=secret)["SecretString"]))

    def _connects(self, variables: Mapping[str, str], value_from: str, started: datetime) -> bool:
        """Tell whether a database takes the connection: address, user, TLS and password."""
        secret = value_from.removesuffix(_JSON_KEY)
        if secret == value_from:
            return False
        given = {name: variables.get(name) for name in _CONNECTION}
        databases = self._cloud.client("rds").describe_db_instances()["DBInstances"]
        return any(
            given == _expected(one) and self._opens(one, secret) for one in databases
        ) and self._is_newest(secret, started)

    def _opens(self, database: Mapping[str, Any], secret: str) -> bool:
        """Tell whether a secret is a database's: RDS's own, or any where RDS keeps none."""
        managed = database.get("MasterUserSecret", {}).get("SecretArn")
        return secret == managed if managed else "password" in self._value(secret)

    def _is_newest(self, secret: str, started: datetime) -> bool:
        """Tell whether a task has the password of now. Its open connections would last longer.

        The service reads the password once, when it starts (metaflow-service, services/utils).
        """
        found = self._cloud.client("secretsmanager").describe_secret(SecretId=secret)
        rotated = found.get("LastRotatedDate")
        return rotated is None or started >= rotated


def _variables(container: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container.get("environment", ())}


def _expected(database: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that lead to a database."""
    return {
        "MF_METADATA_DB_HOST": database["Endpoint"]["Address"],
        "MF_METADATA_DB_PORT": str(database["Endpoint"]["Port"]),
        "MF_METADATA_DB_NAME": database.get("DBName"),
        "MF_METADATA_DB_USER": database["MasterUsername"],
        "MF_METADATA_DB_SSL_MODE": "require",
    }


def _repository(image: str) -> str:
    """Return the last part of an image's name, without registry, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
