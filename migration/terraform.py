"""What a state of Outerbounds' Terraform module holds.

The addresses are those of outerbounds/terraform-aws-metaflow v0.12.1 (`modules/datastore`,
`modules/step-functions`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from migration import reading
from migration.holdings import Database, Holdings, UserError

Resource = Mapping[str, Any]

_DATASTORE = "module.metaflow-datastore"
_STEP_FUNCTIONS = "module.metaflow-step-functions"
_CREATE_SECRET = (
    "aws secretsmanager create-secret --name metaflow-database --secret-string "  # noqa: S105
    """'{"username": "...", "password": "..."}'"""
)


def holds(state: Mapping[str, Any]) -> bool:
    """Say whether a document is a state as Terraform shows it."""
    return "terraform_version" in state and "values" in state


def read(state: Mapping[str, Any], secret_arn: str) -> Holdings:
    """Return what a state holds.

    Args:
        state: what `terraform show -json` prints.
        secret_arn: a secret with the database's user and password, which the module keeps in its
            state only.

    Raises:
        UserError: something is missing, or stands there more than once.
    """
    values = state.get("values")
    resources = list(_resources(values.get("root_module") if isinstance(values, dict) else None))
    bucket = _must(resources, _DATASTORE, "aws_s3_bucket.this")
    key = _must(resources, _DATASTORE, "aws_kms_key.s3")
    table = _one(resources, _STEP_FUNCTIONS, "aws_dynamodb_table.step_functions_state_table")
    database = _database(resources, secret_arn)
    if not secret_arn:
        raise UserError(
            f"the password of the database {database.identifier} is in Terraform's state only; put "
            f"it into a secret with `{_CREATE_SECRET}`, and give its ARN with --database-secret"
        )
    return Holdings(
        bucket=reading.text(bucket, "bucket", "aws_s3_bucket.this"),
        bucket_key_arn=reading.text(key, "arn", "aws_kms_key.s3"),
        table=reading.text(table, "name", "the table") if table else "",
        database=database,
    )


def _resources(module: Any) -> Iterator[Resource]:
    """Yield every resource of a module and of those in it."""
    yield from reading.objects(module, "resources")
    for child in reading.objects(module, "child_modules"):
        yield from _resources(child)


def _one(resources: list[Resource], module: str, resource: str) -> Resource | None:
    """Return the values of a resource, wherever its module stands; None where there is none."""
    wanted = f"{module}.{resource}"
    found = {
        address: one
        for one in resources
        if (address := str(one.get("address")))
        and f".{_without_index(address)}".endswith(f".{wanted}")
    }
    if len(found) > 1:
        raise UserError(
            f"the state has {len(found)} of {wanted}: {', '.join(sorted(found))}; show one "
            "deployment alone"
        )
    for one in found.values():
        values = one.get("values")
        return values if isinstance(values, dict) else {}
    return None


def _without_index(address: str) -> str:
    return re.sub(r"\[[^\]]*\]$", "", address)


def _must(resources: list[Resource], module: str, resource: str) -> Resource:
    found = _one(resources, module, resource)
    if found is None:
        raise UserError(
            f"the state has no {module}.{resource}; it is none of Outerbounds' module, or an old "
            "one"
        )
    return found


def _database(resources: list[Resource], secret_arn: str) -> Database:
    instance = _one(resources, _DATASTORE, "aws_db_instance.this")
    if instance is not None:
        return _made(instance, "identifier", "address", "db_name", secret_arn)
    cluster = _must(resources, _DATASTORE, "aws_rds_cluster.this")
    return _made(cluster, "cluster_identifier", "endpoint", "database_name", secret_arn)


def _made(values: Resource, identifier: str, host: str, name: str, secret_arn: str) -> Database:
    place = f"the database {values.get(identifier)}"
    running = values.get("engine_version_actual")
    return Database(
        identifier=reading.text(values, identifier, place),
        host=reading.text(values, host, place),
        port=reading.number(values, "port", place),
        name=reading.text(values, name, place),
        engine_version=str(running or reading.text(values, "engine_version", place)),
        encrypted=values.get("storage_encrypted") is True,
        security_group_ids=reading.texts(values, "vpc_security_group_ids"),
        secret_arn=secret_arn,
    )
