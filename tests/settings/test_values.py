"""What each setting allows: the values on both sides of every bound."""

import json
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from settings import Settings, SettingsError, parse
from tests.deployed import ADOPTED_DATABASE
from tests.settings.bounds import cases

ROOT = "arn:aws:iam::123456789012:root"
OTHER_KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"

UUID = "12345678-90ab-cdef-1234-567890abcdef"

OF_JOBS = (
    "jobReadBuckets",
    "jobReadWriteBuckets",
    "jobKmsKeyArns",
    "jobPolicyArns",
    "jobAssumableRoleArns",
    "jobDescribableRepositories",
)

BOUNDS: dict[str, tuple[list[Any], list[Any]]] = {
    # key: usable, not usable
    "namePrefix": (["", "a", "Science-2", "a" * 32], ["a" * 33, "2a", "a_b", "a.b", 5]),
    "tags": (
        [
            {},
            {"k" * 128: "v" * 256},
            {"k": ""},
            {f"k{n}": "v" for n in range(40)},
            {"a b/c@d": "é"},
        ],
        [
            {"": "v"},
            {"k" * 129: "v"},
            {"k": "v" * 257},
            {"ManagedBy": "v"},
            {"aws:k": "v"},
            {"AWS:k": "v"},
            {"k<": "v"},
            {"Name": "mine"},
            {"name": "mine"},
            {"stack": "mine"},
            {"a": "1", "A": "2"},
            {f"k{n}": "v" for n in range(41)},
            {"k": 1},
            ["k"],
        ],
    ),
    "logRetentionDays": ([1, 30, 365, 3653], [0, 2, 31, 3654, "30"]),
    "permissionsBoundaryArn": (
        [
            "",
            "arn:aws:iam::123456789012:policy/boundary",
            "arn:aws-cn:iam::123456789012:policy/teams/boundary",
            "arn:aws:iam::aws:policy/PowerUserAccess",
        ],
        [
            "boundary",
            "arn:aws:iam::123456789012:role/boundary",
            "arn:aws:iam::12345678901:policy/boundary",
            "arn:aws:iam::123456789012:policy/",
            "arn:aws:iam::123456789012:policy/a b",
        ],
    ),
    "vpcCidr": (
        ["10.0.0.0/16", "172.16.0.0/22", "192.168.4.0/22"],
        [
            "10.0.0.0/15",
            "10.0.0.0/23",
            "10.0.0.1/16",
            "8.8.0.0/16",
            "127.0.0.0/16",
            "240.0.0.0/16",
            "0.0.0.0/16",
            "198.18.0.0/16",
            "10.0.0.0/255.255.0.0",
            "fd00::/16",
            "",
        ],
    ),
    "availabilityZoneCount": ([2, 6], [1, 7, 2.0, True]),
    "availabilityZones": (
        [[], ["us-east-1a", "us-east-1b"], [f"us-gov-west-1{one}" for one in "abcdef"]],
        [["a", "b"], ["us-east-1-atl-1a", "us-east-1a"], [f"us-east-1{one}" for one in "abcdefg"]],
    ),
    "natGateways": (["one"], ["two", "", "per zone"]),
    "extraEndpoints": (
        [[]],
        [
            ["athena"],
            ["com.amazonaws.us-east-1"],
            ["us.com.amazonaws.us-east-1.athena"],
            ["com.amazonaws.us-east-1.Athena"],
            [f"com.amazonaws.us-east-1.s{n}" for n in range(21)],
        ],
    ),
    "jobEgressCidrs": (
        [[]],
        [
            ["0.0.0.0/0"],
            ["::/0"],
            ["fd00::/8"],
            ["10.0.0.1/8"],
            ["10.0.0.1"],
            ["everywhere"],
            [f"10.{n}.0.0/16" for n in range(21)],
        ],
    ),
    "jobSecurityGroupIds": (
        [[], ["sg-12345678"], [f"sg-0123456789abcdef{n}" for n in range(4)]],
        [["sg-1234567"], ["12345678"], [f"sg-0123456789abcdef{n}" for n in range(5)]],
    ),
    "vpcId": ([""], ["vpc-1234567", "vpc-0123456789ABCDEF0", "subnet-12345678", None]),
    **dict.fromkeys(
        ("publicSubnetIds", "privateSubnetIds", "databaseSubnetIds"),
        ([[]], [["subnet-1"], ["vpc-12345678"], [f"subnet-1234567{n}" for n in range(7)]]),
    ),
    "omittedEndpoints": ([[]], [["sts"], ["S3"], ["com.amazonaws.us-east-1.s3"]]),
    "apiQuotaLimit": ([0, 2_000_000_000], [-1, 2_000_000_001, 0.5, "1"]),
    "apiQuotaPeriod": (["day", "week"], ["DAY", "year", ""]),
    "vpcLinkVersion": ([1, 2], [0, 3, "2", True]),
    "gateway": (["rest", "http"], ["REST", "true", True, ""]),
    "apiDomainName": (
        [""],
        [
            "example",
            "Metaflow.example.com",
            "*.example.com",
            "metaflow..com",
            "-a.example.com",
            "192.0.2.1",
            "metaflow.example.com.",
            "https://metaflow.example.com",
            f"{'a' * 64}.example.com",
            f"{'a.' * 123}example.com",
        ],
    ),
    "apiCertificateArn": (
        [""],
        [
            "certificate",
            f"arn:aws:acm:us-east-1:123456789012:certificate/{UUID[:-1]}",
            f"arn:aws:acm::123456789012:certificate/{UUID}",
            f"arn:aws:iam::123456789012:server-certificate/{UUID}",
        ],
    ),
    "apiHostedZoneId": ([""], ["z123", "/hostedzone/Z123", f"Z{'1' * 32}"]),
    "apiWafRateLimit": ([10, 2_000_000_000], [9, 2_000_000_001, 10.5]),
    "apiWebAclArn": (
        ["", f"arn:aws-cn:wafv2:cn-north-1:123456789012:regional/webacl/a_b-1/{UUID}"],
        [
            f"arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/{UUID}",
            f"arn:aws:wafv2:us-east-1:123456789012:regional/rulegroup/a/{UUID}",
            f"arn:aws:waf-regional:us-east-1:123456789012:webacl/{UUID}",
            f"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a b/{UUID}",
        ],
    ),
    "datastoreOldVersionDays": ([1, 3650], [0, 3651]),
    "dbEngineVersion": (
        ["14", "15", "16", "17", "18", "17.9", "16.13"],
        ["13", "19", "17.", "17.0", "17.100", "17.9.1", "17.9\n", "postgres17", 17],
    ),
    "dbInstanceClass": (
        [
            "db.t4g.micro",
            "db.t4g.2xlarge",
            "db.r6gd.2xlarge",
            "db.m7i.48xlarge",
            "db.x2idn.16xlarge",
        ],
        [
            *("db.foo.bar", "db.m6i.3xlarge", "t4g.micro", "db.t4g", "db.T4G.micro", "db..micro"),
            *("db.t4g.48xlarge", "db.t4g.4xlarge", "db.m7i.micro", "db.m7i.32xlarge"),
            *("db.m7g.24xlarge", "db.x2idn.large", "db.x2iedn.12xlarge", "db.t2.micro"),
            *("db.c6gd.large", "db.m7i.metal-48xl", "db.t4g.micro\n"),
        ],
    ),
    "dbAllocatedStorage": ([20, 90], [19, 65_537]),
    "dbMaxAllocatedStorage": ([22, 65_536], [21, 65_537]),
    "dbBackupRetentionDays": ([1, 35], [0, 36]),
    "dbMaintenanceWindow": (
        ["", "sun:04:00-sun:04:30", "sat:23:30-sun:00:30", "sun:04:00-mon:04:00"],
        [
            "04:00-05:00",
            "sun:04:00-sun:04:29",
            "sun:04:00-mon:04:01",
            "sun:04:00-sun:04:00",
            "sun:24:00-mon:01:00",
            "Sun:04:00-Sun:05:00",
            "son:04:00-son:05:00",
        ],
    ),
    "dbBackupWindow": (
        ["", "04:00-04:30", "23:45-00:15"],
        ["4:00-5:00", "04:00-04:29", "04:00-04:00", "04:00-24:00", "sun:04:00-sun:05:00"],
    ),
    "dbSnapshotIdentifier": (
        [
            "",
            "before-move",
            "rds:metaflow-2026-11-22-04-00",
            "arn:aws:rds:eu-west-1:123456789012:snapshot:before-move",
        ],
        ["-a", "a-", "a--b", "a b", "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:a"],
    ),
    "dbName": (["metaflow", "_a1", "a" * 63], ["", "1a", "a-b", "a" * 64]),
    "datastoreBucketName": (
        ["", "abc", "a" * 63, "flows-of-years"],
        ["ab", "a" * 64, "Flows", "a.b", "-abc", "abc-", "a_b"],
    ),
    "datastoreKmsKeyArn": (
        ["", f"arn:aws:kms:us-east-1:123456789012:key/{'a' * 36}"],
        ["key", "arn:aws:kms:us-east-1:123456789012:alias/mine"],
    ),
    "dbPort": ([1, 65_535], [0, 65_536]),
    "dbSecretKmsKeyArn": ([""], ["alias/mine"]),
    "dbSecurityGroupId": ([""], ["sg-1", "sg-0123456g", "default"]),
    "dbHost": ([""], ["a b", "db", "db.example.com:5432", "-db.example.com", f"a.{'a' * 64}"]),
    "dbSecretArn": (
        [""],
        [
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-??????",
        ],
    ),
    "dbCidr": ([""], ["10.0.0.1/16", "0.0.0.0/0", "8.8.8.0/24", "10.0.0.0", "fd00::/8"]),
    "userRoleArn": (
        ["", "arn:aws:iam::123456789012:role/team/scientists"],
        [
            "scientists",
            "arn:aws:iam::123456789012:user/ada",
            "arn:aws:iam::123456789012:role/team/",
            "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRole",
        ],
    ),
    "dbPasswordRotationDays": ([1, 30], [0, 31]),
    "serviceImage": (
        ["a:1", "public.ecr.aws/a/b:v2.5.1", "registry:5000/a:x", f"a@sha256:{'0' * 64}"],
        ["a", "a:", "A:1", "a:1 2", f"a@sha256:{'0' * 63}", ""],
    ),
    "serviceArchitecture": (["X86_64"], ["x86_64", "arm64"]),
    "serviceCpu": ([256, 512], [128, 300, 32_768, "512"]),
    "serviceMemory": ([1024, 4096], [512, 1500, 5120]),
    "serviceCount": ([1, 50], [0, 51, True, 1.0, None]),
    "apiRateLimit": ([1, 10_000], [0, 10_001]),
    "apiBurstLimit": ([1, 5000], [0, 5001]),
    "apiAllowedCidrs": (
        [[], ["203.0.113.0/24", "2001:db8::/32"], ["203.0.113.7"], ["203.0.113.0/24"] * 50],
        [
            ["0.0.0.0/0"],
            ["0.0.0.0/00"],
            ["10.0.0.0/255.0.0.0"],
            ["::/0"],
            ["203.0.113.7/24"],
            ["here"],
            ["203.0.113.0/24"] * 51,
            "x",
        ],
    ),
    "jobImageRepositories": (
        [
            [],
            ["ab"],
            ["metaflow/*", "team/train", "a-b__c.d/e", "abc*", "abc?", "team-*-jobs/?"],
            ["a" * 256],
            ["abc*"] * 20,
        ],
        [
            ["*"],
            ["ab*"],
            ["a?c"],
            ["?bc/train"],
            ["a"],
            ["a" * 257],
            ["Team/train"],
            ["team//train"],
            ["/team"],
            ["team/"],
            ["team/*/"],
            ["team/${aws:username}"],
            ["123456789012.dkr.ecr.us-east-1.amazonaws.com/team:1"],
            ["abc*"] * 21,
            "metaflow/*",
        ],
    ),
    # Their values in full: test_secret_arns.py, test_job_permissions.py.
    "jobSecretArns": ([[]], ["x", ["x"], {}]),
    **{key: ([[]], ["x", ["*"], {}]) for key in OF_JOBS},
    "jobTags": (
        [{}, {"Team": "data"}, {f"k{number}": "v" for number in range(20)}],
        [
            {"metaflow-stack": "other"},
            {"metaflow.run_id": "1"},
            {"aws:a": "b"},
            {f"k{number}": "v" for number in range(21)},
            {"a": 1},
            [],
        ],
    ),
    "jobImage": (
        ["", "team/train:1.0", "example.com:8080/a/b@sha256:" + "0" * 64],
        ["python", "team/train", "Team/train:1", "a b:1", "https://example.com/a:1", 5],
    ),
    "jobImageRegistry": (
        ["", "ecr", "ecr/hub/library", "example.com", "example.com:8080/a"],
        ["https://example.com", "example", "example.com/", "ecr/", 5],
    ),
    "imageRepository": (
        ["", "metaflow/jobs", "a" * 256],
        ["a", "a" * 257, "metaflow/*", "Metaflow", "a//b", 5],
    ),
    "imageRepositoryKmsKeyArn": ([""], ["x", OTHER_KEY.replace("key/", "alias/"), 5]),
    # In full: test_images.py.
    "imageCaches": ([[]], ["x", ["x"], {}]),
    "imageRepositoryKeep": ([1, 10_000], [0, 10_001, 1.5]),
    "imageRepositoryUntaggedDays": ([1, 3650], [0, 3651]),
    "jobStateTimeLimitSeconds": ([600, 86_400], [599, 86_401]),
    "userRolePrincipals": (
        [
            [],
            [ROOT],
            ["arn:aws-cn:iam::123456789012:user/ada"],
            ["arn:aws-us-gov:sts::123456789012:assumed-role/a/b"],
            [f"arn:aws:iam::{number:012}:root" for number in range(20)],
            [f"arn:aws:iam::123456789012:role/{number:02}{'a' * 57}" for number in range(20)],
        ],
        [
            ["*"],
            ["123456789012"],
            ["arn:aws:iam::1:root"],
            ["arn:aws:iam::*:root"],
            [ROOT, ROOT],
            [f"arn:aws:iam::{number:012}:root" for number in range(21)],
            [f"arn:aws:iam::123456789012:role/{number:02}{'a' * 58}" for number in range(20)],
        ],
    ),
    "queues": (
        [[{"name": f"q{number}"} for number in range(49)]],
        [[], [{"name": f"q{number}"} for number in range(50)], "default", ["default"], {}],
    ),
}

