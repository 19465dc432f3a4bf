"""What each kind of queue has, and what is refused for it."""

from typing import Any

import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPES

from settings import QueueSettings, SettingsError, parse
from settings.checks import LEAST_GIB
from settings.instance_types import (
    _GPU_SIZES,
    _MEMORY_AND_DISK_SIZES,
    has_efa,
    has_gpu,
    stands_in_clusters,
    vcpus,
)

INSTANCES = "for queues of the kinds ec2, gpu, spot"


def problems(queue: dict[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        parse({"queues": [{"name": "default"}, {"name": "other", **queue}]})
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


def queue(kind: str, **settings: Any) -> QueueSettings:
    given = {"name": "other", "kind": kind, **settings}
    return parse({"queues": [{"name": "default"}, given]}).queues[1]


@pytest.mark.parametrize("kind", ["fargate", "fargate-spot"])
@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("instanceTypes", ["m6i.large"], "m6i.large"),
        ("minVcpus", 2, "2"),
        ("diskGib", 200, "200"),
        ("allocationStrategy", "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE"),
        ("imageId", "ami-01234567", "ami-01234567"),
        ("metadataHopLimit", 2, "2"),
    ],
)
def test_fargate_takes_nothing_that_is_about_instances(
    kind: str, key: str, value: Any, shown: str
) -> None:
    assert problems({"kind": kind, key: value}) == [
        f"queues[1].{key} is {shown} on a {kind} queue; allowed: {INSTANCES}."
    ]


@pytest.mark.parametrize("kind", ["ec2", "gpu", "fargate", "fargate-spot"])
def test_a_price_is_for_spot_instances(kind: str) -> None:
    assert problems({"kind": kind, "maximumPricePercent": 60}) == [
        f"queues[1].maximumPricePercent is 60 on a {kind} queue; "
        "allowed: for queues of the kinds spot."
    ]
    assert queue("spot", maximumPricePercent=60).maximum_price_percent == 60


@pytest.mark.parametrize("kind", ["ec2", "gpu", "fargate"])
def test_on_demand_stands_behind_spot_only(kind: str) -> None:
    assert problems({"kind": kind, "onDemandBehind": True}) == [
        f"queues[1].onDemandBehind is true on a {kind} queue; "
        "allowed: for queues of the kinds fargate-spot, spot."
    ]


@pytest.mark.parametrize("kind", ["ec2", "gpu"])
def test_a_strategy_for_spot_is_for_spot(kind: str) -> None:
    assert problems({"kind": kind, "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}) == [
        "queues[1].allocationStrategy is SPOT_CAPACITY_OPTIMIZED; "
        f"allowed: BEST_FIT_PROGRESSIVE for the kind {kind}."
    ]


@pytest.mark.parametrize(
    ("kind", "types", "line"),
    [
        ("ec2", ["g5.xlarge"], "g5.xlarge on an ec2 queue; allowed: the kind gpu for GPUs."),
        ("gpu", ["m6i.large"], "m6i.large on a gpu queue; allowed: types with GPUs for the kind"),
        (
            "spot",
            ["g5.xlarge", "m6i.large"],
            "g5.xlarge together with m6i.large; allowed: types with GPUs, or types without",
        ),
    ],
)
def test_types_with_and_without_gpus_are_apart(kind: str, types: list[str], line: str) -> None:
    [found] = problems({"kind": kind, "instanceTypes": types})
    assert found.startswith(f"queues[1].instanceTypes is {line}")


def test_a_gpu_queue_is_large_enough_for_its_smallest_type() -> None:
    assert problems({"kind": "gpu", "maxVcpus": 3}) == [
        "queues[1].maxVcpus is 3; allowed: at least 4, the vCPUs of the smallest of its "
        "instanceTypes."
    ]


def test_the_default_queue_is_one_that_metaflow_submits_to() -> None:
    with pytest.raises(SettingsError, match=r"queues\[0\]\.fairShare is set for the default queue"):
        parse({"queues": [{"name": "default", "fairShare": {}}]})


@pytest.mark.parametrize(
    ("stack", "queue_tags", "found"),
    [
        (
            {f"a{number}": "x" for number in range(21)},
            {f"b{number}": "x" for number in range(20)},
            "41 together with the stack's tags",
        ),
        ({"team": "a"}, {"Team": "b"}, "the tag 'Team' differs from 'team' in case only"),
    ],
)
def test_a_queues_tags_fit_the_stacks(
    stack: dict[str, str], queue_tags: dict[str, str], found: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"tags": stack, "queues": [{"name": "default", "tags": queue_tags}]})
    [_, line] = str(refused.value).splitlines()
    assert line.startswith(f"  queues[0].tags is {found}")
    fewer = dict(list(stack.items())[1:])
    assert parse({"tags": fewer, "queues": [{"name": "default", "tags": queue_tags}]})


