"""The functions that a program may call."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider.networks import in_region


def call(rig: Any, name: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = rig.provider.invoke(f"aws:index/{name}:{name}", arguments)
    return answer


def filtered(name: str, *values: str) -> dict[str, Any]:
    return {"filters": [{"name": name, "values": list(values)}]}


def test_zones_come_sorted_with_their_ids(rig: Any) -> None:
    answer = call(rig, "getAvailabilityZones", state="available")
    assert answer["names"][:2] == ["us-east-1a", "us-east-1b"]
    assert answer["names"] == sorted(answer["names"])
    assert len(answer["zoneIds"]) == len(answer["names"])
    assert answer["id"] == "us-east-1"


def test_zones_can_be_filtered(rig: Any) -> None:
    named = call(rig, "getAvailabilityZones", **filtered("zone-name", "us-east-1c"))
    assert named["names"] == ["us-east-1c"]
    every = call(rig, "getAvailabilityZones", **filtered("opt-in-status", "opt-in-not-required"))
    assert len(every["names"]) > 1
    local = call(rig, "getAvailabilityZones", **filtered("opt-in-status", "opted-in"))
    assert local["names"] == local["zoneIds"] == []


def test_a_filter_that_does_not_exist_is_refused(rig: Any) -> None:
    with pytest.raises(RefusedError, match="the filter opt-in was not taught; it takes region-na"):
        call(rig, "getAvailabilityZones", **filtered("opt-in", "x"))


def test_the_caller_is_of_the_account_and_partition(rig: Any) -> None:
    answer = call(in_region(rig, "us-gov-west-1"), "getCallerIdentity")
    assert answer["accountId"] == "123456789012"
    assert answer["arn"].startswith("arn:aws-us-gov:sts::123456789012:")


@pytest.mark.parametrize(
    ("region", "partition", "suffix", "prefix"),
    [
        ("eu-west-1", "aws", "amazonaws.com", "com.amazonaws"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    ],
)
def test_partitions(rig: Any, region: str, partition: str, suffix: str, prefix: str) -> None:
    assert call(in_region(rig, region), "getPartition") == {
        "id": partition,
        "partition": partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": prefix,
    }


def test_the_region_has_a_name_for_people(rig: Any) -> None:
    answer = call(in_region(rig, "cn-north-1"), "getRegion")
    assert (answer["region"], answer["description"]) == ("cn-north-1", "China (Beijing)")
    assert answer["endpoint"] == "ec2.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        ("getAvailabilityZones", "allAvailabilityZones"),
        ("getAvailabilityZones", "region"),
        ("getCallerIdentity", "id"),
        ("getPartition", "id"),
        ("getRegion", "region"),
    ],
)
def test_an_argument_that_was_not_taught_is_refused(rig: Any, function: str, argument: str) -> None:
    with pytest.raises(RefusedError, match=f"{function}: .* not taught the argument {argument}"):
        call(rig, function, **{argument: "us-west-2"})


def test_arguments_left_out_are_no_arguments(rig: Any) -> None:
    assert call(rig, "getPartition", id=None)["partition"] == "aws"


def test_a_function_that_was_not_taught_is_refused(rig: Any) -> None:
    with pytest.raises(RefusedError, match="not taught the function aws:index/getIpRanges"):
        call(rig, "getIpRanges")


OFFERINGS = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"


def offered(rig: Any, *types: str) -> list[str]:
    arguments = {"locationType": "region", **filtered("instance-type", *types)}
    return sorted(rig.provider.invoke(OFFERINGS, arguments)["instanceTypes"])


def test_a_region_offers_some_instance_types_and_not_others(rig: Any) -> None:
    assert offered(rig, "m6i.large", "m6i.huge") == ["m6i.large"]
    assert offered(in_region(rig, "ap-southeast-4"), "m6i.large", "m7g.large") == ["m7g.large"]
    assert offered(in_region(rig, "cn-north-1"), "m6i.large") == ["m6i.large"]


def test_zones_offer_other_instance_types_than_their_region(rig: Any) -> None:
    def zones(there: Any, name: str) -> list[tuple[str, str]]:
        arguments = {"locationType": "availability-zone", **filtered("instance-type", name)}
        answer = there.provider.invoke(OFFERINGS, arguments)
        return sorted(zip(answer["locations"], answer["instanceTypes"], strict=True))

    assert zones(in_region(rig, "eu-west-3"), "g6.xlarge") == [
        ("eu-west-3b", "g6.xlarge"),
        ("eu-west-3c", "g6.xlarge"),
    ]
    china = zones(in_region(rig, "cn-north-1"), "p5.48xlarge")
    assert [zone for zone, _ in china] == ["cn-north-1a", "cn-north-1b"]


def test_offerings_take_no_other_filter(rig: Any) -> None:
    with pytest.raises(RefusedError, match="the filter location was not taught; it takes instance"):
        rig.provider.invoke(OFFERINGS, filtered("location", "us-east-1a"))
