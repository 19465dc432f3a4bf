"""Requests that AWS's clients would not write, as an attacker sends them over a socket."""

import http.client
from collections.abc import Iterable, Mapping

from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import REGION

FORM = "application/x-www-form-urlencoded"
JSON = "application/x-amz-json-1.0"


def authorization(access_key: str, service: str, region: str = REGION) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, "
        f"SignedHeaders=host, Signature={'0' * 64}"
    )


def signed(credentials: Mapping[str, str], service: str, **more: str) -> list[tuple[str, str]]:
    """Return the headers of a request of a session; `_` in a further name stands for `-`."""
    return [
        ("Authorization", authorization(credentials["AccessKeyId"], service)),
        ("X-Amz-Security-Token", credentials["SessionToken"]),
        *((name.replace("_", "-"), value) for name, value in more.items()),
    ]


def send(
    place: Stage,
    request: str,
    headers: Iterable[tuple[str, str]],
    body: bytes = b"",
) -> tuple[int, str]:
    """Send a request, such as `GET /bucket`, as it is; return the status and the whole answer."""
    method, target = request.split(" ", 1)
    sent = list(headers)
    names = {name.lower() for name, _ in sent}
    connection = http.client.HTTPConnection(
        place.cloud.endpoint.removeprefix("http://"), timeout=20
    )
    connection.putrequest(method, target, skip_host="host" in names)
    for name, value in sent:
        connection.putheader(name, value)
    if "transfer-encoding" not in names:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    with connection.getresponse() as response:
        return response.status, f"{response.headers}{response.read().decode()}"
