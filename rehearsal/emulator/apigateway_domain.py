"""What the emulator's custom domain names lack: updates, tags, what AWS adds, and REST APIs.

Every function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says
why. `apply` puts them there, before the emulator answers its first request.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from moto.apigateway import urls
from moto.apigateway.models import apigateway_backends
from moto.apigatewayv2 import exceptions, models
from moto.apigatewayv2.responses import ApiGatewayV2Response

_DOMAINS = "/domainnames/"

_TAG_PATH = "{0}/v2/tags/(?P<resource_arn_pt1>[^/]+)/domainnames/(?P<resource_arn_pt2>[^/]+)$"

_OF_AWS = {"domainNameStatus": "AVAILABLE", "hostedZoneId": "Z1UJRXOUMOOFQ8"}
"""What AWS adds to a domain name's configuration; the zone is that of us-east-1 (AWS General
Reference, "Amazon API Gateway endpoints and quotas")."""


def update_domain_name(response: Any) -> Any:
    """Answer UpdateDomainName, which moto does not know."""
    domain = response.apigatewayv2_backend.get_domain_name(response.path.split("/")[-1])
    domain.domain_name_configurations = json.loads(response.body)["domainNameConfigurations"]
    return 200, {}, json.dumps(domain.to_json())


def update_api_mapping(response: Any) -> Any:
    """Answer UpdateApiMapping, which moto does not know."""
    path, given = response.path.split("/"), json.loads(response.body)
    mapping = response.apigatewayv2_backend.get_api_mapping(path[-1], path[-3])
    mapping.stage = given.get("stage", mapping.stage)
    mapping.api_mapping_key = given.get("apiMappingKey", mapping.api_mapping_key)
    return 200, {}, json.dumps(mapping.to_json())


def _with_rest_apis(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_api_mapping(
        backend: Any, api_id: str, api_mapping_key: str, domain_name: str, stage: str
    ) -> Any:
        """Take REST APIs, too; moto looks for HTTP and WebSocket APIs only."""
        if api_id not in apigateway_backends[backend.account_id][backend.region_name].apis:
            return original(backend, api_id, api_mapping_key, domain_name, stage)
        backend.get_domain_name(domain_name)
        mapping_id = backend._generate_api_maping_id(api_mapping_key, stage, domain_name)
        mapping = models.ApiMapping(api_id, api_mapping_key, mapping_id, domain_name, stage)
        backend.api_mappings[mapping_id] = mapping
        return mapping

    return create_api_mapping


def delete_domain_name(backend: Any, domain_name: str) -> None:
    """Take the name's mappings along; moto fails when there are any."""
    if domain_name not in backend.domain_names:
        raise exceptions.DomainNameNotFound
    del backend.domain_names[domain_name]
    backend.api_mappings = {
        key: one for key, one in backend.api_mappings.items() if one.domain_name != domain_name
    }


def _telling_what_aws_adds(original: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
    def to_json(domain: Any) -> dict[str, Any]:
        """Answer what a record needs to know, and that the name is there; moto echoes."""
        answer = original(domain)
        given = answer["domainNameConfigurations"]
        return {**answer, "domainNameConfigurations": [{**one, **_OF_AWS} for one in given]}

    return to_json


def _tagging_domains(
    original: Callable[..., None], changed: Callable[[Mapping[str, str], Any], dict[str, str]]
) -> Callable[..., None]:
    def tag(backend: Any, resource_arn: str, tags: Any) -> None:
        """Change the tags of domain names where their answers have them; moto does elsewhere."""
        if _DOMAINS not in resource_arn:
            original(backend, resource_arn, tags)
            return
        domain = backend.get_domain_name(resource_arn.partition(_DOMAINS)[2])
        domain.tags = changed(domain.tags or {}, tags)

    return tag


def _added(before: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    return {**before, **tags}


def _taken_away(before: Mapping[str, str], keys: list[str]) -> dict[str, str]:
    return {key: text for key, text in before.items() if key not in keys}


@cache
def apply() -> None:
    """Patch moto's custom domain names, once a process."""
    for function in (update_domain_name, update_api_mapping):
        setattr(ApiGatewayV2Response, function.__name__, function)
    backend: Any = models.ApiGatewayV2Backend
    backend.create_api_mapping = _with_rest_apis(backend.create_api_mapping)
    backend.delete_domain_name = delete_domain_name
    backend.tag_resource = _tagging_domains(backend.tag_resource, _added)
    backend.untag_resource = _tagging_domains(backend.untag_resource, _taken_away)
    domain: Any = models.DomainName
    domain.to_json = _telling_what_aws_adds(domain.to_json)
    # The emulator's server takes the paths of both versions from the first one's table.
    urls.url_paths[_TAG_PATH] = ApiGatewayV2Response.dispatch
