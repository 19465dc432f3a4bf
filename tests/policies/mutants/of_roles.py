"""Faults in what the stack's roles are given."""

import json
from collections.abc import Iterator
from typing import Any

from tests.policies.mutants.mutant import Mutant, Recorded, new, with_input

ACCOUNT = "123456789012"


def attached_managed_policies(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants that attach a broad AWS managed policy to each role, in each way there is."""
    for role in (one for one in stack if one.type == "aws:iam/role:Role"):
        for name in ("AdministratorAccess", "PowerUserAccess", "AmazonS3FullAccess"):
            arn = f"arn:aws:iam::aws:policy/{name}"
            attachment = new(
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                "added",
                {"role": role.name, "policyArn": arn},
                role,
            )
            yield Mutant("attach a broad policy", f"{role.name}: {name}", added=(attachment,))
        arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]
        yield Mutant(
            "attach a broad policy",
            f"{role.name}: IAMFullAccess inline",
            changed=(with_input(role, "managedPolicyArns", arns),),
        )


def self_made_rights(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants in which each role may change its own rights, and nobody else's."""
    for role in (one for one in stack if one.type == "aws:iam/role:Role"):
        for action in ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"):
            statement = {"Effect": "Allow", "Action": action, "Resource": role.outputs["arn"]}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            inline = new(
                "aws:iam/rolePolicy:RolePolicy",
                "added",
                {"role": role.outputs["name"], "policy": document},
                role,
            )
            yield Mutant("let a role change itself", f"{role.name}: {action}", added=(inline,))


def split_rights(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants in which two policies of a role, each harmless alone, are too much together."""
    pieces = {
        "pass": {"Action": "iam:PassRole", "Resource": "*"},
        "train": {
            "Action": "sagemaker:CreateTrainingJob",
            "Resource": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/metaflow-*",
        },
    }
    for role in (one for one in stack if one.type == "aws:iam/role:Role"):
        added = [
            new(
                "aws:iam/rolePolicy:RolePolicy",
                f"added-{name}",
                {
                    "role": role.outputs["name"],
                    "policy": json.dumps(
                        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **piece}}
                    ),
                },
                role,
            )
            for name, piece in pieces.items()
        ]
        yield Mutant("split rights over policies", role.name, added=tuple(added))


def many_policies(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants in which a role has more inline text, or more policies, than AWS takes."""
    for role in (one for one in stack if one.type == "aws:iam/role:Role"):
        inline = [
            new(
                "aws:iam/rolePolicy:RolePolicy",
                f"added-{place}",
                {"role": role.outputs["name"], "policy": _long_document(place)},
                role,
            )
            for place in range(3)
        ]
        yield Mutant("give a role too much text", role.name, added=tuple(inline))
        attached = [
            new(
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                f"added-{place}",
                {
                    "role": role.outputs["name"],
                    "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/added-{place}",
                },
                role,
            )
            for place in range(11)
        ]
        yield Mutant("attach too many policies", role.name, added=tuple(attached))


def _long_document(number: int) -> str:
    resources = [f"arn:aws:s3:::bucket-{number}-{place:04}/prefix/*" for place in range(120)]
    return _document(Action=["s3:GetObject"], Resource=resources)


def _document(**elements: Any) -> str:
    statement = {"Effect": "Allow", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
