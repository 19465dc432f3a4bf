"""The deployed program as the tests of the password rotation see and change it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import boto3

from rehearsal import password_rotation
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.provider import Cloud
from rehearsal.provider.cloud import ADMINISTRATOR
from rehearsal.registrations import Registration
from rehearsal.stage import Stage as EmulatedStage
from tests.rehearsal.standing import deployed

ACCOUNT = "123456789012"


@dataclass
class Stage:
    """The deployed program, with what the rotation passes through."""

    cloud: Cloud
    authorizer: Authorizer
    registrations: list[Registration]

    def only(self, token: str) -> dict[str, Any]:
        [found] = [one.outputs for one in self.registrations if one.type == token]
        return dict(found)

    @property
    def rule(self) -> dict[str, Any]:
        return self.only("aws:cloudwatch/eventRule:EventRule")

    @property
    def target(self) -> dict[str, Any]:
        return self.only("aws:cloudwatch/eventTarget:EventTarget")

    @property
    def machine(self) -> dict[str, Any]:
        return self.only("aws:sfn/stateMachine:StateMachine")

    @property
    def service(self) -> dict[str, Any]:
        return self.only("aws:ecs/service:Service")

    @property
    def secret(self) -> str:
        database = self.only("aws:rds/instance:Instance")
        return str(database["masterUserSecrets"][0]["secretArn"])

    def problems(self, registrations: Iterable[Registration] | None = None) -> list[str]:
        """Rotate; `registrations` stand for another program's."""
        return password_rotation.rehearse(
            self.cloud, self.authorizer, registrations or self.registrations
        )

    def deployments(self) -> list[Any]:
        answer = self.cloud.client("ecs").describe_services(
            cluster=self.service["cluster"], services=[self.service["arn"]]
        )
        return list(answer["services"][0]["deployments"])

    def value(self, version_stage: str = "AWSCURRENT") -> dict[str, str]:
        answer = self.cloud.client("secretsmanager").get_secret_value(
            SecretId=self.secret, VersionStage=version_stage
        )
        return dict(json.loads(answer["SecretString"]))

    def put_pattern(self, pattern: Any) -> None:
        self.cloud.client("events").put_rule(
            Name=self.rule["name"], EventPattern=json.dumps(pattern)
        )

    def take_role_from_target(self) -> None:
        """Put the target without a role, which AWS and the cloud's strict clients refuse."""
        lenient = boto3.client(
            "events",
            region_name=self.cloud.region,
            endpoint_url=self.cloud.endpoint,
            aws_access_key_id=ADMINISTRATOR,
            aws_secret_access_key=ADMINISTRATOR,
        )
        target = {"Id": self.target["targetId"], "Arn": self.target["arn"]}
        lenient.put_targets(Rule=self.rule["name"], Targets=[target])

    def define(self, change: Callable[[dict[str, Any]], None]) -> None:
        definition = json.loads(self.machine["definition"])
        change(definition["States"]["Redeploy"]["Parameters"])
        self.cloud.client("stepfunctions").update_state_machine(
            stateMachineArn=self.machine["arn"], definition=json.dumps(definition)
        )


def deploy(stands: EmulatedStage) -> Stage:
    """Deploy the program's dev stack."""
    deployment = deployed(stands, "dev")
    return Stage(stands.cloud, stands.authorizer, deployment.registrations)


def put_back(stage: Stage, documents: Iterable["Documents"]) -> None:
    """Make everything as it was deployed."""
    for one in documents:
        one.put_trust(one.trust)
        one.put_policy(one.policy)
    events, rule, machine = stage.cloud.client("events"), stage.rule, stage.machine
    events.put_rule(Name=rule["name"], EventPattern=rule["eventPattern"], State="ENABLED")
    target, role = stage.target, stage.target["roleArn"]
    events.put_targets(
        Rule=rule["name"],
        Targets=[{"Id": target["targetId"], "Arn": target["arn"], "RoleArn": role}],
    )
    stage.cloud.client("stepfunctions").update_state_machine(
        stateMachineArn=machine["arn"], definition=machine["definition"]
    )
    stage.cloud.client("secretsmanager").rotate_secret(
        SecretId=stage.secret,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )


class Documents:
    """A role's trust policy and its one inline policy."""

    def __init__(self, stage: Stage, role: str) -> None:
        self._iam, self._role = stage.cloud.client("iam"), role
        self.trust = self._iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        [self.name] = self._iam.list_role_policies(RoleName=role)["PolicyNames"]
        answer = self._iam.get_role_policy(RoleName=role, PolicyName=self.name)
        self.policy = answer["PolicyDocument"]

    def put_trust(self, document: Any) -> None:
        text = json.dumps(document)
        self._iam.update_assume_role_policy(RoleName=self._role, PolicyDocument=text)

    def put_policy(self, document: Any) -> None:
        text = json.dumps(document)
        self._iam.put_role_policy(RoleName=self._role, PolicyName=self.name, PolicyDocument=text)


def starter(stage: Stage) -> str:
    return str(stage.target["roleArn"]).rpartition("/")[2]


def redeployer(stage: Stage) -> str:
    return str(stage.machine["roleArn"]).rpartition("/")[2]


def trusting(principal: str, condition: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sts:AssumeRole",
        **({"Condition": condition} if condition else {}),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def conditions(source_arn: str, account: str = ACCOUNT) -> dict[str, Any]:
    return {
        "ArnLike": {"aws:SourceArn": source_arn},
        "StringEquals": {"aws:SourceAccount": account},
    }


def allowing(action: str, resource: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


def with_secret(stage: Stage, value_from: str | None) -> list[Registration]:
    """Return the registrations with a service whose containers read another secret."""
    ecs = stage.cloud.client("ecs")
    answer = ecs.describe_task_definition(taskDefinition=stage.service["taskDefinition"])
    old = answer["taskDefinition"]
    containers = [
        {
            **one,
            "secrets": [{**secret, "valueFrom": value_from} for secret in one["secrets"]]
            if value_from
            else [],
        }
        for one in old["containerDefinitions"]
    ]
    kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
    made = ecs.register_task_definition(
        containerDefinitions=containers, **{name: old[name] for name in kept}
    )["taskDefinition"]["taskDefinitionArn"]
    return [
        replace(one, outputs={**one.outputs, "taskDefinition": made})
        if one.type == "aws:ecs/service:Service"
        else one
        for one in stage.registrations
    ]
