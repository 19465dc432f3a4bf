"""What Outerbounds' template and module make, in an emulated AWS, with the listings of it.

Shapes: `aws/cloudformation/metaflow-cfn-template.yml` of outerbounds/metaflow-tools (d24572c), and
`modules/datastore`, `modules/step-functions` of outerbounds/terraform-aws-metaflow v0.12.1.
"""

import json
from typing import Any

from rehearsal.provider import Cloud

ARTIFACT = {"Key": "metaflow/OldFlow/1/start/1/artifact", "Body": b"of years"}
ITEM = {"pathspec": {"S": "sfn-1"}, "parent_task_ids_for_foreach_join": {"SS": ["1", "2"]}}
SECRET_VALUE = {"username": "master", "password": "of-theirs"}


def _groups(cloud: Cloud, name: str) -> tuple[str, str]:
    """Make a security group and a subnet group; return the id and the name."""
    client = cloud.client("ec2")
    subnets = client.describe_subnets()["Subnets"][:2]
    group = client.create_security_group(
        GroupName=name, Description="Security Group for RDS", VpcId=subnets[0]["VpcId"]
    )
    cloud.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name,
        DBSubnetGroupDescription="DBSubnetGroup for RDS instances",
        SubnetIds=[one["SubnetId"] for one in subnets],
    )
    return group["GroupId"], name


def _bucket(cloud: Cloud, name: str, encryption: dict[str, str]) -> None:
    client = cloud.client("s3")
    client.create_bucket(Bucket=name, ACL="private")
    client.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": encryption}]
        },
    )
    client.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    client.put_object(Bucket=name, **ARTIFACT)


def _table(cloud: Cloud, name: str, **more: Any) -> None:
    client = cloud.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pathspec", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pathspec", "KeyType": "HASH"}],
        **more,
    )
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True}
    )
    client.put_item(TableName=name, Item=ITEM)


def secret(cloud: Cloud) -> str:
    """Keep user and password of the database; return the secret's ARN."""
    answer = cloud.client("secretsmanager").create_secret(
        Name="MyRDSSecret", SecretString=json.dumps(SECRET_VALUE)
    )
    return str(answer["ARN"])


def by_cloudformation(cloud: Cloud) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make what the template makes; return what lists the stack, and the databases."""
    group, subnets = _groups(cloud, "others-dbsubnetgroup")
    _bucket(cloud, "others-metaflows3bucket-1abc", {"SSEAlgorithm": "AES256"})
    _table(cloud, "others-StepFunctionsStateDDB-1ABC")
    client = cloud.client("rds")
    client.create_db_instance(
        DBInstanceIdentifier="others-rdsmasterinstance-1abc",
        DBName="metaflow",
        AllocatedStorage=20,
        DBInstanceClass="db.t3.small",
        StorageType="gp2",
        Engine="postgres",
        EngineVersion="16.9",
        MasterUsername=SECRET_VALUE["username"],
        MasterUserPassword=SECRET_VALUE["password"],
        VpcSecurityGroupIds=[group],
        DBSubnetGroupName=subnets,
    )
    made = {
        ("MetaflowS3Bucket", "AWS::S3::Bucket"): "others-metaflows3bucket-1abc",
        ("StepFunctionsStateDDB", "AWS::DynamoDB::Table"): "others-StepFunctionsStateDDB-1ABC",
        ("RDSMasterInstance", "AWS::RDS::DBInstance"): "others-rdsmasterinstance-1abc",
        ("MyRDSSecret", "AWS::SecretsManager::Secret"): secret(cloud),
        ("JobQueue", "AWS::Batch::JobQueue"): "arn:aws:batch:us-east-1:123456789012:job-queue/q",
    }
    listing = {
        "StackResources": [
            {
                "StackName": "others",
                "LogicalResourceId": logical,
                "ResourceType": kind,
                "PhysicalResourceId": physical,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for (logical, kind), physical in made.items()
        ]
    }
    databases = client.describe_db_instances()["DBInstances"]
    return listing, {"DBInstances": json.loads(json.dumps(databases, default=str))}


def by_terraform(cloud: Cloud) -> dict[str, Any]:
    """Make what the module makes; return the state as Terraform shows it."""
    group, subnets = _groups(cloud, "metaflowmain")
    keys = [cloud.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[0]}
    _bucket(cloud, "metaflows3", encryption)
    _table(cloud, "metaflowstep_functions_state", SSESpecification={"Enabled": True})
    client = cloud.client("rds")
    client.create_db_instance(
        DBInstanceIdentifier="metaflowmetaflow",
        DBName="metaflow",
        AllocatedStorage=20,
        MaxAllocatedStorage=1000,
        DBInstanceClass="db.t3.small",
        StorageType="gp2",
        StorageEncrypted=True,
        KmsKeyId=keys[1],
        Engine="postgres",
        EngineVersion="11.22-rds.20241121",
        MasterUsername=SECRET_VALUE["username"],
        MasterUserPassword=SECRET_VALUE["password"],
        MultiAZ=True,
        VpcSecurityGroupIds=[group],
        DBSubnetGroupName=subnets,
    )
    instance = client.describe_db_instances(DBInstanceIdentifier="metaflowmetaflow")
    endpoint = instance["DBInstances"][0]["Endpoint"]
    return state(
        {
            "module.metaflow-datastore.aws_s3_bucket.this": {"bucket": "metaflows3"},
            "module.metaflow-datastore.aws_kms_key.s3": {"arn": keys[0]},
            "module.metaflow-datastore.aws_kms_key.rds": {"arn": keys[1]},
            "module.metaflow-datastore.aws_db_instance.this[0]": {
                "identifier": "metaflowmetaflow",
                "address": endpoint["Address"],
                "port": endpoint["Port"],
                "db_name": "metaflow",
                "engine_version": "11",
                "engine_version_actual": "11.22-rds.20241121",
                "storage_encrypted": True,
                "vpc_security_group_ids": [group],
            },
            "module.metaflow-step-functions.aws_dynamodb_table.step_functions_state_table[0]": {
                "name": "metaflowstep_functions_state"
            },
        }
    )


def state(resources: dict[str, dict[str, Any]], root: str = "module.metaflow") -> dict[str, Any]:
    """Return resources by their addresses below a module as `terraform show -json` prints them."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for address, values in resources.items():
        module = ".".join(address.split(".")[:2])
        full = f"{root}.{address}" if root else address
        modules.setdefault(module, []).append({"address": full, "values": values})
    children = [
        {"address": f"{root}.{module}", "resources": made} for module, made in modules.items()
    ]
    within = {"child_modules": [{"address": root, "child_modules": children}]}
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.8",
        "values": {"root_module": within if root else {"child_modules": children}},
    }
