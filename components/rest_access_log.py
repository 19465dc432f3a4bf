"""The access log of a REST API's stage."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.api_gateway_account import ACCESS_LOGS

_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "apiKeyId": "$context.identity.apiKeyId",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.error.messageString",
}


def settings(
    name: str,
    *,
    api_id: pulumi.Input[str],
    retention_days: int,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.apigateway.StageAccessLogSettingsArgs:
    """Make the log group, and return what the stage is told of it.

    Args:
        name: logical name of the log group.
        api_id: the REST API.
        retention_days: days for which the log is kept.
        tags: tags of the log group.
        opts: options of the log group.
    """
    group = aws.cloudwatch.LogGroup(
        name,
        # The account's logging role may write to groups of such names.
        name=pulumi.Output.concat(ACCESS_LOGS, api_id, "/access-log"),
        retention_in_days=retention_days,
        tags=tags,
        opts=opts,
    )
    return aws.apigateway.StageAccessLogSettingsArgs(
        destination_arn=group.arn, format=json.dumps(_FIELDS)
    )
