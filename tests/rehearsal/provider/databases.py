"""What the tests of databases share: a network for them, and the inputs of a sound one."""

from typing import Any

INSTANCE = "aws:rds/instance:Instance"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"


def subnet_ids(cloud: Any, *zones: str) -> list[str]:
    """Make a VPC with one subnet a zone, given by its letter."""
    client = cloud.client("ec2")
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        client.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{cloud.region}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]


def inputs(rig: Any, **changes: Any) -> dict[str, Any]:
    """Return the inputs of a database as the product makes one."""
    subnets = subnet_ids(rig.cloud, "a", "b")
    group = rig.create(SUBNETS, "metaflow", subnetIds=subnets)
    client = rig.cloud.client("ec2")
    vpc = client.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    security_group = client.create_security_group(GroupName="db", Description="db", VpcId=vpc)
    parameters = rig.create(PARAMETERS, "metaflow", family="postgres17")
    return {
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "maxAllocatedStorage": 100,
        "storageType": "gp3",
        "storageEncrypted": True,
        "dbName": "metaflow",
        "username": "metaflow",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": group.id,
        "parameterGroupName": parameters.id,
        "vpcSecurityGroupIds": [security_group["GroupId"]],
        "backupRetentionPeriod": 7,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "Sun:05:00-Sun:06:00",
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "skipFinalSnapshot": True,
        **changes,
    }
