"""Every property of pulumi_aws that may hold a policy document is in the table, or said not to."""

import re
from functools import cache
from pathlib import Path

import pulumi_aws
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from rules.iam.locations import LOCATIONS, Kind, types

SUSPECT = re.compile(
    r"[._](policy|policies|policy_document|policy_body)$|Policy\.(content|document)$"
)
"""`<type>.<input>` where there may be a policy document."""

_TOKEN = re.compile(r"super\([^)]*\).__init__\(\s*'(aws:[^']+)'")

NO_DOCUMENT: dict[str, str] = {
    # Numbers, names and switches.
    "alpn_policy": "a name",
    "auto_import_policy": "a name",
    "block_public_policy": "a switch",
    "browser_policy": "settings of a browser",
    "create_base_policy": "a switch",
    "data_deletion_policy": "a name",
    "default_policy": "a name",
    "delete_propagation_policy": "a name",
    "dns_record_client_routing_policy": "a name",
    "excess_capacity_termination_policy": "a name",
    "force_detach_policies": "a switch",
    "game_server_protection_policy": "a name",
    "instance_lifecycle_policy": "a block of settings",
    "instance_maintenance_policy": "a block of settings",
    "new_game_session_protection_policy": "a name",
    "policies": "a block of settings",
    "pull_request_build_policy": "a block of settings",
    "resource_creation_limit_policy": "a block of settings",
    "retention_policy": "a block of settings",
    "security_policy": "a name",
    "snapshot_policy": "a name",
    "ssl_policy": "a name",
    "termination_policies": "names",
    "tls_policy": "a name",
    "upgrade_policy": "a block of settings",
    "user_context_policy": "a name",
    "web_app_endpoint_policy": "a name",
    # Policies of other languages.
    "access_control_policy": "an access control list",
    "archive_policy": "how long messages are kept",
    "auto_scaling_policy": "scaling",
    "auto_termination_policy": "when a cluster ends",
    "autoscaling_policy": "scaling",
    "backup_policy": "whether backups are made",
    "cidr_routing_policy": "routing",
    "configuration_policy": "which controls are on",
    "delivery_policy": "retries",
    "enterprise_policies": "settings of a browser",
    "failover_routing_policies": "routing",
    "fair_share_policy": "shares of a queue",
    "filter_policy": "which messages a subscription gets",
    "firewall_policy": "rules of a firewall",
    "geolocation_routing_policies": "routing",
    "geoproximity_routing_policy": "routing",
    "idle_policy": "when a machine sleeps",
    "latency_routing_policies": "routing",
    "lf_tag_policy": "an expression over tags",
    "lifecycle_policies": "when files move",
    "lifecycle_policy": "which images are kept",
    "mixed_instances_policy": "kinds of instances",
    "multivalue_answer_routing_policy": "routing",
    "notification_policy": "delays",
    "password_policy": "what a password needs",
    "pit_policies": "when snapshots are taken",
    "player_latency_policies": "latencies",
    "recrawl_policy": "what is crawled again",
    "redrive_allow_policy": "which queues may use a dead-letter queue",
    "redrive_policy": "the dead-letter queue",
    "replay_policy": "which messages are sent again",
    "retry_policy": "retries",
    "schema_change_policy": "what a change of schema does",
    "sign_in_policy": "how users sign in",
    "tiering_policy": "when data moves",
    "update_policy": "how long jobs may run on",
    "weighted_routing_policies": "routing",
    # Of one type only.
    "aws:cloudformation/stack:Stack.policy_body": "which resources an update may touch",
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy.policy_document": "subscriptions, masking",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy.policy_document": "masking",
    "aws:cloudwatch/logIndexPolicy:LogIndexPolicy.policy_document": "fields to index",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy.policy": "which images are kept",
    "aws:iot/policyAttachment:PolicyAttachment.policy": "a name",
    "aws:networkmanager/coreNetwork:CoreNetwork.base_policy_document": "segments of a network",
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment.policy_document": (
        "segments of a network"
    ),
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy.policy": "rules of its own",
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy.policy": "retention",
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy.policy": "rules of its own",
    "aws:organizations/policy:Policy.content": (
        "takes rights away, or concerns tags and backups, as its type says"
    ),
    "aws:resiliencehub/resiliencyPolicy:ResiliencyPolicy.policy": "recovery times",
    "aws:ses/receiptFilter:ReceiptFilter.policy": "Allow or Block",
    "aws:route53/trafficPolicy:TrafficPolicy.document": "routing",
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy.policy": "masking",
    "aws:verifiedaccess/endpoint:Endpoint.policy_document": "Cedar",
    "aws:verifiedaccess/group:Group.policy_document": "Cedar",
}
"""What is called a policy and holds no IAM document: by its name, or by its type and name."""

NESTED_DOCUMENTS = {
    ("fsx", "S3AccessPointAttachmentS3AccessPointArgs"),
    ("iam", "RoleInlinePolicyArgs"),
    ("s3control", "MultiRegionAccessPointPolicyDetailsArgs"),
}
"""Objects inside a property with a text called `policy`; all of them are in the table."""

_ROOT = Path(pulumi_aws.__file__).parent


