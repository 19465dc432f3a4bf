"""Which properties hold policy documents, what these decide and how long they may be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a policy document decides."""

    IDENTITY = "what a role, user or group may do"
    TRUST = "who may assume a role"
    RESOURCE = "who may use a resource"
    FILTER = "what may pass; others still decide what is allowed"


@dataclass(frozen=True, kw_only=True)
class Location:
    """One property that holds policy documents.

    Attributes:
        type: Pulumi's type token.
        key: the property; `list[].key` for a property of each object in a list, `object.key` for
            one of a single object.
        kind: what its documents decide.
        service: service prefix of the resource that a RESOURCE document guards, of the one behind
            the guard for a FILTER.
        limit: characters that AWS allows; where several documents share a quota, the quota, which
            one document alone must not exceed either; None where AWS names no number.
    """

    type: str
    key: str
    kind: Kind
    service: str = "iam"
    limit: int | None = None


def _identity(type_token: str, key: str, limit: int) -> Location:
    return Location(type=type_token, key=key, kind=Kind.IDENTITY, limit=limit)


def _resource(type_token: str, service: str, limit: int | None, key: str = "policy") -> Location:
    return Location(type=type_token, key=key, kind=Kind.RESOURCE, service=service, limit=limit)


def _filter(type_token: str, service: str, limit: int | None, key: str = "policy") -> Location:
    return Location(type=type_token, key=key, kind=Kind.FILTER, service=service, limit=limit)


_KB = 1024

_IDENTITIES: tuple[Location, ...] = (
    # AWS IAM User Guide, "IAM and AWS STS quotas": a managed policy, a role's trust policy; the
    # inline policies of one role, user or group together.
    _identity("aws:iam/policy:Policy", "policy", 6144),
    _identity("aws:iam/rolePolicy:RolePolicy", "policy", 10240),
    _identity("aws:iam/role:Role", "inlinePolicies[].policy", 10240),
    _identity("aws:iam/userPolicy:UserPolicy", "policy", 2048),
    _identity("aws:iam/groupPolicy:GroupPolicy", "policy", 5120),
    Location(type="aws:iam/role:Role", key="assumeRolePolicy", kind=Kind.TRUST, limit=2048),
    # IAM Identity Center API Reference, "PutInlinePolicyToPermissionSet".
    _identity(
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "inlinePolicy", 32768
    ),
    # AWS General Reference, "AWS IoT Core endpoints and quotas": without white space.
    _identity("aws:iot/policy:Policy", "policy", 2048),
)

_STORAGE: tuple[Location, ...] = (
    # Amazon S3 User Guide, "Bucket policies" and "Access points restrictions and limitations".
    _resource("aws:s3/bucketPolicy:BucketPolicy", "s3", 20 * _KB),
    _resource("aws:s3/bucket:Bucket", "s3", 20 * _KB),
    _resource("aws:s3/bucketV2:BucketV2", "s3", 20 * _KB),
    _resource("aws:s3/accessPoint:AccessPoint", "s3", 20 * _KB),
    _resource("aws:s3control/accessPointPolicy:AccessPointPolicy", "s3", 20 * _KB),
    _resource(
        "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
        "s3",
        20 * _KB,
        "details.policy",
    ),
    _resource("aws:s3control/bucketPolicy:BucketPolicy", "s3-outposts", 20 * _KB),
    _resource(
        "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
        "s3-object-lambda",
        20 * _KB,
    ),
    # Amazon S3 API Reference, "PutAccessGrantsInstanceResourcePolicy".
    _resource(
        "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy",
        "s3",
        350000,
    ),
    # Amazon S3 API Reference, "PutTableBucketPolicy" and "PutTablePolicy".
    _resource(
        "aws:s3tables/tableBucketPolicy:TableBucketPolicy", "s3tables", 20480, "resourcePolicy"
    ),
    _resource("aws:s3tables/tablePolicy:TablePolicy", "s3tables", 20480, "resourcePolicy"),
    _resource("aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy", "s3vectors", None),
    _resource("aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy", "s3files", None),
    _resource(
        "aws:fsx/s3AccessPointAttachment:S3AccessPointAttachment",
        "s3",
        20 * _KB,
        "s3AccessPoint.policy",
    ),
    # Amazon EFS API Reference, "PutFileSystemPolicy".
    _resource("aws:efs/fileSystemPolicy:FileSystemPolicy", "elasticfilesystem", 20000),
    _resource("aws:backup/vaultPolicy:VaultPolicy", "backup", None),
    # Amazon S3 Glacier API Reference, "SetVaultAccessPolicy" and "InitiateVaultLock".
    _resource("aws:glacier/vault:Vault", "glacier", 20 * _KB, "accessPolicy"),
    _resource("aws:glacier/vaultLock:VaultLock", "glacier", 20 * _KB),
    # AWS Elemental MediaStore API Reference, "PutContainerPolicy".
    _resource("aws:mediastore/containerPolicy:ContainerPolicy", "mediastore", 8192),
)

