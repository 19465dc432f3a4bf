"""Hands each attempt of a job its role's credentials, as the ECS agent does."""

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.loopback.exchange import Request, Response
from rehearsal.loopback.server import Listener
from rehearsal.provider import Cloud

Assume = Callable[[str, str, str], Mapping[str, Any]]
"""Takes the role's ARN, a session name and the ARN of the ECS task on whose behalf it is assumed;
returns the Credentials of sts:AssumeRole; raises RoleError."""

_RENEWED_BEFORE = timedelta(minutes=5)
_PATH = "/v2/credentials/"


class RoleError(Exception):
    """A job's role cannot be assumed; the message says why."""


def assume_as_administrator(cloud: Cloud) -> Assume:
    """Return what assumes any role, without a look at its trust policy."""

    def assume(role_arn: str, session_name: str, _source_arn: str) -> Mapping[str, Any]:
        try:
            answer = cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        except ClientError as error:
            raise RoleError(str(error)) from error
        return dict(answer["Credentials"])

    return assume


@dataclass
class _Grant:
    """What one attempt may ask for."""

    role_arn: str
    session_name: str
    source_arn: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    credentials: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        """Whether there are no credentials, or they end soon."""
        if not self.credentials:
            return True
        end: datetime = self.credentials["Expiration"]
        return end - datetime.now(UTC) < _RENEWED_BEFORE


class CredentialsEndpoint:
    """A container credentials endpoint on loopback: one address and one token for each attempt.

    AWS SDKs Reference Guide, "Container credential provider". On ECS it is 169.254.170.2, which
    cannot be had on loopback; a full URI is the SDKs' way to another address.
    """

    def __init__(self, assume: Assume) -> None:
        """Listen at once."""
        self._assume = assume
        self._lock = threading.Lock()
        self._grants: dict[str, _Grant] = {}
        self._listener = Listener("job credentials", self._answer)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def grant(self, role_arn: str, session_name: str, source_arn: str) -> dict[str, str]:
        """Let an attempt ask for a role; return the variables that lead it here.

        Args:
            role_arn: the role.
            session_name: name of the session, by which the attempt is revoked, too.
            source_arn: ARN of the ECS task.

        Raises:
            RoleError: the role cannot be assumed.
        """
        grant = _Grant(role_arn, session_name, source_arn)
        grant.credentials = self._assume(role_arn, session_name, source_arn)
        with self._lock:
            self._grants[session_name] = grant
        address = f"http://127.0.0.1:{self._listener.port}{_PATH}{session_name}"
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": address,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": grant.token,
        }

    def revoke(self, session_name: str) -> None:
        """Answer an attempt no more."""
        with self._lock:
            self._grants.pop(session_name, None)

    def _answer(self, request: Request) -> Response:
        with self._lock:
            grant = self._grants.get(request.target.removeprefix(_PATH))
            given = request.header("Authorization") or ""
            if grant is None or not hmac.compare_digest(given.encode(), grant.token.encode()):
                return _json(403, {"message": "The token is not the one of this attempt."})
            try:
                if grant.stale:
                    grant.credentials = self._assume(
                        grant.role_arn, grant.session_name, grant.source_arn
                    )
            except RoleError as error:
                return _json(400, {"message": str(error)})
            return _json(200, _as_agent(grant))


def _as_agent(grant: _Grant) -> dict[str, str]:
    """Return credentials in the form of the ECS agent."""
    found = grant.credentials
    return {
        "RoleArn": grant.role_arn,
        "AccessKeyId": found["AccessKeyId"],
        "SecretAccessKey": found["SecretAccessKey"],
        "Token": found["SessionToken"],
        "Expiration": found["Expiration"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _json(status: int, body: Mapping[str, str]) -> Response:
    headers = (("Content-Type", "application/json"),)
    return Response(status, headers, json.dumps(body).encode())
