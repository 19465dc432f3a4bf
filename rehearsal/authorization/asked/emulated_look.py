"""What is deployed, as moto's backends hold it; only read."""

from collections.abc import Callable, Mapping
from typing import Any

from moto.backends import get_backend
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.stepfunctions.responses import get_backend as state_machines
from moto.utilities.utils import get_partition

from rehearsal.authorization.asked.context import listed_tags
from rehearsal.authorization.asked.look import Encryption, Look, Secret

_RESOURCE = 5
"""Colons before the resource in an ARN."""


class EmulatedLook(Look):
    """Looks at one account and region of the emulator, without a request to it."""

    def __init__(self, account: str, region: str) -> None:
        """Look at an account, 12 digits, and a region."""
        self._account, self._region = account, region

    def lacks_object(self, bucket: str, key: str) -> bool:
        """Tell whether a bucket is there, but no object with this key is in it."""
        found = self._bucket(bucket)
        return found is not None and self._object(bucket, key, None) is None

    def object_tags(self, bucket: str, key: str) -> Mapping[str, str]:
        """Return an object's tags."""
        found = self._object(bucket, key, None)
        if found is None:
            return {}
        account = s3_backends[s3_backends.bucket_accounts[bucket][1]]
        tagger = account[get_partition(self._region)].tagger
        return dict(tagger.get_tag_dict_for_resource(found.arn))

    def object_encryption(self, bucket: str, key: str, version: str | None) -> Encryption | None:
        """Return an object's encryption, where it is by a customer's key."""
        found = self._object(bucket, key, version)
        if found is None or found.encryption not in ("aws:kms", "aws:kms:dsse"):
            return None
        return self._encryption(found.kms_key_id, found.bucket_key_enabled)

    def bucket_encryption(self, bucket: str) -> Encryption | None:
        """Return what encrypts a bucket's new objects, where it is a customer's key."""
        found = self._bucket(bucket)
        rule = (found.encryption or {}).get("Rule", {}) if found else {}
        by_default = rule.get("ApplyServerSideEncryptionByDefault", {})
        return self._encryption(by_default.get("KMSMasterKeyID"), rule.get("BucketKeyEnabled"))

    def upload_encryption(self, bucket: str, upload: str) -> Encryption | None:
        """Return what encrypts a multipart upload, where it is a customer's key."""
        found = self._bucket(bucket)
        parts = found.multiparts.get(upload) if found else None
        if parts is None or parts.sse_encryption is None:
            return self.bucket_encryption(bucket)
        return self._encryption(parts.kms_key_id, False)

    def key_arn(self, identifier: str) -> str | None:
        """Return a key's ARN, given by id, ARN or alias; None where AWS manages the key."""
        kms = self._backend("kms")
        key = kms.get_key_id(identifier)
        for one in kms.keys.values():
            if one.id == key or kms.get_alias_name(identifier) in one.aliases:
                return None if _managed_by_aws(one) else str(one.arn)
        return identifier if ":key/" in identifier else None

    def secret(self, identifier: str) -> Secret | None:
        """Return a secret, given by name, by ARN, or by ARN without the last six characters."""
        found = self._backend("secretsmanager").secrets.get(identifier)
        if found is None:
            return None
        key = getattr(found, "kms_key_id", None)
        function = getattr(found, "rotation_lambda_arn", None)
        return Secret(found.arn, self.key_arn(key) if key else None, function or None)

    def topic_key(self, arn: str) -> str | None:
        """Return the key that encrypts an SNS topic; None where there is none."""
        found = self._backend("sns").topics.get(arn)
        return (found.kms_master_key_id or None) if found else None

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the tags of the resource with this ARN, of a service in the table below."""
        reading = _TAGS.get(arn.split(":")[2] if arn.count(":") >= _RESOURCE else "")
        return reading(self, arn) if reading else {}

    def partition_key(self, table: str) -> str | None:
        """Return the name of a DynamoDB table's partition key."""
        found = self._backend("dynamodb").tables.get(table.rpartition("/")[2])
        return str(found.hash_key_attr) if found else None

    def has_rule(self, bus: str, name: str) -> bool:
        """Tell whether an event bus has a rule."""
        buses = self._backend("events").event_buses
        return bus in buses and name in buses[bus].rules

    def task_definition_roles(self, task_definition: str) -> tuple[str, ...]:
        """Return the roles of an ECS task definition, given by family and revision, or by ARN."""
        for revisions in self._backend("ecs").task_definitions.values():
            for one in revisions.values():
                if one.arn.endswith(f"/{task_definition.rpartition('/')[2]}"):
                    roles = (one.task_role_arn, one.execution_role_arn)
                    return tuple(role for role in roles if role)
        return ()

    def _backend(self, service: str, region: str | None = None) -> Any:
        if service == "stepfunctions":
            # moto keeps them elsewhere where it executes them.
            return state_machines(self._account, self._region)
        backends: Any = get_backend(service)  # type: ignore[call-overload]
        return backends[self._account][region or self._region]

    def _bucket(self, name: str) -> Any:
        partition, account = s3_backends.bucket_accounts.get(name, ("", ""))
        return s3_backends[account][partition].buckets.get(name) if account else None

    def _object(self, bucket: str, key: str, version: str | None) -> Any:
        found = self._bucket(bucket)
        versions = found.keys.getlist(key, default=[]) if found else []
        if version is not None:
            versions = [one for one in versions if str(one.version_id) == version]
        last = versions[-1] if versions else None
        return None if isinstance(last, FakeDeleteMarker) else last

    def _encryption(self, key: str | None, by_bucket: object) -> Encryption | None:
        arn = self.key_arn(key) if key else None
        return Encryption(arn, str(by_bucket).lower() == "true") if arn else None


