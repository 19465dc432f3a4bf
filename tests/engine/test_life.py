"""The life of dev: preview, up, up again, drift, refresh, destroy."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rehearsal import wiring
from rehearsal.engine import Outcome
from rehearsal.inventory import Inventory
from rehearsal.registrations import Registration
from tests.deployed import ROOT, deploy_stack
from tests.engine.live_stack import Live, changes, live

pytestmark = pytest.mark.cli

GROUP = "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@dataclass
class Life:
    """What came of each command."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    exported: str = ""
    kept: list[str] = field(default_factory=list)
    after_preview: list[str] = field(default_factory=list)
    before_drift: Inventory = frozenset()
    left: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    with live() as stands:
        engine, seen = stands.engine, Life()
        seen.outcomes["preview"] = engine.preview()
        seen.after_preview = stands.left()
        seen.outcomes["up"] = engine.up()
        seen.registrations = engine.registrations()
        seen.outputs, seen.shown = engine.outputs(), engine.outputs(show_secrets=True)
        secret = stands.cloud.client("secretsmanager").get_secret_value(
            SecretId=seen.outputs["databaseSecretArn"]
        )["SecretString"]
        seen.secrets = (seen.shown["apiKey"], json.loads(secret)["password"])
        seen.exported = json.dumps(engine.export())
        seen.outcomes["up again"] = engine.up()
        seen.outcomes["refresh"] = engine.refresh()
        drift(stands, seen.registrations)
        seen.outcomes["up over drift"] = engine.up()
        seen.outcomes["refresh of drift"] = engine.refresh()
        seen.outcomes["up after drift"] = engine.up()
        seen.outcomes["refresh in the end"] = engine.refresh()
        seen.kept = texts_below(stands.folder)
        seen.outcomes["destroy"] = engine.destroy()
        seen.left = stands.left()
        yield seen


def texts_below(folder: Path) -> list[str]:
    """Return what the backend keeps: the state, its backups and its history."""
    files = [path for path in folder.glob("pulumi-dev/state/**/*") if path.is_file()]
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]


def drift(stands: Live, registrations: list[Registration]) -> None:
    """Change things as somebody with a console does: a retention, a tag, a rule."""
    group = one_of(registrations, GROUP, "metaflow-service-log")
    logs = stands.cloud.client("logs")
    logs.put_retention_policy(logGroupName=group.id, retentionInDays=1)
    vpc = one_of(registrations, "aws:ec2/vpc:Vpc", "metaflow-net-vpc")
    ec2 = stands.cloud.client("ec2")
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Owner", "Value": "somebody"}])
    rule = one_of(registrations, RULE, "metaflow-groups-jobs-to-internet")
    ec2.revoke_security_group_egress(
        GroupId=rule.outputs["securityGroupId"], SecurityGroupRuleIds=[rule.id]
    )


def one_of(registrations: list[Registration], token: str, name: str) -> Registration:
    return next(one for one in registrations if (one.type, one.name) == (token, name))


def test_a_preview_shows_exactly_what_up_then_creates(life: Life) -> None:
    assert changes(life.outcomes["preview"]) == changes(life.outcomes["up"])
    assert {one.name for one in life.outcomes["up"].changes} == {"create"}
    assert life.after_preview == []


def test_the_engine_registers_what_the_mocks_register(life: Life) -> None:
    def keys(registrations: list[Registration]) -> set[tuple[Any, ...]]:
        return {
            (one.type, one.name, one.custom, one.protect, tuple(sorted(one.inputs)))
            for one in registrations
            if one.custom
        }

    assert keys(life.registrations) == keys(deploy_stack("dev").registrations)


def test_the_wires_of_the_deployed_stack_hold(life: Life) -> None:
    assert [str(hop) for hop in wiring.check(life.registrations) if not hop.holds] == []


def test_a_second_up_and_a_refresh_change_nothing(life: Life) -> None:
    assert changes(life.outcomes["up again"]) == {}
    assert changes(life.outcomes["refresh"]) == {}


def test_no_resource_is_changed_that_nobody_touched(life: Life) -> None:
    """An up without refresh does not see what happened outside."""
    assert changes(life.outcomes["up over drift"]) == {}


def test_a_refresh_finds_what_was_changed_outside(life: Life) -> None:
    assert changes(life.outcomes["refresh of drift"]) == {
        ("update", GROUP, "metaflow-service-log"): 1,
        ("update", "aws:ec2/vpc:Vpc", "metaflow-net-vpc"): 1,
        ("delete", RULE, "metaflow-groups-jobs-to-internet"): 1,
    }


def test_the_next_up_puts_it_back(life: Life) -> None:
    assert changes(life.outcomes["up after drift"]) == {
        ("update", GROUP, "metaflow-service-log"): 1,
        ("update", "aws:ec2/vpc:Vpc", "metaflow-net-vpc"): 1,
        ("create", RULE, "metaflow-groups-jobs-to-internet"): 1,
    }
    assert changes(life.outcomes["refresh in the end"]) == {}


def test_destroy_leaves_nothing(life: Life) -> None:
    assert {one.name for one in life.outcomes["destroy"].changes} == {"delete"}
    assert life.left == []


def test_outputs_mask_what_is_secret(life: Life) -> None:
    assert life.outputs["apiKey"] == "[secret]"
    assert len(life.shown["apiKey"]) >= 20
    assert set(life.outputs) == set(deploy_stack("dev").outputs)


def test_neither_the_export_nor_any_file_of_the_backend_holds_a_secret_in_clear(life: Life) -> None:
    assert len(life.kept) > 3
    for secret in life.secrets:
        assert len(secret) >= 20
        assert secret not in life.exported
        assert [text for text in life.kept if secret in text] == []


def test_the_programs_own_folder_is_left_alone(life: Life) -> None:
    assert life.outcomes
    assert "encryptionsalt" not in (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
