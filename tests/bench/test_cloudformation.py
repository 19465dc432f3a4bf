"""The template that Checkov is measured on is equivalent to the prod stack."""

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from bench.comparison.cloudformation import UnmappedTypeError, logical_id, template
from bench.comparison.cloudformation_types import LEFT_OUT, PARTS, RESOURCES
from rehearsal.registrations import Registration
from tests.deployed import deploy_stack, only

REFERENCE = re.compile(r'(?:"Ref": "|"Fn::GetAtt": \["|\$\{)(?!AWS::)(\w+)')


def registrations() -> list[Registration]:
    return [one for one in deploy_stack("prod").registrations if one.custom]


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    made: dict[str, Any] = template(deploy_stack("prod").registrations)["Resources"]
    return made


def test_every_type_of_prod_is_in_one_table_and_no_other_type_is() -> None:
    tables = [*RESOURCES, *PARTS, *LEFT_OUT]
    assert Counter(tables) == Counter({one.type for one in registrations()})


def test_nothing_else_is_left_out_or_a_part() -> None:
    assert LEFT_OUT.keys() == {
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "pulumi:index:Stash",
    }
    assert all(LEFT_OUT.values())
    assert {token.rpartition(":")[2] for token in PARTS} == {
        "BucketLifecycleConfiguration",
        "BucketOwnershipControls",
        "BucketPublicAccessBlock",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
        "EventTarget",
        "Integration",
        "RestApiPolicy",
        "RolePolicyAttachment",
    }


def test_no_other_input_is_left_out() -> None:
    """Owners of parts apart: a part stands in its owner."""
    assert {
        (token.rpartition(":")[2], name)
        for token, one in RESOURCES.items()
        for name, written in one.names.items()
        if written is None
    } == {
        ("Bucket", "forceDestroy"),
        ("ComputeEnvironment", "namePrefix"),
        ("Deployment", "triggers"),
        ("Instance", "applyImmediately"),
        ("Instance", "finalSnapshotIdentifier"),
        ("Instance", "skipFinalSnapshot"),
        ("InstanceProfile", "tags"),
        ("InternetGateway", "vpcId"),
        ("LaunchTemplate", "tags"),
        ("LaunchTemplate", "updateDefaultVersion"),
        ("Listener", "tags"),
        ("Policy", "tags"),
        ("SecurityGroupEgressRule", "tags"),
        ("SecurityGroupIngressRule", "tags"),
        # CloudFormation always waits.
        ("Service", "waitForSteadyState"),
    }


def test_a_type_in_no_table_is_refused() -> None:
    stranger = dataclasses.replace(registrations()[0], type="aws:sns/topic:Topic")
    with pytest.raises(UnmappedTypeError, match=r"^aws:sns/topic:Topic is in no table"):
        template([stranger])


def test_as_many_of_each_type_as_in_prod(resources: dict[str, Any]) -> None:
    counted = Counter(one["Type"] for one in resources.values())
    wanted = Counter(RESOURCES[one.type].type for one in registrations() if one.type in RESOURCES)
    assert counted == wanted + Counter({"AWS::EC2::VPCGatewayAttachment": 1})


