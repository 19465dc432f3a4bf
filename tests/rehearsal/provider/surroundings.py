"""What roles, containers and queues stand on in the tests, made past the provider."""

import json
from dataclasses import dataclass
from typing import Any

from rehearsal.provider import Cloud

TASKS_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@dataclass(frozen=True)
class Network:
    """A VPC with a subnet in each of two zones, a second subnet in the first, and a group."""

    vpc: str
    subnets: list[str]
    same_zone: str
    group: str


def network(cloud: Cloud) -> Network:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.0.{index}.0/24",
            AvailabilityZone=f"{cloud.region}{zone}",
        )["Subnet"]["SubnetId"]
        for index, zone in enumerate("aba")
    ]
    group = ec2.create_security_group(GroupName="test", Description="test", VpcId=vpc)
    return Network(vpc, subnets[:2], subnets[2], group["GroupId"])


def role(cloud: Cloud, name: str) -> str:
    answer = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TASKS_TRUST)
    return str(answer["Role"]["Arn"])


def instance_profile(cloud: Cloud, name: str) -> str:
    answer: Any = cloud.client("iam").create_instance_profile(InstanceProfileName=name)
    return str(answer["InstanceProfile"]["Arn"])
