"""What a deployment names of its partition: service principals, and the domains of endpoints."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.mocks import Deployment

EC2: Mapping[str, str] = {
    "aws": "ec2.amazonaws.com",
    "aws-us-gov": "ec2.amazonaws.com",
    "aws-cn": "ec2.amazonaws.com.cn",
}
"""The only principal of a stack that differs in a partition.

AWS Managed Policy Reference, "BatchServiceRolePolicy": Batch, which starts the instances, passes
roles to `ec2.amazonaws.com`, to `ec2.amazonaws.com.cn` and to `ecs-tasks.amazonaws.com`. IAM of the
China regions refused `ec2.amazonaws.com` (aws-cdk #1282); its console writes the other one
(aws-cdk #24709), and so does Terraform's provider (terraform-provider-aws #47141).
"""

UNIVERSAL = frozenset(
    f"{service}.amazonaws.com"
    for service in (
        "apigateway",
        "ecs-tasks",
        "events",
        "lambda",
        "monitoring.rds",
        "states",
        "vpc-flow-logs",
    )
)
"""The other principals, which are the same in every partition.

The region data of aws-cdk (`region-info/lib/default.ts`) has the ending .cn for `codedeploy`,
`elasticmapreduce` and `logs` only. IAM of the China regions refused that ending for Lambda
(aws-cdk #2198), RDS (terraform-aws-rds-aurora #437), ECS and API Gateway (cloudfriend #56).
"""

DOMAIN: Mapping[str, str] = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
}
"""Where endpoints, registries and hosts are (Getting Started with Amazon Web Services in China,
"Endpoints and ARNs"); the names of VPC endpoint services, `com.amazonaws.…`, are no domains."""

_Place = tuple[str, ...]


def service_principals(deployment: Deployment) -> set[str]:
    """Return the services that policies let in, and to which they let roles be passed."""
    return {text for place, text in _all_texts(deployment) if _is_principal(place)}


def domains(deployment: Deployment) -> set[str]:
    """Return the domains of AWS in all that is no principal, the stack's outputs included."""
    return {
        found
        for place, text in _all_texts(deployment)
        if not _is_principal(place)
        for found in re.findall(r"(?<!com\.)amazonaws(?:\.[a-z]+)+", text)
    }


def _is_principal(place: _Place) -> bool:
    # A permission of a Lambda function has its principal in an input, and no document.
    named = place[-2:] == ("Principal", "Service") or place[-1] == "iam:PassedToService"
    return named or place == ("aws:lambda/permission:Permission", "principal")


def _all_texts(deployment: Deployment) -> Iterator[tuple[_Place, str]]:
    for one in deployment.registrations:
        yield from _texts(one.inputs, (one.type,))
    yield from _texts(deployment.outputs, ("outputs",))


def _texts(value: Any, place: _Place) -> Iterator[tuple[_Place, str]]:
    """Yield each text with the keys above it, also those in JSON that is a text itself."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*place, key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, place)
    elif isinstance(value, str):
        within = _parsed(value)
        if isinstance(within, dict | list):
            yield from _texts(within, place)
        else:
            yield place, value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
