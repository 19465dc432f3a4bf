"""The rules of the network: ways out, endpoints, and what an adopted VPC leaves to set."""

from typing import Any

import pytest

from settings import SettingsError, parse
from tests.adopted_vpc import PRIVATE, PUBLIC, subnet

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/metaflow_metadata_service:v2.5.1"
CLOSED: dict[str, Any] = {
    "privateSubnets": True,
    "natGateways": "none",
    "interfaceEndpoints": True,
    "serviceImage": IMAGE,
}
SUBNETS = "allowed: 2 to 6 ids of subnets, each in another zone"
ATHENA = "com.amazonaws.us-east-1.athena"


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        parse(values)
    return [line.strip().rstrip(".") for line in str(refused.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {**CLOSED, "interfaceEndpoints": False},
            "natGateways is none without interfaceEndpoints, so that tasks and jobs reach nothing; "
            "allowed: none with interfaceEndpoints true",
        ),
        (
            {**CLOSED, "privateSubnets": False},
            "natGateways is none without privateSubnets; allowed: none with privateSubnets true",
        ),
        (
            {"extraEndpoints": [ATHENA]},
            "extraEndpoints is set without interfaceEndpoints; "
            "allowed: only together with interfaceEndpoints true",
        ),
        (
            {"interfaceEndpoints": True, "extraEndpoints": [ATHENA, ATHENA]},
            f"extraEndpoints is {ATHENA} more than once; allowed: each once",
        ),
        (
            {"jobEgressCidrs": ["10.0.0.0/8"]},
            "jobEgressCidrs is set without interfaceEndpoints, by which jobs then reach AWS; "
            "allowed: only together with interfaceEndpoints true",
        ),
        (
            {**CLOSED, "jobEgressCidrs": ["10.0.0.0/8"]},
            "jobEgressCidrs is set with natGateways none, which leaves no way out; "
            "allowed: nothing without a NAT gateway",
        ),
        (
            {**PUBLIC, "publicSubnetIds": []},
            f"publicSubnetIds is empty with vpcId; {SUBNETS}",
        ),
        (
            {**PRIVATE, "databaseSubnetIds": [subnet("database", "a")]},
            f"databaseSubnetIds is {subnet('database', 'a')}; {SUBNETS}",
        ),
        (
            {**PRIVATE, "databaseSubnetIds": [subnet("database", "a")] * 2},
            f"databaseSubnetIds is {', '.join([subnet('database', 'a')] * 2)}; {SUBNETS}",
        ),
        (
            {**PRIVATE, "publicSubnetIds": PUBLIC["publicSubnetIds"]},
            "publicSubnetIds is set with privateSubnets true; "
            "allowed: only where tasks run in such subnets",
        ),
        *(
            (
                {key: [subnet("database", "a"), subnet("database", "b")]},
                f"{key} is set without vpcId; allowed: only together with vpcId",
            )
            for key in ("publicSubnetIds", "privateSubnetIds", "databaseSubnetIds")
        ),
        (
            {"omittedEndpoints": ["s3"]},
            "omittedEndpoints is set without vpcId; allowed: only together with vpcId",
        ),
        *(
            (
                {**PRIVATE, key: value},
                f"{key} is {shown} with vpcId; allowed: nothing, since the VPC is there already",
            )
            for key, value, shown in (
                ("vpcCidr", "10.0.0.0/16", "10.0.0.0/16"),
                ("availabilityZoneCount", 3, "3"),
                ("availabilityZones", ["us-east-1a", "us-east-1b"], "us-east-1a, us-east-1b"),
                ("natGateways", "per-zone", "per-zone"),
            )
        ),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_what_does_not_fit_is_refused_in_one_line(values: dict[str, Any], problem: str) -> None:
    assert problems(values) == [problem]


@pytest.mark.parametrize(
    "image",
    [
        "netflixoss/metaflow_metadata_service:v2.5.1",
        "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1",
        "ghcr.io/outerbounds/service:1",
        "registry.example.com:5000/service:1",
        "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/service:1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example/service:1",
    ],
)
def test_an_image_that_no_endpoint_leads_to_is_refused(image: str) -> None:
    assert problems({**CLOSED, "serviceImage": image}) == [
        f"serviceImage is {image} with natGateways none, which leaves no way to its registry; "
        "allowed: an image in a private ECR repository of the stack's region"
    ]


@pytest.mark.parametrize(
    "values",
    [
        CLOSED,
        {**CLOSED, "extraEndpoints": [ATHENA]},
        {**CLOSED, "serviceImage": IMAGE.replace("us-east-1.amazonaws.com", "x.amazonaws.com.cn")},
        {"interfaceEndpoints": True},
        {"interfaceEndpoints": True, "jobEgressCidrs": ["10.0.0.0/8"]},
        {"privateSubnets": True},
        {"jobSecurityGroupIds": ["sg-12345678"]},
        PUBLIC,
        PRIVATE,
        {**PRIVATE, "jobEgressCidrs": ["10.0.0.0/8"], "omittedEndpoints": ["s3", "dynamodb"]},
        {**PRIVATE, "databaseSubnetIds": PRIVATE["privateSubnetIds"], "flowLogs": True},
    ],
    ids=lambda value: str(sorted(value))[:80],
)
def test_what_fits_is_taken(values: dict[str, Any]) -> None:
    assert parse(dict(values))
