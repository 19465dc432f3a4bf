"""What a mistake looks like to whoever made it: one line with key, value, allowed and command."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN

from settings import SettingsError, parse
from tests.settings import configured

QUEUE_KEYS = (
    "allocationStrategy, diskGib, efa, fairShare, imageId, instanceTypes, "
    "jobStateTimeLimitSeconds, kind, maxVcpus, maximumPricePercent, metadataHopLimit, "
    "minVcpus, multiNode, name, "
    "onDemandBehind, "
    "priority, tags, userData"
)
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"


def message(values: dict[str, Any]) -> list[str]:
    """Return what is said of a stack's configuration."""
    with pytest.raises(SettingsError) as refused:
        configured.load(values)
    return str(refused.value).splitlines()


def message_to_a_program(values: dict[str, Any]) -> list[str]:
    """Return what is said of the component's inputs."""
    with pytest.raises(SettingsError) as refused:
        parse(values)
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"apiRateLimit": 0},
            "  apiRateLimit is 0; allowed: 1 to 10000. "
            "Set it with: pulumi config set apiRateLimit <value>",
        ),
        (
            {"dbMultiAz": "perhaps"},
            '  dbMultiAz is "perhaps"; allowed: true or false. '
            "Set it with: pulumi config set dbMultiAz <value>",
        ),
        (
            {"vpcCidr": "8.8.0.0/16"},
            '  vpcCidr is "8.8.0.0/16" (8.8.0.0/16 is not a private range); '
            "allowed: a private IPv4 network of /16 to /22. "
            "Set it with: pulumi config set vpcCidr <value>",
        ),
        (
            {"vpcCidr": "10.8.8.0/16"},
            '  vpcCidr is "10.8.8.0/16" (10.8.8.0/16 is an address in the network 10.8.0.0/16); '
            "allowed: a private IPv4 network of /16 to /22. "
            "Set it with: pulumi config set vpcCidr <value>",
        ),
        (
            {"apiAllowedCidrs": ["203.0.113.0/24", "0.0.0.0/0"]},
            '  apiAllowedCidrs[1] is "0.0.0.0/0" '
            "(/0 allows everybody; leave the list empty for that); "
            "allowed: up to 50 network addresses such as 203.0.113.0/24. "
            "Set it with: pulumi config set --path 'apiAllowedCidrs[1]' <value>",
        ),
        (
            {"queues": [{"name": "default", "instanceTypes": ["g5.xlarge"]}]},
            "  queues[0].instanceTypes is g5.xlarge on an ec2 queue; allowed: the kind gpu for "
            "GPUs. Set it with: pulumi config set --path 'queues[0].instanceTypes[0]' <value>",
        ),
        (
            {"tags": {"Team": 5}},
            "  tags.Team is 5; allowed: up to 40 tags, keys to 128 and values to 256 characters, "
            "none beginning aws:. Set it with: pulumi config set --path tags.Team <value>",
        ),
        (
            {"queues": [{"name": "default", "kind": "lambda"}]},
            '  queues[0].kind is "lambda"; allowed: ec2, spot, gpu, fargate, fargate-spot. '
            "Set it with: pulumi config set --path 'queues[0].kind' <value>",
        ),
        (
            {"queues": [{"name": "default", "instanceTypes": ["m6i.large", "c6i.large"]}]},
            '  queues[0].instanceTypes[1] is "c6i.large" (c6i.large has 4 GiB); '
            "allowed: x86_64 types with at least 8 GiB of the m, c, r, x and z1d families, of d3, "
            "d3en, i3, i3en, i4i, i7i and i7ie with disks of their own, or of g4dn, g5, g6, g6e, "
            "g7, g7e, gr6, p4d, p4de, p5, p5e, p5en, p6-b200 and p6-b300 with GPUs; not both. "
            "Set it with: pulumi config set --path 'queues[0].instanceTypes[1]' <value>",
        ),
        (
            {"jobImageRepositories": ["metaflow/*", "me*"]},
            '  jobImageRepositories[1] is "me*" '
            "('me*' has a wildcard among its first 3 characters); "
            "allowed: up to 20 names, with * and ? after at least 3 other characters. "
            "Set it with: pulumi config set --path 'jobImageRepositories[1]' <value>",
        ),
        (
            {"jobSecretArns": [f"{SECRET}token-AbC123", f"{SECRET}rds!db-1-2-??????"]},
            f'  jobSecretArns[1] is "{SECRET}rds!db-1-2-??????" '
            "(RDS keeps the password of a database in it, which no job may read); "
            "allowed: up to 20 different ARNs of secrets with their six random characters, "
            "or -?????? for them; 2500 characters together; not RDS's own (rds!). "
            "Set it with: pulumi config set --path 'jobSecretArns[1]' <value>",
        ),
        (
            {"jobSecretArns": [f"{SECRET}token-??????"] * 2},
            f'  jobSecretArns is ["{SECRET}token-??????", "{SECRET}token-??????"] '
            f"({SECRET}token-?????? more than once); "
            "allowed: up to 20 different ARNs of secrets with their six random characters, "
            "or -?????? for them; 2500 characters together; not RDS's own (rds!). "
            "Set it with: pulumi config set --path 'jobSecretArns[0]' <value>",
        ),
        (
            {"queues": [{"maxVcpus": 8}]},
            "  queues[0].name is missing; allowed: 1 to 12 of a-z, 0-9 and -. "
            "Set it with: pulumi config set --path 'queues[0].name' <value>",
        ),
        (
            {"queues": []},
            "  queues is []; allowed: 1 to 49 queues of different names. "
            "Set it with: pulumi config set queues <value>",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_mistake_is_one_line(values: dict[str, Any], line: str) -> None:
    assert message(values) == ["1 setting is not usable:", line]


def test_an_unknown_key_is_named_with_the_known_ones() -> None:
    [_, line] = message({"serviceWorkers": 2})
    start = "  serviceWorkers is not a key of the stack; known are apiAccessLog, apiAllowedCidrs, "
    assert line.startswith(start)
    assert " serviceCount, " in line
    assert line.endswith(". Remove it with: pulumi config rm serviceWorkers")


def test_an_unknown_key_of_a_queue_is_named_with_the_known_ones() -> None:
    assert message({"queues": [{"name": "a"}, {"name": "b", "cores": 8}]}) == [
        "1 setting is not usable:",
        f"  queues[1].cores is not a key of queues[]; known are {QUEUE_KEYS}. "
        "Remove it with: pulumi config rm --path 'queues[1].cores'",
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"serviceCuont": 2},
            "serviceCuont is not a key of the stack; did you mean serviceCount? "
            "Remove it with: pulumi config rm serviceCuont",
        ),
        (
            {"queues": [{"name": "a", "maxVcpu": 8}]},
            "queues[0].maxVcpu is not a key of queues[]; did you mean maxVcpus? "
            "Remove it with: pulumi config rm --path 'queues[0].maxVcpu'",
        ),
    ],
)
def test_a_slip_is_told_the_key_that_was_meant(values: dict[str, Any], line: str) -> None:
    assert message(values) == ["1 setting is not usable:", f"  {line}"]


