"""How the program takes over what another deployment holds: import file, settings, and notes."""

import json
from collections.abc import Mapping
from typing import Any

from migration.holdings import Database, Holdings, UserError

_OLDEST_SUPPORTED = 14
"""Oldest major version of PostgreSQL under RDS standard support in November 2026."""

_VPC_CIDR = "10.21.0.0/16"
"""Another network than 10.20.0.0/16, which is the template's default and the program's too."""

_PROGRAM = "metaflow"
"""What the program calls its component; the names of all resources begin with it."""


def import_file(holdings: Holdings) -> str:
    """Return the file that `pulumi import --file` takes: types, names and parents of the program.

    Imported are bucket and table; the database is used where it is (`settings`).
    """
    resources = [
        _component("Metaflow", _PROGRAM),
        *_taken("Datastore", "datastore", "aws:s3/bucket:Bucket", "bucket", holdings.bucket),
    ]
    if holdings.table:
        resources += _taken(
            "Orchestration", "flows", "aws:dynamodb/table:Table", "table", holdings.table
        )
    return json.dumps({"resources": resources}, indent=2) + "\n"


def _taken(kind: str, tier: str, token: str, suffix: str, import_id: str) -> list[dict[str, Any]]:
    """Return a tier's component and the resource of it that is taken over."""
    parent = f"{_PROGRAM}-{tier}"
    return [
        {**_component(kind, parent), "parent": _PROGRAM},
        {"type": token, "name": f"{parent}-{suffix}", "parent": parent, "id": import_id},
    ]


def _component(kind: str, name: str) -> dict[str, Any]:
    return {"type": f"metaflow:index:{kind}", "name": name, "component": True}


def settings(holdings: Holdings) -> Mapping[str, Any]:
    """Return the settings under which nothing of what is taken over is replaced or emptied.

    Raises:
        UserError: the database has no security group, or several.
    """
    database = holdings.database
    if len(database.security_group_ids) != 1:
        found = ", ".join(database.security_group_ids) or "none"
        raise UserError(
            f"the database {database.identifier} must have one security group for the service to "
            f"be let out to; it has {found}"
        )
    key = {"datastoreKmsKeyArn": holdings.bucket_key_arn} if holdings.bucket_key_arn else {}
    return {
        "vpcCidr": _VPC_CIDR,
        "datastoreForceDestroy": False,
        "datastoreRetained": True,
        "datastoreKmsKey": False,
        **key,
        "dbHost": database.host,
        "dbPort": database.port,
        "dbName": database.name,
        "dbSecretArn": database.secret_arn,
        "dbSecurityGroupId": database.security_group_ids[0],
    }


def as_configuration(values: Mapping[str, Any]) -> str:
    """Return settings as lines of a stack's file; JSON's texts and numbers are YAML's too."""
    lines = [f"  metaflow-aws:{key}: {json.dumps(value)}\n" for key, value in values.items()]
    return "config:\n" + "".join(lines)


def notes(holdings: Holdings) -> list[str]:
    """Return what the user must know of what is not taken over, one line each."""
    database = holdings.database
    return [
        f"The database {database.identifier} stays where it is and is used by its host name: keep "
        "it when you delete what made it.",
        f"vpcCidr must not overlap with the network of the database's VPC, or the two cannot be "
        f"peered, and it cannot change later; {_VPC_CIDR} does not overlap with the template's "
        "default.",
        *_notes_on_encryption(database),
        *_notes_on_version(database),
        *([] if holdings.table else ["There is no table of foreach state; a new one is made."]),
    ]


def _notes_on_encryption(database: Database) -> list[str]:
    if database.encrypted:
        return []
    return [
        f"The database {database.identifier} is not encrypted, and RDS encrypts none that stands: "
        "to move it, copy a snapshot of it with a key and set dbSnapshotIdentifier instead."
    ]


def _notes_on_version(database: Database) -> list[str]:
    major = database.engine_version.partition(".")[0]
    if not major.isdigit() or int(major) >= _OLDEST_SUPPORTED:
        return []
    return [
        f"PostgreSQL {database.engine_version} is past RDS standard support, and AWS charges more "
        "for it: raise its version in what made it."
    ]
