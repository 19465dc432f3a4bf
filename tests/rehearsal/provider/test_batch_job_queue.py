"""Batch job queues through the provider, and their scheduling policies."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from rehearsal.provider.refusals import batch as refusals
from tests.rehearsal.provider.test_batch import ENVIRONMENT, environment

POLICY = "aws:batch/schedulingPolicy:SchedulingPolicy"
QUEUE = "aws:batch/jobQueue:JobQueue"


def queue(*arns: str, **changed: Any) -> dict[str, Any]:
    orders = [{"order": index, "computeEnvironment": arn} for index, arn in enumerate(arns)]
    return {"priority": 1, "state": "ENABLED", "computeEnvironmentOrders": orders, **changed}


def limit(**changed: Any) -> dict[str, Any]:
    return {
        "action": "CANCEL",
        "state": "RUNNABLE",
        "maxTimeSeconds": 600,
        "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        **changed,
    }


def shares(**weights: float) -> dict[str, Any]:
    return {
        "fairSharePolicy": {
            "computeReservation": 5,
            "shareDecaySeconds": 60,
            "shareDistributions": [
                {"shareIdentifier": name, "weightFactor": weight}
                for name, weight in weights.items()
            ],
        }
    }


def test_the_life_of_a_job_queue(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    limits = [limit(reason=reason) for reason in refusals.TIME_LIMIT_REASONS]
    given = queue(cpu, jobStateTimeLimitActions=limits, tags={"team": "a"})
    changed = queue(cpu, priority=2, tags={"team": "b"})
    created = rig.live(QUEUE, "jobs", given, changed)
    assert created.id == created.outputs["arn"]
    assert created.outputs["priority"] == 2
    assert "jobStateTimeLimitActions" not in created.outputs


def test_a_queue_switched_off_behind_the_program_shows_as_drift(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    created = rig.create(QUEUE, "jobs", **queue(cpu))
    rig.cloud.client("batch").update_job_queue(jobQueue=created.id, state="DISABLED")
    assert rig.read(QUEUE, created)["state"] == "DISABLED"


def test_a_queues_time_limits_are_those_that_aws_has(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    created = rig.create(QUEUE, "jobs", **queue(cpu, jobStateTimeLimitActions=[limit()]))
    batch = rig.cloud.client("batch")
    for limits in ([limit(maxTimeSeconds=86400)], []):
        batch.update_job_queue(jobQueue=created.id, jobStateTimeLimitActions=limits)
        assert rig.read(QUEUE, created)["jobStateTimeLimitActions"] == (limits or None)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "_jobs"}, "name is '_jobs'"),
        ({"state": "ON"}, "state is 'ON'; ENABLED and DISABLED are allowed"),
        (
            {"computeEnvironmentOrders": [{"order": 1, "computeEnvironment": "cpu"}]},
            "computeEnvironment is 'cpu'; an ARN is needed",
        ),
        ({"jobStateTimeLimitActions": [limit(maxTimeSeconds=599)]}, "599; 600 to 86400"),
        ({"jobStateTimeLimitActions": [limit(maxTimeSeconds=86401)]}, "86401; 600 to 86400"),
        ({"jobStateTimeLimitActions": [limit(action="TERMINATE")]}, "only CANCEL is allowed"),
        ({"jobStateTimeLimitActions": [limit(state="RUNNING")]}, "only RUNNABLE is allowed"),
    ],
)
def test_an_impossible_queue_stops_at_plan_time(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(QUEUE, rig.urn(QUEUE, "jobs"), queue(**changed))


@pytest.mark.parametrize(
    "reason", ["MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS", "INSUFFICIENT_INSTANCE_CAPACITY"]
)
def test_aws_refuses_a_reason_that_batch_does_not_act_upon(rig, reason):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    with pytest.raises(RefusedError, match=f"reason is '{reason}'; Batch acts upon CAPACITY:"):
        rig.create(QUEUE, "jobs", **queue(cpu, jobStateTimeLimitActions=[limit(reason=reason)]))


def test_a_queue_takes_three_environments_in_distinct_orders(rig):
    given = environment(rig.cloud)
    arns = [rig.create(ENVIRONMENT, f"e{i}", **given).outputs["arn"] for i in range(4)]
    with pytest.raises(RefusedError, match="4 compute environments are given"):
        rig.create(QUEUE, "jobs", **queue(*arns))
    same = queue(*arns[:2])
    same["computeEnvironmentOrders"][1]["order"] = 0
    with pytest.raises(RefusedError, match="the same order"):
        rig.create(QUEUE, "jobs", **same)
    assert rig.create(QUEUE, "jobs", **queue(*arns[:3]))


def test_a_queue_cannot_mix_fargate_with_instances(rig):
    given = environment(rig.cloud)
    cpu = rig.create(ENVIRONMENT, "cpu", **given).outputs["arn"]
    fargate = {
        name: given["computeResources"][name] for name in ("subnets", "securityGroupIds")
    } | {"type": "FARGATE", "maxVcpus": 4}
    other = rig.create(ENVIRONMENT, "fargate", type="MANAGED", computeResources=fargate)
    with pytest.raises(RefusedError, match="cannot mix Fargate"):
        rig.create(QUEUE, "jobs", **queue(cpu, other.outputs["arn"]))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([], "does not exist"),
        ([{"status": "INVALID"}], "is INVALID; it must be VALID"),
    ],
)
def test_aws_refuses_a_queue_on_an_unusable_environment(answer, message):
    """The emulator's environments are always valid, so that a double answers here."""

    class Batch:
        def describe_compute_environments(self, **_: Any) -> Any:
            names = {"computeEnvironmentArn": "arn", "computeEnvironmentName": "cpu"}
            return {"computeEnvironments": [{**names, **each} for each in answer]}

    class OneCloud:
        def client(self, _: str) -> Batch:
            return Batch()

    parameters = {"computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "arn"}]}
    problems = [
        row.problem(OneCloud(), parameters)
        for row in refusals.REFUSALS
        if "CreateJobQueue" in row.operations
    ]
    assert any(problem and message in problem for problem in problems)


def test_an_environment_goes_only_after_its_queue(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud))
    jobs = rig.create(QUEUE, "jobs", **queue(cpu.outputs["arn"]))
    with pytest.raises(RefusedError, match="found existing JobQueue relationship"):
        rig.delete(ENVIRONMENT, cpu)
    rig.delete(QUEUE, jobs)
    rig.delete(ENVIRONMENT, cpu)
    assert rig.read(ENVIRONMENT, cpu) is None


