"""A gateway with a name of its own in an emulated AWS: requests by the name, and by the old one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from rehearsal.mocks import Deployment
from rehearsal.provider import Provider
from rehearsal.provider.route53 import find_record
from rehearsal.stage import Stage, stage
from tests.rehearsal.gateway_front import NAME, domain_settings
from tests.rehearsal.standing import deployed

FRONT = {"rest": {"apiWaf": True}, "http": {"gateway": "http"}}
REFUSED = {"rest": (403, 403), "http": (401, 404)}
"""How each kind answers who has no key, and who uses the default endpoint that is off."""


@dataclass(frozen=True)
class Named:
    """A stack whose gateway has a name, and its callers."""

    kind: str
    stands: Stage
    settings: dict[str, Any]
    deployment: Deployment

    def ping(self, url: str, key: str | None, host: str | None = None) -> requests.Response:
        headers = {"x-api-key": key or "", "Host": host or ""}
        given = {name: text for name, text in headers.items() if text}
        return requests.get(f"{url}ping", headers=given, timeout=30)

    def ping_by_name(self, key: str | None, host: str = NAME) -> requests.Response:
        """Ask as a client does: where the record in the hosted zone leads, by the name."""
        record = find_record(self.stands.cloud, self.settings["apiHostedZoneId"], NAME, "A")
        return self.ping(f"http://{record['AliasTarget']['DNSName'].rstrip('.')}/", key, host)

    @property
    def key(self) -> str:
        return str(self.deployment.outputs["apiKey"])


@pytest.fixture(scope="module", params=FRONT)
def named(request: pytest.FixtureRequest) -> Iterator[Named]:
    with stage("us-east-1", None) as stands:
        settings = {**domain_settings(stands.cloud), **FRONT[request.param]}
        deployment = deployed(stands, "dev", settings=settings)
        yield Named(request.param, stands, settings, deployment)
        # An order that AWS refuses would fail here.
        deployment.destroy(Provider(stands.cloud))
        assert stands.cloud.client("apigatewayv2").get_domain_names()["Items"] == []
        zone = settings["apiHostedZoneId"]
        assert find_record(stands.cloud, zone, NAME, "A") is None
        acls = stands.cloud.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
        assert acls == []


def test_the_name_lets_in_the_key_only(named: Named) -> None:
    assert named.deployment.outputs["serviceUrl"] == f"https://{NAME}/"
    answer = named.ping_by_name(named.key)
    assert (answer.status_code, answer.text) == (200, "pong")
    assert named.ping_by_name(None).status_code == REFUSED[named.kind][0]
    assert named.ping_by_name("wrong").status_code == 403
    assert named.stands.addresses.faults == []


def test_another_name_leads_nowhere(named: Named) -> None:
    assert named.ping_by_name(named.key, "other.example.com").status_code == 403


def test_the_default_endpoint_is_off(named: Named) -> None:
    api, addresses = str(named.deployment.outputs["apiId"]), named.stands.addresses
    url = addresses.http_api(api) if named.kind == "http" else addresses.stage(api, "api")
    assert named.ping(f"{url}/", named.key).status_code == REFUSED[named.kind][1]


def test_the_web_acl_is_that_of_the_stage(named: Named) -> None:
    acls = named.deployment.of_type("aws:wafv2/webAcl:WebAcl")
    stages = named.deployment.of_type("aws:apigateway/stage:Stage")
    client = named.stands.cloud.client("wafv2")
    found = [
        client.get_web_acl_for_resource(ResourceArn=one.outputs["arn"])["WebACL"]["ARN"]
        for one in stages
    ]
    assert found == [one.outputs["arn"] for one in acls]
    assert len(found) == (1 if named.kind == "rest" else 0)
