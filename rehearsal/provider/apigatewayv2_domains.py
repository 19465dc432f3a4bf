"""Custom domain names of API Gateway, and the mappings of their paths to stages."""

from typing import Any

from rehearsal.provider.apigateway_calls import MISSING, arn
from rehearsal.provider.apigatewayv2_calls import update_tags
from rehearsal.provider.changes import as_given, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import arn as an_arn
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import camel, found, given, pascal

_MAPPING = {"apiId": "ApiId", "stage": "Stage", "apiMappingKey": "ApiMappingKey"}
_MOST_CHARACTERS = 512


def _configuration(inputs: Values) -> list[dict[str, Any]]:
    stated = inputs["domainNameConfiguration"]
    known = ("certificateArn", "endpointType", "securityPolicy", "ipAddressType")
    return [pascal({name: stated[name] for name in known if name in stated})]


def _domain_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    name = answer["DomainName"]
    [current] = camel(answer["DomainNameConfigurations"])
    return {
        "arn": arn(cloud, f"/domainnames/{name}"),
        "domainName": name,
        "apiMappingSelectionExpression": answer["ApiMappingSelectionExpression"],
        "domainNameConfiguration": {
            **as_given(state.get("domainNameConfiguration", current), current),
            "hostedZoneId": current["hostedZoneId"],
            "targetDomainName": cloud.addresses.domain_name(name),
        },
        **with_tags(state, answer.get("Tags") or {}),
    }


def _create_domain(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigatewayv2").create_domain_name(
        DomainName=inputs["domainName"],
        DomainNameConfigurations=_configuration(inputs),
        **given(inputs, {"tags": "Tags"}),
    )
    return answer["DomainName"], _domain_outputs(cloud, answer, inputs)


def _read_domain(cloud: Cloud, name: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigatewayv2").get_domain_name, MISSING, DomainName=name)
    return None if answer is None else _domain_outputs(cloud, answer, state)


def _update_domain(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigatewayv2")
    if inputs["domainNameConfiguration"] != state.get("domainNameConfiguration"):
        client.update_domain_name(DomainName=name, DomainNameConfigurations=_configuration(inputs))
    update_tags(cloud, f"/domainnames/{name}", state, inputs)
    return _domain_outputs(cloud, client.get_domain_name(DomainName=name), inputs)


def _delete_domain(cloud: Cloud, name: str, _: Values) -> None:
    found(cloud.client("apigatewayv2").delete_domain_name, MISSING, DomainName=name)


def _check_domain(inputs: Values) -> list[str]:
    stated = inputs["domainNameConfiguration"]
    long = not 1 <= len(inputs["domainName"]) <= _MOST_CHARACTERS
    needed = ("certificateArn", "endpointType", "securityPolicy")
    return [
        *(["domainName has not 1 to 512 characters"] if long else []),
        *(f"domainNameConfiguration.{name} is required" for name in needed if name not in stated),
        *problems(
            stated,
            {
                "certificateArn": an_arn,
                "endpointType": one_of(("REGIONAL",)),
                "securityPolicy": one_of(("TLS_1_2",)),
                "ipAddressType": one_of(("ipv4", "dualstack")),
            },
        ),
    ]


def _mapping_outputs(answer: Any) -> Values:
    key = answer.get("ApiMappingKey")
    stated = {"apiId": answer["ApiId"], "stage": answer["Stage"]}
    return {**stated, **({"apiMappingKey": key} if key else {})}


def _create_mapping(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigatewayv2").create_api_mapping(
        DomainName=inputs["domainName"], **given(inputs, _MAPPING)
    )
    return answer["ApiMappingId"], _mapping_outputs(answer)


def _read_mapping(cloud: Cloud, mapping_id: str, state: Values) -> Values | None:
    place = {"id": mapping_id, **state} if state else parts(mapping_id, "id", "domainName")
    call = cloud.client("apigatewayv2").get_api_mapping
    where = {"ApiMappingId": place["id"], "DomainName": place["domainName"]}
    answer = found(call, MISSING, **where)
    if answer is None:
        return None
    return {"id": place["id"], "domainName": place["domainName"], **_mapping_outputs(answer)}


def _update_mapping(cloud: Cloud, mapping_id: str, _: Values, inputs: Values) -> Values:
    answer = cloud.client("apigatewayv2").update_api_mapping(
        ApiMappingId=mapping_id,
        DomainName=inputs["domainName"],
        **{"ApiMappingKey": "", **given(inputs, _MAPPING)},
    )
    return _mapping_outputs(answer)


def _delete_mapping(cloud: Cloud, mapping_id: str, state: Values) -> None:
    call = cloud.client("apigatewayv2").delete_api_mapping
    found(call, MISSING, ApiMappingId=mapping_id, DomainName=state["domainName"])


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigatewayv2/domainName:DomainName",
        inputs={
            "domainName": Input(required=True),
            "domainNameConfiguration": Input(required=True),
            "tags": Input(),
        },
        check=_check_domain,
        create=_create_domain,
        read=_read_domain,
        update=_update_domain,
        delete=_delete_domain,
    ),
    ResourceType(
        token="aws:apigatewayv2/apiMapping:ApiMapping",
        inputs={
            "domainName": Input(required=True),
            "apiId": Input(required=True),
            "stage": Input(required=True),
            "apiMappingKey": Input(),
        },
        create=_create_mapping,
        read=_read_mapping,
        update=_update_mapping,
        delete=_delete_mapping,
    ),
)
"""The rows of this module."""
