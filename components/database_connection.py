"""How the metadata service reaches its database, whoever made it."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class DatabaseConnection:
    """A PostgreSQL database and the secret that opens it.

    Attributes:
        host: host name.
        port: TCP port.
        name: name of the database within the instance.
        user: user name; None where only the secret knows it.
        secret_arn: secret whose JSON has `username` and `password`.
        secret_key_arn: customer managed KMS key of the secret, where it has one.
    """

    host: pulumi.Input[str]
    port: int
    name: str
    user: pulumi.Input[str] | None
    secret_arn: pulumi.Input[str]
    secret_key_arn: str | None = None
