"""What queues of a live stack get that no environment can become: another one, which takes over."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.live_stack import Live, changes, live

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
POLICY = "aws:batch/schedulingPolicy:SchedulingPolicy"
QUEUE = "aws:batch/jobQueue:JobQueue"
RULE_IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULE_OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

NAME = "metaflow-compute-several"
IMAGE = "ami-0123456789abcdef0"
TYPES = {"instanceTypes": ["c6in.32xlarge"], "maxVcpus": 256}
NODES = {"multiNode": True, **TYPES}
NEIGHBOURHOOD = {
    (PLACEMENT, f"{NAME}-nodes"),
    (GROUP, f"{NAME}-nodes"),
    (RULE_IN, f"{NAME}-nodes-from-nodes"),
    (RULE_OUT, f"{NAME}-nodes-to-nodes"),
}

STEPS: list[Any] = [
    pytest.param(
        {**TYPES, "imageId": IMAGE},
        {
            ("update", TEMPLATE, NAME),
            ("create", ENVIRONMENT, f"{NAME}-{IMAGE}"),
            ("update", QUEUE, NAME),
            ("delete", ENVIRONMENT, NAME),
        },
        id="a machine image",
    ),
    pytest.param(
        TYPES,
        {
            ("update", TEMPLATE, NAME),
            ("create", ENVIRONMENT, NAME),
            ("update", QUEUE, NAME),
            ("delete", ENVIRONMENT, f"{NAME}-{IMAGE}"),
        },
        id="AWS's machine image again",
    ),
    pytest.param(
        NODES,
        {
            ("create", ENVIRONMENT, f"{NAME}-nodes"),
            ("update", QUEUE, NAME),
            ("delete", ENVIRONMENT, NAME),
            *(("create", *one) for one in NEIGHBOURHOOD),
        },
        id="nodes",
    ),
    pytest.param(
        {**NODES, "efa": True},
        {("update", TEMPLATE, NAME), ("update", ENVIRONMENT, f"{NAME}-nodes")},
        id="adapters",
    ),
    pytest.param(
        NODES,
        {("update", TEMPLATE, NAME), ("update", ENVIRONMENT, f"{NAME}-nodes")},
        id="no adapters",
    ),
    pytest.param(
        TYPES,
        {
            ("create", ENVIRONMENT, NAME),
            ("update", QUEUE, NAME),
            ("delete", ENVIRONMENT, f"{NAME}-nodes"),
            *(("delete", *one) for one in NEIGHBOURHOOD),
        },
        id="no nodes",
    ),
    pytest.param(
        {**TYPES, "fairShare": {"shares": {"a": 0.5}}},
        {
            ("create", POLICY, NAME),
            ("create", QUEUE, f"{NAME}-shared"),
            ("delete", QUEUE, NAME),
        },
        id="shares",
    ),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        configure(stands, TYPES)
        stands.engine.configure({"privateSubnets": True})
        stands.engine.up()
        yield stands


def configure(stack: Live, queue: dict[str, Any]) -> None:
    stack.engine.configure({"queues": [{"name": "default"}, {"name": "several", **queue}]})


@pytest.mark.parametrize(("queue", "expected"), STEPS)
def test_a_queue_moves_over(
    stack: Live, queue: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    """Each step is made on what the steps before left; policies of the queue's users follow."""
    configure(stack, queue)
    found = changes(stack.engine.up())
    made = {key for key in found if not key[1].startswith(("metaflow:", "aws:iam/"))}
    assert made == expected
    assert set(found.values()) == {1}
    assert changes(stack.engine.up()) == {}
