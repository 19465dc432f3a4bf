"""The whole program: outputs, preview, and what it refuses before anything is registered."""

import re
from typing import Any, cast

import pulumi
import pytest

from components.metaflow import Metaflow
from components.metaflow_args import MetaflowArgs
from mfconfig.contract import OUTPUT_BY_NAME, STACK_OUTPUTS, Kind
from rehearsal.mocks import Deployment, DeploymentError, deploy
from rehearsal.registrations import Registration
from tests import deployed
from tests.placeholder import Place, PlaceholderProvider

EVERYTHING = {
    "apiAllowedCidrs": ["203.0.113.0/24"],
    "jobSecretArns": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:token-??????"],
    "queues": [{"name": "default"}, {"name": "large"}],
    "tags": {"Team": "data"},
    **deployed.IMAGES,
    "compressStateMachines": True,
}
NOTHING = {"gateway": "off"}

STACKS: dict[str, tuple[str, dict[str, Any]]] = {
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "everything": ("prod", EVERYTHING),
    "nothing": ("dev", NOTHING),
    "domain": ("dev", dict(deployed.GATEWAY_FRONT)),
}

OFFERED_LATER = {
    "uiUrl": "no tier has the UI yet",
    "fargateExecutionRoleArn": "no queue is of a Fargate kind yet",
}
"""Outputs that no settings export, with the reason."""


def deployment_of(stack: str) -> Deployment:
    name, settings = STACKS[stack]
    return deployed.deploy_stack(name, **settings)


# The outputs, and the table that mfconfig reads.


@pytest.mark.parametrize("stack", STACKS)
def test_every_output_is_in_the_table(stack: str) -> None:
    assert set(deployment_of(stack).outputs) <= set(OUTPUT_BY_NAME)


@pytest.mark.parametrize("stack", STACKS)
def test_every_required_output_is_exported(stack: str) -> None:
    required = {output.name for output in STACK_OUTPUTS if output.required}
    assert required <= set(deployment_of(stack).outputs)


def test_every_optional_output_is_exported_by_some_settings() -> None:
    optional = {output.name for output in STACK_OUTPUTS if not output.required}
    exported = set().union(*(deployment_of(stack).outputs for stack in STACKS))
    assert optional - exported == set(OFFERED_LATER) & optional


def test_every_optional_output_is_left_out_by_some_settings() -> None:
    optional = {output.name for output in STACK_OUTPUTS if not output.required}
    assert optional.isdisjoint(deployment_of("nothing").outputs)


@pytest.mark.parametrize("stack", STACKS)
def test_the_secret_outputs_are_secret_and_no_others(stack: str) -> None:
    deployment = deployment_of(stack)
    secret = {output.name for output in STACK_OUTPUTS if output.secret}
    assert deployment.secret_outputs == secret & set(deployment.outputs)


PATTERNS = {
    Kind.NAME: r"[^\s]+",
    Kind.ARN: r"arn:aws:[a-z0-9-]+:.*",
    Kind.URL: r"https?://[^\s/]+/(api/)?",
    Kind.S3_URI: r"s3://[a-z0-9.-]+/[a-z]+",
    Kind.TEXT: r".+",
    Kind.JSON_OBJECT: r"\{.+\}",
}
LISTS = {Kind.ARNS: Kind.ARN, Kind.TEXTS: Kind.NAME}


@pytest.mark.parametrize("stack", STACKS)
def test_every_output_has_the_shape_that_the_table_says(stack: str) -> None:
    for name, value in deployment_of(stack).outputs.items():
        kind = OUTPUT_BY_NAME[name].kind
        assert isinstance(value, list) == (kind in LISTS), name
        for one in value if isinstance(value, list) else [value]:
            assert isinstance(one, str), name
            assert re.fullmatch(PATTERNS[LISTS.get(kind, kind)], one), name


def test_what_the_profile_is_made_of() -> None:
    outputs = deployment_of("dev").outputs
    balancer = "http://metaflow-service-lb.elb.us-east-1.amazonaws.com/"
    assert (
        outputs.items()
        >= {
            "stackName": "dev",
            "region": "us-east-1",
            "datastoreRoot": "s3://metaflow-datastore-bucket/metaflow",
            "datatoolsRoot": "s3://metaflow-datastore-bucket/data",
            "serviceUrl": "https://metaflow-gateway-stage.execute-api.us-east-1.amazonaws.com/api/",
            "serviceInternalUrl": balancer,
            "apiKey": "ApiKey:metaflow-gateway-key.value",
            "apiKeyId": "ApiKey:metaflow-gateway-key.id",
            "stateMachinePrefix": "metaflow-dev",
            "stepFunctionsTableName": "metaflow-flows-table",
            "jobRoleArn": "arn:aws:iam::123456789012:role/metaflow-compute-job",
            "jobTags": '{"metaflow-stack": "metaflow-dev"}',
        }.items()
    )
    assert deployment_of("nothing").outputs["serviceUrl"] == balancer


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1"])
def test_secrets_are_looked_for_in_secrets_manager_in_the_stacks_region(region: str) -> None:
    name, settings = STACKS["everything"]
    if region != "us-east-1":
        secret = "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:token-??????"
        settings = {**settings, "imageCaches": [], "jobSecretArns": [secret]}
    outputs = deployed.deploy_stack(name, region=region, **settings).outputs
    assert outputs["secretsBackendType"] == "aws-secrets-manager"
    assert outputs["secretsRegion"] == region


