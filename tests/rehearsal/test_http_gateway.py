"""The stack with an HTTP API in an emulated AWS: who gets in, and what breaks when a wire does."""

import textwrap
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests

from rehearsal import gateway_check, iam_report, wiring
from rehearsal.exercises import Hands
from tests.rehearsal.recorded_stacks import Stack, recorded
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import standing

LAMBDA_ROLE = "metaflow-gateway-authorizer-role"


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("dev", {"gateway": "http", "apiAccessLog": True, "serviceSpot": True}) as found:
        yield found


def ping(hands: Hands, key: str | None, path: str = "ping") -> requests.Response:
    settings = hands.runner.profile.settings
    headers = {"x-api-key": key} if key is not None else {}
    return requests.get(f"{settings['METAFLOW_SERVICE_URL']}{path}", headers=headers, timeout=30)


def key_of(hands: Hands) -> str:
    return str(hands.runner.profile.settings["METAFLOW_SERVICE_AUTH_KEY"])


def test_the_gateway_lets_in_its_key_only(hands: Hands) -> None:
    assert (ping(hands, key_of(hands)).status_code, ping(hands, key_of(hands)).text) == (
        200,
        "pong",
    )
    for key, status, message in (
        (None, 401, "Unauthorized"),
        ("", 401, "Unauthorized"),
        ("wrong", 403, "Forbidden"),
        (key_of(hands)[:-1], 403, "Forbidden"),
    ):
        answer = ping(hands, key)
        assert (answer.status_code, answer.json()) == (status, {"message": message})
    proxy = hands.stands.addresses.vpc_proxy
    assert (
        gateway_check.problems(
            hands.runner.profile.settings, without_key=HTTPStatus.UNAUTHORIZED, vpc_proxy=proxy
        )
        == []
    )
    assert hands.stands.addresses.faults == []


def test_what_no_route_has_is_not_found(hands: Hands) -> None:
    api_id = hands.deployment.outputs["apiId"]
    root = hands.runner.profile.settings["METAFLOW_SERVICE_URL"].removesuffix("/")
    answer = requests.get(root, headers={"x-api-key": key_of(hands)}, timeout=30)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})
    assert root.endswith(api_id)


def test_the_authorizer_needs_each_of_its_grants_and_no_other(hands: Hands) -> None:
    ping(hands, key_of(hands))
    ledger = hands.stands.authorizer.ledger
    reported = iam_report.report(hands.deployment.registrations, ledger)
    (role,) = [one for one in reported.roles if one.role == LAMBDA_ROLE]
    assert role.surplus == []
    assert {one.action for one in role.options} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    }


@pytest.fixture
def policy(hands: Hands) -> Iterator[Mapping[str, Any]]:
    """Return where the role's policy stands, and put it back at the end."""
    iam = hands.stands.cloud.client("iam")
    (one,) = [
        each
        for each in hands.deployment.of_type("aws:iam/rolePolicy:RolePolicy")
        if each.name == "metaflow-gateway-authorizer-policy"
    ]
    place = {"RoleName": one.outputs["role"], "PolicyName": one.outputs["name"]}
    yield place
    iam.put_role_policy(**place, PolicyDocument=one.outputs["policy"])


def restart(hands: Hands) -> None:
    """Have Lambda start the function anew, which reads the secret again."""
    client = hands.stands.cloud.client("lambda")
    (function,) = hands.deployment.of_type("aws:lambda/function:Function")
    variables = function.outputs["environment"]["variables"]
    found = client.get_function(FunctionName=function.outputs["name"])["Configuration"]
    count = int(found["Environment"]["Variables"].get("COUNT", "0")) + 1
    client.update_function_configuration(
        FunctionName=function.outputs["name"],
        Environment={"Variables": {**variables, "COUNT": str(count)}},
    )


def test_a_function_without_the_secret_lets_nobody_in(
    hands: Hands, policy: Mapping[str, Any]
) -> None:
    ledger, addresses = hands.stands.authorizer.ledger, hands.stands.addresses
    with ledger.expecting_denials(), addresses.expecting_faults():
        hands.stands.cloud.client("iam").delete_role_policy(**policy)
        restart(hands)
        answer = ping(hands, key_of(hands))
        assert any("AccessDenied" in one for one in addresses.faults)
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal server error"})


