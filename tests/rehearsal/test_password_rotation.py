"""The rehearsed rotation holds on the deployed program, and names what would break it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
import requests

from rehearsal import mocks, password_rotation, stack_files
from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud, Provider
from rehearsal.registrations import Registration
from rehearsal.rehearse import ROOT

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "234567890123"


@dataclass
class Stage:
    """The deployed program, with what the rotation passes through."""

    cloud: Cloud
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

    def problems(self) -> list[str]:
        return password_rotation.rehearse(self.cloud, self.registrations)

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

    def define(self, change: Callable[[dict[str, Any]], None]) -> None:
        definition = json.loads(self.machine["definition"])
        change(definition["States"]["Redeploy"]["Parameters"])
        self.cloud.client("stepfunctions").update_state_machine(
            stateMachineArn=self.machine["arn"], definition=json.dumps(definition)
        )


@pytest.fixture(scope="module")
def deployed() -> Iterator[Stage]:
    with emulated_aws() as endpoint:
        requests.post(f"{endpoint}/moto-api/reset", timeout=10)
        config = stack_files.read_stack(ROOT, "dev")
        cloud = Cloud(endpoint, config.region)
        deployment = mocks.deploy(
            mocks.program_at(ROOT / "__main__.py"),
            Provider(cloud),
            project=config.project,
            stack_name=config.stack_name,
            config=config.values,
        )
        yield Stage(cloud, deployment.registrations)


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """Put back after each test what it changed."""
    iam = deployed.cloud.client("iam")
    documents = {name: Documents(iam, name) for name in (starter(deployed), redeployer(deployed))}
    yield deployed
    for one in documents.values():
        one.put_back(iam)
    pattern, machine = deployed.rule["eventPattern"], deployed.machine
    events = deployed.cloud.client("events")
    events.put_rule(Name=deployed.rule["name"], EventPattern=pattern, State="ENABLED")
    target = {"Id": deployed.target["targetId"], "Arn": machine["arn"]}
    events.put_targets(
        Rule=deployed.rule["name"], Targets=[{**target, "RoleArn": deployed.target["roleArn"]}]
    )
    deployed.cloud.client("stepfunctions").update_state_machine(
        stateMachineArn=machine["arn"], definition=machine["definition"]
    )
    deployed.cloud.client("secretsmanager").rotate_secret(
        SecretId=deployed.secret,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )


class Documents:
    """A role's trust policy and its one inline policy."""

    def __init__(self, iam: Any, role: str) -> None:
        self.role = role
        self.trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        [self.name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        answer = iam.get_role_policy(RoleName=role, PolicyName=self.name)
        self.policy = answer["PolicyDocument"]

    def put_back(self, iam: Any) -> None:
        self.put_trust(iam, self.trust)
        self.put_policy(iam, self.policy)

    def put_trust(self, iam: Any, document: Any) -> None:
        text = json.dumps(document)
        iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=text)

    def put_policy(self, iam: Any, document: Any) -> None:
        text = json.dumps(document)
        iam.put_role_policy(RoleName=self.role, PolicyName=self.name, PolicyDocument=text)


def starter(stage: Stage) -> str:
    return str(stage.target["roleArn"]).rpartition("/")[2]


def redeployer(stage: Stage) -> str:
    return str(stage.machine["roleArn"]).rpartition("/")[2]


def one_problem(stage: Stage) -> str:
    [problem] = stage.problems()
    assert "\n" not in problem
    return problem


def test_a_rotation_reaches_the_running_service(stage: Stage) -> None:
    [deployment], before = stage.deployments(), stage.value()
    assert stage.problems() == []
    [redeployed], after = stage.deployments(), stage.value()
    assert redeployed["id"] != deployment["id"]
    assert redeployed["createdAt"] > deployment["createdAt"]
    assert after["password"] != before["password"]
    assert {**after, "password": ""} == {**before, "password": ""}
    assert stage.value("AWSPREVIOUS") == before


def test_the_state_machine_itself_deploys_the_service_anew(stage: Stage) -> None:
    client = stage.cloud.client("stepfunctions")
    assert stage.problems() == []
    newest = client.list_executions(stateMachineArn=stage.machine["arn"])["executions"][0]
    execution = client.describe_execution(executionArn=newest["executionArn"])
    assert execution["status"] == "SUCCEEDED"
    given = json.loads(execution["input"])
    assert given["detail"]["additionalEventData"]["SecretId"] == stage.secret
    service = json.loads(execution["output"])["Service"]
    assert service["ServiceArn"] == stage.service["arn"]
    assert service["Deployments"][0]["Id"] == stage.deployments()[0]["id"]


