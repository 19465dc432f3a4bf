"""How long the documents of every type may be, by AWS's quotas."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rules.iam.locations import LOCATIONS
from rules.iam.validity import document_size
from tests.policies.harness import judge

QUOTAS: Mapping[int, tuple[str, ...]] = {
    2048: (
        "aws:iam/role:Role.assumeRolePolicy",
        "aws:iam/userPolicy:UserPolicy.policy",
        "aws:iot/policy:Policy.policy",
        "aws:transfer/access:Access.policy",
        "aws:transfer/user:User.policy",
    ),
    4096: (
        "aws:ses/identityPolicy:IdentityPolicy.policy",
        "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy.policy",
    ),
    5120: (
        "aws:iam/groupPolicy:GroupPolicy.policy",
        "aws:xray/resourcePolicy:ResourcePolicy.policyDocument",
    ),
    6144: ("aws:iam/policy:Policy.policy",),
    7168: (
        "aws:codeartifact/domainPermissions:DomainPermissions.policyDocument",
        "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy.policyDocument",
    ),
    8192: (
        "aws:apigateway/domainName:DomainName.policy",
        "aws:apigateway/restApi:RestApi.policy",
        "aws:apigateway/restApiPolicy:RestApiPolicy.policy",
        "aws:mediastore/containerPolicy:ContainerPolicy.policy",
        "aws:sqs/queue:Queue.policy",
        "aws:sqs/queuePolicy:QueuePolicy.policy",
    ),
    10000: (
        "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy.policy",
        "aws:vpclattice/resourcePolicy:ResourcePolicy.policy",
    ),
    10240: (
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy.policy",
        "aws:ecr/registryPolicy:RegistryPolicy.policy",
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate.repositoryPolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy.policy",
        "aws:ecrpublic/repositoryPolicy:RepositoryPolicy.policy",
        "aws:glue/resourcePolicy:ResourcePolicy.policy",
        "aws:iam/role:Role.inlinePolicies[].policy",
        "aws:iam/rolePolicy:RolePolicy.policy",
    ),
    20000: ("aws:efs/fileSystemPolicy:FileSystemPolicy.policy",),
    20480: (
        "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy.policy",
        "aws:dsql/clusterPolicy:ClusterPolicy.policy",
        "aws:dynamodb/resourcePolicy:ResourcePolicy.policy",
        "aws:ec2/vpcEndpoint:VpcEndpoint.policy",
        "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy.policy",
        "aws:fsx/s3AccessPointAttachment:S3AccessPointAttachment.s3AccessPoint.policy",
        "aws:glacier/vault:Vault.accessPolicy",
        "aws:glacier/vaultLock:VaultLock.policy",
        "aws:lambda/resourcePolicy:ResourcePolicy.policy",
        "aws:odb/network:Network.kmsPolicyDocument",
        "aws:odb/network:Network.s3PolicyDocument",
        "aws:odb/network:Network.stsPolicyDocument",
        "aws:s3/accessPoint:AccessPoint.policy",
        "aws:s3/bucket:Bucket.policy",
        "aws:s3/bucketPolicy:BucketPolicy.policy",
        "aws:s3/bucketV2:BucketV2.policy",
        "aws:s3control/accessPointPolicy:AccessPointPolicy.policy",
        "aws:s3control/bucketPolicy:BucketPolicy.policy",
        "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy.details.policy",
        "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy.policy",
        "aws:s3tables/tableBucketPolicy:TableBucketPolicy.resourcePolicy",
        "aws:s3tables/tablePolicy:TablePolicy.resourcePolicy",
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy.resourcePolicy",
        "aws:secretsmanager/secret:Secret.policy",
        "aws:secretsmanager/secretPolicy:SecretPolicy.policy",
    ),
    30720: (
        "aws:sns/topic:Topic.policy",
        "aws:sns/topicPolicy:TopicPolicy.policy",
    ),
    32768: (
        "aws:kms/externalKey:ExternalKey.policy",
        "aws:kms/key:Key.policy",
        "aws:kms/keyPolicy:KeyPolicy.policy",
        "aws:kms/replicaExternalKey:ReplicaExternalKey.policy",
        "aws:kms/replicaKey:ReplicaKey.policy",
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy.inlinePolicy",
    ),
    40000: ("aws:organizations/resourcePolicy:ResourcePolicy.content",),
    51200: (
        "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy.deliveryDestinationPolicy",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy.policyDocument",
    ),
    81920: ("aws:acmpca/policy:Policy.policy",),
    102400: (
        "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy.accessPolicy",
        "aws:elasticsearch/domain:Domain.accessPolicies",
        "aws:elasticsearch/domainPolicy:DomainPolicy.accessPolicies",
        "aws:opensearch/domain:Domain.accessPolicies",
        "aws:opensearch/domainPolicy:DomainPolicy.accessPolicies",
        "aws:vpclattice/authPolicy:AuthPolicy.policy",
    ),
    204800: ("aws:opensearchingest/resourcePolicy:ResourcePolicy.policy",),
    350000: (
        "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy.policy",
    ),
    395000: ("aws:networkfirewall/resourcePolicy:ResourcePolicy.policy",),
}
"""Characters, and the properties of which AWS documents that number."""

WITHOUT_NUMBER = (
    "aws:amp/resourcePolicy:ResourcePolicy.policyDocument",
    "aws:backup/vaultPolicy:VaultPolicy.policy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy.accessPolicy",
    "aws:codebuild/resourcePolicy:ResourcePolicy.policy",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation.policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy.policy",
    "aws:msk/clusterPolicy:ClusterPolicy.policy",
    "aws:oam/sinkPolicy:SinkPolicy.policy",
    "aws:redshift/resourcePolicy:ResourcePolicy.policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy.policy",
    "aws:rolesanywhere/profile:Profile.sessionPolicy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy.policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy.policy",
    "aws:schemas/registryPolicy:RegistryPolicy.policy",
)
"""Properties of which AWS documents no number."""

ROWS = [(limit, place) for limit, places in QUOTAS.items() for place in places]


def sized(place: str, size: int) -> dict[str, Any]:
    """Return properties with a document of a size where a place says."""
    statement = {"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    empty = len(json.dumps(document, separators=(",", ":")))
    statement["Sid"] = "x" * (size - empty)
    text = json.dumps(document, separators=(",", ":"))
    outer, _, inner = place.split(".", 1)[1].partition(".")
    value = {inner: text} if inner else text
    return {outer.removesuffix("[]"): [value] if outer.endswith("[]") else value}


@pytest.mark.parametrize(("limit", "place"), ROWS, ids=[place for _, place in ROWS])
def test_a_document_of_a_quotas_length(limit: int, place: str) -> None:
    token = place.split(".")[0]
    assert judge(document_size, token, sized(place, limit)).violations == []
    [message] = judge(document_size, token, sized(place, limit + 1)).violations
    assert message.endswith(f"must have at most {limit} characters; it has {limit + 1}.")


@pytest.mark.parametrize("place", WITHOUT_NUMBER)
def test_a_document_without_a_quota(place: str) -> None:
    assert judge(document_size, place.split(".")[0], sized(place, 500_000)).violations == []


def test_every_property_has_its_row() -> None:
    places = [place for _, place in ROWS] + list(WITHOUT_NUMBER)
    assert sorted(places) == sorted(f"{one.type}.{one.key}" for one in LOCATIONS)