def test_several_mistakes_are_counted() -> None:
    assert message({"apiRateLimit": 0, "serviceCount": 0})[0] == "2 settings are not usable:"


def test_every_mistake_of_every_queue_is_named() -> None:
    lines = message({"queues": [{"name": "A", "diskGib": 1}, {"name": "b", "maxVcpus": 0, "x": 1}]})
    assert [line.split()[0] for line in lines[1:]] == [
        "queues[0].name",
        "queues[0].diskGib",
        "queues[1].maxVcpus",
        "queues[1].x",
    ]


# What a program gives the component itself: there is no configuration to change.


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"api_rate_limit": 0}, "apiRateLimit is 0; allowed: 1 to 10000."),
        ({"apiRateLimit": 0}, "apiRateLimit is 0; allowed: 1 to 10000."),
        (
            {"nat_gateways": "per-zone"},
            "natGateways is per-zone without privateSubnets; "
            "allowed: per-zone with privateSubnets true.",
        ),
        (
            {"queues": [{"name": "default", "max_vcpu": 8}]},
            "queues[0].max_vcpu is not a key of queues[]; did you mean maxVcpus?",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_program_is_told_of_no_command(values: dict[str, Any], line: str) -> None:
    assert message_to_a_program(values) == ["1 setting is not usable:", f"  {line}"]


async def message_about_outputs(values: Mapping[str, Any]) -> list[str]:
    """Give the component values that are functions as the outputs that these make."""
    outputs = []

    def made(value: Any) -> Any:
        if callable(value):
            outputs.append(value())
            return outputs[-1]
        if isinstance(value, dict):
            return {key: made(item) for key, item in value.items()}
        return [made(item) for item in value] if isinstance(value, list) else value

    lines = message_to_a_program(made(values))
    await asyncio.gather(*(one.future() for one in outputs))
    return lines


def an_output() -> pulumi.Output[str]:
    return pulumi.Output.from_input("arn")


def test_an_output_is_refused_by_where_it_stands() -> None:
    values = {
        "name_prefix": lambda: pulumi.Output.secret("science"),
        "job_secret_arns": ["arn", an_output],
        "tags": {"Team": UNKNOWN},
        "queues": [{"name": "a", "instance_types": [an_output]}],
    }
    lines = asyncio.run(message_about_outputs(values))
    what = "is an output or a secret; allowed: plain values"
    assert lines[0] == "4 settings are not usable:"
    assert [line.partition(", since")[0] for line in lines[1:]] == [
        f"  namePrefix {what}",
        f"  jobSecretArns[1] {what}",
        f"  tags.Team {what}",
        f"  queues[0].instanceTypes[0] {what}",
    ]


def test_an_output_hides_no_mistake_beside_it() -> None:
    values = {"service_memory": an_output, "service_count": 0, "nat_gateways": "per-zone"}
    lines = asyncio.run(message_about_outputs(values))
    keys = [line.split()[0] for line in lines[1:]]
    assert keys == ["serviceMemory", "serviceCount", "natGateways"]
