"""What runs in the place of containers: the metadata service, where a task really is one."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.provider import Cloud

_IMAGE = "metaflow_metadata_service"


class MetadataContainers:
    """Finds the process that stands for a container of a deployed task definition."""

    def __init__(self, cloud: Cloud, url: str) -> None:
        """Stand in the metadata service at a URL for every container that would be one."""
        self._cloud = cloud
        self._url = url

    def address(
        self, task_definition: Mapping[str, Any], container_name: str, port: int
    ) -> str | None:
        """Return the base URL of the process behind a container's port, or None when none is.

        Args:
            task_definition: as DescribeTaskDefinition answers it.
            container_name: the container.
            port: the port that is asked for.
        """
        for container in task_definition["containerDefinitions"]:
            if container["name"] == container_name and _IMAGE in container["image"]:
                return self._url if self._serves(container, port) else None
        return None

    def _serves(self, container: Mapping[str, Any], port: int) -> bool:
        """Tell whether the service would start and listen: its port, database and password."""
        variables = {one["name"]: one["value"] for one in container.get("environment", ())}
        secrets = {one["name"]: one["valueFrom"] for one in container.get("secrets", ())}
        return (
            variables.get("MF_METADATA_PORT", "8080") == str(port)
            and self._has_database(variables)
            and self._has_password(secrets.get("MF_METADATA_DB_PSWD", ""))
        )

    def _has_database(self, variables: Mapping[str, str]) -> bool:
        address = (
            variables.get("MF_METADATA_DB_HOST"),
            variables.get("MF_METADATA_DB_PORT"),
            variables.get("MF_METADATA_DB_NAME"),
            variables.get("MF_METADATA_DB_USER"),
        )
        databases = self._cloud.client("rds").describe_db_instances()["DBInstances"]
        return variables.get("MF_METADATA_DB_SSL_MODE") == "require" and address in [
            (
                one["Endpoint"]["Address"],
                str(one["Endpoint"]["Port"]),
                one["DBName"],
                one["MasterUsername"],
            )
            for one in databases
        ]

    def _has_password(self, value_from: str) -> bool:
        arn, _, key = value_from.removesuffix("::").rpartition(":")
        if not arn:
            return False
        answer = self._cloud.client("secretsmanager").get_secret_value(SecretId=arn)
        return bool(json.loads(answer["SecretString"]).get(key))
