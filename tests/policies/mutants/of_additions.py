"""Faults that come with resources which the stack does not have."""

from collections.abc import Iterator

from tests.policies.mutants.added import ADDED
from tests.policies.mutants.mutant import Mutant, Recorded, label, new


def lone_cluster(stack: Recorded) -> Iterator[Mutant]:
    """Yield the mutant that gets an Aurora cluster with one instance."""
    database = next(one for one in stack if one.type == "aws:rds/instance:Instance")
    cluster = new(
        "aws:rds/cluster:Cluster",
        "added",
        {
            "engine": "aurora-postgresql",
            "engineVersion": "17.4",
            "dbSubnetGroupName": database.inputs["dbSubnetGroupName"],
            "dbClusterParameterGroupName": "added-parameters",
            "vpcSecurityGroupIds": database.inputs["vpcSecurityGroupIds"],
            "storageEncrypted": True,
            "backupRetentionPeriod": 7,
            "deletionProtection": True,
            "manageMasterUserPassword": True,
            "skipFinalSnapshot": False,
            "finalSnapshotIdentifier": "final",
        },
        database,
    )
    parameters = new(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "added-parameters",
        {
            "name": "added-parameters",
            "family": "aurora-postgresql17",
            "parameters": [{"name": "rds.force_ssl", "value": "1"}],
        },
        database,
    )
    instance = new(
        "aws:rds/clusterInstance:ClusterInstance",
        "added-1",
        {
            "clusterIdentifier": cluster.id,
            "engine": "aurora-postgresql",
            "publiclyAccessible": False,
        },
        database,
    )
    yield Mutant("add a lone instance", "of a cluster", added=(cluster, parameters, instance))


def added_resources(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each fault of each resource in the table."""
    like = next(one for one in stack if one.type == "aws:s3/bucket:Bucket")
    for token, (sound, faults) in ADDED.items():
        for what, change in faults.items():
            inputs = {**sound, **change}
            kept = {key: value for key, value in inputs.items() if value is not None}
            added = new(token, "added", kept, like)
            yield Mutant("add a resource", f"{label(added)}: {what}", added=(added,))


def sound_resources(stack: Recorded) -> Iterator[Mutant]:
    """Yield, for comparison, the stack with each of those resources without a fault."""
    like = next(one for one in stack if one.type == "aws:s3/bucket:Bucket")
    for token, (sound, _) in ADDED.items():
        if sound:
            added = new(token, "added", sound, like)
            yield Mutant("add a sound resource", label(added), added=(added,))
