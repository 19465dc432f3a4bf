"""The packs as people read and configure them: their rules, configuration files and pages."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from rules import least_privilege_iam, private_data
from tests.adopted_vpc import PRIVATE
from tests.deployed import (
    ADOPTED,
    ADOPTED_DATABASE,
    GATEWAY_FRONT,
    HTTP_GATEWAY,
    IMAGES,
    JOB_PERMISSIONS,
    ROOT,
    deploy_stack,
)
from tests.policies.harness import judge, judge_stack
from tests.policies.recorded import policy_resources, properties
from tests.settings.test_network import CLOSED

PACKS = {"least-privilege-iam": least_privilege_iam, "private-data": private_data}
LISTING = "exemptions-in-force"

RELAXED_IN_DEV: dict[str, dict[str, Any]] = {
    "rds-multi-az": {
        "required": False,
        "reason": "A standby doubles the database's price; dev can wait for a restore.",
    },
    "rds-deletion-protection": {
        "required": False,
        "reason": "Dev stacks are destroyed when their work is done.",
    },
    "rds-final-snapshot": {
        "required": False,
        "reason": "Dev keeps nothing that must outlive its stack.",
    },
    "dynamodb-point-in-time-recovery": {
        "required": False,
        "reason": "Dev keeps nothing that must outlive its stack.",
    },
    "dynamodb-deletion-protection": {
        "required": False,
        "reason": "Dev stacks are destroyed when their work is done.",
    },
    "subnet-no-automatic-public-address": {
        "allowed": True,
        "reason": (
            "Dev has no NAT gateway; the instances of its tasks need public addresses for images "
            "and AWS APIs."
        ),
    },
    "ecs-no-public-address": {
        "allowed": True,
        "reason": (
            "Dev has no NAT gateway; its tasks need public addresses for images and AWS APIs."
        ),
    },
}
"""All that dev may have that prod may not: Multi-AZ, deletion protection, the final snapshot,
point-in-time recovery and public addresses of tasks."""

ALL = [(pack, policy) for pack, module in PACKS.items() for policy in module.POLICIES]
RULES = [(pack, policy) for pack, policy in ALL if policy.name != LISTING]

every_pack = pytest.mark.parametrize("pack", PACKS)
every_config = pytest.mark.parametrize("stage", ["dev", "prod"])
every_rule = pytest.mark.parametrize("rule", [one for _, one in RULES], ids=lambda one: one.name)


def config_of(pack: str, stage: str) -> dict[str, Any]:
    path = ROOT / "policies" / pack / "config" / f"{stage}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def settings_of(entry: Any) -> dict[str, Any]:
    """Return an entry of a configuration file as an object."""
    return {"enforcementLevel": entry} if isinstance(entry, str) else dict(entry)


def rules_of(pack: str) -> dict[str, Policy]:
    return {one.name: one for of, one in RULES if of == pack}


@every_pack
@every_config
def test_a_configuration_names_every_rule_in_its_order_and_nothing_else(
    pack: str, stage: str
) -> None:
    assert list(config_of(pack, stage)) == list(rules_of(pack))


@every_pack
def test_prod_changes_nothing(pack: str) -> None:
    assert set(config_of(pack, "prod").values()) == {"mandatory"}


def test_dev_relaxes_these_thresholds_only() -> None:
    entries = {
        name: settings_of(entry) for pack in PACKS for name, entry in config_of(pack, "dev").items()
    }
    assert {entry.pop("enforcementLevel") for entry in entries.values()} == {"mandatory"}
    assert {name: entry for name, entry in entries.items() if entry} == RELAXED_IN_DEV


@every_pack
@every_config
def test_a_configuration_fits_the_rules_schemas(pack: str, stage: str) -> None:
    for name, entry in config_of(pack, stage).items():
        jsonschema.validate(settings_of(entry), schema_of(rules_of(pack)[name]))


def schema_of(rule: Policy) -> dict[str, Any]:
    """Return what an object in a configuration file must look like."""
    assert rule.config_schema is not None
    levels = {"enum": [one.value for one in EnforcementLevel]}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["enforcementLevel"],
        "properties": {"enforcementLevel": levels, **rule.config_schema.properties},
    }


def findings(policy: Policy, stage: str, config: dict[str, Any], **changed: Any) -> list[str]:
    """Return what a rule finds in one of this repository's own stacks, some settings changed."""
    deployment = deploy_stack(stage, **changed)
    if isinstance(policy, StackValidationPolicy):
        return judge_stack(policy, policy_resources(deployment), config).violations
    assert isinstance(policy, ResourceValidationPolicy)
    return [
        message
        for one in deployment.registrations
        for message in judge(policy, one.type, properties(one), config, name=one.name).violations
    ]


