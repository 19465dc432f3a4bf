from typing import Any

import pytest

from rules.load_balancers import lb_internal
from tests.policies.harness import UNKNOWN, Verdict, judge

TOKENS = [
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("internal", [True, "true"])
def test_an_internal_load_balancer(token: str, internal: Any) -> None:
    assert judge(lb_internal, token, {"internal": internal}) == Verdict()


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(
    ("props", "found"),
    [({}, "missing"), ({"internal": False}, "false"), ({"internal": "false"}, "false")],
    ids=["missing", "false", "text"],
)
def test_a_public_load_balancer(token: str, props: dict[str, Any], found: str) -> None:
    assert judge(lb_internal, token, props, name="web").violations == [
        f"The load balancer must be internal; internal is {found}, and must be true, or its "
        "logical name web must stand under public in this rule's configuration."
    ]


def test_a_load_balancer_that_may_be_public() -> None:
    config = {"public": ["web"]}
    assert judge(lb_internal, TOKENS[0], {"internal": False}, config, name="web") == Verdict()
    assert judge(lb_internal, TOKENS[0], {"internal": False}, config, name="other").violations


def test_a_gateway_load_balancer_faces_nobody() -> None:
    assert judge(lb_internal, TOKENS[0], {"loadBalancerType": "gateway"}) == Verdict()
    assert judge(lb_internal, TOKENS[0], {"loadBalancerType": "network"}).violations


def test_unknown() -> None:
    assert judge(lb_internal, TOKENS[0], {"internal": UNKNOWN}).unknown


def test_another_type() -> None:
    assert not judge(lb_internal, "aws:lb/listener:Listener", {}).applicable