def test_a_function_that_api_gateway_may_not_call_lets_nobody_in(hands: Hands) -> None:
    client = hands.stands.cloud.client("lambda")
    (permission,) = hands.deployment.of_type("aws:lambda/permission:Permission")
    place = {"FunctionName": permission.outputs["function"], "StatementId": permission.id}
    ledger, addresses = hands.stands.authorizer.ledger, hands.stands.addresses
    other = f"{permission.outputs['sourceArn'].rpartition('/')[0]}/another"
    grant = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    restart(hands)
    try:
        with ledger.expecting_denials(), addresses.expecting_faults():
            client.remove_permission(**place)
            client.add_permission(**place, **grant, SourceArn=other)
            assert ping(hands, key_of(hands)).status_code == 500
    finally:
        client.remove_permission(**place)
        client.add_permission(**place, **grant, SourceArn=permission.outputs["sourceArn"])
    assert ping(hands, key_of(hands)).status_code == 200


def test_a_caller_from_elsewhere_is_kept_out(hands: Hands) -> None:
    client = hands.stands.cloud.client("lambda")
    (function,) = hands.deployment.of_type("aws:lambda/function:Function")
    variables = function.outputs["environment"]["variables"]
    name = function.outputs["name"]
    for networks, status in (("203.0.113.0/24", 403), ("127.0.0.0/8 203.0.113.0/24", 200)):
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**variables, "ALLOWED_CIDRS": networks}}
        )
        assert ping(hands, key_of(hands)).status_code == status
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": dict(variables)}
    )


@pytest.mark.thorough
def test_a_flow_runs_through_the_http_api(hands: Hands, tmp_path: Path) -> None:
    ledger = hands.stands.authorizer.ledger
    # Other tests here have the authorizer denied what it needs.
    before = {str(one) for one in ledger.entries() if not one.allowed}
    flow = tmp_path / "own_flow.py"
    flow.write_text(textwrap.dedent(OWN_FLOW))
    assert hands.runner.started_run(flow, "run", "--with", "batch").startswith("OwnFlow/")
    assert hands.stands.addresses.faults == []
    assert {str(one) for one in ledger.entries() if not one.allowed} == before


def test_the_wires_hold() -> None:
    hops = wiring.check(recorded("dev", gateway="http"))
    assert [str(one) for one in hops if not one.holds] == []
    assert [(one.source, one.target, one.port) for one in hops if one.expected] == [
        ("gateway", "service", 8080),
        ("VPC link", "service", 8080),
        ("service", "database", 5432),
        ("jobs", "service", 8080),
        ("service", "internet", 443),
        ("jobs", "internet", 443),
    ]


def changed(stack: Stack, token: str, **outputs: Any) -> Stack:
    for one in stack:
        if one.type == token:
            one.outputs.update(outputs)  # type: ignore[attr-defined]
    return stack


@pytest.mark.parametrize(
    ("token", "outputs", "words"),
    [
        (
            "aws:apigatewayv2/integration:Integration",
            {"connectionId": "other"},
            "the integration leads to no VPC link of the stack",
        ),
        (
            "aws:apigatewayv2/integration:Integration",
            {"integrationUri": "other"},
            "the integration leads to no Cloud Map service of the stack",
        ),
        (
            "aws:servicediscovery/service:Service",
            {"dnsConfig": {"dnsRecords": [{"type": "A", "ttl": 10}]}},
            "the Cloud Map service has no SRV record, by which API Gateway learns the port",
        ),
        (
            "aws:ecs/service:Service",
            {"serviceRegistries": {"registryArn": "other"}},
            "the service does not register its tasks in the integration's Cloud Map service",
        ),
        ("aws:ecs/service:Service", {"desiredCount": 0}, "the service runs no task"),
        (
            "aws:ec2/vpc:Vpc",
            {"enableDnsHostnames": False},
            "the VPC has not enableDnsHostnames, without which no job resolves the service's name",
        ),
    ],
    ids=["link", "registry", "port", "registration", "tasks", "names"],
)
def test_a_cut_wire_is_named(token: str, outputs: dict[str, Any], words: str) -> None:
    stack = changed(recorded("dev", gateway="http"), token, **outputs)
    (gateway,) = [one for one in wiring.check(stack) if one.source == "gateway"]
    assert not gateway.open
    assert words in gateway.reason