@pytest.mark.parametrize("name", RELAXED_IN_DEV)
def test_dev_needs_what_is_relaxed(name: str) -> None:
    rule = rules_of("private-data")[name]
    relaxed = {key: value for key, value in RELAXED_IN_DEV[name].items() if key != "reason"}
    assert len(findings(rule, "dev", {})) > 0
    assert findings(rule, "dev", relaxed) == []


_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret"
OPTIONS: dict[str, dict[str, Any]] = {
    "jobs that read secrets": {
        "jobSecretArns": [f"{_SECRET}:team/token-AbC123", f"{_SECRET}:warehouse-??????"]
    },
    "job permissions": dict(JOB_PERMISSIONS),
    "images": dict(IMAGES),
    "distributed maps": {"distributedMap": True},
    "all that is adopted": dict(ADOPTED),
    "a database of somebody else's in a network": {
        **ADOPTED_DATABASE,
        "dbSecurityGroupId": "",
        "dbCidr": "10.1.0.0/16",
    },
    "a database of a snapshot": {"dbSnapshotIdentifier": "before-move"},
    "a permissions boundary": {
        "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary"
    },
}


@every_pack
@every_config
@pytest.mark.parametrize("option", OPTIONS)
def test_a_stack_with_an_option_violates_nothing(pack: str, stage: str, option: str) -> None:
    config = config_of(pack, stage)
    found = {
        name: findings(rule, stage, settings_of(config[name]), **OPTIONS[option])
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


@every_config
def test_another_account_that_may_take_the_users_role_has_to_be_trusted(stage: str) -> None:
    rule = rules_of("least-privilege-iam")["iam-other-accounts-bounded"]
    config = settings_of(config_of("least-privilege-iam", stage)[rule.name])
    people = ["arn:aws:iam::123456789012:user/ada", "arn:aws:iam::999999999999:user/bob"]
    [found] = findings(rule, stage, config, userRolePrincipals=people)
    assert "lets arn:aws:iam::999999999999:user/bob in" in found
    config["trustedAccounts"] = ["999999999999"]
    assert findings(rule, stage, config, userRolePrincipals=people) == []


NETWORKS: dict[str, dict[str, Any]] = {
    "endpoints": {"interfaceEndpoints": True, "jobEgressCidrs": ["203.0.113.0/24"]},
    "closed": CLOSED,
    "adopted": {**PRIVATE, "interfaceEndpoints": True},
}


@every_pack
@pytest.mark.parametrize("network", NETWORKS)
def test_a_stack_in_another_network_violates_nothing(pack: str, network: str) -> None:
    config = config_of(pack, "dev")
    found = {
        name: findings(rule, "dev", settings_of(config[name]), **NETWORKS[network])
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


@every_pack
@every_config
def test_a_stack_with_an_http_api_violates_nothing(pack: str, stage: str) -> None:
    config = config_of(pack, stage)
    changed = {**HTTP_GATEWAY, "manageApiGatewayAccount": False}
    found = {
        name: findings(rule, stage, settings_of(config[name]), **changed)
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


@every_pack
@every_config
@pytest.mark.parametrize("gateway", ["rest", "http"])
def test_a_gateway_with_a_name_and_a_web_acl_violates_nothing(
    pack: str, stage: str, gateway: str
) -> None:
    config = config_of(pack, stage)
    changed = {**GATEWAY_FRONT, "gateway": gateway, "apiWaf": gateway == "rest"}
    changed |= {"manageApiGatewayAccount": False} if gateway == "http" else {}
    found = {
        name: findings(rule, stage, settings_of(config[name]), **changed)
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


@every_pack
@every_config
def test_a_stack_with_a_vpc_link_of_version_2_violates_nothing(pack: str, stage: str) -> None:
    config = config_of(pack, stage)
    found = {
        name: findings(rule, stage, settings_of(config[name]), vpcLinkVersion=2)
        for name, rule in rules_of(pack).items()
    }
    assert {name: messages for name, messages in found.items() if messages} == {}


def test_names_are_unique_and_kebab_case() -> None:
    names = [one.name for _, one in RULES]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", name)] == []


@every_pack
def test_a_pack_ends_with_its_exemptions(pack: str) -> None:
    listing = PACKS[pack].POLICIES[-1]
    assert listing.name == LISTING
    assert listing.enforcement_level == EnforcementLevel.ADVISORY


@every_rule
def test_a_rule_says_what_people_ask(rule: Policy) -> None:
    assert rule.enforcement_level == EnforcementLevel.MANDATORY
    assert rule.severity is not None
    assert rule.tags == [rule.name.split("-")[0]]
    assert rule.url is not None
    assert rule.url.startswith("https://")
    for text in (rule.description, rule.remediation_steps):
        assert text is not None
        assert re.fullmatch(r"[^a-z].*\.", text, re.DOTALL)


@every_rule
def test_a_rule_names_the_control_that_it_is(rule: Policy) -> None:
    framework = rule.framework
    assert framework is not None
    if framework.name == "AWS stack baseline":
        assert (framework.reference, framework.specification) == (rule.name, rule.description)
    else:
        assert framework.name == "AWS Foundational Security Best Practices"
        assert re.fullmatch(r"[A-Za-z0-9]+\.[0-9]+", str(framework.reference))
    assert framework.version


@every_rule
def test_thresholds_have_a_default_that_they_allow(rule: Policy) -> None:
    assert rule.config_schema is not None
    for name, schema in rule.config_schema.properties.items():
        jsonschema.Draft7Validator.check_schema(schema)
        assert schema["description"].endswith(".")
        if name not in ("reason", "exemptions"):
            jsonschema.validate(schema["default"], schema)


def thresholds(policy: Policy) -> str:
    """Return the cell of a README's table that lists a rule's thresholds."""
    properties_of = policy.config_schema.properties if policy.config_schema else {}
    return ", ".join(
        f"`{name}` = `{json.dumps(schema['default'])}`"
        for name, schema in properties_of.items()
        if name not in ("reason", "exemptions")
    )


@every_pack
def test_the_page_lists_the_rules(pack: str) -> None:
    page = (ROOT / "policies" / pack / "README.md").read_text(encoding="utf-8")
    lines = page.split("<!-- rules -->\n")[1].split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert cells == [
        [
            f"`{one.name}`",
            str(one.severity and one.severity.value),
            one.description,
            thresholds(one),
        ]
        for one in PACKS[pack].POLICIES
    ]


@every_pack
def test_examples_on_the_page_are_valid(pack: str) -> None:
    page = (ROOT / "policies" / pack / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 1
    for name, entry in json.loads(examples[0]).items():
        jsonschema.validate(entry, schema_of(rules_of(pack)[name]))


@every_pack
def test_the_project_file(pack: str) -> None:
    path = ROOT / "policies" / pack / "PulumiPolicy.yaml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", project["version"])
    assert project["runtime"] == {"name": "python", "options": {"virtualenv": "../../.venv"}}
    constructed = (path.parent / "__main__.py").read_text(encoding="utf-8")
    assert f'description="{project["description"]}"' in constructed


def test_a_policy_of_aws_over_a_whole_service_is_not_attached_to_jobs() -> None:
    rule = rules_of("least-privilege-iam")["iam-no-broad-managed-policies"]
    whole = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
    assert len(findings(rule, "prod", {}, jobPolicyArns=[whole])) == 1
