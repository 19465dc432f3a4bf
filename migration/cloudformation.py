"""What a stack of Outerbounds' CloudFormation template holds.

The logical names are those of `aws/cloudformation/metaflow-cfn-template.yml` in
outerbounds/metaflow-tools (d24572c, August 2025).
"""

from collections.abc import Mapping
from typing import Any

from migration import reading
from migration.holdings import Database, Holdings, UserError

_BUCKET = ("MetaflowS3Bucket", "AWS::S3::Bucket")
_TABLE = ("StepFunctionsStateDDB", "AWS::DynamoDB::Table")
_INSTANCE = ("RDSMasterInstance", "AWS::RDS::DBInstance")
_SECRET = ("MyRDSSecret", "AWS::SecretsManager::Secret")
_GONE = ("DELETE_COMPLETE", "CREATE_FAILED")


def holds(listing: Mapping[str, Any]) -> bool:
    """Say whether a document lists a stack's resources."""
    return "StackResources" in listing or "StackResourceSummaries" in listing


def read(listing: Mapping[str, Any], databases: Mapping[str, Any] | None) -> Holdings:
    """Return what a stack holds.

    Args:
        listing: what `aws cloudformation describe-stack-resources` prints, or
            `list-stack-resources`.
        databases: what `aws rds describe-db-instances` prints: the listing tells names only.

    Raises:
        UserError: something is missing.
    """
    ids = _ids(listing)
    identifier = _of(ids, _INSTANCE)
    if databases is None:
        raise UserError(
            f"the listing does not tell where the database {identifier} is; give --databases the "
            f"output of: aws rds describe-db-instances --db-instance-identifier {identifier} "
            "--output json"
        )
    return Holdings(
        bucket=_of(ids, _BUCKET),
        bucket_key_arn="",
        table=_of(ids, _TABLE),
        database=_database(identifier, databases, _of(ids, _SECRET)),
    )


def _ids(listing: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return physical ids by logical id and type, of what is there."""
    described = reading.objects(listing, "StackResources")
    listed = described or reading.objects(listing, "StackResourceSummaries")
    return {
        (str(one.get("LogicalResourceId")), str(one.get("ResourceType"))): str(
            one.get("PhysicalResourceId") or ""
        )
        for one in listed
        if one.get("ResourceStatus") not in _GONE
    }


def _of(ids: Mapping[tuple[str, str], str], wanted: tuple[str, str]) -> str:
    found = ids.get(wanted)
    if not found:
        raise UserError(
            f"the stack has no {wanted[0]} of type {wanted[1]}; it is none of Outerbounds' "
            "template, or an old one"
        )
    return found


def _database(identifier: str, databases: Mapping[str, Any], secret_arn: str) -> Database:
    for one in reading.objects(databases, "DBInstances"):
        if one.get("DBInstanceIdentifier") == identifier:
            return _described(identifier, one, secret_arn)
    raise UserError(f"the file of --databases has no database {identifier}")


def _described(identifier: str, one: Mapping[str, Any], secret_arn: str) -> Database:
    place = f"the database {identifier}"
    groups = reading.objects(one, "VpcSecurityGroups")
    return Database(
        identifier=identifier,
        host=reading.text(one.get("Endpoint"), "Address", place),
        port=reading.number(one.get("Endpoint"), "Port", place),
        name=reading.text(one, "DBName", place),
        engine_version=reading.text(one, "EngineVersion", place),
        encrypted=one.get("StorageEncrypted") is True,
        security_group_ids=tuple(
            reading.text(group, "VpcSecurityGroupId", place) for group in groups
        ),
        secret_arn=secret_arn,
    )
