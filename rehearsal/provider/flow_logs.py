"""Flow logs of VPCs."""

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    first,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import arn, one_of, problems
from rehearsal.provider.resource_type import Input, RefusedError, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_NO_FLOW_LOG = "InvalidFlowLogId.NotFound"


_CHECKS = {
    "trafficType": one_of(("ACCEPT", "REJECT", "ALL")),
    "logDestinationType": one_of(("cloud-watch-logs", "s3", "kinesis-data-firehose")),
    "maxAggregationInterval": one_of((60, 600)),
    "iamRoleArn": arn,
    "logDestination": arn,
}


def _check(inputs: Values) -> list[str]:
    return problems(inputs, _CHECKS)


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "trafficType": "TrafficType",
        "logDestinationType": "LogDestinationType",
        "logDestination": "LogDestination",
        "iamRoleArn": "DeliverLogsPermissionArn",
        "maxAggregationInterval": "MaxAggregationInterval",
    }
    parameters = given(inputs, names)
    if "LogDestination" in parameters:
        parameters["LogDestination"] = parameters["LogDestination"].removesuffix(":*")
    answer = cloud.client("ec2").create_flow_logs(
        ResourceIds=[inputs["vpcId"]],
        ResourceType="VPC",
        **parameters,
        **tag_specifications(inputs, "vpc-flow-log"),
    )
    if answer.get("Unsuccessful"):
        raise RefusedError(answer["Unsuccessful"][0]["Error"]["Message"])
    flow_log_id = made(answer["FlowLogIds"][0])
    return flow_log_id, _read(cloud, flow_log_id, inputs) or {}


def _read(cloud: Cloud, flow_log_id: str, _: Values) -> Values | None:
    call = cloud.client("ec2").describe_flow_logs
    flow_log = first(call, "FlowLogs", _NO_FLOW_LOG, FlowLogIds=[flow_log_id])
    if flow_log is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"vpc-flow-log/{flow_log_id}"),
        "vpcId": flow_log["ResourceId"],
        "trafficType": flow_log["TrafficType"],
        "logDestinationType": flow_log["LogDestinationType"],
        "logDestination": flow_log["LogDestination"],
        "logFormat": flow_log["LogFormat"],
        "iamRoleArn": flow_log.get("DeliverLogsPermissionArn", ""),
        "maxAggregationInterval": flow_log["MaxAggregationInterval"],
        **tag_outputs(flow_log["Tags"]),
    }


def _update(cloud: Cloud, flow_log_id: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, flow_log_id, state.get("tags"), inputs.get("tags"))
    return _read(cloud, flow_log_id, inputs) or {}


def _delete(cloud: Cloud, flow_log_id: str, _: Values) -> None:
    found(cloud.client("ec2").delete_flow_logs, _NO_FLOW_LOG, FlowLogIds=[flow_log_id])


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/flowLog:FlowLog",
        inputs={
            "vpcId": Input(required=True),
            "trafficType": Input(),
            "logDestinationType": Input(default="cloud-watch-logs"),
            "logDestination": Input(required=True),
            "iamRoleArn": Input(),
            "maxAggregationInterval": Input(default=600),
            "tags": Input(),
        },
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