def test_aws_deletes_nothing_that_is_enabled(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud))
    jobs = rig.create(QUEUE, "jobs", **queue(cpu.outputs["arn"]))
    batch = rig.cloud.client("batch")
    with pytest.raises(RefusedError, match="must be DISABLED first"):
        batch.delete_job_queue(jobQueue=jobs.id)
    with pytest.raises(RefusedError, match="must be DISABLED first"):
        batch.delete_compute_environment(computeEnvironment=cpu.id)


def test_a_scheduling_policy_that_is_taken_from_a_queue_stays_in_aws(rig):
    """The provider leaves it out of UpdateJobQueue, which keeps it; the next read shows so."""
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    batch = rig.cloud.client("batch")
    one, two = (batch.create_scheduling_policy(name=name)["arn"] for name in ("one", "two"))
    created = rig.create(QUEUE, "jobs", **queue(cpu, schedulingPolicyArn=one))
    named = {"name": created.outputs["name"]}
    other = rig.update(QUEUE, "jobs", created, **queue(cpu, schedulingPolicyArn=two), **named)
    assert rig.read(QUEUE, other)["schedulingPolicyArn"] == two
    without = rig.update(QUEUE, "jobs", other, **queue(cpu), **named)
    assert "schedulingPolicyArn" not in without.outputs
    assert rig.read(QUEUE, without)["schedulingPolicyArn"] == two


def test_the_life_of_a_scheduling_policy(rig):
    changed = {**shares(a=1.5, b=2.0), "tags": {"team": "b"}}
    created = rig.live(POLICY, "fair", {**shares(a=0.5), "tags": {"team": "a"}}, changed)
    assert created.id == created.outputs["arn"]
    assert created.outputs["fairSharePolicy"] == changed["fairSharePolicy"]


def test_shares_changed_behind_the_program_show_as_drift(rig):
    created = rig.create(POLICY, "fair", **shares(a=0.5))
    rig.cloud.client("batch").update_scheduling_policy(
        arn=created.id, fairsharePolicy={"computeReservation": 7}
    )
    assert rig.read(POLICY, created)["fairSharePolicy"] == {
        "computeReservation": 7,
        "shareDecaySeconds": 0,
        "shareDistributions": [],
    }


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"computeReservation": 100}, "computeReservation is 100; 0 to 99 are allowed"),
        ({"shareDecaySeconds": 604_801}, "shareDecaySeconds is 604801; 0 to 604800 are allowed"),
        (shares(a=1000.0)["fairSharePolicy"], "weightFactor is 1000.0; 0.0001 to 999.9999"),
    ],
)
def test_an_impossible_policy_stops_at_plan_time(rig, policy, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(POLICY, rig.urn(POLICY, "fair"), {"fairSharePolicy": policy})


@pytest.mark.parametrize("other", ["ab", "a", "ab*"])
def test_share_identifiers_do_not_overlap(rig, other):
    with pytest.raises(RefusedError, match="overlap"):
        rig.create(POLICY, "fair", **shares(**{"a*": 1.0, other: 1.0}))
    rig.create(POLICY, "fair", **shares(**{"a*": 1.0, "b": 1.0}))


def test_a_weight_that_is_left_out_reaches_aws_as_zero(rig):
    policy = {"shareDistributions": [{"shareIdentifier": "a"}]}
    with pytest.raises(RefusedError, match="the weight of a is 0; it must be above"):
        rig.create(POLICY, "fair", fairSharePolicy=policy)


def test_a_policy_goes_only_after_its_queue(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    policy = rig.create(POLICY, "fair", **shares(a=0.5))
    jobs = rig.create(QUEUE, "jobs", **queue(cpu, schedulingPolicyArn=policy.id))
    with pytest.raises(RefusedError, match=r"Cannot delete, the job queue jobs-[0-9a-f]+ uses it"):
        rig.delete(POLICY, policy)
    rig.delete(QUEUE, jobs)
    rig.delete(POLICY, policy)
    assert rig.read(POLICY, policy) is None


def test_a_queue_is_given_no_policy_that_is_not_there(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    arn = "arn:aws:batch:us-east-1:123456789012:scheduling-policy/none"
    with pytest.raises(RefusedError, match=f"the scheduling policy {arn} does not exist"):
        rig.create(QUEUE, "jobs", **queue(cpu, schedulingPolicyArn=arn))


def test_a_queue_without_a_policy_cannot_be_given_one(rig):
    cpu = rig.create(ENVIRONMENT, "cpu", **environment(rig.cloud)).outputs["arn"]
    policy = rig.create(POLICY, "fair", **shares(a=0.5))
    jobs = rig.create(QUEUE, "jobs", **queue(cpu))
    given = {**queue(cpu, schedulingPolicyArn=policy.id), "name": jobs.outputs["name"]}
    with pytest.raises(RefusedError, match="is a first-in-first-out queue, which cannot be given"):
        rig.update(QUEUE, "jobs", jobs, **given)
