"""The rehearsed rotation holds on the deployed program, and names what would break it."""

import json
import re
from collections.abc import Iterator

import pytest

from rehearsal.stage import stage as emulated_stage
from tests.rehearsal.rotation_stage import (
    ACCOUNT,
    Documents,
    Stage,
    allowing,
    conditions,
    deploy,
    put_back,
    redeployer,
    starter,
    trusting,
    with_secret,
)

OTHER_ACCOUNT = "234567890123"


@pytest.fixture(scope="module")
def deployed() -> Iterator[Stage]:
    with emulated_stage("us-east-1", None) as stands:
        yield deploy(stands)


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """Put back after each test what it changed."""
    documents = [Documents(deployed, role) for role in (starter(deployed), redeployer(deployed))]
    yield deployed
    put_back(deployed, documents)


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
    assert given["resources"] == [stage.secret]
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
    pattern["resources"] = [f"{stage.secret}2"]
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
        ("resources", "a label of another secret"),
        ("labelUpdated", "labels other than AWSCURRENT"),
        ("source", "events that Secrets Manager did not send"),
    ],
)
def test_a_rule_that_matches_more_is_reported(stage: Stage, missing: str, what: str) -> None:
    pattern = json.loads(stage.rule["eventPattern"])
    del (pattern if missing in pattern else pattern["detail"])[missing]
    stage.put_pattern(pattern)
    assert one_problem(stage) == f"the rule {stage.rule['name']} also matches {what}"


def test_a_rule_on_the_event_of_cloudtrail_will_do(stage: Stage) -> None:
    pattern = {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS Service Event via CloudTrail"],
        "detail": {
            "eventName": ["RotationSucceeded"],
            "additionalEventData": {"SecretId": [stage.secret]},
        },
    }
    stage.put_pattern(pattern)
    assert stage.problems() == []


def test_a_rule_without_a_target_is_reported(stage: Stage) -> None:
    stage.cloud.client("events").remove_targets(
        Rule=stage.rule["name"], Ids=[stage.target["targetId"]]
    )
    assert one_problem(stage) == f"the rule {stage.rule['name']} has no target"


def test_a_target_without_a_role_is_reported(stage: Stage) -> None:
    stage.take_role_from_target()
    assert one_problem(stage) == (
        f"The target {stage.target['targetId']} of the rule {stage.rule['name']} names no role "
        "with which EventBridge could start it."
    )


def test_a_role_that_trusts_another_rule_is_reported(stage: Stage) -> None:
    rule = stage.rule["arn"]
    for trust in (
        trusting("events.amazonaws.com", conditions(f"{rule}-another")),
        trusting("events.amazonaws.com", conditions(rule, OTHER_ACCOUNT)),
        trusting("events.amazonaws.com", {"NumericLessThan": {"aws:SourceAccount": ACCOUNT}}),
        trusting("events.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-example"}}),
        trusting("lambda.amazonaws.com", conditions(rule)),
    ):
        Documents(stage, starter(stage)).put_trust(trust)
        assert (
            f"events.amazonaws.com may not assume {stage.target['roleArn']}; its trust policy does "
            f"not allow it with aws:SourceArn {rule}"
        ) in one_problem(stage)


def test_a_role_that_trusts_everybodys_rules_is_reported(stage: Stage) -> None:
    Documents(stage, starter(stage)).put_trust(trusting("events.amazonaws.com", None))
    assert one_problem(stage) == (
        f"the role {stage.target['roleArn']} lets events.amazonaws.com assume it for other "
        "accounts too"
    )


def test_a_trust_policy_that_nobody_can_judge_is_reported(stage: Stage) -> None:
    role = starter(stage)
    condition = {"ArnLike": {"aws:SourceArn": "*"}}
    Documents(stage, role).put_trust(trusting("events.amazonaws.com", condition))
    assert one_problem(stage).endswith(
        f"was not started: the policy {role} (trust policy): statement 1: the condition ArnLike on "
        "aws:SourceArn: '*' is not an ARN of six parts, as Arn operators compare them"
    )


