"""Lets in who has the API key; the program of the HTTP API's Lambda authorizer.

Lambda has this file as its code, so it uses only what its Python runtime has. The secret is read
again after a minute, so that a new key works soon and a burst of requests asks once.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import hmac
import ipaddress
import os
import time
from typing import Any

import boto3

_SECONDS = 60.0
_read: dict[str, tuple[float, bytes]] = {}


def handler(event: dict[str, Any], _context: object) -> dict[str, bool]:
    """Answer a request of payload format 2.0 with a simple response."""
    address = event["requestContext"]["http"]["sourceIp"]
    given = event["headers"].get("x-api-key", "")
    return {"isAuthorized": _allowed(address) and hmac.compare_digest(given.encode(), _key())}


def _allowed(address: str) -> bool:
    networks = [ipaddress.ip_network(one) for one in os.environ["ALLOWED_CIDRS"].split()]
    return not networks or any(ipaddress.ip_address(address) in one for one in networks)


def _key() -> bytes:
    secret, now = os.environ["SECRET_ARN"], time.monotonic()
    until, key = _read.get(secret, (now, b""))
    if until <= now:
        answer = boto3.client("secretsmanager").get_secret_value(SecretId=secret)
        key = answer["SecretString"].encode()
        _read[secret] = (now + _SECONDS, key)
    return key
