"""A resource policy in the gateway's way: which addresses it lets in."""

import json
from typing import Any

import pytest

from rehearsal.loopback import LoopbackAddresses
from rehearsal.loopback.exchange import AnsweredError
from rehearsal.loopback.resource_policy import Verdict, verdict
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.loopback.conftest import Deployment

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc/api/GET/flows/F"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:us-east-1:123456789012:abc/*",
        **elements,
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow_list(*ranges: str) -> dict[str, Any]:
    """Return the form that AWS documents: all may, but those outside of the ranges are denied."""
    outside = {"NotIpAddress": {"aws:SourceIp": list(ranges)}}
    return policy(statement(), statement("Deny", Condition=outside))


def within(*ranges: str) -> dict[str, Any]:
    return policy(statement(Condition={"IpAddress": {"aws:SourceIp": list(ranges)}}))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (allow_list("203.0.113.0/24"), Verdict.ALLOWED),
        (allow_list("198.51.100.0/24", "203.0.113.9"), Verdict.ALLOWED),
        (allow_list("198.51.100.0/24"), Verdict.DENIED),
        (within("203.0.113.0/24"), Verdict.ALLOWED),
        (within("198.51.100.0/24"), Verdict.NOT_ALLOWED),
        (within("2001:db8::/32"), Verdict.NOT_ALLOWED),
        (policy(statement(Resource="execute-api:/api/GET/*")), Verdict.ALLOWED),
        (policy(statement(Resource="execute-api:/api/POST/*")), Verdict.NOT_ALLOWED),
        (policy(statement(Resource="arn:aws:execute-api:*:*:xyz/*")), Verdict.NOT_ALLOWED),
        (policy(statement(Action=["execute-api:*"])), Verdict.ALLOWED),
        (policy(statement(Action="s3:GetObject")), Verdict.NOT_ALLOWED),
        (policy(statement(Principal={"AWS": ["*"]})), Verdict.ALLOWED),
        (policy(statement(Principal={"AWS": "arn:aws:iam::1:root"})), Verdict.NOT_ALLOWED),
        (policy(statement(), statement("Deny", Resource="*/GET/flows/*")), Verdict.DENIED),
        (policy(), Verdict.NOT_ALLOWED),
    ],
)
def test_who_is_let_in(document: dict[str, Any], expected: Verdict) -> None:
    assert verdict(document, ARN, "203.0.113.9") is expected


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})),
            "condition StringEquals on aws:SourceVpce is not emulated",
        ),
        (policy({**statement(), "NotAction": "x"}), "uses NotAction, which is not emulated"),
    ],
)
def test_what_is_not_emulated_is_never_let_in(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(AnsweredError) as answered:
        verdict(document, ARN, "203.0.113.9")
    assert answered.value.response.status == 500
    assert reason in str(answered.value.reason)


def put(fresh: Deployment, document: dict[str, Any]) -> None:
    fresh.gateway.create(
        stack.POLICY,
        "policy",
        restApiId=fresh.gateway.api_id,
        policy=json.dumps(document).replace(":abc/", f":{fresh.gateway.api_id}/"),
    )


def test_an_allow_list_keeps_others_out_after_the_next_deployment(fresh: Deployment) -> None:
    put(fresh, allow_list("203.0.113.0/24"))
    fresh.clock.later()
    assert fresh.call("/flows?x=1").status_code == 200
    fresh.gateway.deploy()
    fresh.clock.later()
    response = fresh.call("/flows?x=1", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.status_code == 403
    assert response.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert response.json()["Message"] == (
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
        f"arn:aws:execute-api:us-east-1:********9012:{fresh.gateway.api_id}/api/GET/flows "
        "with an explicit deny"
    )
    assert fresh.addresses.faults == []


def test_a_caller_in_the_list_still_needs_its_key(fresh: Deployment) -> None:
    put(fresh, allow_list("127.0.0.0/8"))
    fresh.gateway.deploy()
    fresh.clock.later()
    assert fresh.call().status_code == 200
    assert fresh.call(key="wrong").json() == {"message": "Forbidden"}


def test_callers_can_be_taken_to_come_from_the_list(fresh: Deployment) -> None:
    put(fresh, within("203.0.113.0/24"))
    fresh.gateway.deploy()
    with LoopbackAddresses(source_ip="203.0.113.9") as elsewhere:
        elsewhere.bind(fresh.cloud, fresh.processes)
        fresh.addresses, inside = elsewhere, fresh.addresses
        uri = f"http://{elsewhere.load_balancer(fresh.name, fresh.load_balancer)}/{{proxy}}"
        gateway = fresh.gateway
        integration = gateway.made["integration ANY {proxy+}"]
        kept = ("restApi", "resourceId", "httpMethod", "type", "integrationHttpMethod")
        inputs = {name: integration.outputs[name] for name in kept}
        gateway.update(
            stack.INTEGRATION,
            integration,
            **inputs,
            connectionType="VPC_LINK",
            connectionId=fresh.link_id,
            uri=uri,
            requestParameters=integration.outputs["requestParameters"],
        )
        gateway.deploy()
        assert fresh.call().status_code == 200
    fresh.addresses = inside
    fresh.clock.later()
    assert fresh.call().status_code == 403