def test_every_part_is_a_property_of_its_owner(resources: dict[str, Any]) -> None:
    bucket = resources["MetaflowDatastoreBucketBucket"]["Properties"]
    assert set(bucket) == {
        "BucketEncryption",
        "LifecycleConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    }
    attached = [
        one["Properties"]["ManagedPolicyArns"]
        for one in resources.values()
        if "ManagedPolicyArns" in one["Properties"]
    ]
    assert sum(map(len, attached)) == len(
        deploy_stack("prod").of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    )
    assert resources["MetaflowGatewayMethodMethod"]["Properties"]["Integration"]["Type"] == (
        "HTTP_PROXY"
    )
    assert len(resources["MetaflowRotationRotatedEventRule"]["Properties"]["Targets"]) == 1
    assert "Policy" in resources["MetaflowGatewayApiRestApi"]["Properties"]


def test_every_reference_and_dependency_leads_to_another_resource(
    resources: dict[str, Any],
) -> None:
    for name, one in resources.items():
        found = {*REFERENCE.findall(json.dumps(one)), *one.get("DependsOn", ())}
        assert found <= set(resources) - {name}, name


def waited_for(resources: Mapping[str, Any], name: str) -> set[str]:
    """Return everything that CloudFormation makes before a resource."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = resources[waiting.pop()]
        more = {*REFERENCE.findall(json.dumps(one)), *one.get("DependsOn", ())} - found
        found |= more
        waiting += more
    return found


def test_whatever_the_program_waits_for_the_template_waits_for(
    resources: dict[str, Any],
) -> None:
    by_urn = {one.urn: one for one in registrations() if one.type in RESOURCES}
    orders = {
        (logical_id(later), logical_id(by_urn[urn]))
        for later in by_urn.values()
        # A role's trust names the rule that names the role.
        if later.type != "aws:iam/role:Role"
        for urn in later.dependencies
        if urn in by_urn
    }
    assert len(orders) > 200
    lacking = [
        (later, earlier)
        for later, earlier in sorted(orders)
        if earlier not in waited_for(resources, later)
    ]
    assert lacking == []


def test_what_is_waited_for_without_a_reference_is_named(resources: dict[str, Any]) -> None:
    service = resources["MetaflowServiceServiceService"]
    assert set(service["DependsOn"]) > {
        "MetaflowServiceListenerListener",
        "MetaflowServiceExecutionSecretRolePolicy",
        "MetaflowGroupsDatabaseFromServiceSecurityGroupIngressRule",
    }
    # The integration is a property of the method.
    deployment = resources["MetaflowGatewayDeploymentDeployment"]
    assert "MetaflowGatewayMethodMethod" in deployment["DependsOn"]
    # What leads to the internet waits until the gateway is attached, a resource of its own.
    assert resources["MetaflowNetPublicRoute"]["DependsOn"] == [
        "MetaflowNetInternetInternetGatewayAttachment"
    ]


def test_service_and_its_health_check(resources: dict[str, Any]) -> None:
    service = resources["MetaflowServiceServiceService"]["Properties"]
    assert service["DesiredCount"] == 2
    assert service["HealthCheckGracePeriodSeconds"] == 60
    assert service["DeploymentConfiguration"] == {
        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
    }
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert len(network["Subnets"]) == 3
    assert [one["ContainerPort"] for one in service["LoadBalancers"]] == [8080]
    group = resources["MetaflowServiceTgTargetGroup"]["Properties"]
    checked = {name: value for name, value in group.items() if "health" in name.lower()}
    assert {**checked, "Matcher": group["Matcher"]} == {
        "HealthCheckPath": "/ping",
        "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": "HTTP",
        "HealthCheckIntervalSeconds": 10,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
    }
    assert group["TargetGroupAttributes"] == [
        {"Key": "deregistration_delay.timeout_seconds", "Value": "15"},
        {"Key": "preserve_client_ip.enabled", "Value": "false"},
    ]


def test_no_placeholder_is_left(resources: dict[str, Any]) -> None:
    ids = [one.id for one in registrations()]
    text = json.dumps(resources)
    assert [one for one in ids if one in text] == []


def test_the_same_deployment_gives_the_same_template() -> None:
    backwards = list(reversed(deploy_stack("prod").registrations))
    made = template(deploy_stack("prod").registrations)
    assert json.dumps(template(backwards)) == json.dumps(made)


def test_database(resources: dict[str, Any]) -> None:
    database = resources["MetaflowDbInstanceInstance"]
    assert database["Type"] == "AWS::RDS::DBInstance"
    assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"
    found = database["Properties"]
    given = only(deploy_stack("prod"), "aws:rds/instance:Instance").inputs
    assert {
        name: found[name]
        for name in (
            "AllocatedStorage",
            "BackupRetentionPeriod",
            "DBSubnetGroupName",
            "DeletionProtection",
            "ManageMasterUserPassword",
            "MonitoringRoleArn",
            "MultiAZ",
            "PubliclyAccessible",
            "StorageEncrypted",
            "VPCSecurityGroups",
        )
    } == {
        "AllocatedStorage": str(given["allocatedStorage"]),
        "BackupRetentionPeriod": given["backupRetentionPeriod"],
        "DBSubnetGroupName": {"Ref": "MetaflowDbPostgresSubnetGroup"},
        "DeletionProtection": True,
        "ManageMasterUserPassword": True,
        "MonitoringRoleArn": {"Fn::GetAtt": ["MetaflowDbMonitoringRole", "Arn"]},
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "StorageEncrypted": True,
        "VPCSecurityGroups": [{"Ref": "MetaflowGroupsDatabaseSecurityGroup"}],
    }


def test_statements_are_the_ones_of_the_program(resources: dict[str, Any]) -> None:
    policy = resources["MetaflowServiceExecutionSecretRolePolicy"]["Properties"]
    assert policy["Roles"] == [{"Ref": "MetaflowServiceExecutionRole"}]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "ReadDatabasePassword",
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [
                {"Fn::GetAtt": ["MetaflowDbInstanceInstance", "MasterUserSecret.SecretArn"]}
            ],
        }
    ]


def test_an_address_inside_a_text(resources: dict[str, Any]) -> None:
    integration = resources["MetaflowGatewayMethodMethod"]["Properties"]["Integration"]
    assert integration["Uri"] == {
        "Fn::Sub": "http://${MetaflowServiceLbLoadBalancer.DNSName}/{proxy}"
    }


def test_security_group_rule(resources: dict[str, Any]) -> None:
    rule = resources["MetaflowGroupsDatabaseFromServiceSecurityGroupIngressRule"]
    assert rule == {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "Description": "From tasks of the metadata service",
            "FromPort": 5432,
            "GroupId": {"Ref": "MetaflowGroupsDatabaseSecurityGroup"},
            "IpProtocol": "tcp",
            "SourceSecurityGroupId": {"Ref": "MetaflowGroupsServiceSecurityGroup"},
            "ToPort": 5432,
        },
    }


def test_container(resources: dict[str, Any]) -> None:
    containers = resources["MetaflowServiceTaskTaskDefinition"]["Properties"][
        "ContainerDefinitions"
    ]
    service = next(one for one in containers if one["Name"] == "metadata-service")
    assert service["LogConfiguration"]["Options"]["awslogs-group"] == {
        "Ref": "MetaflowServiceLogLogGroup"
    }
    assert [one["Name"] for one in service["Secrets"]] == ["MF_METADATA_DB_PSWD"]
    assert {one["Name"] for one in service["Environment"]} >= {"MF_METADATA_DB_HOST"}
    assert service["DependsOn"] == [{"ContainerName": "migrations", "Condition": "SUCCESS"}]
    check = service["HealthCheck"]
    assert check["Command"][1].startswith("curl -fsS http://localhost:8080/healthcheck")
    assert (check["Interval"], check["Retries"]) == (10, 3)
