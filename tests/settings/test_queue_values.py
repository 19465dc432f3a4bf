"""What each setting of a queue allows: the values on both sides of every bound."""

import json
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from settings import QueueSettings, SettingsError, parse
from tests.settings.bounds import cases

TYPES = (
    *("m5.large", "m7i-flex.large", "r6a.medium", "c5.xlarge", "m6i.16xlarge", "r4.xlarge"),
    *("x1.16xlarge", "x2iedn.16xlarge", "x8i.large", "z1d.3xlarge", "i4i.large", "d3en.6xlarge"),
)
USER_DATA = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n--==--\n'

QUEUE_BOUNDS: dict[str, tuple[list[Any], list[Any]]] = {
    "name": (
        ["a", "a-1", "a" * 12],
        ["", "A", "1a", "a_b", "a" * 13, 5, "a-fargate", "a-on-demand", "a-shared"],
    ),
    "kind": (["ec2", "spot", "gpu", "fargate", "fargate-spot"], ["lambda", "EC2"]),
    "instanceTypes": (
        [[], *([one] for one in TYPES)],
        [
            ["t3.large"],
            ["c6i.large"],
            ["m6i.medium"],
            ["m6g.xlarge"],
            ["m6i.metal"],
            ["g5.xlarge"],
            ["m6i.3xlarge"],
            ["m1.large"],
            ["x2gd.large"],
            ["x1.large"],
            ["i4i.medium"],
            ["z1d.xlarges"],
            ["hpc7a.48xlarge"],
        ],
    ),
    "minVcpus": ([0, 64], [-1, 65, 10_001, 0.5]),
    "maxVcpus": ([2, 10_000], [0, 1, 10_001]),
    "diskGib": ([30, 16_384], [29, 16_385]),
    "allocationStrategy": (
        ["", "BEST_FIT_PROGRESSIVE"],
        ["BEST_FIT", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"],
    ),
    "maximumPricePercent": ([100], [0, 60, 101]),
    "onDemandBehind": ([False], [True, "true"]),
    "multiNode": ([False], [True, "true"]),
    "efa": ([False], [True, "true"]),
    "imageId": (["", "ami-01234567", "ami-0123456789abcdef0"], ["ami-1", "AMI", 5]),
    "metadataHopLimit": ([1, 2], [0, 3, 64]),
    "userData": (["", USER_DATA], ["#!/bin/sh", f"{USER_DATA}{'a' * 16_384}"]),
    "priority": ([0, 1000], [-1, 1001]),
    "fairShare": (
        [
            {"shares": {}, "decaySeconds": 0, "computeReservation": 0},
            {"shares": {"a1": 0.0001, "b*": 999.9999}, "decaySeconds": 604_800}
            | {"computeReservation": 99},
        ],
        [
            {"shares": {"a-b": 1.0}},
            {"shares": {"a": 0.0}},
            {"shares": {"a*": 1.0, "ab": 1.0}},
            {"shares": {"a*": 1.0, "a": 1.0}},
            {"shares": {"a": 1000.0}},
            {"shares": {f"a{number}": 1.0 for number in range(501)}},
            {"decaySeconds": 604_801},
            {"computeReservation": 100},
            "a",
        ],
    ),
    "jobStateTimeLimitSeconds": ([0, 600, 86_400], [1, 599, 86_401]),
    "tags": (
        [{}, {"Team": "data"}],
        [{"aws:a": "b"}, {"Name": "b"}, {"stack": "b"}, {"Stack": "b"}],
    ),
}


def test_every_key_of_a_queue_has_bounds_here() -> None:
    assert set(QUEUE_BOUNDS) == {to_camel(name) for name in QueueSettings.model_fields}


@pytest.mark.parametrize(("key", "value"), cases(QUEUE_BOUNDS, 0))
def test_a_queues_value_within_its_bounds_is_taken(key: str, value: Any) -> None:
    queue = parse({"queues": [{"name": "first"}, {"name": "b", key: value}]}).queues[1]
    assert json.loads(json.dumps(queue.model_dump(by_alias=True)[key])) == value


@pytest.mark.parametrize(("key", "value"), cases(QUEUE_BOUNDS, 1))
def test_a_queues_value_out_of_bounds_is_refused(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"queues": [{"name": "a"}, {"name": "b", key: value}]})
    first = str(refused.value).splitlines()[1]
    assert first.startswith(f"  queues[1].{key}")


def test_a_queue_needs_a_name() -> None:
    with pytest.raises(SettingsError, match=r"queues\[0\]\.name is"):
        parse({"queues": [{"maxVcpus": 8}]})
