"""Faults that come with resources which the stack does not have."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.policies.mutants.mutant import Mutant, Recorded, label, new

ACCOUNT = "123456789012"


def lone_cluster(stack: Recorded) -> Iterator[Mutant]:
    """Yield the mutant that gets an Aurora cluster with one instance."""
    database = next(one for one in stack if one.type == "aws:rds/instance:Instance")
    cluster = new(
        "aws:rds/cluster:Cluster",
        "added",
        {
            "engine": "aurora-postgresql",
            "engineVersion": "17.4",
            "dbSubnetGroupName": database.inputs["dbSubnetGroupName"],
            "dbClusterParameterGroupName": "added-parameters",
            "vpcSecurityGroupIds": database.inputs["vpcSecurityGroupIds"],
            "storageEncrypted": True,
            "backupRetentionPeriod": 7,
            "deletionProtection": True,
            "manageMasterUserPassword": True,
            "skipFinalSnapshot": False,
            "finalSnapshotIdentifier": "final",
        },
        database,
    )
    parameters = new(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "added-parameters",
        {
            "name": "added-parameters",
            "family": "aurora-postgresql17",
            "parameters": [{"name": "rds.force_ssl", "value": "1"}],
        },
        database,
    )
    instance = new(
        "aws:rds/clusterInstance:ClusterInstance",
        "added-1",
        {
            "clusterIdentifier": cluster.id,
            "engine": "aurora-postgresql",
            "publiclyAccessible": False,
        },
        database,
    )
    yield Mutant("add a lone instance", "of a cluster", added=(cluster, parameters, instance))


def added_resources(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each fault of each resource in the table below."""
    like = next(one for one in stack if one.type == "aws:s3/bucket:Bucket")
    for token, (sound, faults) in ADDED.items():
        for what, change in faults.items():
            inputs = {**sound, **change}
            kept = {key: value for key, value in inputs.items() if value is not None}
            added = new(token, "added", kept, like)
            yield Mutant("add a resource", f"{label(added)}: {what}", added=(added,))


def sound_resources(stack: Recorded) -> Iterator[Mutant]:
    """Yield, for comparison, the stack with each of those resources without a fault."""
    like = next(one for one in stack if one.type == "aws:s3/bucket:Bucket")
    for token, (sound, _) in ADDED.items():
        if sound:
            added = new(token, "added", sound, like)
            yield Mutant("add a sound resource", label(added), added=(added,))