@cache
def inputs() -> dict[str, set[str]]:
    """Return the inputs of every resource, by type token, in Python's spelling."""
    found: dict[str, set[str]] = {}
    for path in sorted(_ROOT.glob("*/*.py")):
        text = path.read_text(encoding="utf-8")
        token = _TOKEN.search(text)
        if token:
            arguments = text.split("@pulumi.input_type")[1]
            found[token[1]] = set(re.findall(r'pulumi\.set\(__self__, "(\w+)"', arguments))
    return found


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def suspects() -> set[tuple[str, str]]:
    """Return the inputs that may hold a document and are not in the table."""
    known = {(one.type, one.key.split("[]")[0].split(".")[0]) for one in LOCATIONS}
    return {
        (name, f"{token}.{name}")
        for token, names in inputs().items()
        for name in names
        if SUSPECT.search(f"{token}.{name}") and (token, camel(name)) not in known
    }


def test_no_property_with_a_document_is_missing() -> None:
    assert {
        name for pair in suspects() if not set(pair) & set(NO_DOCUMENT) for name in pair
    } == set()


def test_the_list_of_other_policies_is_needed() -> None:
    assert set(NO_DOCUMENT) - {name for pair in suspects() for name in pair} == set()


def test_every_location_is_a_property() -> None:
    spelled = {token: {camel(name) for name in names} for token, names in inputs().items()}
    strangers = {
        (one.type, one.key)
        for one in LOCATIONS
        if one.key.split("[]")[0].split(".")[0] not in spelled.get(one.type, set())
    }
    assert strangers == set()


def test_documents_inside_other_objects_are_known() -> None:
    found = set()
    for path in sorted(_ROOT.glob("*/_inputs.py")):
        for text in path.read_text(encoding="utf-8").split("\n@pulumi.input_type\n")[1:]:
            if re.search(r"\n                 policy: pulumi\.Input\[[^']*str", text):
                found.add((path.parent.name, text.split("class ")[1].split(":")[0]))
    assert found == NESTED_DOCUMENTS
    assert {one.type.split("/")[0] for one in LOCATIONS if "." in one.key} == {
        f"aws:{module}" for module, _ in NESTED_DOCUMENTS
    }


def test_no_location_twice() -> None:
    assert len({(one.type, one.key) for one in LOCATIONS}) == len(LOCATIONS)


def test_types_are_chosen_by_kind() -> None:
    assert types(Kind.TRUST) == {"aws:iam/role:Role"}
    assert "aws:s3/bucketPolicy:BucketPolicy" in types(Kind.RESOURCE, Kind.TRUST)
    assert "aws:iam/policy:Policy" not in types(Kind.RESOURCE, Kind.TRUST)


API_LIMITS = [
    ("aws:acmpca/policy:Policy", "acm-pca", "PutPolicy", "Policy"),
    ("aws:codeartifact/domainPermissions:DomainPermissions", "codeartifact",
     "PutDomainPermissionsPolicy", "policyDocument"),
    ("aws:dsql/clusterPolicy:ClusterPolicy", "dsql", "PutClusterPolicy", "policy"),
    ("aws:ecr/repositoryPolicy:RepositoryPolicy", "ecr", "SetRepositoryPolicy", "policyText"),
    ("aws:ecrpublic/repositoryPolicy:RepositoryPolicy", "ecr-public", "SetRepositoryPolicy",
     "policyText"),
    ("aws:efs/fileSystemPolicy:FileSystemPolicy", "efs", "PutFileSystemPolicy", "Policy"),
    ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "logs", "PutResourcePolicy",
     "policyDocument"),
    ("aws:mediastore/containerPolicy:ContainerPolicy", "mediastore", "PutContainerPolicy",
     "Policy"),
    ("aws:networkfirewall/resourcePolicy:ResourcePolicy", "network-firewall",
     "PutResourcePolicy", "Policy"),
    ("aws:odb/network:Network", "odb", "CreateOdbNetwork", "s3PolicyDocument"),
    ("aws:opensearch/domain:Domain", "opensearch", "CreateDomain", "AccessPolicies"),
    ("aws:opensearchingest/resourcePolicy:ResourcePolicy", "osis", "PutResourcePolicy", "Policy"),
    ("aws:organizations/resourcePolicy:ResourcePolicy", "organizations", "PutResourcePolicy",
     "Content"),
    ("aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy", "pinpoint-sms-voice-v2",
     "PutResourcePolicy", "Policy"),
    ("aws:s3tables/tablePolicy:TablePolicy", "s3tables", "PutTablePolicy", "resourcePolicy"),
    ("aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy", "sagemaker",
     "PutModelPackageGroupPolicy", "ResourcePolicy"),
    ("aws:secretsmanager/secretPolicy:SecretPolicy", "secretsmanager", "PutResourcePolicy",
     "ResourcePolicy"),
    ("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "sso-admin",
     "PutInlinePolicyToPermissionSet", "InlinePolicy"),
    ("aws:transfer/user:User", "transfer", "CreateUser", "Policy"),
    ("aws:vpclattice/authPolicy:AuthPolicy", "vpc-lattice", "PutAuthPolicy", "policy"),
    ("aws:vpclattice/resourcePolicy:ResourcePolicy", "vpc-lattice", "PutResourcePolicy", "policy"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("token", "service", "operation", "member"), API_LIMITS, ids=[row[0] for row in API_LIMITS]
)
def test_limits_are_those_of_the_api(token: str, service: str, operation: str, member: str) -> None:
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    shape = model.operation_model(operation).input_shape.members[member]
    assert {one.limit for one in LOCATIONS if one.type == token} == {shape.metadata["max"]}
