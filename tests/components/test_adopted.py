"""A stack that uses bucket, key, database and role of somebody else's."""

import json
from typing import Any

import pytest

from rehearsal.mocks import Deployment, DeploymentError
from rehearsal.registrations import Registration
from tests import deployed, placeholder
from tests.components.grants import granted
from tests.deployed import ADOPTED, ADOPTED_DATABASE
from tests.placeholder import KEY, PlaceholderProvider

TASK = "aws:ecs/taskDefinition:TaskDefinition"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
NOT_MADE = ("aws:s3/", "aws:kms/", "aws:rds/", "aws:secretsmanager/", "aws:sfn/", "metaflow:index:")
SECRET = ADOPTED["dbSecretArn"]


@pytest.fixture(scope="module")
def stack() -> Deployment:
    return deployed.deploy_stack("dev", **ADOPTED)


def names(deployment: Deployment, *prefixes: str) -> set[str]:
    return {one.type for one in deployment.registrations if one.type.startswith(prefixes)}


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_nothing_of_what_is_adopted_is_made(name: str) -> None:
    found = names(deployed.deploy_stack(name, **ADOPTED), *NOT_MADE)
    assert not any(one.startswith(NOT_MADE[:-1]) for one in found)
    assert found.isdisjoint(
        f"metaflow:index:{one}" for one in ("Datastore", "MetadataDatabase", "PasswordRotation")
    )


def test_the_outputs_name_what_is_adopted(stack: Deployment) -> None:
    expected = {
        "bucketName": "flows-of-years",
        "bucketKeyArn": ADOPTED["datastoreKmsKeyArn"],
        "datastoreRoot": "s3://flows-of-years/metaflow",
        "datatoolsRoot": "s3://flows-of-years/data",
        "databaseEndpoint": ADOPTED["dbHost"],
        "databaseSecretArn": SECRET,
        "userRoleArn": ADOPTED["userRoleArn"],
    }
    assert stack.outputs.items() >= expected.items()


def test_the_service_reads_user_and_password_from_the_secret(stack: Deployment) -> None:
    for container in json.loads(deployed.inputs(stack, TASK)["containerDefinitions"]):
        environment = {one["name"]: one["value"] for one in container["environment"]}
        assert environment["MF_METADATA_DB_HOST"] == ADOPTED["dbHost"]
        assert environment["MF_METADATA_DB_PORT"] == "5432"
        assert environment["MF_METADATA_DB_SSL_MODE"] == "require"
        assert "MF_METADATA_DB_USER" not in environment
        assert container["secrets"] == [
            {"name": "MF_METADATA_DB_PSWD", "valueFrom": f"{SECRET}:password::"},
            {"name": "MF_METADATA_DB_USER", "valueFrom": f"{SECRET}:username::"},
        ]


def test_grants_are_on_what_is_adopted(stack: Deployment) -> None:
    found = granted(stack)
    objects = [f"arn:aws:s3:::flows-of-years/{one}/*" for one in ("metaflow", "data")]
    for role in ("metaflow-users-policy", "metaflow-compute-job"):
        assert found[role]["DatastoreObjects"][1] == objects
        assert found[role]["DatastoreKey"][1] == [ADOPTED["datastoreKmsKeyArn"]]
    execution = found["metaflow-service-execution"]
    assert execution["ReadDatabasePassword"][1] == [SECRET]
    assert "DecryptSecret" not in execution


def test_a_secret_with_a_key_can_be_decrypted_through_secrets_manager_alone() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/of-secrets"
    found = granted(deployed.deploy_stack("dev", **ADOPTED, dbSecretKmsKeyArn=key))
    assert found["metaflow-service-execution"]["DecryptSecret"] == (
        ["kms:Decrypt"],
        [key],
        {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
    )


@pytest.mark.parametrize(
    ("settings", "peer"),
    [
        (ADOPTED, {"referencedSecurityGroupId": ADOPTED["dbSecurityGroupId"]}),
        (
            {**ADOPTED, "dbSecurityGroupId": "", "dbCidr": "10.1.0.0/16", "dbPort": 6543},
            {"cidrIpv4": "10.1.0.0/16"},
        ),
    ],
    ids=["by group", "by network"],
)
def test_only_the_service_is_let_out_to_the_database(
    settings: dict[str, Any], peer: dict[str, str]
) -> None:
    stack = deployed.deploy_stack("dev", **settings)
    port = settings.get("dbPort", 5432)
    to_port = [one for one in stack.of_type(EGRESS) if one.inputs.get("fromPort") == port]
    assert [one.name for one in to_port] == ["metaflow-groups-service-to-database"]
    assert {key: to_port[0].inputs.get(key) for key in peer} == peer
    assert to_port[0].inputs["securityGroupId"] == "SecurityGroup:metaflow-groups-service.id"
    service = deployed.only(stack, "aws:ecs/service:Service")
    assert to_port[0].urn in service.dependencies


def test_the_policies_are_attached_to_the_role_and_nothing_else_of_it_is_touched(
    stack: Deployment,
) -> None:
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    attached = {one.inputs["policyArn"]: one.inputs["role"] for one in stack.of_type(token)}
    assert attached == dict.fromkeys(stack.outputs["userPolicyArns"], "scientists")
    roles = {one.name for one in stack.of_type("aws:iam/role:Role")}
    assert "metaflow-users-role" not in roles


def test_a_key_of_yours_encrypts_the_stacks_bucket() -> None:
    key = ADOPTED["datastoreKmsKeyArn"]
    stack = deployed.deploy_stack("dev", datastoreKmsKeyArn=key)
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    [rule] = deployed.inputs(stack, token)["rules"]
    assert rule == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key},
        "bucketKeyEnabled": True,
    }
    assert names(stack, "aws:kms/") == set()
    assert stack.outputs["bucketKeyArn"] == key


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"enabled": False, "keyState": "PendingDeletion"}, "is PendingDeletion, not Enabled"),
        ({"keySpec": "RSA_2048"}, "is RSA_2048; S3 and Secrets Manager take symmetric"),
    ],
    ids=["key disabled", "key asymmetric"],
)
def test_what_cannot_be_used_stops_before_anything_is_registered(
    answers: dict[str, Any],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placeholder, "KEY", {**KEY, **answers})
    registered: list[Registration] = []
    with pytest.raises(DeploymentError, match=words):
        deployed.run(
            "dev",
            PlaceholderProvider(),
            settings=ADOPTED,
            on_resource=registered.append,
        )
    assert {one.type for one in registered} <= {"pulumi:pulumi:Stack"}


def test_a_database_of_the_stacks_has_its_own_group_again() -> None:
    groups = {
        one.name
        for one in deployed.deploy_stack("dev").of_type("aws:ec2/securityGroup:SecurityGroup")
    }
    without = {
        one.name
        for one in deployed.deploy_stack("dev", **ADOPTED_DATABASE).of_type(
            "aws:ec2/securityGroup:SecurityGroup"
        )
    }
    assert groups - without == {"metaflow-groups-database"}
