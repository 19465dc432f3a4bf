"""Writes the Metaflow profile as a user would: the stack's outputs piped into `mfconfig`."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.authorization import people
from rehearsal.authorization.authorizer import AssumeError, Authorizer
from rehearsal.mocks import Deployment
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox

_PLACEHOLDER = "[secret]"
"""What `pulumi stack output --json` prints for a secret without --show-secrets."""

_ROOT = Path(__file__).resolve().parent.parent


class ProfileError(Exception):
    """`mfconfig` did not write a profile; the message is what it printed."""


@dataclass(frozen=True)
class Profile:
    """A written profile, and the environment in which a user works with it."""

    path: Path
    settings: Mapping[str, str]
    environment: Mapping[str, str]


def user_environment(cloud: Cloud, authorizer: Authorizer, role_arn: str) -> dict[str, str]:
    """Return the environment of a data scientist who has assumed the user role.

    Metaflow needs the S3 endpoint separately: it reads no other for its own transfers
    (`metaflow/plugins/datatools/s3/s3util.py`).

    Raises:
        AssumeError: the role's trust policy lets nobody assume it.
    """
    person = people.trusted(role_arn)
    credentials = authorizer.assume(role_arn, person, people.SESSION)
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "METAFLOW_S3_ENDPOINT_URL": cloud.endpoint,
    }


def write(
    sandbox: Sandbox, cloud: Cloud, authorizer: Authorizer, deployment: Deployment
) -> Profile:
    """Pipe the stack's outputs, secrets hidden, into `mfconfig`, as the user role.

    Raises:
        ProfileError: nobody may assume the user role, or `mfconfig` failed.
    """
    try:
        user = user_environment(cloud, authorizer, deployment.outputs["userRoleArn"])
    except AssumeError as error:
        raise ProfileError(str(error)) from error
    environment = {**user, "METAFLOW_HOME": str(sandbox.metaflow_home)}
    done = sandbox.run(
        [sys.executable, "-m", "mfconfig"],
        environment,
        text=json.dumps(_as_shown(deployment)),
        folder=_ROOT,
    )
    if done.returncode != 0:
        raise ProfileError(done.stderr.strip() or f"mfconfig ended with {done.returncode}.")
    name = deployment.outputs["stackName"]
    path = sandbox.metaflow_home / f"config_{name}.json"
    return Profile(
        path=path,
        settings=json.loads(path.read_text(encoding="utf-8")),
        environment={**environment, "METAFLOW_PROFILE": name},
    )


def _as_shown(deployment: Deployment) -> dict[str, Any]:
    return {
        name: _PLACEHOLDER if name in deployment.secret_outputs else value
        for name, value in deployment.outputs.items()
    }
