"""Rules about load balancers."""

from pulumi_policy import Severity

from rules.reading import elements, flag
from rules.rule import About, Report, Subject, resource_rule

_LOAD_BALANCERS = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)


def _internal(subject: Subject, report: Report) -> None:
    if subject.name in set(elements(subject.thresholds["public"])):
        return
    if subject.props.get("loadBalancerType") == "gateway":
        return  # faces no network at all
    internal = subject.props.get("internal")
    if not flag(internal):
        found = "missing" if internal is None else "false"
        report(
            f"The load balancer must be internal; internal is {found}, and must be true, or its "
            f"logical name {subject.name} must stand under public in this rule's configuration."
        )


lb_internal = resource_rule(
    About(
        name="lb-internal",
        description="Load balancers have no public addresses, but for those that are named.",
        severity=Severity.HIGH,
        remediation="Set internal to true; name a load balancer that must face the internet under "
        "public in this rule's configuration.",
        url="https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
        thresholds={
            "public": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "description": "Logical names of the load balancers that may face the internet.",
                "default": [],
            }
        },
    ),
    _LOAD_BALANCERS,
    _internal,
)


POLICIES = [lb_internal]
