"""The inputs of the top component, in the form that every Pulumi language can give.

Written by `make settings` of the models in `settings`.
"""

from collections.abc import Sequence
from typing import Required, TypedDict


class FairShare(TypedDict, total=False):
    """How a queue shares its capacity among the identifiers of its jobs."""

    shares: dict[str, float]
    """Weight by share identifier; a lower weight gets more. Others have 1. Allowed: up to 500
    identifiers of letters and digits, with weights of 0.0001 to 999.9999. Default: empty."""

    decay_seconds: int
    """Seconds for which what an identifier has used counts. Allowed: 0 to 604800. Default: 0."""

    compute_reservation: int
    """Share of the capacity, in percent, that is kept for identifiers without jobs. Allowed: 0 to
    99. Default: 0."""


class ImageCache(TypedDict, total=False):
    """One registry whose images ECR copies when they are first pulled."""

    registry: Required[str]
    """Registry that images are copied from. Allowed: ecr-public, kubernetes, quay, docker-hub,
    github, gitlab."""

    prefix: Required[str]
    """What the names of the copies begin with; one cache of the account and region has it. Allowed:
    2 to 30 characters in the form of an ECR repository's name."""

    secret_arn: str
    """Secret with username and accessToken for docker-hub, github and gitlab, which have no other
    way in. Allowed: the whole ARN of a secret of the account and region, ecr-pullthroughcache/....
    Default: empty."""


class JobQueue(TypedDict, total=False):
    """One Batch job queue with the compute environment behind it."""

    name: Required[str]
    """Name of the queue within the stack; it stays for the queue's life. Allowed: 1 to 12 of a-z,
    0-9 and -."""

    kind: str
    """What the jobs run on: instances on demand, on Spot or with GPUs, or Fargate. Allowed: ec2,
    spot, gpu, fargate, fargate-spot. Default: ec2."""

    instance_types: Sequence[str]
    """Instance types from which Batch chooses; empty means m6i, c6i and r6i sizes, or g4dn, g5 and
    g6 sizes for gpu. Allowed: x86_64 types with at least 8 GiB of the m, c, r, x and z1d families,
    of d3, d3en, i3, i3en, i4i, i7i and i7ie with disks of their own, or of g4dn, g5, g6, g6e, g7,
    g7e, gr6, p4d, p4de, p5, p5e, p5en, p6-b200 and p6-b300 with GPUs; not both. Default: empty."""

    min_vcpus: int
    """vCPUs that are kept running, and paid for, without any job. Allowed: 0 to maxVcpus. Default:
    0."""

    max_vcpus: int
    """vCPUs at which the queue stops growing. Allowed: 1 to 10000. Default: 64."""

    disk_gib: int
    """Size of each instance's encrypted disk, in GiB; all of its jobs share it. Allowed: 30 to
    16384. Default: 100."""

    allocation_strategy: str
    """How Batch chooses among the instance types; empty means BEST_FIT_PROGRESSIVE, or
    SPOT_PRICE_CAPACITY_OPTIMIZED for spot. Allowed: BEST_FIT_PROGRESSIVE; for spot also
    SPOT_PRICE_CAPACITY_OPTIMIZED and SPOT_CAPACITY_OPTIMIZED. Default: empty."""

    maximum_price_percent: int
    """Most that a Spot instance may cost, in percent of the price on demand. Allowed: 1 to 100.
    Default: 100."""

    on_demand_behind: bool
    """Whether jobs run on demand where Spot has no capacity, up to maxVcpus once more. Allowed:
    true or false. Default: false."""

    multi_node: bool
    """Whether steps with `@parallel` can run on several instances at once: a placement group in one
    zone, and a security group open to itself. Changing it makes another environment. Allowed: true
    or false, on ec2 and gpu queues. Default: false."""

    efa: bool
    """Whether the instances have an Elastic Fabric Adapter, whose driver the image must have.
    Allowed: true or false, with multiNode. Default: false."""

    image_id: str
    """Machine image of the instances; empty means the one for ECS that is AWS's newest when the
    environment is made. Another one makes another environment. Allowed: the id of an AMI, such as
    ami-0123456789abcdef0. Default: empty."""

    metadata_hop_limit: int
    """Network hops to the instance's metadata; 2 lets containers on a bridge reach it. Allowed: 1,
    2. Default: 1."""

    user_data: str
    """What instances run when they start. Allowed: up to 16384 characters in MIME multipart form.
    Default: empty."""

    priority: int
    """Queues of a higher priority are served first where queues share capacity. Allowed: 0 to 1000.
    Default: 1."""

    fair_share: FairShare
    """Shares capacity among jobs by their share identifiers, which Metaflow does not give: such a
    queue is for other jobs, and not the first one. Adding or removing it makes another queue.
    Allowed: an object of shares, decaySeconds, computeReservation. Default: none."""

    job_state_time_limit_seconds: int
    """Seconds after which this queue's first job is cancelled that cannot run; 0 means the stack's
    jobStateTimeLimitSeconds. Allowed: 0, or 600 to 86400. Default: 0."""

    tags: dict[str, str]
    """Tags for the queue, its environments and their instances, beside the stack's. Allowed: up to
    40 tags, keys to 128 and values to 256 characters, none beginning aws:. Default: empty."""


