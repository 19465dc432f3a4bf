"""Faults of Metaflow's other deployments that Checkov, cfn-lint and cloudsplaining do not report.

Each is written down as small as it stands in them, with the rules of both packs that must find it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy

from rules import least_privilege_iam, private_data
from tests.policies.harness import judge, judge_stack
from tests.policies.iam.policy_documents import ROLE, ROLE_POLICY
from tests.policies.small_stack import Small

RULES = [*least_privilege_iam.POLICIES, *private_data.POLICIES]
ECS_TASKS = {"Service": "ecs-tasks.amazonaws.com"}


def _document(statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _role(stack: Small, *documents: Any, trust: Mapping[str, Any] | None = None) -> None:
    """Add a role and its inline policies, each from its `Statement`."""
    account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assumed = {"Effect": "Allow", "Principal": ECS_TASKS, "Action": "sts:AssumeRole"}
    trusted = trust or {**assumed, "Condition": account}
    stack.add(ROLE, "worker", name="worker", assumeRolePolicy=_document([trusted]))
    for number, statements in enumerate(documents):
        stack.add(ROLE_POLICY, f"policy-{number}", role="worker", policy=_document(statements))


def database_in_public_subnets(stack: Small) -> None:
    vpc = stack.add("aws:ec2/vpc:Vpc", "vpc")
    gateway = stack.add("aws:ec2/internetGateway:InternetGateway", "gateway", vpcId=vpc)
    table = stack.add("aws:ec2/routeTable:RouteTable", "table", vpcId=vpc)
    route = {"destinationCidrBlock": "0.0.0.0/0", "routeTableId": table, "gatewayId": gateway}
    stack.add("aws:ec2/route:Route", "out", **route)
    subnet = stack.add("aws:ec2/subnet:Subnet", "subnet", vpcId=vpc)
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    stack.add(association, "at", subnetId=subnet, routeTableId=table)
    group = stack.add("aws:rds/subnetGroup:SubnetGroup", "group", subnetIds=[subnet])
    stack.add("aws:rds/instance:Instance", "database", dbSubnetGroupName=group, engine="postgres")


def public_fargate_service(stack: Small) -> None:
    network = {"subnets": ["subnet-1"], "assignPublicIp": True}
    stack.add("aws:ecs/service:Service", "service", networkConfiguration=network)


def port_of_the_service_open_to_the_world(stack: Small) -> None:
    ingress = {"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "cidrBlocks": ["0.0.0.0/0"]}
    stack.add("aws:ec2/securityGroup:SecurityGroup", "service", ingress=[ingress])


def database_password_as_a_plain_value(stack: Small) -> None:
    password = {"name": "MF_METADATA_DB_PSWD", "value": "correct-horse-battery"}
    containers = [{"name": "service", "image": "service:1", "environment": [password]}]
    task = "aws:ecs/taskDefinition:TaskDefinition"
    stack.add(task, "service", containerDefinitions=json.dumps(containers))


def database_without_tls(stack: Small) -> None:
    stack.add("aws:rds/instance:Instance", "database", engine="postgres", engineVersion="11")


def trust_without_a_condition(stack: Small) -> None:
    trust = {"Effect": "Allow", "Principal": ECS_TASKS, "Action": "sts:AssumeRole"}
    _role(stack, trust=trust)


PASS_ANY = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "*",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}
TRAIN = {
    "Effect": "Allow",
    "Action": "sagemaker:CreateTrainingJob",
    "Resource": "arn:aws:sagemaker:us-east-1:123456789012:training-job/metaflow-*",
}


def any_role_passed_to_training(stack: Small) -> None:
    _role(stack, [PASS_ANY, TRAIN])


def statement_that_is_a_mapping(stack: Small) -> None:
    _role(stack, {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


def escalation_over_two_policies(stack: Small) -> None:
    _role(stack, [PASS_ANY], [TRAIN])


MISSED: Mapping[str, tuple[Callable[[Small], None], set[str]]] = {
    "a database in public subnets with PubliclyAccessible unset": (
        database_in_public_subnets,
        {"rds-not-public", "rds-subnets-isolated"},
    ),
    "public addresses of Fargate services": (public_fargate_service, {"ecs-no-public-address"}),
    "open ports other than 22, 80 and 3389": (
        port_of_the_service_open_to_the_world,
        {"sg-no-world-ingress"},
    ),
    "the database password as a plain environment value": (
        database_password_as_a_plain_value,
        {"container-no-secrets-in-environment"},
    ),
    "TLS to the database not required": (database_without_tls, {"rds-tls-required"}),
    "trust policies without conditions": (trust_without_a_condition, {"iam-confused-deputy"}),
    "PassRole on * together with CreateTrainingJob": (
        any_role_passed_to_training,
        {"iam-pass-role-named", "iam-no-privilege-escalation"},
    ),
    "documents whose Statement is a mapping": (
        statement_that_is_a_mapping,
        {"iam-no-wildcard-actions", "iam-no-data-exfiltration", "iam-writes-bounded"},
    ),
    "a role's policies looked at apart": (
        escalation_over_two_policies,
        {"iam-no-privilege-escalation"},
    ),
}


def found(stack: Small) -> set[str]:
    """Return the names of the rules, of both packs, that a stack violates."""
    names = set()
    for rule in RULES:
        if isinstance(rule, StackValidationPolicy):
            violated = bool(judge_stack(rule, stack.resources).violations)
        else:
            violated = _violated(rule, stack)
        names |= {rule.name} if violated else set()
    return names


def _violated(rule: ResourceValidationPolicy, stack: Small) -> bool:
    return any(judge(rule, one.resource_type, one.props).violations for one in stack.resources)


@pytest.mark.parametrize("fault", MISSED)
def test_a_rule_finds_what_scanners_miss(fault: str) -> None:
    make, expected = MISSED[fault]
    stack = Small()
    make(stack)
    assert expected <= found(stack)


def test_a_sound_role_has_none_of_these_faults() -> None:
    stack = Small()
    _role(stack, [TRAIN])
    assert found(stack) == set()
