"""Faults in inputs: every boolean flipped, every guarding value weakened, every guard left out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.registrations import Registration
from tests.policies.mutants.mutant import Mutant, Recorded, label, with_input, with_inputs

Path = tuple[str | int, ...]

NO_GUARD: Mapping[tuple[str, str], str] = {
    ("batch/computeEnvironment", "updatePolicy.terminateJobsOnUpdate"): "how jobs end",
    ("dynamodb/table", "ttl.enabled"): "housekeeping of foreach state",
    ("ec2/launchTemplate", "blockDeviceMappings[].ebs.deleteOnTermination"): "an instance's disk",
    ("ec2/launchTemplate", "updateDefaultVersion"): "which version others take",
    ("ecs/service", "deploymentCircuitBreaker.enable"): "availability of a deployment",
    ("ecs/service", "deploymentCircuitBreaker.rollback"): "availability of a deployment",
    ("ecs/service", "enableEcsManagedTags"): "tags",
    ("ecs/service", "waitForSteadyState"): "what the deployer waits for",
    ("apigateway/method", "requestParameters.method.request.path.proxy"): "a path's parameter",
    ("lb/loadBalancer", "enableCrossZoneLoadBalancing"): "how load is spread",
    ("lb/targetGroup", "preserveClientIp"): "which address the service sees",
    ("rds/instance", "allowMajorVersionUpgrade"): "who may raise the version",
    ("rds/instance", "applyImmediately"): "when changes happen",
    ("rds/instance", "copyTagsToSnapshot"): "tags",
    ("rds/instance", "performanceInsightsEnabled"): "measurement",
    ("s3/bucket", "forceDestroy"): "what destroying the stack does, a setting of its own",
    (
        "s3/bucketLifecycleConfiguration",
        "rules[].expiration.expiredObjectDeleteMarker",
    ): "housekeeping of old versions",
    (
        "s3/bucketServerSideEncryptionConfiguration",
        "rules[].bucketKeyEnabled",
    ): "cost of calls to KMS",
    ("secretsmanager/secretRotation", "rotateImmediately"): "when the first rotation is",
}
"""Booleans that keep nobody out and nothing safe; every other one is flipped."""

WEAK: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("apigateway/restApi", "endpointConfiguration.types"): ("PRIVATE",),
    ("cloudwatch/logGroup", "retentionInDays"): (0,),
    ("ec2/launchTemplate", "metadataOptions.httpTokens"): ("optional",),
    ("ecs/taskDefinition", "networkMode"): ("host",),
    ("rds/instance", "backupRetentionPeriod"): (0, 1),
    ("rds/parameterGroup", "parameters[].value"): ("0",),
    ("s3/bucketOwnershipControls", "rule.objectOwnership"): ("ObjectWriter",),
    (
        "s3/bucketServerSideEncryptionConfiguration",
        "rules[].applyServerSideEncryptionByDefault.sseAlgorithm",
    ): ("", "none"),
    ("s3/bucketVersioning", "versioningConfiguration.status"): ("Suspended", "Disabled"),
}
"""Values that are no booleans and guard something, with the values that do not."""

KEPT: Mapping[tuple[str, str], str] = {
    ("apigateway/restApi", "endpointConfiguration"): "without it an API is open as well",
    ("ec2/subnet", "mapPublicIpOnLaunch"): "false where it is missing",
    ("ecs/taskDefinition", "networkMode"): "Fargate refuses a task without awsvpc",
    ("rds/instance", "autoMinorVersionUpgrade"): "true where it is missing",
    ("rds/instance", "deleteAutomatedBackups"): "backups of a deleted database",
    ("rds/instance", "skipFinalSnapshot"): "false where it is missing",
    ("s3/bucketVersioning", "versioningConfiguration"): "the provider refuses it",
    ("s3/bucketOwnershipControls", "rule"): "the provider refuses it",
    ("s3/bucketServerSideEncryptionConfiguration", "rules"): "the provider refuses it",
}
"""Guards that are as good when they are left out, or cannot be."""


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path, value


def _set(value: Any, path: Path, leaf: Any) -> Any:
    if not path:
        return leaf
    head, *rest = path
    if isinstance(value, dict):
        return {**value, head: _set(value[head], tuple(rest), leaf)}
    return [_set(item, tuple(rest), leaf) if at == head else item for at, item in enumerate(value)]


def key_of(one: Registration, path: Path) -> tuple[str, str]:
    """Return how the tables name an input: `<service>/<type>` and its path."""
    text = "".join("[]" if isinstance(part, int) else f".{part}" for part in path)
    return one.type.split(":")[1], text.removeprefix(".")


_FLIPPED = {True: False, False: True, "true": "false", "false": "true"}


def _boolean(value: Any) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _guards(stack: Recorded) -> Iterator[tuple[Registration, Path, tuple[Any, ...]]]:
    """Yield every input that guards something, and the values that would not."""
    for one in stack:
        for path, value in _leaves(dict(one.inputs)):
            key = key_of(one, path)
            if key in WEAK:
                yield one, path, WEAK[key]
            elif one.custom and path[0] != "tags" and key not in NO_GUARD and _boolean(value):
                yield one, path, (_FLIPPED[value],)


def weakened_inputs(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each guarding input with each value that does not guard."""
    for one, path, values in _guards(stack):
        for value in values:
            changed = with_inputs(one, _set(dict(one.inputs), path, value))
            yield Mutant(
                "weaken an input",
                f"{label(one)}.{key_of(one, path)[1]} = {value!r} {path}",
                changed=(changed,),
            )


def missing_inputs(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each input that holds a guard, left out whole."""
    by_urn = {one.urn: one for one in stack}
    for urn, key in sorted({(one.urn, str(path[0])) for one, path, _ in _guards(stack)}):
        one = by_urn[urn]
        if (one.type.split(":")[1], key) in KEPT:
            continue
        left = {name: value for name, value in one.inputs.items() if name != key}
        yield Mutant("leave an input out", f"{label(one)}.{key}", changed=(with_inputs(one, left),))


def faulty_containers(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants of each container of each task definition."""
    for one in stack:
        if not one.type.startswith("aws:ecs/taskDefinition:"):
            continue
        containers = json.loads(one.inputs["containerDefinitions"])
        for place, container in enumerate(containers):
            for what, change in _CONTAINER_FAULTS.items():
                changed = [*containers]
                changed[place] = change(container)
                yield Mutant(
                    "spoil a container",
                    f"{label(one)} {container['name']}: {what}",
                    changed=(with_input(one, "containerDefinitions", json.dumps(changed)),),
                )


def _variable(name: str, value: str) -> Any:
    return lambda container: {
        **container,
        "environment": [*container.get("environment", []), {"name": name, "value": value}],
    }


_CONTAINER_FAULTS: Mapping[str, Any] = {
    "a password in clear": _variable("MF_METADATA_DB_PSWD", "correct-horse"),
    "a password in a URL": _variable("MF_METADATA_DB_DSN", "postgresql://u:correct@host/db"),
    "a password in a log option": lambda container: {
        **container,
        "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "correct-horse"}},
    },
    "a password in its command": lambda container: {
        **container,
        "command": ["serve", "postgresql://u:correct@host/db"],
    },
    "privileged": lambda container: {**container, "privileged": True},
    "a secret by no ARN": lambda container: {
        **container,
        "secrets": [{"name": "PASSWORD", "valueFrom": "correct horse"}],
    },
}
