"""The API request whose authorization is in question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_DNS_SUFFIXES: Mapping[str, str] = {"aws-cn": "amazonaws.com.cn"}
"""Domain of the services' endpoints, where it is not amazonaws.com (botocore, endpoints.json)."""


class UnmappedError(Exception):
    """It is not known what an operation, or one form of it, asks of IAM; so it is not allowed."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """An API request, as the service that it reaches sees it.

    Attributes:
        service: botocore's name of the service, such as `stepfunctions`.
        operation: botocore's name of the operation, such as `SubmitJob`.
        parameters: the operation's input, by botocore's names.
        region: the region it is sent to.
        account: the account it is sent in, 12 digits.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        source_ip: the address it comes from.
        user_agent: what the client says of itself.
        via_service: the service that makes the call on the principal's behalf, such as
            `cloudformation.amazonaws.com`, or None.
        presigned: whether the signature is in the URL.
        time: when it arrived, with a time zone.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str
    partition: str
    source_ip: str
    user_agent: str
    via_service: str | None = None
    presigned: bool = False
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __getitem__(self, name: str) -> Any:
        """Return a parameter that the operation cannot do without.

        Raises:
            UnmappedError: the request lacks it.
        """
        if name not in self.parameters:
            raise self.unmapped(f"without the parameter {name}")
        return self.parameters[name]

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the request's account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def arn_of(self, service: str, kind: str, name_or_arn: str) -> str:
        """Return the ARN of a resource that a parameter gives by its name or by its ARN.

        Args:
            service: the service in the ARN.
            kind: what stands before the name, such as `job-queue/`.
            name_or_arn: the parameter.
        """
        return name_or_arn if is_arn(name_or_arn) else self.arn(service, f"{kind}{name_or_arn}")

    def role_arn(self, name_or_arn: str) -> str:
        """Return the ARN of a role that a parameter gives by its name or by its ARN."""
        named = f"arn:{self.partition}:iam::{self.account}:role/{name_or_arn}"
        return name_or_arn if is_arn(name_or_arn) else named

    def endpoint(self, service: str) -> str:
        """Return a service's host in the request's region, which kms:ViaService names.

        AWS KMS Developer Guide, "kms:ViaService": the value is the service's endpoint, such as
        `s3.us-east-1.amazonaws.com`.
        """
        suffix = _DNS_SUFFIXES.get(self.partition, "amazonaws.com")
        return f"{service}.{self.region}.{suffix}"

    def unmapped(self, what: str) -> UnmappedError:
        """Return the error for a form of the request of which it is not known what it asks."""
        return UnmappedError(
            f"It is not known what {self.service}:{self.operation} {what} asks of IAM; map it "
            "before something calls it."
        )


def is_arn(text: str) -> bool:
    """Tell whether a text is an ARN rather than a name."""
    return text.startswith("arn:")
