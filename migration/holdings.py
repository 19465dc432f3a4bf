"""What another deployment holds that must outlive it, whatever made it."""

from dataclasses import dataclass


class UserError(Exception):
    """Something the user can put right; its text is the one line that says what and how."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The metadata database.

    Attributes:
        identifier: its name in RDS.
        host: host name.
        port: TCP port.
        name: name of the database within it.
        engine_version: such as `11.22`.
        encrypted: whether its storage is encrypted.
        security_group_ids: its security groups.
        secret_arn: secret whose JSON has username and password; empty where there is none.
    """

    identifier: str
    host: str
    port: int
    name: str
    engine_version: str
    encrypted: bool
    security_group_ids: tuple[str, ...]
    secret_arn: str


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """What holds data.

    Attributes:
        bucket: name of the datastore's bucket.
        bucket_key_arn: KMS key that encrypts it; empty for S3's own keys.
        table: name of the table of foreach state; empty without Step Functions.
        database: the metadata database.
    """

    bucket: str
    bucket_key_arn: str
    table: str
    database: Database
