"""Faults in policy documents: every statement of every document, changed in every way."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.policies.mutants.mutant import Mutant, Recorded, documents, label, with_input

Statement = dict[str, Any]
Changes = Iterator[tuple[str, Statement]]
"""What is changed, and the statement after it."""

_AWS_POLICIES = "arn:aws:iam::aws:policy"
STRANGER = "arn:aws:iam::999999999999:root"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _with(statement: Statement, **elements: Any) -> Statement:
    changed = deepcopy(statement)
    for element, value in elements.items():
        changed.pop(element, None)
        if value is not None:
            changed[element] = value
    return changed


def dropped_conditions(statement: Statement) -> Changes:
    conditions = statement.get("Condition", {})
    for operator, keys in conditions.items():
        for key in keys:
            changed = deepcopy(conditions)
            del changed[operator][key]
            left = {name: found for name, found in changed.items() if found}
            yield f"without {operator} {key}", _with(statement, Condition=left or None)
    if conditions:
        yield "without conditions", _with(statement, Condition=None)


def hollow_conditions(statement: Statement) -> Changes:
    """Put conditions in the place of all others that hold for whoever has the policy.

    All of them where nothing but the condition bounds the statement, few where it names resources.
    """
    if "Condition" not in statement:
        return
    resources = _listed(statement.get("Resource", "*"))
    named = all(one not in ("*", everything_like(one)) for one in resources)
    for name, condition in (_HOLLOW if named else {**_HOLLOW, **_HOLLOW_OF_RESOURCES}).items():
        yield f"with {name} for a condition", _with(statement, Condition=condition)


_HOLLOW: dict[str, dict[str, Any]] = {
    "its own account": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}},
    "a value that is anything": {"StringLike": {"aws:PrincipalArn": "*"}},
    "TLS": {"Bool": {"aws:SecureTransport": "true"}},
    "a key that is absent": {"StringNotEquals": {"aws:PrincipalTag/never": "set"}},
}

_HOLLOW_OF_RESOURCES: dict[str, dict[str, Any]] = {
    "two halves of all addresses": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    "private addresses": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
    "a tag of any value": {"Null": {"aws:ResourceTag/Name": "false"}},
    "a second factor": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "a second factor of whatever age": {"NumericLessThan": {"aws:MultiFactorAuthAge": "99999999"}},
    "a service in between": {
        "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
    },
    "true and false": {"Bool": {"ec2:EbsOptimized": ["true", "false"]}},
    "every value that there is": {
        "StringEquals": {"ec2:Tenancy": ["default", "dedicated", "host"]}
    },
    "a pattern without a name": {"StringLike": {"aws:ResourceTag/Name": ["*a*", "*e*"]}},
    "everything of a type": {"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:123456789012:cluster/*"}},
}


def conditions_if_exists(statement: Statement) -> Changes:
    """Let every condition hold where its key is absent."""
    conditions = statement.get("Condition", {})
    changed = {
        operator if operator == "Null" else f"{operator.removesuffix('IfExists')}IfExists": keys
        for operator, keys in conditions.items()
    }
    if changed != conditions:
        yield "its conditions only if the keys exist", _with(statement, Condition=changed)


def widened_resources(statement: Statement) -> Changes:
    resources = _listed(statement.get("Resource", []))
    for place, resource in enumerate(resources):
        for wide in sorted({"*", everything_like(resource)} - {resource}):
            changed = [*resources[:place], wide, *resources[place + 1 :]]
            yield f"{wide} for {resource}", _with(statement, Resource=changed)
    if resources not in ([], ["*"]):
        yield "*, not in a list", _with(statement, Resource="*")


def everything_like(arn: str) -> str:
    """Return the ARN of everything of the same type in the account."""
    if ":" not in arn:
        return "*"
    *start, rest = arn.split(":", 5)
    kind = rest[: min((rest.index(sign) + 1 for sign in "/:" if sign in rest), default=0)]
    # S3's ARNs begin with a bucket's name and have no type.
    return ":".join([*start, "*" if start[2] == "s3" else f"{kind}*"])


def widened_actions(statement: Statement) -> Changes:
    actions = _listed(statement.get("Action", []))
    for place, action in enumerate(actions):
        service, _, verb = action.partition(":")
        for wide in sorted({"*", f"{service}:*", f"{service}:{verb[:3]}*"} - {action}):
            changed = [*actions[:place], wide, *actions[place + 1 :]]
            yield f"{wide} for {action}", _with(statement, Action=changed)
    if actions:
        yield "*, not in a list", _with(statement, Action="*")


def widened_principals(statement: Statement) -> Changes:
    if "Principal" not in statement:
        return
    for name, principal in {
        "everybody": "*",
        "everybody in AWS": {"AWS": "*"},
        "everybody among others": {"AWS": [STRANGER, "*"]},
        "another account": {"AWS": STRANGER},
        "everybody of an identity provider": {"Federated": "accounts.google.com"},
    }.items():
        if principal != statement["Principal"]:
            yield (
                f"{name} for {json.dumps(statement['Principal'])}",
                _with(statement, Principal=principal),
            )


def negated_elements(statement: Statement) -> Changes:
    for element in ("Action", "Resource", "Principal"):
        if element in statement:
            yield (
                f"Not{element} for {element}",
                _with(statement, **{element: None, f"Not{element}": statement[element]}),
            )


def allowed_instead_of_denied(statement: Statement) -> Changes:
    yield "Allow for Deny", _with(statement, Effect="Allow")


def narrowed_denials(statement: Statement) -> Changes:
    """Deny less: for fewer principals, of fewer actions, on fewer resources, less often."""
    resources = _listed(statement.get("Resource", []))
    for place, resource in enumerate(resources):
        others = [*resources[:place], *resources[place + 1 :]]
        if others:
            yield f"not on {resource}", _with(statement, Resource=others)
        for narrow in (f"{resource.removesuffix('*')}part*", f"{resource.removesuffix('*')}a*"):
            yield f"{narrow} for {resource}", _with(statement, Resource=[*others, narrow])
    for action in _listed(statement.get("Action", [])):
        for narrow in (f"{action.removesuffix('*')}GetObject", f"{action.removesuffix('*')}Get*"):
            yield f"{narrow} for {action}", _with(statement, Action=narrow)
    for name, principal in {
        "another account": {"AWS": STRANGER},
        "a service": {"Service": "ec2.amazonaws.com"},
    }.items():
        yield f"of {name} only", _with(statement, Principal=principal)


def rarer_denials(statement: Statement) -> Changes:
    """Deny only where one condition more holds."""
    conditions = statement.get("Condition", {})
    for name, more in {**_HOLLOW, **_HOLLOW_OF_RESOURCES}.items():
        if not any(operator in conditions for operator in more):
            yield f"with {name} as well", _with(statement, Condition={**conditions, **more})
    for operator, keys in conditions.items():
        rarer = {**conditions, operator: {**keys, "aws:PrincipalIsAWSService": "false"}}
        yield f"one key more in {operator}", _with(statement, Condition=rarer)


DENIAL_OPERATORS: dict[str, Callable[[Statement], Changes]] = {
    "allow what is denied": allowed_instead_of_denied,
    "narrow a denial": narrowed_denials,
    "make a denial rarer": rarer_denials,
}

STATEMENT_OPERATORS: dict[str, Callable[[Statement], Changes]] = {
    "drop a condition": dropped_conditions,
    "hollow out a condition": hollow_conditions,
    "weaken an operator": conditions_if_exists,
    "widen a resource": widened_resources,
    "widen an action": widened_actions,
    "widen a principal": widened_principals,
    "negate an element": negated_elements,
}


def statement_mutants(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each change of each statement."""
    for one, key, document in documents(stack):
        statements = _listed(document["Statement"])
        for place, statement in enumerate(statements):
            # A denial that is wider denies more.
            denies = statement["Effect"] == "Deny"
            operators = DENIAL_OPERATORS if denies else STATEMENT_OPERATORS
            for operator, changes in operators.items():
                name = statement.get("Sid", place + 1)
                for what, changed in changes(statement):
                    mutated = [*statements[:place], changed, *statements[place + 1 :]]
                    text = json.dumps({**document, "Statement": mutated})
                    yield Mutant(
                        operator,
                        f"{label(one)}.{key} {name}: {what}",
                        changed=(with_input(one, key, text),),
                    )