# Preview.


def urns(deployment: Deployment) -> set[str]:
    return {one.urn for one in deployment.registrations}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_preview_shows_exactly_what_is_deployed(stack: str) -> None:
    assert urns(deployed.deploy_stack(stack, preview=True)) == urns(deployment_of(stack))


# What is refused before anything is registered.

UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"bogus": 1}, "bogus is not a key of the stack"),
    ({"queues": [{"name": "default", "bogus": 1}]}, "queues[0].bogus is not a key of queues[]"),
    ({"apiRateLimit": 0}, "apiRateLimit is 0"),
    ({"serviceCount": "many"}, 'serviceCount is "many"'),
    ({"tags": {"aws:Team": "data"}}, "AWS reserves the prefix"),
    ({"natGateways": "per-zone"}, "natGateways is per-zone without privateSubnets"),
    ({"serviceMemory": 99}, "serviceMemory is 99 with serviceCpu 256"),
    ({"queues": [{"name": "a"}, {"name": "a"}]}, "two queues named a"),
    ({"queues": [{"name": "a", "minVcpus": 9, "maxVcpus": 8}]}, "queues[0].minVcpus is 9"),
    ({"jobSecretArns": ["*"]}, "not the whole ARN of a Secrets Manager secret"),
    ({"availabilityZones": ["us-east-1a", "us-east-1h"]}, "availabilityZones has us-east-1h"),
]


def registered_by(zones: str = "abcdef", **settings: Any) -> tuple[set[str], str]:
    """Return the types that a failing program registers, and why it fails."""
    registered: list[Registration] = []
    with pytest.raises(DeploymentError) as refused:
        deployed.run(
            "dev",
            PlaceholderProvider(Place(zones=zones)),
            settings=settings,
            on_resource=registered.append,
        )
    return {one.type for one in registered}, str(refused.value)


@pytest.mark.parametrize(("settings", "message"), UNUSABLE, ids=lambda value: str(value)[:40])
def test_an_unusable_setting_stops_before_anything_is_registered(
    settings: dict[str, Any], message: str
) -> None:
    types, error = registered_by(**settings)
    assert message in error
    assert types <= {"pulumi:pulumi:Stack"}


def test_a_region_with_too_few_zones_stops_before_anything_is_registered() -> None:
    types, error = registered_by(zones="ab", availabilityZoneCount=3)
    assert "availabilityZoneCount is 3; us-east-1 offers 2 zones." in error
    assert types <= {"pulumi:pulumi:Stack"}


def test_every_mistake_is_named_in_one_run() -> None:
    _, error = registered_by(bogus=1, apiRateLimit=0, natGateways="per-zone")
    assert error.splitlines()[0] == "3 settings are not usable:"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"nat_gateways": "per-zone"}, "natGateways is per-zone without privateSubnets"),
        ({"bogus": 1}, "bogus is not a key of the stack"),
        ({"queues": []}, "queues is []"),
        ({"service_count": 0}, "serviceCount is 0"),
    ],
)
def test_the_component_itself_refuses_unusable_inputs(args: dict[str, Any], message: str) -> None:
    registered: list[Registration] = []

    def program() -> None:
        Metaflow("mine", cast(MetaflowArgs, args))

    with pytest.raises(DeploymentError, match=re.escape(message)):
        deploy(
            program,
            PlaceholderProvider(),
            project="mine",
            stack_name="test",
            config={},
            on_resource=registered.append,
        )
    assert {one.type for one in registered} <= {"pulumi:pulumi:Stack"}


def test_the_component_needs_no_configuration() -> None:
    def program() -> None:
        for name, value in Metaflow("mine", {"name_prefix": "science"}).outputs().items():
            pulumi.export(name, value)

    deployment = deploy(
        program, PlaceholderProvider(), project="mine", stack_name="test", config={}
    )
    assert deployment.outputs["stateMachinePrefix"] == "science"


def test_an_output_inside_a_text_fails_here() -> None:
    # Otherwise it would deploy a sentence about outputs; tests/conftest.py sees to that.
    with pytest.raises(DeploymentError, match=r"Calling __str__ on an Output"):
        deploy(
            lambda: str(pulumi.Output.from_input("text")),
            PlaceholderProvider(),
            project="mine",
            stack_name="test",
            config={},
        )


def test_the_program_is_short_and_makes_nothing_itself() -> None:
    lines = (deployed.ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    parents = {
        one.type
        for one in deployment_of("prod").registrations
        if one.parent.endswith("::metaflow-aws-prod")
    }
    assert parents == {"metaflow:index:Metaflow"}
