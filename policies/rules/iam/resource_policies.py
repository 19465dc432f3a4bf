"""Policies of resources and of endpoints: whom they let in, and what they let through."""

from collections.abc import Mapping

from pulumi_policy import PolicyResource, Severity

from rules.iam.conditions import CALLERS, bounded
from rules.iam.documents import Placed, judge_allowing, judge_documents
from rules.iam.endpoint_guards import for_everybody, lets_all_through
from rules.iam.locations import Kind, types
from rules.iam.sharing import SHARES, Share, shares
from rules.iam.statements import Statement
from rules.reading import elements, judge_each, mapping, related
from rules.rule import About, Report, Stack, StackReport, Subject, resource_rule, stack_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_API = "execute-api"
_WITH_PRINCIPALS = (Kind.RESOURCE, Kind.FILTER)


def _not_public(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        # An API without a policy is open as well; its methods' keys and authorisers tell callers.
        if placed.location.service == _API or not for_everybody(statement):
            return
        if not bounded(statement, placed.document, CALLERS):
            report(
                f"The policy in {placed.where} must not let everybody in without a condition on "
                f"who calls; {statement.label} has the principal *."
            )

    judge_allowing(subject.type, subject.props, (Kind.RESOURCE,), judge)
    judge_each(shares(subject.type), lambda share: _not_shared(share, subject, report))


def _not_shared(share: Share, subject: Subject, report: Report) -> None:
    def judge(principal: str) -> None:
        if principal == share.everybody:
            report(f"The {share.what} must not let everybody in; {share.key} has {principal}.")

    share.judge(subject.props, judge)


no_public_principal = resource_rule(
    About(
        name="iam-no-public-principal",
        description=(
            "Resource policies let everybody in only with a condition that names an account, an "
            "organisation, a source or a network; nothing else is shared with everybody."
        ),
        severity=Severity.CRITICAL,
        remediation=(
            "Name the principals, or add a condition such as StringEquals aws:PrincipalOrgID or "
            "aws:SourceVpce."
        ),
        url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
    {*types(Kind.RESOURCE), *(one.type for one in SHARES if one.everybody)},
    _not_public,
)


def _no_exceptions(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        if statement.not_principals:
            report(
                f"The policy in {placed.where} must name whom it lets in; {statement.label} "
                "allows by NotPrincipal, which lets everybody else in."
            )

    judge_allowing(subject.type, subject.props, _WITH_PRINCIPALS, judge)


no_not_principal = resource_rule(
    About(
        name="iam-no-not-principal",
        description="Resource and endpoint policies do not combine Allow with NotPrincipal.",
        severity=Severity.CRITICAL,
        remediation="Name the principals that may, or deny the others.",
        url=f"{_GUIDE}/reference_policies_elements_notprincipal.html",
    ),
    types(*_WITH_PRINCIPALS),
    _no_exceptions,
)

_REST_API = "aws:apigateway/restApi:RestApi"
_REST_API_POLICY = "aws:apigateway/restApiPolicy:RestApiPolicy"
_PRIVATE_CALLERS = {key: fixed for key, fixed in CALLERS.items() if key != "aws:sourceip"}
"""A private API is called through endpoints only, where there is no public address."""


def _private(api: PolicyResource) -> bool:
    kinds: list[str] = []
    found = mapping(api.props.get("endpointConfiguration")).get("types")
    judge_each(elements(found), lambda kind: kinds.append(str(kind).upper()))
    return "PRIVATE" in kinds


def _private_apis_bounded(stack: Stack, report: StackReport) -> None:
    apart = stack.of_type(_REST_API_POLICY)

    def judge_policy(one: PolicyResource) -> None:
        def judge(placed: Placed, statement: Statement) -> None:
            if not for_everybody(statement):
                return
            if not bounded(statement, placed.document, _PRIVATE_CALLERS):
                report(
                    "The policy of a private REST API must name the endpoints, networks or "
                    f"accounts that may call it; {statement.label} lets every network in.",
                    one.urn,
                )

        judge_allowing(one.resource_type, one.props, (Kind.RESOURCE,), judge)

    def judge_api(api: PolicyResource) -> None:
        if _private(api):
            attached = [one for one in apart if related(one, "restApiId", [api])]
            # The provider answers an attached policy as the API's own as well.
            judge_each(attached or [api], judge_policy)

    judge_each(stack.of_type(_REST_API), judge_api)


private_api_bounded = stack_rule(
    About(
        name="iam-private-api-bounded",
        description="The policy of a private REST API names who may call it.",
        severity=Severity.HIGH,
        remediation="Add a condition on aws:SourceVpce or aws:SourceVpc.",
        url="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html",
    ),
    (_REST_API,),
    _private_apis_bounded,
)

_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def _endpoints_bounded(subject: Subject, report: Report) -> None:
    found: list[str] = []

    def judge(placed: Placed) -> None:
        found.append(placed.where)
        for statement in placed.document.allowing:
            if lets_all_through(statement, placed.document):
                report(
                    "The endpoint policy must bound what passes; "
                    f"{statement.label} lets everybody do nearly everything to every resource."
                )

    judge_documents(subject.type, subject.props, (Kind.FILTER,), judge)
    if subject.type == _ENDPOINT and subject.thresholds["required"] and not found:
        _report_missing(subject.props, report)


def _report_missing(props: Mapping[str, object], report: Report) -> None:
    if props.get("vpcEndpointType") != "GatewayLoadBalancer":
        report("The VPC endpoint must have a policy that bounds what passes; it has none.")


endpoint_policy_bounded = resource_rule(
    About(
        name="iam-endpoint-policy-bounded",
        description="An endpoint policy bounds what passes; one that does not is no guard.",
        severity=Severity.MEDIUM,
        remediation="Name the resources, or add a condition such as aws:ResourceAccount.",
        url="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        thresholds={
            "required": {
                "type": "boolean",
                "default": False,
                "description": (
                    "Whether every VPC endpoint must state a policy itself. Off, since an endpoint "
                    "without one only lets pass what the callers' own policies allow."
                ),
            }
        },
    ),
    (_ENDPOINT, "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", "aws:odb/network:Network"),
    _endpoints_bounded,
)

POLICIES = [
    no_public_principal,
    no_not_principal,
    private_api_bounded,
    endpoint_policy_bounded,
]
