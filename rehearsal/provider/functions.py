"""Lambda functions, and who may call them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.differences import same
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import arn, between, one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import camel, found, given, pascal
from rehearsal.provider.unfinished import made

_MISSING = "ResourceNotFoundException"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_RUNTIMES = tuple(f"python3.{minor}" for minor in range(9, 15))
_CONFIGURATION = {
    "description": "Description",
    "role": "Role",
    "handler": "Handler",
    "runtime": "Runtime",
    "timeout": "Timeout",
    "memorySize": "MemorySize",
    "environment": "Environment",
    "loggingConfig": "LoggingConfig",
}
_PERMISSION = {
    "action": "Action",
    "principal": "Principal",
    "sourceArn": "SourceArn",
    "sourceAccount": "SourceAccount",
}


def _archive(code: Mapping[str, Any]) -> bytes:
    """Return the files of an archive of texts as a ZIP file, the same for the same texts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, asset in sorted(code["assets"].items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), asset["text"])
    return packed.getvalue()


def _parameters(inputs: Values) -> dict[str, Any]:
    given_values = given(inputs, _CONFIGURATION)
    variables = (inputs.get("environment") or {}).get("variables") or {}
    return {
        **{name: pascal(value) for name, value in given_values.items()},
        **({"Environment": {"Variables": dict(variables)}} if variables else {}),
    }


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("lambda").create_function(
        FunctionName=inputs["name"],
        Code={"ZipFile": _archive(inputs["code"])},
        **given(inputs, {"architectures": "Architectures", "tags": "Tags"}),
        **_parameters(inputs),
    )
    name = made(answer["FunctionName"])
    return name, _read(cloud, name, inputs) or {}


def _read(cloud: Cloud, name: str, state: Values) -> Values | None:
    answer = found(cloud.client("lambda").get_function, _MISSING, FunctionName=name)
    if answer is None:
        return None
    function = answer["Configuration"]
    function_arn = function["FunctionArn"]
    path = f"path/2015-03-31/functions/{function_arn}/invocations"
    variables = function.get("Environment", {}).get("Variables") or {}
    current = {
        **{name: camel(function.get(parameter)) for name, parameter in _CONFIGURATION.items()},
        "environment": {"variables": variables} if variables else None,
        "architectures": function["Architectures"],
    }
    return {
        "arn": function_arn,
        "name": function["FunctionName"],
        "invokeArn": f"arn:{cloud.partition}:apigateway:{cloud.region}:lambda:{path}",
        "lastModified": function["LastModified"],
        "codeSha256": function["CodeSha256"],
        "sourceCodeHash": function["CodeSha256"],
        "sourceCodeSize": function["CodeSize"],
        "version": function["Version"],
        **{
            name: as_given(state.get(name), value)
            for name, value in current.items()
            if value or state.get(name)
        },
        **with_tags(state, answer.get("Tags") or {}),
    }


def _update(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("lambda")
    if not same(state.get("code"), inputs["code"]):
        client.update_function_code(FunctionName=name, ZipFile=_archive(inputs["code"]))
    client.update_function_configuration(FunctionName=name, **_parameters(inputs))
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(Resource=state["arn"], TagKeys=removed)
    if changed:
        client.tag_resource(Resource=state["arn"], Tags=changed)
    return _read(cloud, name, inputs) or {}


def _delete(cloud: Cloud, name: str, _: Values) -> None:
    found(cloud.client("lambda").delete_function, _MISSING, FunctionName=name)


def _check(inputs: Values) -> list[str]:
    return problems(
        inputs,
        {
            "role": arn,
            "runtime": one_of(_RUNTIMES),
            "timeout": between(1, 900),
            "memorySize": between(128, 32_768),
        },
    )


def _statement_id(inputs: Values) -> str:
    """Return an id as the provider makes it up; the real one is of the time and a counter."""
    digest = hashlib.sha256(json.dumps(dict(inputs), sort_keys=True).encode()).hexdigest()
    return f"terraform-{digest[:26]}"


def _create_permission(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    statement_id = _statement_id(inputs)
    cloud.client("lambda").add_permission(
        FunctionName=inputs["function"], StatementId=statement_id, **given(inputs, _PERMISSION)
    )
    return statement_id, _read_permission(cloud, statement_id, inputs) or {}


def _read_permission(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = {"id": resource_id, **state} if state else parts(resource_id, "function", "id")
    call = cloud.client("lambda").get_policy
    answer = found(call, _MISSING, FunctionName=place["function"])
    statements = json.loads(answer["Policy"])["Statement"] if answer else []
    statement = next((one for one in statements if one["Sid"] == place["id"]), None)
    if statement is None:
        return None
    conditions = {
        key: value for one in statement.get("Condition", {}).values() for key, value in one.items()
    }
    current = {
        "sourceArn": conditions.get("AWS:SourceArn"),
        "sourceAccount": conditions.get("AWS:SourceAccount"),
    }
    return {
        "id": place["id"],
        "statementId": place["id"],
        "function": place["function"],
        "action": statement["Action"],
        "principal": statement["Principal"]["Service"],
        **{name: value for name, value in current.items() if value},
    }


def _delete_permission(cloud: Cloud, statement_id: str, state: Values) -> None:
    found(
        cloud.client("lambda").remove_permission,
        _MISSING,
        FunctionName=state["function"],
        StatementId=statement_id,
    )


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:lambda/function:Function",
        inputs={
            "name": Input(),
            "description": Input(),
            "role": Input(required=True),
            "runtime": Input(required=True),
            "handler": Input(required=True),
            "code": Input(required=True),
            "architectures": Input(),
            "timeout": Input(default=3),
            "memorySize": Input(default=128),
            "environment": Input(),
            "loggingConfig": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=64),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
    ResourceType(
        token="aws:lambda/permission:Permission",
        inputs={
            "action": Input(required=True),
            "function": Input(required=True),
            "principal": Input(required=True),
            "sourceArn": Input(),
            "sourceAccount": Input(),
        },
        create=_create_permission,
        read=_read_permission,
        delete=_delete_permission,
    ),
)
"""The rows of this module."""