class MetaflowArgs(TypedDict, total=False):
    """Inputs of :class:`Metaflow`.

    Plain values, since they decide which resources exist and are checked before any
    is registered.
    """

    name_prefix: str
    """Prefix of state machines and API names, metaflow-<stack> if empty; flows deployed under
    another prefix stop and must be deployed again. Allowed: up to 32 letters, digits and -,
    beginning with a letter. Default: empty."""

    tags: dict[str, str]
    """Tags for every taggable resource. Allowed: up to 40 tags, keys to 128 and values to 256
    characters, none beginning aws:. Default: empty."""

    deletion_protection: bool
    """Whether database, table, bucket and key refuse to be deleted. Allowed: true or false.
    Default: false."""

    log_retention_days: int
    """Days for which log groups keep their events. Allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150,
    180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653. Default: 30."""

    permissions_boundary_arn: str
    """Managed policy that bounds what every role of the stack may do; empty means none. Allowed:
    the ARN of a managed policy of the account or of AWS. Default: empty."""

    vpc_cidr: str
    """Address range of the VPC; it cannot change while the stack lives, since RDS cannot move.
    Allowed: a private IPv4 network of /16 to /22. Default: 10.20.0.0/16."""

    availability_zone_count: int
    """How many zones to use, the region's first ones; zones can be added, not removed. Allowed: 2
    to 6. Default: 2."""

    availability_zones: Sequence[str]
    """The zones to use by name, instead of a count; zones can be added, not removed. Allowed: 2 to
    6 names of zones, such as us-east-1a. Default: empty."""

    private_subnets: bool
    """Whether tasks and jobs run in private subnets, without public addresses. Allowed: true or
    false. Default: false."""

    nat_gateways: str
    """One NAT gateway for all private subnets, one for each zone, or no way to the internet.
    Allowed: none, one, per-zone. Default: one."""

    interface_endpoints: bool
    """Whether tasks and jobs reach AWS by interface endpoints inside the VPC. Allowed: true or
    false. Default: false."""

    extra_endpoints: Sequence[str]
    """Services beyond the stack's own that get an interface endpoint, for the code of jobs.
    Allowed: up to 20 names of services, such as com.amazonaws.us-east-1.athena. Default: empty."""

    job_egress_cidrs: Sequence[str]
    """Networks beyond the stack that jobs may reach by HTTPS; empty means any. Allowed: up to 20
    IPv4 networks such as 203.0.113.0/24. Default: empty."""

    job_security_group_ids: Sequence[str]
    """Security groups that jobs are in besides their own; they must belong to the stack's VPC.
    Allowed: up to 4 ids of security groups. Default: empty."""

    flow_logs: bool
    """Whether the VPC's traffic is logged. Allowed: true or false. Default: false."""

    vpc_id: str
    """A VPC to stand in instead of one of its own; it cannot change, since RDS cannot move.
    Allowed: the id of a VPC, or empty. Default: empty."""

    public_subnet_ids: Sequence[str]
    """Subnets of the VPC for tasks and jobs with public addresses, without privateSubnets. Allowed:
    2 to 6 ids of subnets, each in another zone. Default: empty."""

    private_subnet_ids: Sequence[str]
    """Subnets of the VPC for tasks and jobs without public addresses, with privateSubnets. Allowed:
    2 to 6 ids of subnets, each in another zone. Default: empty."""

    database_subnet_ids: Sequence[str]
    """Subnets of the VPC for database and load balancer; some can be added, none removed. Allowed:
    2 to 6 ids of subnets, each in another zone. Default: empty."""

    omitted_endpoints: Sequence[str]
    """Services for which the stack makes no endpoint in the VPC, since it has one or needs none.
    Allowed: dynamodb, ecr.api, ecr.dkr, ecs, ecs-agent, ecs-telemetry, logs, s3, secretsmanager,
    sts. Default: empty."""

    datastore_kms_key: bool
    """Whether the bucket has a KMS key of its own instead of S3's keys; once true it stays true,
    since objects written under the key need it. Allowed: true or false. Default: false."""

    datastore_retained: bool
    """Whether the bucket outlives the stack. Allowed: true or false. Default: false."""

    datastore_force_destroy: bool
    """Whether destroying the stack empties the bucket first. Allowed: true or false. Default:
    false."""

    datastore_old_version_days: int
    """Days for which replaced and deleted objects are kept. Allowed: 1 to 3650. Default: 30."""

    datastore_bucket_name: str
    """A bucket of yours to use, of which nothing is changed; empty means one of the stack's.
    Allowed: the name of a bucket of the stack's region. Default: empty."""

    datastore_kms_key_arn: str
    """A KMS key of yours that encrypts the bucket; empty means none. Allowed: the ARN of a KMS key
    of the stack's region. Default: empty."""

    db_engine_version: str
    """Version of PostgreSQL; it can only rise. RDS chooses the minor one where none is given.
    Allowed: 14, 15, 16, 17 or 18, alone or with a minor version, such as 17.9. Default: 17."""

    db_instance_class: str
    """Instance class of the database. Allowed: an instance class of RDS for PostgreSQL. Default:
    db.t4g.micro."""

    db_allocated_storage: int
    """Storage of the database at first, in GiB; it can only grow, by a tenth or more at a time.
    Allowed: 20 to 59578. Default: 20."""

    db_max_allocated_storage: int
    """Storage up to which RDS grows the database by itself, in GiB. Allowed: at least 1.1 times
    dbAllocatedStorage, to 65536. Default: 100."""

    db_multi_az: bool
    """Whether a standby in a second zone takes over when the first fails. Allowed: true or false.
    Default: false."""

    db_backup_retention_days: int
    """Days for which automated backups are kept. Allowed: 1 to 35. Default: 7."""

    db_final_snapshot: bool
    """Whether a last snapshot is taken when the database is deleted. Allowed: true or false.
    Default: false."""

    db_apply_immediately: bool
    """Whether changes of the database happen at once or in its maintenance window. Allowed: true or
    false. Default: true."""

    db_password_rotation_days: int
    """Days after which the database password is rotated. Allowed: 1 to 30. Default: 30."""

    db_maintenance_window: str
    """When RDS maintains the database each week; empty means that RDS chooses. Allowed: days and
    times of 30 minutes to a day, in UTC, such as sun:04:00-sun:05:00. Default: empty."""

    db_backup_window: str
    """When RDS backs the database up each day; empty means that RDS chooses. Allowed: times of 30
    minutes or more, in UTC, such as 02:00-03:00. Default: empty."""

    db_snapshot_identifier: str
    """Snapshot that the database is made of; counts when the database is made, never later.
    Allowed: the name or the ARN of a snapshot of an RDS instance. Default: empty."""

    db_name: str
    """Name of the database within the instance that the service uses. Allowed: up to 63 letters,
    digits and _, not beginning with a digit. Default: metaflow."""

    db_host: str
    """Host of a database of yours to use; empty means one of the stack's. Allowed: a host name,
    without a port. Default: empty."""

    db_port: int
    """Port of that database. Allowed: 1 to 65535. Default: 5432."""

    db_secret_arn: str
    """Secret whose JSON has username and password for that database. Allowed: the whole ARN of a
    Secrets Manager secret, six random characters included. Default: empty."""

    db_secret_kms_key_arn: str
    """Customer managed KMS key of that secret; empty where it has none. Allowed: the ARN of a KMS
    key of the stack's region. Default: empty."""

    db_security_group_id: str
    """Security group of that database, to which the service is let out. Allowed: sg-... or empty.
    Default: empty."""

    db_cidr: str
    """Network of that database, instead of a security group. Allowed: a private IPv4 network such
    as 10.1.0.0/16, or empty. Default: empty."""

    service_image: str
    """Container image of the metadata service, pinned by tag or digest. Allowed: an image with a
    tag or digest. Default: netflixoss/metaflow_metadata_service:v2.5.1."""

    service_architecture: str
    """Processor architecture of the service's tasks. Allowed: X86_64, ARM64. Default: X86_64."""

    service_cpu: int
    """CPU units of a task; 1024 are one vCPU. Allowed: a CPU size of Fargate. Default: 512."""

    service_memory: int
    """Memory of a task, in MiB. Allowed: a memory size that Fargate offers for serviceCpu. Default:
    1024."""

    service_count: int
    """How many tasks of the service run. Allowed: 1 to 50. Default: 1."""

    service_spot: bool
    """Whether the tasks run on Fargate Spot, which AWS may end at two minutes' notice. Allowed:
    true or false. Default: false."""

    container_insights: bool
    """Whether CloudWatch Container Insights watches the service. Allowed: true or false. Default:
    false."""

    gateway: str
    """How clients outside the VPC reach the service: a REST API before a load balancer, an HTTP API
    without one, or not at all. Allowed: rest, http, off. Default: rest."""

    vpc_link_version: int
    """Which VPC link a REST API reaches the load balancer by; with 2, AWS sends the stage's name
    along, so that the service stands under /api. Allowed: 1 or 2. Default: 1."""

    api_rate_limit: int
    """Requests per second that the API key allows. Allowed: 1 to 10000. Default: 200."""

    api_burst_limit: int
    """Requests that may come at once. Allowed: 1 to 5000. Default: 400."""

    api_quota_limit: int
    """Requests that the API key allows in apiQuotaPeriod; 0 means any number. Allowed: 0 to
    2000000000. Default: 0."""

    api_quota_period: str
    """The time for which apiQuotaLimit counts. Allowed: day, week, month. Default: month."""

    api_allowed_cidrs: Sequence[str]
    """Networks from which the gateway may be called; empty means any, with the API key. Allowed: up
    to 50 network addresses such as 203.0.113.0/24. Default: empty."""

    api_access_log: bool
    """Whether the gateway logs each request; a REST API needs the account's logging role for it.
    Allowed: true or false. Default: false."""

    manage_api_gateway_account: bool
    """Whether this stack sets the account's API Gateway logging role, shared by all of its APIs.
    Allowed: true or false. Default: false."""

    api_domain_name: str
    """Domain name of yours for the gateway, for this stack alone; empty means API Gateway's own.
    Allowed: a domain name in lower case, such as metaflow.example.com. Default: empty."""

    api_certificate_arn: str
    """Certificate of that domain name. Allowed: the ARN of an ACM certificate of the stack's
    account and region. Default: empty."""

    api_hosted_zone_id: str
    """Hosted zone in which the stack puts the domain name's record; empty means you do. Allowed:
    the id of a public Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ. Default: empty."""

    disable_execute_api_endpoint: bool
    """Whether the gateway answers at its domain name only, not at API Gateway's own. Allowed: true
    or false. Default: false."""

    api_waf: bool
    """Whether a web ACL of the stack's stands in front of a REST API. Allowed: true or false.
    Default: false."""

    api_waf_rate_limit: int
    """Requests in five minutes after which the stack's web ACL blocks an address. Allowed: 10 to
    2000000000. Default: 10000."""

    api_web_acl_arn: str
    """Web ACL of yours in front of a REST API, instead of one of the stack's. Allowed: the ARN of a
    regional web ACL of the stack's account and region. Default: empty."""

    queues: Sequence[JobQueue]
    """Batch job queues; the first is the default one. Allowed: 1 to 49 queues of different names.
    Default: one queue, default."""

    job_tags: dict[str, str]
    """Tags of every Batch job beside Metaflow's own and the stack's, such as for costs. Allowed: up
    to 20 tags, keys to 128 and values to 256 characters, none beginning aws: or metaflow, and not
    app. Default: empty."""

    job_state_time_limit_seconds: int
    """Seconds after which the first job of a queue is cancelled that no instance can run, or for
    which AWS has had none. Allowed: 600 to 86400. Default: 3600."""

    job_image_repositories: Sequence[str]
    """ECR repositories of the account and region from which jobs may pull images; empty means none.
    Allowed: up to 20 names, with * and ? after at least 3 other characters. Default: metaflow/*."""

    job_image: str
    """Image of steps that name none; empty means Docker Hub's python image of the version that
    deploys the flow. Allowed: an image with a tag or digest. Default: empty."""

    job_image_registry: str
    """Registry of images that name none; empty means Docker Hub. Allowed: a host, or ecr for the
    registry of the account and region; /path may follow. Default: empty."""

    image_repository: str
    """Name of an ECR repository for images of jobs, with immutable tags, scanned when they are
    pushed; empty means none. Another name is another repository. Allowed: a name of an ECR
    repository, without wildcards. Default: empty."""

    image_repository_kms_key_arn: str
    """KMS key that encrypts the repository; empty means ECR's own keys. Another key is another
    repository. Allowed: the ARN of a key of the stack's region, not of an alias. Default: empty."""

    image_repository_keep: int
    """Images that the repository keeps, and each one of copies; older ones expire. Allowed: 1 to
    10000. Default: 500."""

    image_repository_untagged_days: int
    """Days after which an image without a tag expires there. Allowed: 1 to 3650. Default: 14."""

    image_repository_force_delete: bool
    """Whether destroying the stack deletes the repository's images. Allowed: true or false.
    Default: false."""

    image_caches: Sequence[ImageCache]
    """Registries whose images ECR copies into the account when jobs first pull them. Allowed: up to
    6 caches of different prefixes. Default: empty."""

    users_push_images: bool
    """Whether data scientists may push to the repository, and pull from it. Allowed: true or false.
    Default: false."""

    job_secret_arns: Sequence[str]
    """Secrets of Secrets Manager that flows may read with `@secrets`; a customer managed KMS key
    that encrypts one belongs into jobKmsKeyArns. Allowed: up to 20 different ARNs of secrets with
    their six random characters, or -?????? for them; 2500 characters together; not RDS's own
    (rds!). Default: empty."""

    job_read_buckets: Sequence[str]
    """Other buckets that jobs may list and read. Allowed: names of general purpose buckets, each
    once; up to 10 with jobReadWriteBuckets. Default: empty."""

    job_read_write_buckets: Sequence[str]
    """Other buckets that jobs may list, read and write; they delete nothing there. Allowed: names
    of general purpose buckets, each once; up to 10 with jobReadBuckets. Default: empty."""

    job_kms_key_arns: Sequence[str]
    """Customer managed KMS keys of those buckets and secrets; jobs use them through S3 and Secrets
    Manager only. Allowed: up to 5 different ARNs of keys, not of aliases. Default: empty."""

    job_policy_arns: Sequence[str]
    """Managed policies that are attached to the role of jobs as they are. Allowed: up to 10
    different ARNs of managed policies of the account or of AWS; not AdministratorAccess,
    PowerUserAccess or IAMFullAccess. Default: empty."""

    job_assumable_role_arns: Sequence[str]
    """Roles that jobs may assume, such as one that deploys a model; each role's trust policy must
    let them, too. Allowed: up to 10 different ARNs of roles, without wildcards; 1200 characters
    together. Default: empty."""

    job_describable_repositories: Sequence[str]
    """ECR repositories of the account and region that code of jobs may describe, to find the
    address of an image. Allowed: up to 10 different names, without wildcards; 600 characters
    together. Default: empty."""

    table_point_in_time_recovery: bool
    """Whether the table of foreach state can be restored to any second of the last 35 days.
    Allowed: true or false. Default: false."""

    execution_log: bool
    """Whether there is a log group for `step-functions create --log-execution-history`. Allowed:
    true or false. Default: false."""

    distributed_map: bool
    """Whether flows may be deployed with `step-functions create --use-distributed-map`; in the
    partition aws only, since Metaflow names services by ARNs of it. Allowed: true or false.
    Default: false."""

    compress_state_machines: bool
    """Whether Metaflow keeps the commands of state machines in the datastore, for definitions
    beyond AWS's limits. Allowed: true or false. Default: false."""

    user_role_principals: Sequence[str]
    """Who may assume the data scientists' role; empty means the stack's own account. Allowed: up to
    20 different ARNs of accounts, users or roles, 1800 characters together. Default: empty."""

    user_role_arn: str
    """A role of yours that gets the data scientists' policies; empty means one of the stack's.
    Allowed: the ARN of a role of the stack's account. Default: empty."""
