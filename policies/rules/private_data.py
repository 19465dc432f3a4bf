"""The rules of the pack `private-data`, in the order in which its README lists them."""

from pulumi_policy import Policy

from rules import (
    apis,
    containers,
    disks,
    dynamodb,
    efs,
    exemptions,
    functions,
    instances,
    keys,
    load_balancers,
    logs,
    messaging,
    network,
    notebooks,
    parameters,
    rds,
    rds_relations,
    s3,
    s3_relations,
    tasks,
)

POLICIES: list[Policy] = [
    *rds.POLICIES,
    *rds_relations.POLICIES,
    *s3.POLICIES,
    *s3_relations.POLICIES,
    *dynamodb.POLICIES,
    *efs.POLICIES,
    *messaging.POLICIES,
    *parameters.POLICIES,
    *keys.POLICIES,
    *logs.POLICIES,
    *network.POLICIES,
    *load_balancers.POLICIES,
    *instances.POLICIES,
    *disks.POLICIES,
    *containers.POLICIES,
    *tasks.POLICIES,
    *functions.POLICIES,
    *notebooks.POLICIES,
    *apis.POLICIES,
    exemptions.listed(),
]
