"""The rule that databases refuse connections without TLS: engines, versions, parameter groups."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.rds import CLUSTER, INSTANCE
from rules.rds_tls import CLUSTER_PARAMETER_GROUP, PARAMETER_GROUP, rds_tls_required
from tests.policies.harness import UNKNOWN, Verdict
from tests.policies.small_stack import Small

FORCE_SSL = "rds.force_ssl"
SECURE_TRANSPORT = "require_secure_transport"
DB2COMM = "DB2COMM"
PROXY = "aws:rds/proxy:Proxy"


def parametrised(small: Small, token: str, props: Mapping[str, Any], *set_to: Any) -> Verdict:
    """Judge a database with a parameter group of its own, if there is anything to set."""
    key, group_type = {
        INSTANCE: ("parameterGroupName", PARAMETER_GROUP),
        CLUSTER: ("dbClusterParameterGroupName", CLUSTER_PARAMETER_GROUP),
    }[token]
    groups = {}
    if set_to:
        parameters = [{"name": name, "value": value} for name, value in set_to]
        groups[key] = small.add(group_type, "group", parameters=parameters)
    small.add(token, "database", **props, **groups)
    return small.judge(rds_tls_required)


POSTGRES_14 = {"engine": "postgres", "engineVersion": "14.9"}
POSTGRES_16 = {"engine": "postgres", "engineVersion": "16"}
OTHER = ("log_statement", "all")


@pytest.mark.parametrize(
    ("token", "props", "set_to"),
    [
        (INSTANCE, POSTGRES_14, [OTHER, (FORCE_SSL, "1")]),
        (INSTANCE, POSTGRES_14, [(FORCE_SSL, 1.0)]),
        (INSTANCE, POSTGRES_14, [(FORCE_SSL, "on")]),
        (INSTANCE, POSTGRES_16, []),
        (INSTANCE, {**POSTGRES_16, "parameterGroupName": "default.postgres16"}, []),
        (INSTANCE, {**POSTGRES_14, "parameterGroupName": "of-another-stack"}, []),
        (INSTANCE, POSTGRES_16, [OTHER]),
        (INSTANCE, {"engine": "mysql", "engineVersion": "8.4"}, [(SECURE_TRANSPORT, "ON")]),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "11.8"}, []),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "11.8.3"}, []),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "10.6"}, [(SECURE_TRANSPORT, "1")]),
        (INSTANCE, {"engine": "sqlserver-se"}, [(FORCE_SSL, "1")]),
        (INSTANCE, {"engine": "oracle-ee"}, []),
        (INSTANCE, {"replicateSourceDb": "source"}, []),
        (CLUSTER, {"engine": "aurora-postgresql"}, [(FORCE_SSL, "1")]),
        (CLUSTER, {"engine": "aurora-postgresql", "engineVersion": "17.4"}, []),
        (CLUSTER, {"engine": "aurora-mysql"}, [(SECURE_TRANSPORT, "ON")]),
        (CLUSTER, {"engine": "aurora-mysql", "engineVersion": "8.4.7"}, []),
        (INSTANCE, {"engine": "db2-se", "engineVersion": "11.5"}, [(DB2COMM, "SSL")]),
        (INSTANCE, {"engine": "db2-ae", "engineVersion": "11.5"}, [(DB2COMM, "ssl")]),
        (CLUSTER, POSTGRES_16, []),
    ],
)
def test_tls_is_required(
    small: Small, token: str, props: Mapping[str, Any], set_to: list[tuple[str, Any]]
) -> None:
    verdict = parametrised(small, token, props, *set_to)
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize(
    ("token", "props", "set_to", "found"),
    [
        (INSTANCE, POSTGRES_16, [(FORCE_SSL, "0")], f"{FORCE_SSL} is 0"),
        (INSTANCE, POSTGRES_16, [(FORCE_SSL, "off")], f"{FORCE_SSL} is off"),
        (INSTANCE, POSTGRES_14, [OTHER], f"{FORCE_SSL} is missing"),
        (INSTANCE, POSTGRES_14, [], f"{FORCE_SSL} is missing"),
        (INSTANCE, {"engine": "postgres"}, [], f"{FORCE_SSL} is missing"),
        (
            INSTANCE,
            {**POSTGRES_14, "parameterGroupName": "default.postgres14"},
            [],
            f"{FORCE_SSL} is missing",
        ),
        (INSTANCE, {"engine": "mysql", "engineVersion": "8.4"}, [], "is missing"),
        (
            INSTANCE,
            {"engine": "mysql", "engineVersion": "8.4"},
            [(FORCE_SSL, "1")],
            f"{SECURE_TRANSPORT} is missing",
        ),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "11.4.5"}, [], "is missing"),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "11"}, [], "is missing"),
        (INSTANCE, {"engine": "mariadb", "engineVersion": "11.7.2"}, [], "is missing"),
        (INSTANCE, POSTGRES_16, [(FORCE_SSL, "1"), (FORCE_SSL, "0")], f"{FORCE_SSL} is 0"),
        (INSTANCE, POSTGRES_16, [(FORCE_SSL, "0"), (FORCE_SSL, "1")], f"{FORCE_SSL} is 0"),
        (INSTANCE, POSTGRES_16, [(FORCE_SSL, None)], f"{FORCE_SSL} is missing"),
        (INSTANCE, {"engine": "sqlserver-ee"}, [], "is missing"),
        (INSTANCE, {"engine": "sqlserver-se"}, [], "is missing"),
        (INSTANCE, {"engine": "sqlserver-web"}, [], "is missing"),
        (INSTANCE, {"engine": "sqlserver-ex", "engineVersion": "16.00"}, [], "is missing"),
        (CLUSTER, {"engine": "aurora-postgresql", "engineVersion": "16.4"}, [], "is missing"),
        (CLUSTER, {"engine": "aurora-mysql"}, [(SECURE_TRANSPORT, "OFF")], "is OFF"),
        (
            CLUSTER,
            {"engine": "aurora-postgresql", "engineVersion": "17.4"},
            [(FORCE_SSL, "0")],
            f"{FORCE_SSL} is 0",
        ),
        (
            CLUSTER,
            {"engine": "aurora-mysql", "engineVersion": "8.0.mysql_aurora.3.10.0"},
            [],
            f"{SECURE_TRANSPORT} is missing",
        ),
        (INSTANCE, {"engine": "db2-se"}, [(DB2COMM, "TCPIP,SSL")], f"{DB2COMM} is TCPIP,SSL"),
        (INSTANCE, {"engine": "db2-ae"}, [(DB2COMM, "1")], f"{DB2COMM} is 1"),
        (INSTANCE, {"engine": "db2-ae"}, [], f"{DB2COMM} is missing"),
    ],
)
def test_tls_is_not_required(
    small: Small,
    token: str,
    props: Mapping[str, Any],
    set_to: list[tuple[str, Any]],
    found: str,
) -> None:
    verdict = parametrised(small, token, props, *set_to)
    assert [found in message for message in verdict.violations] == [True]
    assert verdict.urns == [small.resources[0].urn]  # the group, where there is one


def test_message_about_tls() -> None:
    assert parametrised(Small(), INSTANCE, POSTGRES_16, (FORCE_SSL, "0")).violations == [
        "The RDS instance database must refuse connections without TLS; rds.force_ssl is 0 in its "
        "parameter group, and must be 1."
    ]


def test_message_about_tls_of_db2() -> None:
    verdict = parametrised(Small(), INSTANCE, {"engine": "db2-se"}, (DB2COMM, "TCPIP"))
    assert verdict.violations == [
        "The RDS instance database must refuse connections without TLS; DB2COMM is TCPIP in its "
        "parameter group, and must be SSL."
    ]


@pytest.mark.parametrize("value", [True, "true"])
def test_a_proxy_requires_tls(small: Small, value: Any) -> None:
    small.add(PROXY, "proxy", requireTls=value)
    assert small.judge(rds_tls_required) == Verdict()


@pytest.mark.parametrize(
    ("props", "found"),
    [({"requireTls": False}, "false"), ({}, "missing")],
    ids=["false", "missing"],
)
def test_a_proxy_does_not_require_tls(small: Small, props: Mapping[str, Any], found: str) -> None:
    proxy = small.add(PROXY, "proxy", **props)
    verdict = small.judge(rds_tls_required)
    assert verdict.violations == [
        "The RDS proxy proxy must refuse connections without TLS; requireTls is "
        f"{found}, and must be true."
    ]
    assert verdict.urns == [proxy.urn]


def test_an_unknown_database_hides_no_proxy(small: Small) -> None:
    small.add(PROXY, "proxy")
    verdict = parametrised(small, INSTANCE, POSTGRES_16, (FORCE_SSL, UNKNOWN))
    assert verdict.unknown
    assert len(verdict.violations) == 1


def test_an_unknown_parameter(small: Small) -> None:
    assert parametrised(small, INSTANCE, POSTGRES_16, (FORCE_SSL, UNKNOWN)).unknown


def test_an_unknown_parameter_beside_the_one_that_counts(small: Small) -> None:
    verdict = parametrised(small, INSTANCE, POSTGRES_16, (UNKNOWN, "1"), (FORCE_SSL, "0"))
    assert len(verdict.violations) == 1
    assert not verdict.unknown


def test_an_unknown_version_hides_no_other_database(small: Small) -> None:
    small.add(INSTANCE, "first", engine="postgres", engineVersion=UNKNOWN)
    verdict = parametrised(small, INSTANCE, POSTGRES_14)
    assert len(verdict.violations) == 1
    assert verdict.unknown
