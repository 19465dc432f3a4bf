"""A permissions boundary bounds every role of a stack, or none."""

from typing import Any

import pytest

from tests import deployed
from tests.deployed import HTTP_GATEWAY, OF_EVERY_TYPE

BOUNDARY = "arn:aws:iam::123456789012:policy/teams/boundary"
ROLE = "aws:iam/role:Role"


def boundaries(stack: str, **settings: Any) -> dict[str, str | None]:
    roles = deployed.deploy_stack(stack, **settings).of_type(ROLE)
    return {one.name: one.inputs.get("permissionsBoundary") for one in roles}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_role_has_the_boundary(stack: str) -> None:
    found = boundaries(stack, permissionsBoundaryArn=BOUNDARY, **OF_EVERY_TYPE)
    assert {name for name, boundary in found.items() if boundary != BOUNDARY} == set()
    assert len(found) > 9


def test_the_role_of_an_http_api_has_it_too() -> None:
    found = boundaries("dev", permissionsBoundaryArn=BOUNDARY, **HTTP_GATEWAY)
    assert found["metaflow-gateway-authorizer-role"] == BOUNDARY
    assert set(found.values()) == {BOUNDARY}


def test_no_role_has_one_unless_it_is_asked_for() -> None:
    assert set(boundaries("prod").values()) == {None}


def test_a_policy_of_aws_may_be_the_boundary() -> None:
    arn = "arn:aws:iam::aws:policy/PowerUserAccess"
    assert set(boundaries("dev", permissionsBoundaryArn=arn).values()) == {arn}
