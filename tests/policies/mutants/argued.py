"""Mutants that no rule catches, and why none should; by patterns of their names."""

from collections.abc import Mapping

ARGUED: Mapping[str, str] = {
    r"^drop a condition: Role .*assumeRolePolicy.*: without (StringEquals|ArnLike) aws:Source": (
        "the other one of aws:SourceAccount and aws:SourceArn still names the account"
    ),
    r": (RolePolicy|Policy) .* DatastoreKey: with": (
        "the key is named, and who may use it directly reads nothing without the bucket"
    ),
    r"^weaken an operator: .* DatastoreKey: ": (
        "the key is named, and who may use it directly reads nothing without the bucket"
    ),
    r": Policy .* WriteSchedules: with": (
        "the rules are named, and aimed only where another statement of the policy lets them"
    ),
    r"^(widen a resource|widen a principal): RestApiPolicy .*: (\*|everybody (in|of))": (
        "an API without a policy is as open; its methods ask for a key, which a rule demands"
    ),
    r"^widen a resource: .* StopJobs: ": (
        "the job's tag decides, and only Batch has jobs: the same jobs are meant"
    ),
    r"^(drop a condition|hollow out a condition|weaken an operator): .* SubmitJobs: ": (
        "the queue and the definitions are named; that the tag keeps stacks' jobs apart is this "
        "program's own convention"
    ),
    r"^(drop a condition|hollow out a condition|weaken an operator): .* TagInstance: ": (
        "the instances are named, and the condition narrows further"
    ),
    r"^widen a resource: .* TagInstance: ": (
        "tags are set while an instance is registered, and another statement names where to"
    ),
    r"^weaken an input: Instance .*deleteAutomatedBackups": (
        "a deleted database leaves a final snapshot, which a rule demands"
    ),
    r"^leave an input out: ParameterGroup .*parameters$": (
        "rds.force_ssl is 1 by default from PostgreSQL 15 on"
    ),
    r"^leave an input out: Service .*networkConfiguration$": (
        "ECS refuses such a service: its tasks use awsvpc"
    ),
    r"^remove a resource: LogGroup ": (
        "a log group that AWS makes is none of the program's, so that no pack sees it"
    ),
    r"^remove a resource: BucketOwnershipControls ": (
        "S3 disables ACLs of new buckets by itself since April 2023"
    ),
    r"^remove a resource: Integration ": "a method without an integration answers nobody",
    r"^open a security group: metaflow-groups-(balancer|service|jobs) to the VPC$": (
        "only a program knows who of its own network is a stranger; of databases a rule demands it"
    ),
    r"^add a way to the internet: metaflow-net-private-": (
        "what stands there has no public address, which rules demand; only databases must have no "
        "way at all"
    ),
    r"^move to public subnets: LoadBalancer ": (
        "an internal load balancer has no public address, which a rule demands"
    ),
    r"RestApi .*disableExecuteApiEndpoint": (
        "callers then have no way in at all, or the one that they have by default"
    ),
}
