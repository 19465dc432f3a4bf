"""Rules about what RDS databases are connected to: subnets, security groups, parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import PolicyResource, Severity
from pulumi_policy.proxy import UnknownValueError

from rules.flags import REQUIRED, shown
from rules.rds import CLUSTER, CLUSTER_INSTANCE, DATABASES, INSTANCE, KINDS
from rules.reading import elements, given, judge_each, known, mapping, number, related
from rules.routes import SUBNETS, route_to_internet
from rules.rule import About, Stack, StackReport, stack_rule
from rules.security_groups import GROUPS, SEPARATE_RULES, GroupRule, judge_rules
from rules.security_groups import KINDS as GROUP_KINDS

SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"

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


@dataclass(frozen=True)
class _TlsParameter:
    """The parameter by which an engine refuses connections without TLS.

    Attributes:
        name: the parameter.
        default_since: the first version, as (major, minor), in which RDS sets it by itself.
    """

    name: str
    default_since: tuple[int, int] | None = None


_TLS_PARAMETERS: Mapping[str, _TlsParameter] = {
    # Amazon RDS User Guide, "Requiring an SSL connection to a PostgreSQL DB instance", and the
    # same of MySQL, MariaDB and SQL Server. Oracle and Db2 have no such parameter.
    "postgres": _TlsParameter("rds.force_ssl", (15, 0)),
    "mysql": _TlsParameter("require_secure_transport"),
    "mariadb": _TlsParameter("require_secure_transport", (11, 8)),
    "aurora-postgresql": _TlsParameter("rds.force_ssl"),
    "aurora-mysql": _TlsParameter("require_secure_transport"),
    "sqlserver-ee": _TlsParameter("rds.force_ssl"),
    "sqlserver-se": _TlsParameter("rds.force_ssl"),
    "sqlserver-ex": _TlsParameter("rds.force_ssl"),
    "sqlserver-web": _TlsParameter("rds.force_ssl"),
}

_GROUP_PROPERTIES: Mapping[str, tuple[str, str]] = {
    INSTANCE: ("parameterGroupName", PARAMETER_GROUP),
    CLUSTER: ("dbClusterParameterGroupName", CLUSTER_PARAMETER_GROUP),
}


def _tls_required(stack: Stack, report: StackReport) -> None:
    def judge(database: PolicyResource) -> None:
        parameter = _TLS_PARAMETERS.get(str(given(database, "engine")).lower())
        if parameter is None:
            return
        key, group_type = _GROUP_PROPERTIES[database.resource_type]
        groups = related(database, key, stack.of_type(group_type))
        if not groups and not _is_default_group(given(database, key)):
            return  # another stack made it
        value = _setting(groups[0], parameter.name) if groups else None
        if _is_on(value) or (value is None and _is_default(parameter, database)):
            return
        report(
            f"The {KINDS[database.resource_type]} {database.name} must refuse connections without "
            f"TLS; {parameter.name} is {shown(value)} in its parameter group, and must be 1.",
            groups[0].urn if groups else database.urn,
        )

    judge_each(stack.of_type(DATABASES), judge)


def _is_default_group(name: Any) -> bool:
    return name is None or str(name).startswith("default.")


def _setting(group: PolicyResource, name: str) -> Any:
    """Return a parameter's value, None where the group does not set it."""
    found: list[Any] = []

    def look(parameter: Any) -> None:
        if mapping(parameter).get("name") == name:
            found.append(mapping(parameter).get("value"))

    try:
        judge_each(elements(given(group, "parameters")), look)
    except UnknownValueError:
        if not found:
            raise
    return found[0] if found else None


def _is_on(value: Any) -> bool:
    return number(value) == 1 or str(value).lower() in ("on", "true")


def _is_default(parameter: _TlsParameter, database: PolicyResource) -> bool:
    if parameter.default_since is None:
        return False
    parts = [number(part) for part in str(database.props.get("engineVersion")).split(".")]
    major, minor = parts[0], parts[1] if len(parts) > 1 else 0
    if major is None:
        return False
    return (major, minor or 0) >= parameter.default_since


rds_tls_required = stack_rule(
    About(
        name="rds-tls-required",
        description="Databases refuse connections without TLS.",
        severity=Severity.HIGH,
        remediation="Set the engine's parameter to 1 in the database's parameter group.",
        url=f"{_RDS}/PostgreSQL.Concepts.General.SSL.html",
    ),
    DATABASES,
    _tls_required,
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
    rds_tls_required,
    rds_cluster_multi_az,
]
