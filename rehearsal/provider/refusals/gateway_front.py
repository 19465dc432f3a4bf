"""Refusals of what stands in front of a gateway: domain names, records and web ACLs."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal
from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_MISSING = "NotFoundException"
_WAF_GUIDE = "https://docs.aws.amazon.com/waf/latest"
_MOST_UNITS = 5000

_BODY_RULES = ("GenericLFI_BODY", "GenericRFI_BODY", "CrossSiteScripting_BODY")

RULE_GROUPS: Mapping[str, tuple[int, frozenset[str]]] = {
    "AWSManagedRulesAmazonIpReputationList": (
        25,
        frozenset(
            {
                "AWSManagedIPReputationList",
                "AWSManagedReconnaissanceList",
                "AWSManagedIPDDoSList",
            }
        ),
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        200,
        frozenset({"JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "Host_localhost_HEADER"}),
    ),
    "AWSManagedRulesCommonRuleSet": (
        700,
        frozenset({"SizeRestrictions_BODY", "EC2MetaDataSSRF_BODY", *_BODY_RULES}),
    ),
}
"""Units and rules of AWS's rule groups that a program may name; not every rule is listed."""


def _no_certificate(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Demand certificates that ACM has in the region of the domain name."""
    for one in parameters.get("DomainNameConfigurations", ()):
        call = cloud.client("acm").describe_certificate
        arn = one.get("CertificateArn", "")
        if found(call, "ResourceNotFoundException", CertificateArn=arn) is None:
            return f"The certificate {arn} is not found in ACM in {cloud.region}"
    return None


def _domain_taken(cloud: "Cloud", parameters: Parameters) -> str | None:
    call = cloud.client("apigatewayv2").get_domain_name
    if found(call, _MISSING, DomainName=parameters["DomainName"]) is None:
        return None
    return "The domain name you provided already exists"


def _stage_exists(cloud: "Cloud", api_id: str, stage: str) -> bool:
    rest, http = cloud.client("apigateway").get_stage, cloud.client("apigatewayv2").get_stage
    return bool(
        found(rest, _MISSING, restApiId=api_id, stageName=stage)
        or found(http, _MISSING, ApiId=api_id, StageName=stage)
    )


def _no_stage(cloud: "Cloud", parameters: Parameters) -> str | None:
    if _stage_exists(cloud, parameters["ApiId"], parameters["Stage"]):
        return None
    return f"Invalid stage identifier specified: {parameters['Stage']}"


def _mappings(cloud: "Cloud") -> Iterator[tuple[str, Any]]:
    client = cloud.client("apigatewayv2")
    for name in [one["DomainName"] for one in client.get_domain_names()["Items"]]:
        for mapping in client.get_api_mappings(DomainName=name)["Items"]:
            yield name, mapping


def _path_taken(cloud: "Cloud", parameters: Parameters) -> str | None:
    wanted = (parameters["DomainName"], parameters.get("ApiMappingKey", ""))
    for name, mapping in _mappings(cloud):
        if (name, mapping.get("ApiMappingKey", "")) == wanted:
            return "ApiMapping key already exists for this domain name"
    return None


def _mapped(cloud: "Cloud", api_id: str) -> str | None:
    names = sorted(name for name, mapping in _mappings(cloud) if mapping["ApiId"] == api_id)
    if not names:
        return None
    return (
        f"Deleting {api_id} failed. Please remove all base path mappings related to it in your "
        f"domains: {', '.join(names)}"
    )


def _mapped_rest_api(cloud: "Cloud", parameters: Parameters) -> str | None:
    return _mapped(cloud, parameters["restApiId"])


def _mapped_http_api(cloud: "Cloud", parameters: Parameters) -> str | None:
    return _mapped(cloud, parameters["ApiId"])


def _record_exists(cloud: "Cloud", parameters: Parameters) -> str | None:
    client = cloud.client("route53")
    for change in parameters["ChangeBatch"]["Changes"]:
        name, kind = (change["ResourceRecordSet"][key] for key in ("Name", "Type"))
        wanted = (f"{name.rstrip('.')}.", kind)
        answer = client.list_resource_record_sets(HostedZoneId=parameters["HostedZoneId"])
        there = {(one["Name"], one["Type"]) for one in answer["ResourceRecordSets"]}
        if change["Action"] == "CREATE" and wanted in there:
            return (
                f"Tried to create resource record set [name='{wanted[0]}', type='{kind}'] but it "
                "already exists"
            )
    return None


def _groups(parameters: Parameters) -> Iterator[Any]:
    for rule in parameters.get("Rules", ()):
        group = rule["Statement"].get("ManagedRuleGroupStatement")
        if group:
            yield group


def _unknown_rule(_: "Cloud", parameters: Parameters) -> str | None:
    units = 0
    for group in _groups(parameters):
        if group["VendorName"] != "AWS" or group["Name"] not in RULE_GROUPS:
            return f"the rule group {group['VendorName']} {group['Name']} does not exist"
        capacity, rules = RULE_GROUPS[group["Name"]]
        units += capacity
        named = {one["Name"] for one in group.get("RuleActionOverrides", ())}
        if not named <= rules:
            return f"{group['Name']} has no rules {', '.join(sorted(named - rules))}"
    if units > _MOST_UNITS:
        return f"the rules need {units} units, and a web ACL holds {_MOST_UNITS}"
    return None


def _stages_behind(cloud: "Cloud") -> Iterator[tuple[str, str]]:
    client = cloud.client("apigateway")
    for api in client.get_rest_apis()["items"]:
        for stage in client.get_stages(restApiId=api["id"])["item"]:
            if "webAclArn" in stage:
                yield f"{api['id']}/{stage['stageName']}", stage["webAclArn"]


def _associated(cloud: "Cloud", parameters: Parameters) -> str | None:
    end = f"/{parameters['Name']}/{parameters['Id']}"
    stages = [stage for stage, acl in _stages_behind(cloud) if acl.endswith(end)]
    if not stages:
        return None
    return f"WAFAssociatedItemException: the web ACL stands in front of {', '.join(stages)}"


def _nothing_to_protect(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Demand a stage of a REST API: AWS WAF takes no other kind of API."""
    arn = parameters["ResourceArn"]
    path = arn.partition("::/")[2].split("/")
    if len(path) != 4 or path[0] != "restapis":  # noqa: PLR2004 restapis, id, stages, name
        return f"WAFInvalidParameterException: {arn} is no stage of a REST API"
    return None if _stage_exists(cloud, path[1], path[3]) else f"{arn} does not exist"


def _refusal(service: str, source: str, problem: Any, *operations: str) -> Refusal:
    return Refusal(service=service, operations=operations, source=source, problem=problem)


REFUSALS: tuple[Refusal, ...] = (
    _refusal(
        "apigatewayv2",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "apigateway-regional-api-custom-domain-create.html",
        _no_certificate,
        "CreateDomainName",
        "UpdateDomainName",
    ),
    _refusal(
        "apigatewayv2",
        "aws-cloudformation/cloudformation-coverage-roadmap#1151",
        _domain_taken,
        "CreateDomainName",
    ),
    _refusal(
        "apigatewayv2",
        "amplify-education/serverless-domain-manager#589",
        _no_stage,
        "CreateApiMapping",
    ),
    _refusal(
        "apigatewayv2",
        "aws-cloudformation/cloudformation-coverage-roadmap#1151",
        _path_taken,
        "CreateApiMapping",
    ),
    _refusal(
        "apigateway", "serverless/serverless#3638", _mapped_rest_api, "DeleteRestApi", "DeleteStage"
    ),
    _refusal(
        "apigatewayv2", "serverless/serverless#3638", _mapped_http_api, "DeleteApi", "DeleteStage"
    ),
    _refusal(
        "route53",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
        _record_exists,
        "ChangeResourceRecordSets",
    ),
    _refusal(
        "wafv2",
        f"{_WAF_GUIDE}/developerguide/aws-managed-rule-groups-list.html",
        _unknown_rule,
        "CreateWebACL",
        "UpdateWebACL",
    ),
    _refusal(
        "wafv2", f"{_WAF_GUIDE}/APIReference/API_DeleteWebACL.html", _associated, "DeleteWebACL"
    ),
    _refusal(
        "wafv2",
        f"{_WAF_GUIDE}/APIReference/API_AssociateWebACL.html",
        _nothing_to_protect,
        "AssociateWebACL",
    ),
)
"""What AWS refuses of these, and the emulator accepts."""