FLAGS = [
    "deletionProtection",
    "privateSubnets",
    "interfaceEndpoints",
    "flowLogs",
    "datastoreKmsKey",
    "datastoreRetained",
    "datastoreForceDestroy",
    "dbMultiAz",
    "dbFinalSnapshot",
    "dbApplyImmediately",
    "serviceSpot",
    "containerInsights",
    "apiAccessLog",
    "manageApiGatewayAccount",
    "disableExecuteApiEndpoint",
    "apiWaf",
    "tablePointInTimeRecovery",
    "executionLog",
    "distributedMap",
    "compressStateMachines",
    "imageRepositoryForceDelete",
    "usersPushImages",
]


def key_at_fault(error: SettingsError) -> str:
    head, *lines = str(error).splitlines()
    assert head == "1 setting is not usable:" or head.endswith(" settings are not usable:")
    [key] = {line.split()[0].split("[")[0].split(".")[0] for line in lines}
    return key


def test_every_key_has_bounds_here() -> None:
    assert {*BOUNDS, *FLAGS} == {to_camel(name) for name in Settings.model_fields}


BESIDE: dict[str, dict[str, Any]] = {
    "apiQuotaPeriod": {"apiQuotaLimit": 1},
    "apiWafRateLimit": {"apiWaf": True},
    "dbAllocatedStorage": {"dbMaxAllocatedStorage": 1000},
    "dbPort": ADOPTED_DATABASE,
    "imageRepositoryKeep": {"imageRepository": "steps"},
    "imageRepositoryUntaggedDays": {"imageRepository": "steps"},
}
"""What else has to be set for a value to be usable, by its key."""


