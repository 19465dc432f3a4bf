"""The component as programs in other languages make it: asked for by the engine, over gRPC."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import grpc
import pytest
from pulumi.output import Unknown
from pulumi.runtime import rpc

from components.plugin import MetaflowProvider
from rehearsal import stack_files
from rehearsal.mocks import Deployment
from rehearsal.registrations import Registration
from settings import Settings, parse
from tests import deployed
from tests.components.plugin_host import Host, Made, Wanted, started

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-??????"
EVERYTHING = {
    "apiAllowedCidrs": ["203.0.113.0/24"],
    "jobSecretArns": [SECRET],
    "queues": [
        {"name": "default", "maxVcpus": 128},
        {"name": "large", "instanceTypes": ["m6i.large"], "diskGib": 200},
    ],
    "tags": {"Team": "data", "cost_centre": "42"},
}
STACKS: dict[str, tuple[str, dict[str, Any]]] = {
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "everything": ("prod", EVERYTHING),
    "without a gateway": ("dev", {"gateway": "off"}),
}

CUSTOM = "urn:pulumi:dev::metaflow-aws::pulumi:providers:aws::west::4d51"
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key and values that mark a special value, see sdk/go/common/resource/sig of pulumi/pulumi."""

OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
PLAIN = "is an output or a secret; allowed: plain values, since they decide which resources there"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Start the plugin in a folder with modules of the same names, as a user's program may have."""
    folder = tmp_path_factory.mktemp("program")
    for name in ("settings", "mfconfig", "components"):
        (folder / f"{name}.py").write_text("raise ImportError('a module of the user')\n")
    with started(folder) as running:
        yield running


