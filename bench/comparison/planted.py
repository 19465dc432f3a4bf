"""The table of faults that are planted in the prod stack, to see who finds them."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct

from rehearsal.goals import State
from rehearsal.mocks import Deployment

JOB, USER = "metaflow-compute-job-datastore", "metaflow-users-policy"
INLINE, MANAGED = "aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"
ACCOUNT = "123456789012"
FUNCTIONS = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:metaflow-*"


@dataclass(frozen=True)
class Change:
    """One changed input of one resource.

    Attributes:
        type: the resource's type token.
        name: its logical name.
        input: which input.
        new: returns the new value for the old one; None takes the input away.
    """

    type: str
    name: str
    input: str
    new: Callable[[Any], Any]


@dataclass(frozen=True)
class Fault:
    """A fault, the changes that plant it, and which policy is there to report it.

    Attributes:
        name: as a table shows it.
        changes: all of them at once.
        policy: its name in the packs.
    """

    name: str
    changes: tuple[Change, ...]
    policy: str


def _to(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _document(change: Callable[[Any], Any]) -> Callable[[str], str]:
    return lambda text: json.dumps(change(json.loads(text)))


def _granting(**statement: Any) -> Callable[[str], str]:
    """Add a statement that allows something."""
    added = {"Effect": "Allow", **statement}
    return _document(lambda found: {**found, "Statement": [*found["Statement"], added]})


def _without_conditions(document: Mapping[str, Any]) -> dict[str, Any]:
    statements = [
        {key: value for key, value in one.items() if key != "Condition"}
        for one in document["Statement"]
    ]
    return {**document, "Statement": statements}


def _with_password(containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    password = {"name": "MF_METADATA_DB_PSWD", "value": "correct-horse-battery-staple"}
    return [{**one, "environment": [*one["environment"], password]} for one in containers]


RULE = ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",)
FAULTS = (
    Fault(
        "database with a public address",
        (
            Change(
                "aws:rds/instance:Instance", "metaflow-db-instance", "publiclyAccessible", _to(True)
            ),
        ),
        policy="rds-not-public",
    ),
    Fault(
        "database that takes connections in clear",
        (
            Change(
                "aws:rds/parameterGroup:ParameterGroup",
                "metaflow-db-parameters",
                "parameters",
                _to([{"name": "rds.force_ssl", "value": "0", "applyMethod": "pending-reboot"}]),
            ),
        ),
        policy="rds-tls-required",
    ),
    Fault(
        "service with public addresses",
        (
            Change(
                "aws:ecs/service:Service",
                "metaflow-service-service",
                "networkConfiguration",
                lambda found: {**found, "assignPublicIp": True},
            ),
        ),
        policy="ecs-no-public-address",
    ),
    Fault(
        "port 8080 open to the world",
        (
            Change(*RULE, "metaflow-groups-service-from-balancer", "cidrIpv4", _to("0.0.0.0/0")),
            Change(
                *RULE,
                "metaflow-groups-service-from-balancer",
                "referencedSecurityGroupId",
                _to(None),
            ),
        ),
        policy="sg-no-world-ingress",
    ),
    Fault(
        "password in a container's environment",
        (
            Change(
                "aws:ecs/taskDefinition:TaskDefinition",
                "metaflow-service-task",
                "containerDefinitions",
                _document(_with_password),
            ),
        ),
        policy="container-no-secrets-in-environment",
    ),
    Fault(
        "wildcard action",
        (Change(INLINE, JOB, "policy", _granting(Action="s3:*", Resource="*")),),
        policy="iam-no-wildcard-actions",
    ),
    Fault(
        "iam:PassRole on *",
        (Change(MANAGED, USER, "policy", _granting(Action="iam:PassRole", Resource="*")),),
        policy="iam-pass-role-named",
    ),
    Fault(
        "trust policy without its condition",
        (
            Change(
                "aws:iam/role:Role",
                "metaflow-service-task",
                "assumeRolePolicy",
                _document(_without_conditions),
            ),
        ),
        policy="iam-confused-deputy",
    ),
    Fault(
        "wildcards in a Statement that is a mapping",
        (
            Change(
                INLINE,
                JOB,
                "policy",
                _to(
                    json.dumps(
                        {
                            "Version": "2012-10-17",
                            "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
                        }
                    )
                ),
            ),
        ),
        policy="iam-no-wildcard-actions",
    ),
    Fault(
        "privileges spread over two policies of a role",
        (
            Change(
                INLINE,
                JOB,
                "policy",
                _granting(
                    Action="iam:PassRole",
                    Resource=f"arn:aws:iam::{ACCOUNT}:role/*",
                    Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
                ),
            ),
            Change(
                INLINE,
                "metaflow-flows-job-foreach",
                "policy",
                _granting(
                    Action=["lambda:CreateFunction", "lambda:InvokeFunction"], Resource=FUNCTIONS
                ),
            ),
        ),
        policy="iam-no-privilege-escalation",
    ),
)
"""Each stands alone in an otherwise unchanged stack."""


class UnplantedError(Exception):
    """The stack has no resource that a fault wants to change."""


def planted(deployment: Deployment, fault: Fault) -> Deployment:
    """Return a deployment with a fault, in its registrations and in the engine's own form.

    Raises:
        UnplantedError: the stack has not exactly one resource for a change.
    """
    registrations, states = list(deployment.registrations), dict(deployment.states)
    for change in fault.changes:
        wanted = (change.type, change.name)
        places = [at for at, one in enumerate(registrations) if (one.type, one.name) == wanted]
        if len(places) != 1:
            raise UnplantedError(f"{fault.name}: {len(places)} resources {change.name}.")
        (place,) = places
        old = registrations[place]
        new = change.new(old.inputs.get(change.input))
        kept = {key: value for key, value in old.inputs.items() if key != change.input}
        inputs = kept if new is None else {**kept, change.input: new}
        registrations[place] = dataclasses.replace(old, inputs=inputs)
        state = states[old.urn]
        goal = dataclasses.replace(state.goal, inputs=_with(state.goal.inputs, change.input, new))
        states[old.urn] = State(goal, _with(state.outputs, change.input, new))
    return dataclasses.replace(deployment, registrations=registrations, states=states)


def _with(struct: Struct, key: str, value: Any) -> Struct:
    changed = Struct()
    changed.CopyFrom(struct)
    if value is not None:
        changed.update({key: value})
    elif key in changed:
        del changed[key]
    return changed