_SECRETS: tuple[Location, ...] = (
    # AWS KMS Developer Guide, "Resource quotas": key policy document size.
    _resource("aws:kms/key:Key", "kms", 32 * _KB),
    _resource("aws:kms/keyPolicy:KeyPolicy", "kms", 32 * _KB),
    _resource("aws:kms/replicaKey:ReplicaKey", "kms", 32 * _KB),
    _resource("aws:kms/externalKey:ExternalKey", "kms", 32 * _KB),
    _resource("aws:kms/replicaExternalKey:ReplicaExternalKey", "kms", 32 * _KB),
    # AWS Secrets Manager User Guide, "AWS Secrets Manager quotas".
    _resource("aws:secretsmanager/secret:Secret", "secretsmanager", 20480),
    _resource("aws:secretsmanager/secretPolicy:SecretPolicy", "secretsmanager", 20480),
    # AWS Private CA API Reference, "PutPolicy".
    _resource("aws:acmpca/policy:Policy", "acm-pca", 81920),
)

_MESSAGES: tuple[Location, ...] = (
    # Amazon SQS Developer Guide, "Amazon SQS policy quotas".
    _resource("aws:sqs/queue:Queue", "sqs", 8192),
    _resource("aws:sqs/queuePolicy:QueuePolicy", "sqs", 8192),
    # Amazon SNS Developer Guide, "Amazon SNS API permissions", policy quotas.
    _resource("aws:sns/topic:Topic", "sns", 30 * _KB),
    _resource("aws:sns/topicPolicy:TopicPolicy", "sns", 30 * _KB),
    # Amazon EventBridge API Reference, "PutPermission".
    _resource("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "events", 10 * _KB),
    _resource("aws:schemas/registryPolicy:RegistryPolicy", "schemas", None),
    _resource("aws:kinesis/resourcePolicy:ResourcePolicy", "kinesis", None),
    _resource("aws:msk/clusterPolicy:ClusterPolicy", "kafka", None),
    # Amazon SES API Reference, "PutIdentityPolicy".
    _resource("aws:ses/identityPolicy:IdentityPolicy", "ses", 4 * _KB),
    _resource("aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy", "ses", 4 * _KB),
    # AWS End User Messaging SMS API Reference, "PutResourcePolicy".
    _resource("aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy", "sms-voice", 10000),
)

_OBSERVATION: tuple[Location, ...] = (
    # Amazon CloudWatch Logs API Reference, "PutResourcePolicy" (the policy of one resource),
    # "PutDeliveryDestinationPolicy".
    _resource(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "logs", 51200, "policyDocument"
    ),
    _resource(
        "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy", "logs", None, "accessPolicy"
    ),
    _resource(
        "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy",
        "logs",
        51200,
        "deliveryDestinationPolicy",
    ),
    # AWS X-Ray API Reference, "PutResourcePolicy".
    _resource("aws:xray/resourcePolicy:ResourcePolicy", "xray", 5 * _KB, "policyDocument"),
    _resource("aws:oam/sinkPolicy:SinkPolicy", "oam", None),
    _resource("aws:amp/resourcePolicy:ResourcePolicy", "aps", None, "policyDocument"),
)

_DATA: tuple[Location, ...] = (
    # Amazon DynamoDB API Reference, "PutResourcePolicy".
    _resource("aws:dynamodb/resourcePolicy:ResourcePolicy", "dynamodb", 20 * _KB),
    # Amazon OpenSearch Service API Reference, "CreateDomain".
    _resource("aws:opensearch/domain:Domain", "es", 102400, "accessPolicies"),
    _resource("aws:opensearch/domainPolicy:DomainPolicy", "es", 102400, "accessPolicies"),
    _resource("aws:elasticsearch/domain:Domain", "es", 102400, "accessPolicies"),
    _resource("aws:elasticsearch/domainPolicy:DomainPolicy", "es", 102400, "accessPolicies"),
    # Amazon OpenSearch Ingestion API Reference, "PutResourcePolicy".
    _resource("aws:opensearchingest/resourcePolicy:ResourcePolicy", "osis", 204800),
    # Amazon CloudSearch Configuration API Reference, "UpdateServiceAccessPolicies".
    _resource(
        "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy",
        "cloudsearch",
        100 * _KB,
        "accessPolicy",
    ),
    # AWS Glue Developer Guide, "Resource-based policies within AWS Glue".
    _resource("aws:glue/resourcePolicy:ResourcePolicy", "glue", 10 * _KB),
    # Amazon Aurora DSQL API Reference, "PutClusterPolicy".
    _resource("aws:dsql/clusterPolicy:ClusterPolicy", "dsql", 20480),
    _resource("aws:redshift/resourcePolicy:ResourcePolicy", "redshift", None),
    _resource("aws:redshiftserverless/resourcePolicy:ResourcePolicy", "redshift-serverless", None),
)

_COMPUTE: tuple[Location, ...] = (
    # Amazon ECR API Reference, "SetRepositoryPolicy", "PutRegistryPolicy" and
    # "CreateRepositoryCreationTemplate".
    _resource("aws:ecr/repositoryPolicy:RepositoryPolicy", "ecr", 10240),
    _resource("aws:ecr/registryPolicy:RegistryPolicy", "ecr", 10240),
    _resource(
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
        "ecr",
        10240,
        "repositoryPolicy",
    ),
    _resource("aws:ecrpublic/repositoryPolicy:RepositoryPolicy", "ecr-public", 10240),
    # AWS Lambda Developer Guide, "Lambda quotas": function resource-based policy.
    _resource("aws:lambda/resourcePolicy:ResourcePolicy", "lambda", 20 * _KB),
    # CodeArtifact API Reference, "PutDomainPermissionsPolicy", "PutRepositoryPermissionsPolicy".
    _resource(
        "aws:codeartifact/domainPermissions:DomainPermissions",
        "codeartifact",
        7168,
        "policyDocument",
    ),
    _resource(
        "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
        "codeartifact",
        7168,
        "policyDocument",
    ),
    _resource("aws:codebuild/resourcePolicy:ResourcePolicy", "codebuild", None),
    # Amazon SageMaker API Reference, "PutModelPackageGroupPolicy".
    _resource(
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        "sagemaker",
        20480,
        "resourcePolicy",
    ),
    # Amazon Bedrock AgentCore Control Plane API Reference, "PutResourcePolicy".
    _resource(
        "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy", "bedrock-agentcore", 20480
    ),
    # AWS Organizations API Reference, "PutResourcePolicy".
    _resource("aws:organizations/resourcePolicy:ResourcePolicy", "organizations", 40000, "content"),
)

_NETWORK: tuple[Location, ...] = (
    # Amazon API Gateway Developer Guide, "Quotas for configuring and running a REST API".
    _resource("aws:apigateway/restApi:RestApi", "execute-api", 8192),
    _resource("aws:apigateway/restApiPolicy:RestApiPolicy", "execute-api", 8192),
    _resource("aws:apigateway/domainName:DomainName", "execute-api", 8192),
    # Amazon VPC Lattice API Reference, "PutAuthPolicy" and "PutResourcePolicy".
    _resource("aws:vpclattice/authPolicy:AuthPolicy", "vpc-lattice-svcs", 102400),
    _resource("aws:vpclattice/resourcePolicy:ResourcePolicy", "vpc-lattice", 10000),
    # AWS Network Firewall API Reference, "PutResourcePolicy".
    _resource("aws:networkfirewall/resourcePolicy:ResourcePolicy", "network-firewall", 395000),
)

_FILTERS: tuple[Location, ...] = (
    # AWS PrivateLink Guide, "AWS PrivateLink quotas": characters per VPC endpoint policy.
    _filter("aws:ec2/vpcEndpoint:VpcEndpoint", "ec2", 20480),
    _filter("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", "ec2", 20480),
    # Oracle Database@AWS API Reference, "CreateOdbNetwork".
    _filter("aws:odb/network:Network", "s3", 20480, "s3PolicyDocument"),
    _filter("aws:odb/network:Network", "sts", 20480, "stsPolicyDocument"),
    _filter("aws:odb/network:Network", "kms", 20480, "kmsPolicyDocument"),
    # Session policies. AWS Transfer Family API Reference, "CreateUser" and "CreateAccess".
    _filter("aws:transfer/user:User", "sts", 2048),
    _filter("aws:transfer/access:Access", "sts", 2048),
    _filter("aws:eks/podIdentityAssociation:PodIdentityAssociation", "sts", None),
    _filter("aws:rolesanywhere/profile:Profile", "sts", None, "sessionPolicy"),
)

LOCATIONS: tuple[Location, ...] = (
    *_IDENTITIES,
    *_STORAGE,
    *_SECRETS,
    *_MESSAGES,
    *_OBSERVATION,
    *_DATA,
    *_COMPUTE,
    *_NETWORK,
    *_FILTERS,
)
"""Every property that holds a policy document; one row for each."""

BY_TYPE: Mapping[str, list[Location]] = {
    token: [one for one in LOCATIONS if one.type == token]
    for token in sorted({one.type for one in LOCATIONS})
}
"""The same by type token."""


def types(*kinds: Kind) -> Collection[str]:
    """Return the types that hold documents of some kinds."""
    return frozenset(one.type for one in LOCATIONS if one.kind in kinds)
