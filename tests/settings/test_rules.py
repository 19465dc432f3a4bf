"""The rules between settings: each with what it refuses and what comes closest to that."""

from typing import Any

import pytest

from settings import SettingsError, parse
from settings.aws_sizes import FARGATE_MEMORY
from tests.settings import configured

ARM_IMAGE = "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1"

Values = dict[str, Any]

UUID = "12345678-90ab-cdef-1234-567890abcdef"
NAMED = {
    "apiDomainName": "metaflow.example.com",
    "apiCertificateArn": f"arn:aws:acm:us-east-1:123456789012:certificate/{UUID}",
}
WEB_ACL = f"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/others/{UUID}"

LISTS = ("availabilityZones", "apiAllowedCidrs")
CONFLICTS: list[tuple[Values, str]] = [
    (
        {"availabilityZones": ["us-east-1a"]},
        "availabilityZones is us-east-1a; allowed: 2 to 6 different zones",
    ),
    (
        {"availabilityZones": ["us-east-1a", "us-east-1a"]},
        "availabilityZones is us-east-1a, us-east-1a; allowed: 2 to 6 different zones",
    ),
    (
        {"natGateways": "per-zone"},
        "natGateways is per-zone without privateSubnets; "
        "allowed: per-zone with privateSubnets true",
    ),
    (
        {"datastoreRetained": True, "datastoreForceDestroy": True},
        "datastoreForceDestroy is true together with datastoreRetained; "
        "allowed: false for a bucket that is kept",
    ),
    (
        {"apiQuotaPeriod": "day"},
        "apiQuotaPeriod is day without apiQuotaLimit; allowed: only together with apiQuotaLimit",
    ),
    (
        {"apiWafRateLimit": 500, "apiWebAclArn": WEB_ACL},
        "apiWafRateLimit is 500 without apiWaf; allowed: only together with apiWaf",
    ),
    (
        {"dbPort": 6543},
        "dbPort is 6543 without dbHost; allowed: only together with dbHost",
    ),
    (
        {"imageRepositoryKeep": 7},
        "imageRepositoryKeep is 7 without imageRepository or imageCaches; "
        "allowed: only together with imageRepository or imageCaches",
    ),
    (
        {"apiBurstLimit": 7, "gateway": "off"},
        "apiBurstLimit is set without a gateway; allowed: only together with gateway rest or http",
    ),
    (
        {"datastoreOldVersionDays": 7, "datastoreBucketName": "flows"},
        "datastoreOldVersionDays is 7 together with datastoreBucketName; "
        "allowed: nothing for a bucket that is not the stack's",
    ),
    (
        {"dbInstanceClass": "db.m8gd.large", "dbEngineVersion": "17.1"},
        "dbInstanceClass is db.m8gd.large with dbEngineVersion 17.1; allowed: an older family, or "
        "this one with 17.2 or a later version",
    ),
    (
        {"dbInstanceClass": "db.m7i.large", "dbEngineVersion": "15.3"},
        "dbInstanceClass is db.m7i.large with dbEngineVersion 15.3; allowed: an older family, or "
        "this one with 15.4 or a later version",
    ),
    (
        {"dbAllocatedStorage": 100, "dbMaxAllocatedStorage": 109},
        "dbMaxAllocatedStorage is 109; allowed: at least 110, 1.1 times dbAllocatedStorage",
    ),
    (
        {"dbAllocatedStorage": 21, "dbMaxAllocatedStorage": 23},
        "dbMaxAllocatedStorage is 23; allowed: at least 24, 1.1 times dbAllocatedStorage",
    ),
    (
        {"deletionProtection": True},
        "dbFinalSnapshot is false together with deletionProtection; "
        "allowed: true for a protected database",
    ),
    (
        {"serviceCpu": 256, "serviceMemory": 4096},
        "serviceMemory is 4096 with serviceCpu 256; "
        "allowed: 512 to 2048 in steps that Fargate offers",
    ),
    (
        {"serviceArchitecture": "ARM64"},
        "serviceArchitecture is ARM64 with the image "
        "netflixoss/metaflow_metadata_service:v2.5.1, which is built for X86_64 only; allowed: "
        "ARM64 with an image that has it, such as "
        "public.ecr.aws/outerbounds/metaflow_metadata_service",
    ),
    *(
        (
            {"gateway": "off", key: value},
            f"{key} is set without a gateway; allowed: only together with gateway rest or http",
        )
        for key, value in (("apiAccessLog", True), ("apiAllowedCidrs", ["203.0.113.0/24"]))
    ),
    *(
        (
            {"gateway": kind, "manageApiGatewayAccount": True},
            f"manageApiGatewayAccount is set with gateway {kind}; allowed: only together with "
            "gateway rest",
        )
        for kind in ("http", "off")
    ),
    *(
        (
            {"gateway": kind, "apiQuotaLimit": 9},
            f"apiQuotaLimit is 9 with gateway {kind}, which has no usage plan; allowed: only "
            "together with gateway rest",
        )
        for kind in ("http", "off")
    ),
    *(
        (
            {"gateway": kind, "vpcLinkVersion": 2},
            f"vpcLinkVersion is 2 with gateway {kind}; allowed: only together with gateway rest",
        )
        for kind in ("http", "off")
    ),
    (
        {"gateway": "off", **NAMED},
        "apiDomainName is set without a gateway; allowed: only together with gateway rest or http",
    ),
    (
        {"vpcLinkVersion": 2, **NAMED},
        "vpcLinkVersion is 2 together with apiDomainName, for which AWS does not say what path the "
        "service is sent; allowed: 1 with a domain name",
    ),
    (
        {"apiDomainName": "metaflow.example.com"},
        "apiCertificateArn is empty together with apiDomainName; allowed: the ARN of that name's "
        "certificate",
    ),
    *(
        (
            {key: value},
            f"{key} is set without apiDomainName; allowed: empty without a domain name",
        )
        for key, value in (
            ("apiCertificateArn", NAMED["apiCertificateArn"]),
            ("apiHostedZoneId", "Z123"),
        )
    ),
    (
        {"disableExecuteApiEndpoint": True},
        "disableExecuteApiEndpoint is true without apiDomainName, so that the gateway would answer "
        "nowhere; allowed: true with apiDomainName only",
    ),
    *(
        (
            {"gateway": kind, key: value},
            f"{key} is set with gateway {kind}, in front of which AWS WAF cannot stand; allowed: "
            "only together with gateway rest",
        )
        for kind in ("http", "off")
        for key, value in (("apiWaf", True), ("apiWebAclArn", WEB_ACL))
    ),
    (
        {"apiWaf": True, "apiWebAclArn": WEB_ACL},
        "apiWebAclArn is set together with apiWaf; allowed: one of the two",
    ),
    (
        {"queues": [{"name": "a"}, {"name": "b"}, {"name": "a"}]},
        "queues is two queues named a; allowed: queues of different names",
    ),
    (
        {"queues": [{"name": "a"}, {"name": "b", "minVcpus": 9, "maxVcpus": 8}]},
        "queues[1].minVcpus is 9; allowed: 0 to maxVcpus, 8",
    ),
    (
        {"queues": [{"name": "a", "instanceTypes": ["m6i.4xlarge", "r6i.2xlarge"], "maxVcpus": 7}]},
        "queues[0].maxVcpus is 7; "
        "allowed: at least 8, the vCPUs of the smallest of its instanceTypes",
    ),
]


