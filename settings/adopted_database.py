"""The settings of a database that is there already, and is used as it is."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.checks import (
    problem_of_database_cidr,
    problem_of_database_host,
    problem_of_database_secret,
    problem_of_key,
)
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting


class AdoptedDatabaseSettings(SettingsModel):
    """Somebody else's PostgreSQL database, in place of one of the stack's own."""

    db_host: Annotated[
        str, rejecting(problem_of_database_host), allowed("a host name, without a port")
    ] = ""
    """Host of a database of yours to use; empty means one of the stack's."""

    db_port: Annotated[int, Field(ge=1, le=65_535), allowed("1 to 65535")] = 5432
    """Port of that database."""

    db_secret_arn: Annotated[
        str,
        rejecting(problem_of_database_secret),
        allowed("the whole ARN of a Secrets Manager secret, six random characters included"),
    ] = ""
    """Secret whose JSON has username and password for that database."""

    db_secret_kms_key_arn: Annotated[
        str, rejecting(problem_of_key), allowed("the ARN of a KMS key of the stack's region")
    ] = ""
    """Customer managed KMS key of that secret; empty where it has none."""

    db_security_group_id: Annotated[
        str, Field(pattern=r"^(sg-([0-9a-f]{8}|[0-9a-f]{17}))?$"), allowed("sg-... or empty")
    ] = ""
    """Security group of that database, to which the service is let out."""

    db_cidr: Annotated[
        str,
        rejecting(problem_of_database_cidr),
        allowed("a private IPv4 network such as 10.1.0.0/16, or empty"),
    ] = ""
    """Network of that database, instead of a security group."""


def _secret(settings: AdoptedDatabaseSettings) -> Conflicts:
    if settings.db_host and not settings.db_secret_arn:
        yield "dbSecretArn", "empty together with dbHost", "the ARN of that database's secret"
    if settings.db_secret_arn and not settings.db_host:
        yield "dbSecretArn", "set without dbHost", "empty for a database of the stack's"
    if settings.db_secret_kms_key_arn and not settings.db_secret_arn:
        yield "dbSecretKmsKeyArn", "set without dbSecretArn", "empty without that secret"


def _way(settings: AdoptedDatabaseSettings) -> Conflicts:
    given = [
        key
        for key, value in (
            ("dbSecurityGroupId", settings.db_security_group_id),
            ("dbCidr", settings.db_cidr),
        )
        if value
    ]
    if settings.db_host and not given:
        yield "dbSecurityGroupId", "empty together with dbHost", "a group, or a network in dbCidr"
    if not settings.db_host and given:
        yield given[0], "set without dbHost", "empty for a database of the stack's"
    if settings.db_host and len(given) > 1:
        yield "dbCidr", "set together with dbSecurityGroupId", "one of the two"


RULES: Sequence[Rule] = (
    Rule(_secret, frozenset({"db_host", "db_secret_arn", "db_secret_kms_key_arn"})),
    Rule(_way, frozenset({"db_host", "db_security_group_id", "db_cidr"})),
)