def test_a_role_that_may_not_start_the_machine_is_reported(stage: Stage) -> None:
    machine = stage.machine["arn"]
    allowed = allowing("states:StartExecution", machine)
    for statements in (
        [allowing("states:StartExecution", f"{machine}-another")],
        [allowing("states:StopExecution", machine)],
        [allowed, allowing("states:*", "*", "Deny")],
        [{**allowed, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}],
    ):
        document = {"Version": "2012-10-17", "Statement": statements}
        Documents(stage, starter(stage)).put_policy(document)
        assert (
            f"{starter(stage)}/rule is not authorized to perform: states:StartExecution on "
            f"resource: {machine}"
        ) in one_problem(stage)


def test_a_policy_of_its_own_that_is_attached_to_the_role_counts(stage: Stage) -> None:
    iam, role = stage.cloud.client("iam"), starter(stage)
    documents = Documents(stage, role)
    text = json.dumps(documents.policy)
    policy = iam.create_policy(PolicyName="start", PolicyDocument=text)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    iam.delete_role_policy(RoleName=role, PolicyName=documents.name)
    assert stage.problems() == []
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    assert "is not authorized to perform: states:StartExecution" in one_problem(stage)


def test_a_permissions_boundary_of_the_role_counts(stage: Stage) -> None:
    iam, role = stage.cloud.client("iam"), starter(stage)
    text = json.dumps({"Version": "2012-10-17", "Statement": allowing("s3:*", "*")})
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=text)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    assert "is not authorized to perform: states:StartExecution" in one_problem(stage)
    iam.delete_role_permissions_boundary(RoleName=role)
    assert stage.problems() == []


def test_a_machine_whose_role_may_not_redeploy_the_service_is_reported(stage: Stage) -> None:
    service = stage.service["arn"]
    statement = allowing("ecs:UpdateService", f"{service}-another")
    document = {"Version": "2012-10-17", "Statement": statement}
    Documents(stage, redeployer(stage)).put_policy(document)
    assert re.search(
        f"{redeployer(stage)}/[^ ]+ is not authorized to perform: ecs:UpdateService on "
        f"resource: {re.escape(service)}",
        one_problem(stage),
    )


def test_a_machine_that_may_not_assume_its_role_is_reported(stage: Stage) -> None:
    machine = stage.machine["arn"]
    trust = trusting("states.amazonaws.com", conditions(f"{machine}-another"))
    Documents(stage, redeployer(stage)).put_trust(trust)
    assert (
        f"states.amazonaws.com may not assume {stage.machine['roleArn']}; its trust policy does "
        "not allow it"
    ) in one_problem(stage)


def may_redeploy_every_service(stage: Stage) -> None:
    document = {"Version": "2012-10-17", "Statement": allowing("ecs:UpdateService", "*")}
    Documents(stage, redeployer(stage)).put_policy(document)


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
    may_redeploy_every_service(stage)
    stage.define(lambda parameters: parameters.update(Service=another))
    assert one_problem(stage) == not_redeployed(stage)


def test_a_machine_without_force_new_deployment_is_reported(stage: Stage) -> None:
    stage.define(lambda parameters: parameters.pop("ForceNewDeployment"))
    assert one_problem(stage) == not_redeployed(stage)


def test_a_machine_of_a_missing_service_is_reported(stage: Stage) -> None:
    may_redeploy_every_service(stage)
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


def test_tasks_that_read_an_old_version_are_reported(stage: Stage) -> None:
    value_from = f"{stage.secret}:password:AWSPREVIOUS:"
    [problem] = stage.problems(with_secret(stage, value_from))
    assert problem == (
        f"new tasks of {stage.service['arn']} would not get the new password by {value_from}"
    )


def test_a_secret_that_no_task_reads_is_reported(stage: Stage) -> None:
    [problem] = stage.problems(with_secret(stage, None))
    assert problem == f"no task of a service reads the secret {stage.secret}"


def test_a_program_without_a_managed_password_is_reported(stage: Stage) -> None:
    databases = "aws:rds/instance:Instance"
    rest = [one for one in stage.registrations if one.type != databases]
    [problem] = stage.problems(rest)
    assert problem == "no database has a password that RDS manages, so none can be rotated"
