"""Addresses that one process hands to another."""

import pytest
import requests

from rehearsal.loopback.remote_addresses import RemoteAddresses, handed_out
from rehearsal.provider import AwsAddresses, RefusedError

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/lb one&two/1234"


def test_the_other_process_gets_the_same_addresses() -> None:
    own = AwsAddresses("us-east-1")
    with handed_out(own) as url:
        remote = RemoteAddresses(url)
        assert remote.load_balancer("lb one&two", ARN) == own.load_balancer("lb one&two", ARN)
        assert remote.stage("api", "prod") == own.stage("api", "prod")
        assert remote.domain_name("a.b") == own.domain_name("a.b")


def test_addresses_that_nobody_hands_out_are_refused() -> None:
    with handed_out(AwsAddresses("us-east-1")) as url:
        pass
    with pytest.raises(RefusedError, match="the rehearsal does not hand out an address"):
        RemoteAddresses(url).stage("api", "prod")


@pytest.mark.parametrize(("path", "status"), [("/other", 404), ("/stage?api_id=api", 400)])
def test_nothing_else_is_answered(path: str, status: int) -> None:
    with handed_out(AwsAddresses("us-east-1")) as url:
        assert requests.get(f"{url}{path}", timeout=10).status_code == status
