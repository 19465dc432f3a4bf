"""Requests by a custom domain name: the longest path that is mapped decides, and is taken away."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.rehearsal.gateway_front import certificate
from tests.rehearsal.loopback.conftest import Deployment, outcome

DOMAIN = "aws:apigatewayv2/domainName:DomainName"
MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping"
FORBIDDEN = (403, {"message": "Forbidden"})


@pytest.fixture
def named(fresh: Deployment) -> Iterator[Deployment]:
    stated = {
        "certificateArn": certificate(fresh.cloud),
        "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2",
    }
    domain = fresh.gateway.create(
        DOMAIN, "domain", domainName=f"{fresh.name}.example.com", domainNameConfiguration=stated
    )
    yield fresh
    fresh.cloud.client("apigatewayv2").delete_domain_name(DomainName=domain.id)


def mapped(named: Deployment, key: str) -> None:
    where = {"domainName": f"{named.name}.example.com", "apiMappingKey": key}
    made = named.gateway.create(MAPPING, key, apiId=named.gateway.api_id, stage="api", **where)
    assert made.outputs["apiMappingKey"] == key
    named.clock.later()


def call(named: Deployment, path: str, **headers: str) -> requests.Response:
    host = {"Host": f"{named.name}.example.com", "x-api-key": named.key}
    url = f"http://{named.addresses.domain_name(named.name)}{path}"
    return requests.get(url, headers={**host, **headers}, timeout=10)


def test_the_mapped_path_is_taken_away(named: Deployment) -> None:
    mapped(named, "meta/v1")
    answer: Any = call(named, "/meta/v1/flows/F?a=1")
    assert (answer.status_code, answer.json()["path"]) == (200, "/flows/F?a=1")
    assert outcome(call(named, "/meta/v1/flows", **{"x-api-key": "wrong"})) == FORBIDDEN


@pytest.mark.parametrize("path", ["/", "/meta", "/meta/v10/flows"])
def test_what_is_not_mapped_leads_nowhere(named: Deployment, path: str) -> None:
    mapped(named, "meta/v1")
    assert outcome(call(named, path)) == FORBIDDEN


def test_a_name_that_is_none_leads_nowhere(named: Deployment) -> None:
    mapped(named, "meta")
    assert outcome(call(named, "/meta/flows", Host="other.example.com")) == FORBIDDEN