def document_mutants(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants of whole documents: another shape, another version, too long."""
    for one, key, document in documents(stack):
        statements = _listed(document["Statement"])
        shapes = {
            "an old version": {**document, "Version": "2008-10-17"},
            "no statement": {**document, "Statement": []},
            "an unknown effect": {**document, "Statement": [{**statements[0], "Effect": "allow"}]},
            "too long": {**document, "Statement": [{**statements[0], "Sid": "x" * 40_000}]},
        }
        for what, changed in shapes.items():
            yield Mutant(
                "spoil a document",
                f"{label(one)}.{key}: {what}",
                changed=(with_input(one, key, json.dumps(changed)),),
            )


def granted_mutants(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants in which an identity policy grants one thing more."""
    for one, key, document in documents(stack):
        if "Principal" in json.dumps(document):
            continue
        for name, grant in _GRANTS.items():
            # As an object where a list is usual, which scanners are known to skip.
            for shape in ("listed", "single"):
                statement = {"Sid": "Added", "Effect": "Allow", **grant}
                listed = [*_listed(document["Statement"]), statement]
                text = json.dumps(
                    {**document, "Statement": listed if shape == "listed" else statement}
                )
                yield Mutant(
                    "grant more",
                    f"{label(one)}.{key}: {name}, {shape}",
                    changed=(with_input(one, key, text),),
                )


_GRANTS: dict[str, Statement] = {
    "pass any role": {"Action": "iam:PassRole", "Resource": "*"},
    "pass any role to SageMaker": {
        "Action": ["iam:passrole", "sagemaker:CreateTrainingJob"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    },
    "read every secret": {"Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    "write a metric of any name": {"Action": "cloudwatch:PutMetricData", "Resource": "*"},
    "describe every table": {"Action": "dynamodb:DescribeTable", "Resource": "*"},
    "delete every bucket": {"Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"},
    "change every bucket's policy": {"Action": "s3:PutBucketPolicy", "Resource": "*"},
    "read secrets by a letter": {
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:*:123456789012:secret:*e*",
    },
    "attach the administrators' policy": {
        "Action": "iam:AttachRolePolicy",
        "Resource": "*",
        "Condition": {"ArnEquals": {"iam:PolicyARN": f"{_AWS_POLICIES}/AdministratorAccess"}},
    },
    "assume any role": {"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/*"},
    "a misspelt action": {"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::bucket/*"},
    "a resource of another type": {
        "Action": "states:StopExecution",
        "Resource": "arn:aws:states:us-east-1:123456789012:stateMachine:metaflow-prod_*",
    },
}