def inputs_of(stack: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return every setting of a stack, as another language gives it to the component."""
    texts = stack_files.read_stack(deployed.ROOT, stack).values
    found = {key.partition(":")[2]: text for key, text in texts.items() if "metaflow-aws:" in key}
    values = {key: _read(text) for key, text in found.items()}
    # The name of a version is a text, whatever it looks like.
    values["dbEngineVersion"] = found["dbEngineVersion"]
    return parse({**values, **changed}).model_dump(by_alias=True, mode="json")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@pytest.fixture(scope="module", params=STACKS)
def pair(request: pytest.FixtureRequest, host: Host) -> tuple[Deployment, Deployment]:
    """Deploy a stack as another language's program and as this repository's."""
    stack, changed = STACKS[request.param]
    made = host.construct(Wanted(inputs_of(stack, changed)), stack=stack)
    return made.deployment, deployed.deploy_stack(stack, **changed)


def registered(deployment: Deployment) -> dict[str, Registration]:
    return {one.urn: one for one in deployment.registrations}


def test_the_resources_are_those_of_the_program(pair: tuple[Deployment, Deployment]) -> None:
    others, ours = map(registered, pair)
    assert set(others) == set(ours)
    for urn, one in ours.items():
        other = others[urn]
        assert (other.inputs, other.parent, other.protect, other.retain_on_delete) == (
            one.inputs,
            one.parent,
            one.protect,
            one.retain_on_delete,
        )
        assert set(other.dependencies) == set(one.dependencies)


def test_the_outputs_are_those_of_the_program(pair: tuple[Deployment, Deployment]) -> None:
    others, ours = pair
    assert others.outputs == ours.outputs
    assert others.secret_outputs == ours.secret_outputs


def test_every_output_is_in_the_schema(pair: tuple[Deployment, Deployment]) -> None:
    schema = json.loads(MetaflowProvider().schema or "")
    assert set(pair[0].outputs) <= set(schema["resources"]["metaflow:index:Metaflow"]["properties"])


def test_the_engine_gets_the_schema(host: Host) -> None:
    assert json.loads(host.schema()) == json.loads(MetaflowProvider().schema or "")


def test_nothing_given_is_the_defaults(host: Host) -> None:
    left_out, given = (
        registered(host.construct(Wanted(inputs)).deployment)
        for inputs in ({}, Settings().model_dump(by_alias=True, mode="json"))
    )
    assert {urn: one.inputs for urn, one in left_out.items()} == {
        urn: one.inputs for urn, one in given.items()
    }


def readable(value: Any) -> Any:
    """Return outputs in which what is unknown is called so."""
    if isinstance(value, Mapping):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    return "unknown" if isinstance(value, Unknown) else value


def test_a_preview_is_that_of_the_program(host: Host) -> None:
    others = host.construct(Wanted(inputs_of("dev", {})), preview=True).deployment
    ours = deployed.deploy_stack("dev", preview=True)
    assert set(registered(others)) == set(registered(ours))
    assert readable(others.outputs) == readable(ours.outputs)
    assert readable(others.outputs)["jobRoleArn"] == "unknown"
    assert others.secret_outputs == ours.secret_outputs


def test_two_are_made_side_by_side(host: Host) -> None:
    made = host.construct(Wanted({}, name="one"), Wanted({"privateSubnets": True}, name="two"))
    tops = {
        one.name for one in made.deployment.registrations if one.type == "metaflow:index:Metaflow"
    }
    assert tops == {"one", "two"}
    gateways = [one.name for one in made.deployment.of_type("aws:ec2/natGateway:NatGateway")]
    assert gateways
    assert {name.partition("-")[0] for name in gateways} == {"two"}


def asked_of_aws(made: Made) -> list[Any]:
    """Return the requests that go to the provider `aws`: functions and resources."""
    return [
        one
        for one in made.requests
        if (getattr(one, "tok", "") or getattr(one, "type", "")).startswith("aws:")
    ]


def test_a_provider_that_is_given_is_used_for_everything(host: Host) -> None:
    made = host.construct(Wanted({}, providers={"aws": CUSTOM}))
    asked = asked_of_aws(made)
    assert len(asked) > 80
    assert {one.provider for one in asked} == {CUSTOM}


# Mistakes.


def refusal(host: Host, inputs: Mapping[str, Any], **wanted: Any) -> list[str]:
    """Return the lines by which the engine tells a user what is wrong."""
    with pytest.raises(grpc.RpcError) as refused:
        host.construct(Wanted(inputs, **wanted))
    error: Any = refused.value
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    return str(error.details()).splitlines()


@pytest.mark.parametrize(
    ("inputs", "line"),
    [
        ({"serviceCount": 0}, "serviceCount is 0; allowed: 1 to 50."),
        ({"serviceCount": 1.5}, "serviceCount is 1.5; allowed: 1 to 50."),
        ({"serviceCount": "2"}, 'serviceCount is "2"; allowed: 1 to 50.'),
        ({"dbMultiAz": 1}, "dbMultiAz is 1; allowed: true or false."),
        (
            {"dbEngineVersion": 17},
            "dbEngineVersion is 17; allowed: 14, 15, 16, 17 or 18, alone or with a minor version, "
            "such as 17.9.",
        ),
        (
            {"natGateways": "per-zone"},
            "natGateways is per-zone without privateSubnets; "
            "allowed: per-zone with privateSubnets true.",
        ),
        (
            {"queues": [{"maxVcpus": 8}]},
            "queues[0].name is missing; allowed: 1 to 12 of a-z, 0-9 and -.",
        ),
        (
            {"queues": [{"name": "a", "maxVcpu": 8}]},
            "queues[0].maxVcpu is not a key of queues[]; did you mean maxVcpus?",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_is_one_line(host: Host, inputs: dict[str, Any], line: str) -> None:
    assert refusal(host, inputs) == ["1 setting is not usable:", f"  {line}"]


def test_an_input_that_nobody_knows_is_not_dropped(host: Host) -> None:
    _, line = refusal(host, {"serviceCuont": 2})
    assert line.startswith("  serviceCuont is not a key of the stack; did you mean serviceCount?")


@pytest.mark.parametrize(
    ("inputs", "key"),
    [
        ({"namePrefix": rpc.wrap_rpc_secret("science")}, "namePrefix"),
        ({"namePrefix": rpc.UNKNOWN}, "namePrefix"),
        ({"jobSecretArns": [SECRET, rpc.UNKNOWN]}, "jobSecretArns[1]"),
        ({"jobSecretArns": [rpc.wrap_rpc_secret(SECRET)]}, "jobSecretArns"),
        ({"tags": {"Team": {SIGNATURE: OUTPUT_VALUE, "value": "data"}}}, "tags.Team"),
        ({"queues": [{"name": {SIGNATURE: OUTPUT_VALUE}}]}, "queues[0].name"),
    ],
    ids=lambda value: str(value)[:60],
)
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_an_output_is_refused_by_where_it_stands(
    host: Host, inputs: dict[str, Any], key: str, preview: bool
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        host.construct(Wanted(inputs), preview=preview)
    error: Any = refused.value
    assert error.details() == f"1 setting is not usable:\n  {key} {PLAIN} are."


def test_an_input_that_depends_on_a_resource_is_refused(host: Host) -> None:
    urn = "urn:pulumi:dev::metaflow-aws::aws:iam/role:Role::scientists"
    inputs = {"userRolePrincipals": ["arn:aws:iam::123456789012:role/scientists"]}
    assert refusal(host, inputs, dependencies={"userRolePrincipals": [urn]}) == [
        "1 setting is not usable:",
        f"  userRolePrincipals {PLAIN} are.",
    ]


def test_a_region_with_too_few_zones_is_one_line(host: Host) -> None:
    [line] = refusal(host, {"availabilityZones": ["us-east-1a", "us-east-1h"]})
    assert line.startswith("availabilityZones has us-east-1h; us-east-1 offers us-east-1a, ")


def test_after_a_mistake_the_plugin_still_answers(host: Host) -> None:
    refusal(host, {"serviceCount": 0})
    assert len(host.construct(Wanted({})).deployment.registrations) > 80