@pytest.mark.parametrize(("values", "problem"), CONFLICTS, ids=lambda value: str(value)[:50])
def test_a_conflict_is_refused_in_one_line(values: Values, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        configured.load(values)
    key = problem.split()[0]
    path = f"{key}[0]" if key in LISTS else key
    command = f"pulumi config set --path '{path}'" if "[" in path else f"pulumi config set {path}"
    hint = f"Set it with: {command} <value>"
    if "; allowed: empty" in problem:
        hint = f"Remove it with: pulumi config rm {key}"
    assert str(refused.value) == f"1 setting is not usable:\n  {problem}. {hint}"


@pytest.mark.parametrize(("values", "problem"), CONFLICTS, ids=lambda value: str(value)[:50])
def test_a_program_in_another_language_meets_the_same_rules(values: Values, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(values)
    assert str(refused.value) == f"1 setting is not usable:\n  {problem}."


@pytest.mark.parametrize(
    "values",
    [
        {"availabilityZones": ["us-east-1a", "us-east-1b"]},
        {"natGateways": "per-zone", "privateSubnets": True},
        {"datastoreRetained": True},
        {"datastoreForceDestroy": True},
        {"dbInstanceClass": "db.m8gd.large", "dbEngineVersion": "17.2"},
        {"dbInstanceClass": "db.m8gd.large", "dbEngineVersion": "17"},
        {"dbInstanceClass": "db.m7i.large", "dbEngineVersion": "15.4"},
        {"dbInstanceClass": "db.m7i.large", "dbEngineVersion": "16.1"},
        {"dbInstanceClass": "db.m5.large", "dbEngineVersion": "18.1"},
        {"dbAllocatedStorage": 100, "dbMaxAllocatedStorage": 110},
        {"dbAllocatedStorage": 21, "dbMaxAllocatedStorage": 24},
        {"deletionProtection": True, "dbFinalSnapshot": True},
        {"dbFinalSnapshot": True},
        {"serviceArchitecture": "ARM64", "serviceImage": ARM_IMAGE},
        {"gateway": "off"},
        {"gateway": "off", "vpcLinkVersion": 1},
        {"vpcLinkVersion": 2},
        {"gateway": "http", "apiAccessLog": True, "apiAllowedCidrs": ["203.0.113.0/24"]},
        {"apiAccessLog": True, "manageApiGatewayAccount": True},
        NAMED,
        {**NAMED, "apiDomainName": "a-1.b2.example", "gateway": "http"},
        {**NAMED, "apiHostedZoneId": "Z0123456789ABC", "disableExecuteApiEndpoint": True},
        {"apiWaf": True, "apiWafRateLimit": 10},
        {"apiWebAclArn": WEB_ACL},
        {"queues": [{"name": "a"}, {"name": "b"}]},
        {"queues": [{"name": "a", "minVcpus": 8, "maxVcpus": 8}]},
        {"queues": [{"name": "a", "instanceTypes": ["r6i.2xlarge"], "maxVcpus": 8}]},
        # A class that another rule looks at is no reason to refuse without that rule's own.
        {"privateSubnets": True},
    ],
    ids=str,
)
def test_what_does_not_conflict_is_taken(values: Values) -> None:
    assert parse(values)


@pytest.mark.parametrize("cpu", FARGATE_MEMORY)
def test_fargate_takes_its_own_pairs_only(cpu: int) -> None:
    offered = FARGATE_MEMORY[cpu]
    for memory in offered:
        assert parse({"serviceCpu": cpu, "serviceMemory": memory}).service_memory == memory
    refused = {offered[0] - 1, offered[0] + 1, offered[-1] + 1024}
    for memory in refused - set(offered):
        with pytest.raises(SettingsError, match=f"serviceMemory is {memory} with serviceCpu {cpu}"):
            parse({"serviceCpu": cpu, "serviceMemory": memory})


def test_the_sizes_are_those_that_fargate_documents() -> None:
    # Amazon ECS Developer Guide, "Task CPU and memory".
    gib = 1024
    assert {cpu: (sizes[0], sizes[-1], len(sizes)) for cpu, sizes in FARGATE_MEMORY.items()} == {
        256: (512, 2 * gib, 3),
        512: (1 * gib, 4 * gib, 4),
        1024: (2 * gib, 8 * gib, 7),
        2048: (4 * gib, 16 * gib, 13),
        4096: (8 * gib, 30 * gib, 23),
        8192: (16 * gib, 60 * gib, 12),
        16384: (32 * gib, 120 * gib, 12),
    }


def test_all_conflicts_are_named_at_once() -> None:
    values: Values = {
        "natGateways": "per-zone",
        "datastoreRetained": True,
        "datastoreForceDestroy": True,
        "deletionProtection": True,
        "serviceMemory": 99,
        "gateway": "off",
        "apiAccessLog": True,
    }
    with pytest.raises(SettingsError) as refused:
        parse(values)
    head, *lines = str(refused.value).splitlines()
    assert head == "5 settings are not usable:"
    assert [line.split()[0] for line in lines] == [
        "natGateways",
        "datastoreForceDestroy",
        "serviceMemory",
        "apiAccessLog",
        "dbFinalSnapshot",
    ]


def test_single_values_and_conflicts_are_named_together() -> None:
    with pytest.raises(SettingsError) as refused:
        parse(
            {
                "apiRateLimit": 0,
                "bogus": 1,
                "queues": [{"name": "B"}],
                "natGateways": "per-zone",
                "serviceMemory": 99,
            }
        )
    keys = [line.split()[0] for line in str(refused.value).splitlines()[1:]]
    assert keys == ["apiRateLimit", "queues[0].name", "bogus", "natGateways", "serviceMemory"]


def test_no_conflict_is_made_up_for_a_setting_whose_own_value_is_at_fault() -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"natGateways": "per-zone", "privateSubnets": "perhaps", "serviceCpu": 1})
    keys = [line.split()[0] for line in str(refused.value).splitlines()[1:]]
    assert keys == ["privateSubnets", "serviceCpu"]
