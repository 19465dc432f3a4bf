"""Resources of types that the stack does not have, and the faults that each may come with."""

import json
from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"


def _document(**elements: Any) -> str:
    statement = {"Effect": "Allow", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_NOTIFY = {
    "Action": "sqs:SendMessage",
    "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:added",
}

_SHELL = {"enableExecuteCommand": True}

ADDED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]] = {
    "aws:ecr/repository:Repository": (
        {
            "name": "added",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
        },
        {
            "tags that move": {"imageTagMutability": "MUTABLE"},
            "tags that move by default": {"imageTagMutability": None},
            "no scan": {"imageScanningConfiguration": {"scanOnPush": False}},
            "no scan by default": {"imageScanningConfiguration": None},
        },
    ),
    "aws:ecrpublic/repository:Repository": (
        {},
        {"a public repository": {"repositoryName": "added"}},
    ),
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
    "aws:rds/shardGroup:ShardGroup": (
        {"dbShardGroupIdentifier": "added", "publiclyAccessible": False},
        {
            "public": {"publiclyAccessible": True},
            "public by default": {"publiclyAccessible": None},
        },
    ),
    "aws:rds/proxy:Proxy": (
        {"engineFamily": "POSTGRESQL", "requireTls": True},
        {"without TLS": {"requireTls": False}, "without TLS by default": {"requireTls": None}},
    ),
    "aws:rds/globalCluster:GlobalCluster": (
        {"storageEncrypted": True, "deletionProtection": True},
        {"unencrypted": {"storageEncrypted": False}},
    ),
    "aws:dynamodb/tableReplica:TableReplica": (
        {"pointInTimeRecovery": True, "deletionProtectionEnabled": True},
        {
            "no recovery by default": {"pointInTimeRecovery": None},
            "deletable by default": {"deletionProtectionEnabled": None},
        },
    ),
    "aws:ec2/spotFleetRequest:SpotFleetRequest": (
        {"launchSpecifications": [{"rootBlockDevices": [{"encrypted": True}]}]},
        {
            "a public address": {
                "launchSpecifications": [
                    {
                        "associatePublicIpAddress": True,
                        "rootBlockDevices": [{"encrypted": True}],
                    }
                ]
            },
            "an unencrypted disk": {"launchSpecifications": [{}]},
        },
    ),
    "aws:ec2/eipAssociation:EipAssociation": (
        {"networkInterfaceId": "eni-1"},
        {"a public address": {"instanceId": "i-1"}},
    ),
    "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition": (
        {"containerDefinitions": [{"name": "agent", "privileged": False}]},
        {
            "privileged": {"containerDefinitions": [{"name": "agent", "privileged": True}]},
            "a secret by name": {
                "containerDefinitions": [
                    {"name": "agent", "secrets": [{"name": "KEY", "valueFrom": "key"}]}
                ]
            },
        },
    ),
    "aws:ecs/daemon:Daemon": ({"enableExecuteCommand": False}, {"a shell": _SHELL}),
    "aws:ecs/expressGatewayService:ExpressGatewayService": (
        {"primaryContainer": {"environments": [{"name": "STAGE", "value": "api"}]}},
        {
            "a password": {
                "primaryContainer": {
                    "environments": [{"name": "DB_PASSWORD", "value": "correct-horse"}]
                }
            }
        },
    ),
    "aws:pipes/pipe:Pipe": (
        {"targetParameters": {"ecsTaskParameters": {"enableExecuteCommand": False}}},
        {
            "a shell": {"targetParameters": {"ecsTaskParameters": _SHELL}},
            "a password": {
                "targetParameters": {
                    "inputTemplate": json.dumps(
                        {
                            "containerOverrides": [
                                {"environment": [{"name": "DB_PASSWORD", "value": "correct"}]}
                            ]
                        }
                    )
                }
            },
        },
    ),
    "aws:ec2/managedPrefixList:ManagedPrefixList": (
        {"entries": [{"cidr": "10.0.0.0/8"}]},
        {"the world": {"entries": [{"cidr": "0.0.0.0/0"}]}},
    ),
    "aws:apigatewayv2/api:Api": (
        {"protocolType": "HTTP", "body": "security: [{key: []}]\npaths: {/: {get: {}}}"},
        {"nobody is asked": {"body": "paths:\n  /:\n    get: {}\n"}},
    ),
    "aws:apigatewayv2/domainName:DomainName": (
        {"domainName": "a.b", "domainNameConfiguration": {"securityPolicy": "TLS_1_2"}},
        {"an old TLS": {"domainNameConfiguration": {"securityPolicy": "TLS_1_0"}}},
    ),
    "aws:wafv2/webAcl:WebAcl": (
        {
            "defaultAction": {"allow": {}},
            "rules": [{"statement": {"geoMatchStatement": {}}, "action": {"block": {}}}],
        },
        {
            "it only counts": {
                "rules": [{"statement": {"geoMatchStatement": {}}, "action": {"count": {}}}]
            }
        },
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
        {"a shell": _SHELL},
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
            "its host": {
                "containerProperties": json.dumps(
                    {"volumes": [{"name": "host", "host": {"sourcePath": "/"}}]}
                )
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