def test_the_executions_calls_go_to_this_emulator_whatever_the_environment_says(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert stage.problems() == []


def test_an_execution_without_a_name_gets_one(stage: Stage) -> None:
    client = stage.cloud.client("stepfunctions")
    client.start_execution(stateMachineArn=stage.machine["arn"])
    names = client.list_executions(stateMachineArn=stage.machine["arn"])["executions"]
    assert len(names[0]["name"]) == len("00000000-0000-0000-0000-000000000000")


def test_a_rotation_can_follow_another(stage: Stage) -> None:
    assert stage.problems() == stage.problems() == []
    answer = stage.cloud.client("secretsmanager").describe_secret(SecretId=stage.secret)
    assert answer["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert answer["RotationEnabled"] is True


def test_a_rule_for_another_secret_is_reported(stage: Stage) -> None:
    pattern = json.loads(stage.rule["eventPattern"])
    pattern["detail"]["additionalEventData"]["SecretId"] = [f"{stage.secret}2"]
    stage.put_pattern(pattern)
    assert one_problem(stage) == (
        f"no rule matches the events of a rotation of {stage.secret}, so its readers keep the old "
        "password"
    )


def test_a_rule_that_is_switched_off_is_reported(stage: Stage) -> None:
    stage.cloud.client("events").disable_rule(Name=stage.rule["name"])
    assert "no rule matches" in one_problem(stage)


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        ("additionalEventData", "the rotation of another secret"),
        ("eventName", "a rotation that failed"),
        ("source", "events that Secrets Manager did not send"),
    ],
)
def test_a_rule_that_matches_more_is_reported(stage: Stage, missing: str, what: str) -> None:
    pattern = json.loads(stage.rule["eventPattern"])
    del (pattern if missing in pattern else pattern["detail"])[missing]
    stage.put_pattern(pattern)
    assert one_problem(stage) == f"the rule {stage.rule['name']} also matches {what}"


def test_a_rule_on_the_label_of_the_current_version_will_do(stage: Stage) -> None:
    pattern = {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "resources": [stage.secret],
        "detail": {"labelUpdated": ["AWSCURRENT"]},
    }
    stage.put_pattern(pattern)
    assert stage.problems() == []


def test_a_rule_without_a_target_is_reported(stage: Stage) -> None:
    stage.cloud.client("events").remove_targets(
        Rule=stage.rule["name"], Ids=[stage.target["targetId"]]
    )
    assert one_problem(stage) == f"the rule {stage.rule['name']} has no target"


def test_a_target_without_a_role_is_reported(stage: Stage) -> None:
    credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    lenient = boto3.client(
        "events",
        region_name=stage.cloud.region,
        endpoint_url=stage.cloud.endpoint,
        **credentials,
    )
    target = {"Id": stage.target["targetId"], "Arn": stage.machine["arn"]}
    lenient.put_targets(Rule=stage.rule["name"], Targets=[target])
    assert one_problem(stage) == (
        f"the target {stage.machine['arn']} names no role with which EventBridge could start it"
    )


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


def test_a_role_that_trusts_another_rule_is_reported(stage: Stage) -> None:
    iam, rule = stage.cloud.client("iam"), stage.rule["arn"]
    for trust in (
        trusting("events.amazonaws.com", conditions(f"{rule}-another")),
        trusting("events.amazonaws.com", conditions(rule, OTHER_ACCOUNT)),
        trusting("events.amazonaws.com", {"NumericEquals": {"aws:SourceAccount": ACCOUNT}}),
        trusting("lambda.amazonaws.com", conditions(rule)),
    ):
        Documents(iam, starter(stage)).put_trust(iam, trust)
        assert one_problem(stage) == (
            f"the role {stage.target['roleArn']} does not let events.amazonaws.com assume it for "
            f"{rule}"
        )


def test_a_role_that_trusts_everybodys_rules_is_reported(stage: Stage) -> None:
    iam = stage.cloud.client("iam")
    Documents(iam, starter(stage)).put_trust(iam, trusting("events.amazonaws.com", None))
    assert one_problem(stage) == (
        f"the role {stage.target['roleArn']} lets events.amazonaws.com assume it for other "
        "accounts too"
    )


