"""The rule that RDS databases refuse connections without TLS, engine by engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import PolicyResource, Severity
from pulumi_policy.proxy import UnknownValueError

from rules.flags import shown
from rules.rds import CLUSTER, DATABASES, INSTANCE, KINDS
from rules.reading import elements, flag, given, judge_each, mapping, number, related
from rules.rule import About, Stack, StackReport, stack_rule

PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
_PROXY = "aws:rds/proxy:Proxy"

_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


@dataclass(frozen=True)
class _TlsParameter:
    """The parameter by which an engine refuses connections without TLS.

    Attributes:
        name: the parameter.
        default_since: the first version, as (major, minor), in which RDS sets it by itself.
        wanted: what it must be.
        same: what means the same, in lower case.
    """

    name: str
    default_since: tuple[int, int] | None = None
    wanted: str = "1"
    same: tuple[str, ...] = ("1", "on", "true")


_DB2 = _TlsParameter("DB2COMM", wanted="SSL", same=("ssl",))

_TLS_PARAMETERS: Mapping[str, _TlsParameter] = {
    # Amazon RDS User Guide, "Requiring an SSL connection to a PostgreSQL DB instance", and the
    # same of MySQL, MariaDB, SQL Server and Db2; Amazon Aurora User Guide, "Securing Aurora
    # PostgreSQL data with SSL/TLS" and "Comparing Aurora MySQL version 3 and Aurora MySQL version
    # 8.4". Oracle has an option instead, on a port of its own.
    "postgres": _TlsParameter("rds.force_ssl", (15, 0)),
    "mysql": _TlsParameter("require_secure_transport"),
    "mariadb": _TlsParameter("require_secure_transport", (11, 8)),
    "aurora-postgresql": _TlsParameter("rds.force_ssl", (17, 0)),
    "aurora-mysql": _TlsParameter("require_secure_transport", (8, 4)),
    "db2-ae": _DB2,
    "db2-se": _DB2,
    "sqlserver-ee": _TlsParameter("rds.force_ssl"),
    "sqlserver-se": _TlsParameter("rds.force_ssl"),
    "sqlserver-ex": _TlsParameter("rds.force_ssl"),
    "sqlserver-web": _TlsParameter("rds.force_ssl"),
}

_GROUP_PROPERTIES: Mapping[str, tuple[str, str]] = {
    INSTANCE: ("parameterGroupName", PARAMETER_GROUP),
    CLUSTER: ("dbClusterParameterGroupName", CLUSTER_PARAMETER_GROUP),
}


def _databases_require_tls(stack: Stack, report: StackReport) -> None:
    def judge(database: PolicyResource) -> None:
        parameter = _TLS_PARAMETERS.get(str(given(database, "engine")).lower())
        if parameter is None:
            return
        key, group_type = _GROUP_PROPERTIES[database.resource_type]
        groups = related(database, key, stack.of_type(group_type))
        if not groups and not _is_default_group(given(database, key)):
            return  # another stack made it
        values = _settings(groups[0], parameter.name) if groups else []
        wrong = [one for one in values if shown(one).lower() not in parameter.same]
        if not wrong and (values or _is_default(parameter, database)):
            return
        value = wrong[0] if wrong else None
        report(
            f"The {KINDS[database.resource_type]} {database.name} must refuse connections without "
            f"TLS; {parameter.name} is {shown(value)} in its parameter group, and must be "
            f"{parameter.wanted}.",
            groups[0].urn if groups else database.urn,
        )

    judge_each(stack.of_type(DATABASES), judge)


def _proxies_require_tls(stack: Stack, report: StackReport) -> None:
    def judge(proxy: PolicyResource) -> None:
        value = given(proxy, "requireTls")
        if not flag(value):
            report(
                f"The RDS proxy {proxy.name} must refuse connections without TLS; requireTls is "
                f"{shown(value)}, and must be true.",
                proxy.urn,
            )

    judge_each(stack.of_type(_PROXY), judge)


def _is_default_group(name: Any) -> bool:
    return name is None or str(name).startswith("default.")


def _settings(group: PolicyResource, name: str) -> list[Any]:
    """Return what the group sets a parameter to; nobody knows which of several values stays."""
    found: list[Any] = []

    def look(parameter: Any) -> None:
        if mapping(parameter).get("name") == name:
            found.append(mapping(parameter).get("value"))

    try:
        judge_each(elements(given(group, "parameters")), look)
    except UnknownValueError:
        if not found:
            raise
    return found


def _is_default(parameter: _TlsParameter, database: PolicyResource) -> bool:
    if parameter.default_since is None:
        return False
    parts = [number(part) for part in str(database.props.get("engineVersion")).split(".")]
    major, minor = parts[0], parts[1] if len(parts) > 1 else 0
    if major is None:
        return False
    return (major, minor or 0) >= parameter.default_since


def _tls_required(stack: Stack, report: StackReport) -> None:
    judge_each((_databases_require_tls, _proxies_require_tls), lambda check: check(stack, report))


rds_tls_required = stack_rule(
    About(
        name="rds-tls-required",
        description="Databases and their proxies refuse connections without TLS.",
        severity=Severity.HIGH,
        remediation="Set the engine's parameter in the database's parameter group to what the "
        "message names; set requireTls of a proxy to true.",
        url=f"{_RDS}/PostgreSQL.Concepts.General.SSL.html",
    ),
    (*DATABASES, _PROXY),
    _tls_required,
)


POLICIES = [rds_tls_required]