@pytest.mark.parametrize(("key", "value"), cases(BOUNDS, 0))
def test_a_value_within_its_bounds_is_taken(key: str, value: Any) -> None:
    found = parse({**BESIDE.get(key, {}), key: value}).model_dump(by_alias=True)
    given = found[key] if key != "queues" else [{"name": one["name"]} for one in found[key]]
    assert json.loads(json.dumps(given)) == value


@pytest.mark.parametrize(("key", "value"), cases(BOUNDS, 1))
def test_a_value_out_of_bounds_is_refused(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({key: value})
    assert key_at_fault(refused.value) == key


@pytest.mark.parametrize("key", FLAGS)
@pytest.mark.parametrize("value", ["true", "yes", 1, 0, None, "x"])
def test_a_flag_is_true_or_false(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({key: value})
    [_, line] = str(refused.value).splitlines()
    assert line == f"  {key} is {json.dumps(value)}; allowed: true or false."


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = parse({})
    with pytest.raises(ValueError, match="frozen"):
        settings.service_count = 2  # type: ignore[misc]


def test_every_tag_at_fault_is_named() -> None:
    tags = {"aws:a": "1", "ok!": "2", "Name": "3", "team": "4", "Team": "5", "Stack": "6"}
    with pytest.raises(SettingsError) as refusal:
        parse({"tags": tags})
    for key in ("'aws:a'", "'ok!'", "'Name'", "'Team'", "'Stack'"):
        assert f"the tag {key}" in str(refusal.value) or f"of the tag {key}" in str(refusal.value)