def allowing(action: str, resource: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


def test_a_role_that_may_not_start_the_machine_is_reported(stage: Stage) -> None:
    iam, machine = stage.cloud.client("iam"), stage.machine["arn"]
    allowed = allowing("states:StartExecution", machine)
    for statements in (
        [allowing("states:StartExecution", f"{machine}-another")],
        [allowing("states:StopExecution", machine)],
        [allowed, allowing("states:*", "*", "Deny")],
        [{**allowed, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}],
    ):
        document = {"Version": "2012-10-17", "Statement": statements}
        Documents(iam, starter(stage)).put_policy(iam, document)
        assert one_problem(stage) == (
            f"the role {stage.target['roleArn']} does not allow states:StartExecution on {machine}"
        )


def test_a_policy_of_its_own_that_is_attached_to_the_role_counts(stage: Stage) -> None:
    iam, role = stage.cloud.client("iam"), starter(stage)
    documents = Documents(iam, role)
    text = json.dumps(documents.policy)
    policy = iam.create_policy(PolicyName="start", PolicyDocument=text)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    iam.delete_role_policy(RoleName=role, PolicyName=documents.name)
    assert stage.problems() == []
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    assert "does not allow states:StartExecution" in one_problem(stage)


def test_a_machine_whose_role_may_not_redeploy_the_service_is_reported(stage: Stage) -> None:
    iam, service = stage.cloud.client("iam"), stage.service["arn"]
    statement = allowing("ecs:UpdateService", f"{service}-another")
    document = {"Version": "2012-10-17", "Statement": statement}
    Documents(iam, redeployer(stage)).put_policy(iam, document)
    assert one_problem(stage) == (
        f"the role {stage.machine['roleArn']} does not allow ecs:UpdateService on {service}"
    )


def test_a_machine_that_may_not_assume_its_role_is_reported(stage: Stage) -> None:
    iam, machine = stage.cloud.client("iam"), stage.machine["arn"]
    trust = trusting("states.amazonaws.com", conditions(f"{machine}-another"))
    Documents(iam, redeployer(stage)).put_trust(iam, trust)
    assert one_problem(stage) == (
        f"the role {stage.machine['roleArn']} does not let states.amazonaws.com assume it for "
        f"{machine}"
    )


def not_redeployed(stage: Stage) -> str:
    service = stage.service["arn"]
    return f"{service} was not deployed anew, so its tasks keep the old password"


def test_a_machine_of_another_service_is_reported(stage: Stage) -> None:
    network = stage.service["networkConfiguration"]
    another = stage.cloud.client("ecs").create_service(
        cluster=stage.service["cluster"],
        serviceName="another",
        taskDefinition=stage.service["taskDefinition"],
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": network["subnets"],
                "securityGroups": network["securityGroups"],
            }
        },
    )["service"]["serviceArn"]
    stage.define(lambda parameters: parameters.update(Service=another))
    assert one_problem(stage) == not_redeployed(stage)


def test_a_machine_without_force_new_deployment_is_reported(stage: Stage) -> None:
    stage.define(lambda parameters: parameters.pop("ForceNewDeployment"))
    assert one_problem(stage) == not_redeployed(stage)


def test_a_machine_of_a_missing_service_is_reported(stage: Stage) -> None:
    stage.define(lambda parameters: parameters.update(Service="missing"))
    problem = one_problem(stage)
    assert problem.startswith(f"the execution of {stage.machine['arn']} failed: ")
    assert "ServiceNotFoundException" in problem


def test_a_parameter_that_ecs_does_not_have_is_reported(stage: Stage) -> None:
    stage.define(lambda parameters: parameters.update(ForceDeployment=True))
    problem = one_problem(stage)
    assert problem.startswith(f"the execution of {stage.machine['arn']} failed: ")
    assert "ForceDeployment" in problem


def test_a_secret_that_nothing_rotates_is_reported(stage: Stage) -> None:
    stage.cloud.client("secretsmanager").cancel_rotate_secret(SecretId=stage.secret)
    assert one_problem(stage) == (
        f"nothing rotates the secret {stage.secret}: it has no rotation schedule"
    )


def test_a_secret_that_rotates_too_rarely_is_reported(stage: Stage) -> None:
    stage.cloud.client("secretsmanager").rotate_secret(
        SecretId=stage.secret,
        RotationRules={"AutomaticallyAfterDays": 31},
        RotateImmediately=False,
    )
    assert one_problem(stage) == (
        f"the secret {stage.secret} rotates every 31 days; 30 are allowed"
    )


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


def test_tasks_that_read_an_old_version_are_reported(stage: Stage) -> None:
    value_from = f"{stage.secret}:password:AWSPREVIOUS:"
    [problem] = password_rotation.rehearse(stage.cloud, with_secret(stage, value_from))
    assert problem == (
        f"new tasks of {stage.service['arn']} would not get the new password by {value_from}"
    )


def test_a_secret_that_no_task_reads_is_reported(stage: Stage) -> None:
    [problem] = password_rotation.rehearse(stage.cloud, with_secret(stage, None))
    assert problem == f"no task of a service reads the secret {stage.secret}"


def test_a_program_without_a_managed_password_is_reported(stage: Stage) -> None:
    databases = "aws:rds/instance:Instance"
    rest = [one for one in stage.registrations if one.type != databases]
    [problem] = password_rotation.rehearse(stage.cloud, rest)
    assert problem == "no database has a password that RDS manages, so none can be rotated"
