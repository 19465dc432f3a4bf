"""Rules about what RDS databases stand in: subnets, security groups, clusters."""

from pulumi_policy import PolicyResource, Severity

from rules.flags import REQUIRED, shown
from rules.rds import CLUSTER, CLUSTER_INSTANCE, DATABASES, KINDS
from rules.reading import given, judge_each, known, related
from rules.routes import SUBNETS, is_public_by_default, route_to_internet
from rules.rule import About, Stack, StackReport, stack_rule
from rules.security_groups import GROUPS, SEPARATE_RULES, GroupRule, judge_rules
from rules.security_groups import KINDS as GROUP_KINDS

SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"

_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def _subnets_isolated(stack: Stack, report: StackReport) -> None:
    databases = stack.of_type(KINDS)
    groups = {group.urn: group for one in databases for group in _subnet_groups(stack, one)}

    def judge_subnet(group: PolicyResource, subnet: PolicyResource) -> None:
        route = route_to_internet(stack, subnet)
        if route is not None:
            report(
                "The subnet group of a database must have isolated subnets only; "
                f"{subnet.name} has a route to an internet gateway, {route.name}.",
                group.urn,
            )
        elif is_public_by_default(stack, subnet):
            report(
                "The subnet group of a database must have isolated subnets only; "
                f"{subnet.name} is a default subnet, whose route table AWS makes with a route to "
                "an internet gateway.",
                group.urn,
            )

    def judge(one: PolicyResource) -> None:
        if one.resource_type == SUBNET_GROUP:
            subnets = related(one, "subnetIds", stack.of_type(SUBNETS))
            judge_each(subnets, lambda subnet: judge_subnet(one, subnet))
        elif not _subnet_groups(stack, one) and _in_default_subnets(one):
            report(
                f"The {KINDS[one.resource_type]} must stand in a subnet group of isolated subnets; "
                f"dbSubnetGroupName is {shown(given(one, 'dbSubnetGroupName'))}, which means the "
                "default VPC's public ones.",
                one.urn,
            )

    judge_each([*groups.values(), *databases], judge)


def _subnet_groups(stack: Stack, database: PolicyResource) -> list[PolicyResource]:
    return related(database, "dbSubnetGroupName", stack.of_type(SUBNET_GROUP))


def _in_default_subnets(database: PolicyResource) -> bool:
    """Say whether a database has no subnet group of its own, nor one from another database."""
    if database.resource_type == CLUSTER_INSTANCE:
        return False
    if given(database, "dbSubnetGroupName") not in (None, "default"):
        return False
    return given(database, "replicateSourceDb") is None


rds_subnets_isolated = stack_rule(
    About(
        name="rds-subnets-isolated",
        description="No subnet of a database has a route to an internet gateway.",
        severity=Severity.HIGH,
        remediation="Give the subnet group subnets whose route table has no internet gateway.",
        url=f"{_RDS}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        control="RDS.46",
    ),
    KINDS,
    _subnets_isolated,
)


def _ingress_by_group(stack: Stack, report: StackReport) -> None:
    groups: dict[str, PolicyResource] = {}
    for database in stack.of_type(DATABASES):
        found = related(database, "vpcSecurityGroupIds", stack.of_type(GROUPS))
        groups.update({one.urn: one for one in found})

    def judge(holder: PolicyResource, rule: GroupRule) -> None:
        rule.judge_ranges(
            lambda where, value: report(
                f"The {GROUP_KINDS[holder.resource_type]} of a database must let in security "
                f"groups only, no address ranges; {where} is {value}.",
                holder.urn,
            ),
            prefix_lists=True,
        )

    def judge_holder(holder: PolicyResource) -> None:
        if holder.resource_type in GROUPS and given(holder, "ingress") is None:
            return
        judge_rules(holder.resource_type, holder.props, "ingress", lambda rule: judge(holder, rule))

    rules = [
        one
        for one in stack.of_type(SEPARATE_RULES)
        if related(one, "securityGroupId", groups.values())
    ]
    judge_each([*groups.values(), *rules], judge_holder)


rds_ingress_by_group = stack_rule(
    About(
        name="rds-ingress-by-group",
        description="Security groups of databases let in other security groups only.",
        severity=Severity.HIGH,
        remediation="Name the client's security group in the rule instead of an address range.",
        url=f"{_RDS}/Overview.RDSSecurityGroups.html",
    ),
    DATABASES,
    _ingress_by_group,
)


def _cluster_multi_az(stack: Stack, report: StackReport) -> None:
    if not stack.thresholds["required"]:
        return
    for cluster in stack.of_type(CLUSTER):
        instances = [
            one
            for one in stack.of_type(CLUSTER_INSTANCE)
            if related(one, "clusterIdentifier", [cluster])
        ]
        zones = {known(one.props, "availabilityZone") for one in instances}
        if len(instances) == 1 or (len(zones) == 1 and None not in zones):
            where = "a single one" if len(instances) == 1 else f"all in {zones.pop()}"
            report(
                "The RDS cluster must have instances in two Availability Zones at least; it has "
                f"{len(instances)}, {where}.",
                cluster.urn,
            )


rds_cluster_multi_az = stack_rule(
    About(
        name="rds-cluster-multi-az",
        description="Clusters whose instances are in the stack have them in two zones at least.",
        severity=Severity.MEDIUM,
        remediation="Add a cluster instance, in another Availability Zone.",
        url="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
        control="RDS.15",
        thresholds=REQUIRED,
    ),
    {CLUSTER},
    _cluster_multi_az,
)

POLICIES = [
    rds_subnets_isolated,
    rds_ingress_by_group,
    rds_cluster_multi_az,
]
