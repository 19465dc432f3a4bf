"""Requests are read as those of the service that they are for."""

import pytest
from botocore.exceptions import ClientError

from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import allow, granted


@pytest.mark.parametrize(
    ("service", "operation", "read_as"),
    [
        ("apigateway", "get_rest_apis", "apigateway:GetRestApis"),
        ("apigatewayv2", "get_apis", "apigatewayv2:GetApis"),
    ],
)
def test_versions_of_api_gateway_that_are_signed_alike_are_told_apart(
    place: Stage, service: str, operation: str, read_as: str
) -> None:
    client = granted(place, allow("apigateway:GET")).client(service)
    with pytest.raises(ClientError, match=f"not known what {read_as} asks of IAM"):
        getattr(client, operation)()
