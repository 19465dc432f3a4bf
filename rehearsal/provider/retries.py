"""Which answers of AWS the real provider does not take for its last word, and so asks again."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

ATTEMPTS = 25
"""How often a call is made at most: the real provider's `maxRetries`.

https://www.pulumi.com/registry/packages/aws/api-docs/provider/
"""

_PASSING_STATUS = (500, 502, 503, 504)
"""DefaultRetryableHTTPStatusCodes in aws-sdk-go-v2 aws/retry/standard.go."""

_THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""DefaultThrottleErrorCodes, there."""

_NOT_SPREAD_YET: Mapping[str, tuple[tuple[str, str], ...]] = {
    # internal/service/iam/role.go, retryCreateRole
    "CreateRole": (("MalformedPolicyDocument", "Invalid principal in policy"),),
    # internal/service/iam/instance_profile.go, instanceProfileAddRole
    "AddRoleToInstanceProfile": (
        ("InvalidParameterValue", "Invalid IAM Instance Profile name"),
        ("NoSuchEntity", "The request was rejected because it referenced an entity"),
    ),
    # internal/service/ec2/vpc_flow_log.go, resourceLogFlowCreate
    "CreateFlowLogs": (("InvalidParameter", "Unable to assume given IAM role"),),
    # internal/service/rds/instance.go, resourceInstanceCreate
    "CreateDBInstance": (("InvalidParameterValue", "ENHANCED_MONITORING"),),
    # internal/service/sfn/state_machine.go, resourceStateMachineCreate
    "CreateStateMachine": (("AccessDeniedException", ""), ("StateMachineDeleting", "")),
}
"""By operation, what the real provider takes for a sign that IAM has not spread a new role yet.

An error's code, and a part of its message; files are terraform-provider-aws's.
"""


def register(client: Any) -> None:
    """Have a boto3 client ask again as the real provider does, and not as boto3 does."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
    client.meta.events.register(f"needs-retry.{service}", _delay)


def _delay(
    operation: Any, attempts: int, response: Any, caught_exception: Any, **_: Any
) -> float | None:
    """Tell botocore how many seconds to wait before a call is made again; None for never.

    The real provider waits longer each time; the emulated AWS needs no time to recover.
    """
    if attempts >= ATTEMPTS:
        return None
    if response is None:
        lost = isinstance(caught_exception, ConnectionClosedError | EndpointConnectionError)
        return 0.0 if lost else None
    return 0.0 if _passes(operation.name, *response) else None


def _passes(operation: str, answer: Any, parsed: Mapping[str, Any]) -> bool:
    error = parsed.get("Error") or {}
    code, message = error.get("Code", ""), error.get("Message", "")
    unspread = _NOT_SPREAD_YET.get(operation, ())
    return (
        answer.status_code in _PASSING_STATUS
        or code in _THROTTLING
        or any(code == known and words in message for known, words in unspread)
    )