@pytest.mark.parametrize("family", [*_GPU_SIZES, *_MEMORY_AND_DISK_SIZES])
def test_the_sizes_of_a_family_are_those_of_ec2(family: str) -> None:
    described = {
        name: one
        for name, one in INSTANCE_TYPES.items()
        if name.split(".")[0] == family and not one["BareMetal"]
    }
    assert described
    for name, one in described.items():
        assert vcpus(name) == one["VCpuInfo"]["DefaultVCpus"]
        assert one["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
        assert one["MemoryInfo"]["SizeInMiB"] >= LEAST_GIB * 1024
        makers = {gpu["Manufacturer"] for gpu in one.get("GpuInfo", {}).get("Gpus", [])}
        assert makers == ({"NVIDIA"} if has_gpu(name) else set())
    sizes = ["medium", "large", "xlarge", *(f"{times}xlarge" for times in range(2, 100))]
    names = {f"{family}.{size}" for size in sizes}
    assert {name for name in names if vcpus(name)} == set(described)


@pytest.mark.parametrize("kind", ["spot", "fargate", "fargate-spot"])
def test_nodes_are_for_instances_on_demand(kind: str) -> None:
    assert problems({"kind": kind, "multiNode": True}) == [
        f"queues[1].multiNode is true on a {kind} queue; allowed: for queues of the kinds ec2, gpu."
    ]


def test_nodes_need_private_subnets() -> None:
    assert problems({"multiNode": True}) == [
        "queues[1].multiNode is true in public subnets, where no node of a job could reach AWS; "
        "allowed: true with privateSubnets true."
    ]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"efa": True, "instanceTypes": ["c6in.32xlarge"]}, "efa is true without multiNode"),
        (
            {"efa": True, "multiNode": True},
            "instanceTypes is m6i.large, the default, with efa, which that type does not have",
        ),
        (
            {"efa": True, "multiNode": True, "kind": "gpu", "instanceTypes": ["g5.4xlarge"]},
            "instanceTypes is g5.4xlarge with efa, which that type does not have",
        ),
    ],
    ids=["without-nodes", "default-types", "small-gpu"],
)
def test_an_adapter_needs_nodes_and_types_that_have_one(
    settings: dict[str, Any], found: str
) -> None:
    queues = [{"name": "default"}, {"name": "other", "maxVcpus": 512, **settings}]
    with pytest.raises(SettingsError) as refused:
        parse({"privateSubnets": True, "queues": queues})
    assert [line.strip().split(";")[0] for line in str(refused.value).splitlines()[1:]] == [
        f"queues[1].{found}"
    ]


def test_nodes_stand_on_types_that_a_placement_group_takes() -> None:
    described = {
        name
        for name, one in INSTANCE_TYPES.items()
        if vcpus(name) and "cluster" in one["PlacementGroupInfo"]["SupportedStrategies"]
    }
    known = {one for one in INSTANCE_TYPES if vcpus(one)}
    assert described == {one for one in known if stands_in_clusters(one)} < known
    queue = {"name": "default", "multiNode": True, "instanceTypes": ["m7i-flex.large"]}
    with pytest.raises(SettingsError, match=r"m7i-flex\.large with multiNode, whose placement"):
        parse({"privateSubnets": True, "queues": [queue]})


def test_the_types_with_an_adapter_are_those_that_ec2_describes() -> None:
    usable = [one for one in INSTANCE_TYPES if vcpus(one)]
    x86_64 = [
        one
        for one in usable
        if "x86_64" in INSTANCE_TYPES[one]["ProcessorInfo"]["SupportedArchitectures"]
    ]
    described = {one for one in x86_64 if INSTANCE_TYPES[one]["NetworkInfo"].get("EfaSupported")}
    assert {one for one in x86_64 if has_efa(one)} == described