def _document(**elements: Any) -> str:
    statement = {"Effect": "Allow", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_NOTIFY = {
    "Action": "sqs:SendMessage",
    "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:added",
}

ADDED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]] = {
    "aws:iam/accessKey:AccessKey": ({}, {"a key": {"user": "ada"}}),
    "aws:iam/userPolicy:UserPolicy": (
        {},
        {
            "a policy of a user": {
                "user": "ada",
                "policy": _document(Action="s3:GetObject", Resource="arn:aws:s3:::bucket/a/*"),
            }
        },
    ),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": (
        {},
        {"an attachment": {"user": "ada", "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/a"}},
    ),
    "aws:sqs/queuePolicy:QueuePolicy": (
        {
            "queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/added",
            "policy": _document(
                Principal={"Service": "sns.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t"}},
                **_NOTIFY,
            ),
        },
        {
            "everybody": {"policy": _document(Principal="*", **_NOTIFY)},
            "everybody but one": {
                "policy": _document(NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **_NOTIFY)
            },
            "any service's call": {
                "policy": _document(Principal={"Service": "sns.amazonaws.com"}, **_NOTIFY)
            },
            "another account": {
                "policy": _document(Principal={"AWS": "arn:aws:iam::999999999999:root"}, **_NOTIFY)
            },
        },
    ),
    "aws:lambda/permission:Permission": (
        {
            "action": "lambda:InvokeFunction",
            "function": "added",
            "principal": "s3.amazonaws.com",
            "sourceAccount": ACCOUNT,
        },
        {
            "any bucket": {"sourceAccount": None},
            "everybody": {"principal": "*", "sourceAccount": None},
        },
    ),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": (
        {},
        {
            "all that there is": {
                "vpcEndpointId": "vpce-1",
                "policy": _document(Principal="*", Action="*", Resource="*"),
            }
        },
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": (
        {
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/notebook",
            "instanceType": "ml.t3.medium",
            "subnetId": "subnet-1",
            "securityGroups": ["sg-1"],
            "directInternetAccess": "Disabled",
            "rootAccess": "Disabled",
            "kmsKeyId": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k",
            "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
        },
        {
            "direct internet": {"directInternetAccess": "Enabled"},
            "direct internet by default": {"directInternetAccess": None},
            "root": {"rootAccess": "Enabled"},
            "root by default": {"rootAccess": None},
            "no VPC": {"subnetId": None},
            "IMDSv1": {"instanceMetadataServiceConfiguration": None},
        },
    ),
    "aws:ebs/volume:Volume": (
        {"availabilityZone": "us-east-1a", "size": 8, "encrypted": True},
        {"unencrypted": {"encrypted": False}, "unencrypted by default": {"encrypted": None}},
    ),
    "aws:ec2/instance:Instance": (
        {
            "ami": "ami-1",
            "instanceType": "t3.micro",
            "associatePublicIpAddress": False,
            "metadataOptions": {"httpTokens": "required"},
            "rootBlockDevice": {"encrypted": True},
        },
        {
            "a public address": {"associatePublicIpAddress": True},
            "IMDSv1": {"metadataOptions": {"httpTokens": "optional"}},
            "an unencrypted disk": {"rootBlockDevice": {"encrypted": False}},
        },
    ),
    "aws:lambda/functionUrl:FunctionUrl": (
        {"functionName": "added", "authorizationType": "AWS_IAM"},
        {"nobody is asked": {"authorizationType": "NONE"}},
    ),
    "aws:apigatewayv2/route:Route": (
        {"apiId": "api", "routeKey": "GET /", "authorizationType": "AWS_IAM"},
        {"nobody is asked": {"authorizationType": "NONE"}},
    ),
    "aws:lambda/function:Function": (
        {"role": f"arn:aws:iam::{ACCOUNT}:role/r", "environment": {"variables": {"STAGE": "api"}}},
        {"a password": {"environment": {"variables": {"DB_PASSWORD": "correct-horse"}}}},
    ),
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": (
        {
            "associatePublicIpAddress": False,
            "metadataOptions": {"httpTokens": "required"},
            "rootBlockDevice": {"encrypted": True},
        },
        {"a key in its user data": {"userData": "export AWS_ACCESS_KEY_ID=AKIAQWERTYUIOPASDFGH\n"}},
    ),
    "aws:sqs/queue:Queue": (
        {"sqsManagedSseEnabled": True},
        {"unencrypted": {"sqsManagedSseEnabled": False}},
    ),
    "aws:sns/topic:Topic": (
        {"kmsMasterKeyId": "alias/aws/sns"},
        {"unencrypted": {"kmsMasterKeyId": None}},
    ),
    "aws:ssm/parameter:Parameter": (
        {"name": "/added/db/password", "type": "SecureString", "value": "correct-horse"},
        {"in clear": {"type": "String"}},
    ),
    "aws:apigateway/methodSettings:MethodSettings": (
        {"restApi": "api", "methodPath": "*/*", "settings": {"dataTraceEnabled": False}},
        {"bodies in the log": {"settings": {"dataTraceEnabled": True}}},
    ),
    "aws:ecs/service:Service": (
        {
            "networkConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": False},
            "enableExecuteCommand": False,
        },
        {"a shell": {"enableExecuteCommand": True}},
    ),
    "aws:efs/fileSystem:FileSystem": (
        {"encrypted": True},
        {"unencrypted": {"encrypted": False}},
    ),
    "aws:s3/bucketAclV2:BucketAclV2": (
        {"bucket": "metaflow-datastore-bucket", "acl": "private"},
        {"public": {"acl": "public-read"}},
    ),
    "aws:batch/jobDefinition:JobDefinition": (
        {
            "type": "container",
            "containerProperties": json.dumps({"image": "python:3.11", "command": ["true"]}),
        },
        {
            "privileged": {
                "containerProperties": json.dumps({"image": "python:3.11", "privileged": True})
            },
            "a public address": {
                "containerProperties": json.dumps(
                    {
                        "image": "python:3.11",
                        "networkConfiguration": {"assignPublicIp": "ENABLED"},
                    }
                )
            },
            "a password": {
                "containerProperties": json.dumps(
                    {
                        "image": "python:3.11",
                        "environment": [{"name": "DB_PASSWORD", "value": "correct-horse"}],
                    }
                )
            },
        },
    ),
}
"""For each type that the stack has not: inputs without a fault, and what makes each fault."""
