"""What the emulator's Secrets Manager lacks: the rotation of secrets that RDS owns.

Every function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says
why.
"""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.utils import random_password

_PASSWORD_LENGTH = 28
"""Characters of a new password; those of the emulator's first one are fixed."""


@cache
def apply() -> None:
    """Patch moto's Secrets Manager, once a process."""
    for name, wrap in (("rotate_secret", _rotating), ("cancel_rotate_secret", _cancelling)):
        setattr(SecretsManagerBackend, name, wrap(getattr(SecretsManagerBackend, name)))


def _owned_by_rds(backend: Any, secret_id: str) -> bool:
    secret = backend.secrets.get(secret_id) if secret_id in backend.secrets else None
    return secret is not None and secret.owning_service == "rds" and not secret.is_deleted()


def _rotating(original: Callable[..., str]) -> Callable[..., str]:
    def rotate_secret(backend: Any, secret_id: str, **given: Any) -> str:
        """Rotate as RDS does; moto makes a version without a value the current one.

        A rotation at once makes a new password current and keeps the one before as AWSPREVIOUS; a
        rotation that waits changes no version, where moto would copy the value to a new one. Rules
        switch rotation on also when they hold a schedule, which moto overlooks.
        """
        managed = _owned_by_rds(backend, secret_id) and not given.get("rotation_lambda_arn")
        before = copy.deepcopy(backend.secrets[secret_id].__dict__) if managed else {}
        answer = original(backend, secret_id, **given)
        secret = backend.secrets[secret_id]
        if given.get("rotation_rules"):
            secret.rotation_enabled = True
        if not managed:
            return answer
        if given.get("rotate_immediately", True):
            value = json.loads(before["versions"][before["default_version_id"]]["secret_string"])
            value["password"] = _new_password()
            secret.versions[secret.default_version_id]["secret_string"] = json.dumps(value)
        else:
            for name in ("versions", "default_version_id", "last_rotation_date"):
                setattr(secret, name, before[name])
        return str(secret.to_short_dict())

    return rotate_secret


def _new_password() -> str:
    """Return letters and digits, some of each kind."""
    return str(random_password(_PASSWORD_LENGTH, "", False, True, False, False, False, True))


def _cancelling(original: Callable[..., str]) -> Callable[..., str]:
    def cancel_rotate_secret(backend: Any, secret_id: str) -> str:
        """Switch the rotation off; moto refuses where there is no Lambda function."""
        if not _owned_by_rds(backend, secret_id):
            return original(backend, secret_id)
        secret = backend.secrets[secret_id]
        secret.rotation_enabled, secret.auto_rotate_after_days = False, 0
        return str(secret.to_short_dict())

    return cancel_rotate_secret
