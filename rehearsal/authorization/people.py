"""The person who uses a stack in a rehearsal: somebody whom the user role's trust policy means."""

import json

from rehearsal.authorization import callers, documents
from rehearsal.authorization.evaluation import Principal

SESSION = "rehearsal"
"""Name of the person's sessions."""

_NAME = "data-scientist"


def trusted(role_arn: str) -> Principal:
    """Return somebody who may assume a role, as far as the role is concerned.

    Where the trust policy names accounts it is a user of one, of the role's own if that is among
    them, and otherwise the first principal that it names. Their own policies allow them to assume
    the role, which another account's administrator has to grant.

    Raises:
        KeyError: there is no such role.
        PolicyError: its trust policy is not understood.
    """
    _, partition, _, _, own, _ = role_arn.split(":", 5)
    named = [one.principals for one in callers.trust_policy(role_arn).statements if one.principals]
    accounts = sorted({account for one in named for account in one.accounts})
    names = sorted({name for one in named for name in one.names if name.startswith("arn:")})
    account = own if own in accounts or not accounts else accounts[0]
    arn = f"arn:{partition}:iam::{account}:user/{_NAME}"
    if names and not accounts:
        arn = names[0]
    return Principal(
        arn=arn,
        account=arn.split(":")[4],
        policies=(documents.read(_NAME, _may_assume(role_arn)),),
    )


def _may_assume(role_arn: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