def _managed_by_aws(key: Any) -> bool:
    """Tell it by the aliases that AWS reserves; to moto every key is a customer's."""
    return any(name.startswith("alias/aws/") for name in key.aliases)


def _by_tagger(service: str) -> Callable[[EmulatedLook, str], Mapping[str, str]]:
    def tags(look: EmulatedLook, arn: str) -> Mapping[str, str]:
        return dict(look._backend(service).tagger.get_tag_dict_for_resource(arn))

    return tags


def _listed(service: str) -> Callable[[EmulatedLook, str], Mapping[str, str]]:
    def tags(look: EmulatedLook, arn: str) -> Mapping[str, str]:
        resources = look._backend(service).iter_tagged_resources()
        return next((one.tags for one in resources if one.arn == arn), {})

    return tags


def _log_group_tags(look: EmulatedLook, arn: str) -> Mapping[str, str]:
    return _listed("logs")(look, arn.partition(":log-stream:")[0])


def _role_tags(look: EmulatedLook, arn: str) -> Mapping[str, str]:
    roles = look._backend("iam", get_partition(look._region)).get_roles()
    return next((listed_tags(one.tags) for one in roles if one.arn == arn), {})


def _api_key_tags(look: EmulatedLook, arn: str) -> Mapping[str, str]:
    key = look._backend("apigateway").keys.get(arn.rpartition("/")[2])
    return dict(key.tags or {}) if key else {}


_TAGS: Mapping[str, Callable[[EmulatedLook, str], Mapping[str, str]]] = {
    "apigateway": _api_key_tags,
    "batch": _by_tagger("batch"),
    "dynamodb": _listed("dynamodb"),
    "ecs": _listed("ecs"),
    "events": _by_tagger("events"),
    "iam": _role_tags,
    "kms": _listed("kms"),
    "logs": _log_group_tags,
    "secretsmanager": _listed("secretsmanager"),
    "states": _by_tagger("stepfunctions"),
}
"""How each service's tags are read, by the service in the ARN."""
