"""Asks what a request asks of IAM, with resources that a test makes up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.authorization.asked import Encryption, Look, Request, Secret, questions
from rehearsal.authorization.question import Question

ACCOUNT = "111122223333"
TIME = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
Context = Mapping[str, str | tuple[str, ...]]
Expected = tuple[str, str, Context]


@dataclass(frozen=True)
class StoredLook(Look):
    """Resources as a test needs them; what it does not give is not there."""

    missing_objects: frozenset[tuple[str, str]] = frozenset()
    object_tag_sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    object_keys: Mapping[str, Encryption] = field(default_factory=dict)
    bucket_keys: Mapping[str, Encryption] = field(default_factory=dict)
    upload_keys: Mapping[str, Encryption] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    tag_sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    partition_keys: Mapping[str, str] = field(default_factory=dict)
    rules: frozenset[tuple[str, str]] = frozenset()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lacks_object(self, bucket: str, key: str) -> bool:
        return (bucket, key) in self.missing_objects

    def object_tags(self, bucket: str, key: str) -> Mapping[str, str]:
        return self.object_tag_sets.get(f"{bucket}/{key}", {})

    def object_encryption(self, bucket: str, key: str, version: str | None) -> Encryption | None:
        return self.object_keys.get(f"{bucket}/{key}" + (f"?{version}" if version else ""))

    def bucket_encryption(self, bucket: str) -> Encryption | None:
        return self.bucket_keys.get(bucket)

    def upload_encryption(self, bucket: str, upload: str) -> Encryption | None:
        return self.upload_keys.get(f"{bucket}/{upload}")

    def key_arn(self, identifier: str) -> str | None:
        return self.keys.get(identifier)

    def secret(self, identifier: str) -> Secret | None:
        return self.secrets.get(identifier)

    def topic_key(self, arn: str) -> str | None:
        return self.keys.get(arn)

    def tags(self, arn: str) -> Mapping[str, str]:
        return self.tag_sets.get(arn, {})

    def partition_key(self, table: str) -> str | None:
        return self.partition_keys.get(table)

    def has_rule(self, bus: str, name: str) -> bool:
        return (bus, name) in self.rules

    def task_definition_roles(self, task_definition: str) -> tuple[str, ...]:
        return self.roles.get(task_definition, ())


NOTHING = StoredLook()


@dataclass(frozen=True)
class Row:
    """One request with what AWS is documented to ask for it.

    Attributes:
        case: what is special in it; empty for the plain form.
        expected: action, resource, and the keys that not every request has.
        source: where AWS says so.
        look: what is deployed.
        via_service: see `Request`.
    """

    service: str
    operation: str
    case: str
    parameters: Mapping[str, Any]
    expected: Sequence[Expected]
    source: str
    look: StoredLook = NOTHING
    via_service: str | None = None

    @property
    def name(self) -> str:
        """Identifier of the test."""
        return f"{self.service}-{self.operation}" + (f"-{self.case}" if self.case else "")


@dataclass(frozen=True)
class Place:
    """A partition and one of its regions."""

    partition: str
    region: str
    suffix: str = "amazonaws.com"

    def moved(self, value: Any) -> Any:
        """Return a value of the partition aws and the region us-east-1 as it is here."""
        if isinstance(value, str):
            host = f".{self.region}.{self.suffix}"
            text = value.replace(".us-east-1.amazonaws.com", host).replace("us-east-1", self.region)
            return text.replace("arn:aws:", f"arn:{self.partition}:")
        if isinstance(value, Mapping):
            return {self.moved(key): self.moved(one) for key, one in value.items()}
        if isinstance(value, list | tuple | frozenset):
            return type(value)(map(self.moved, value))
        if isinstance(value, StoredLook | Encryption | Secret):
            return type(value)(**{name: self.moved(one) for name, one in vars(value).items()})
        return value


AWS = Place("aws", "us-east-1")
PLACES = (
    AWS,
    Place("aws-cn", "cn-north-1", "amazonaws.com.cn"),
    Place("aws-us-gov", "us-gov-west-1"),
)


def request(
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    place: Place = AWS,
    **others: Any,
) -> Request:
    """Return a request with what every request has."""
    return Request(
        service=service,
        operation=operation,
        parameters=parameters,
        region=place.region,
        account=ACCOUNT,
        partition=place.partition,
        source_ip="198.51.100.7",
        user_agent="Boto3/1.44",
        time=TIME,
        **others,
    )


def asked(row: Row, place: Place = AWS) -> list[Question]:
    """Return what a row's request asks in a place."""
    sent = request(
        row.service,
        row.operation,
        place.moved(row.parameters),
        place,
        via_service=row.via_service,
    )
    return questions(sent, place.moved(row.look))


_OF_EVERY_REQUEST = {
    "aws:RequestedRegion",
    "aws:SourceIp",
    "aws:UserAgent",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:ResourceAccount",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ViaAWSService",
    "s3:authType",
    "s3:signatureversion",
    "s3:ResourceAccount",
}


def own(question: Question) -> Expected:
    """Return a question without the keys that every request has."""
    context = {
        key: value for key, value in question.context.items() if key not in _OF_EVERY_REQUEST
    }
    return question.action, question.resource, context
