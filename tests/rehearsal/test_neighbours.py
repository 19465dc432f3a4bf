"""Two stacks side by side in one emulated AWS, and what is left when one of them is destroyed."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal import gateway_check, inventory, metaflow_profile, stack_files, wiring
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.inventory import Inventory
from rehearsal.metaflow_profile import ProfileError
from rehearsal.mocks import Deployment, DeploymentError, deploy, program_at
from rehearsal.provider import Cloud, Provider
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox
from rehearsal.stage import stage
from tests.deployed import deploy_stack, only

STAGE = "aws:apigateway/stage:Stage"
LOGGING = {
    "metaflow-aws:apiAccessLog": "true",
    "metaflow-aws:manageApiGatewayAccount": "true",
}


@dataclass
class Neighbours:
    """An emulated AWS in which the stack `one` stands and the stack `two` stood."""

    provider: Provider
    authorizer: Authorizer
    one: Deployment
    two: Deployment
    empty: Inventory
    with_one: Inventory
    with_both: Inventory
    without_two: Inventory

    @property
    def cloud(self) -> Cloud:
        return self.provider.cloud


def logging_role(deployment: Deployment) -> str:
    role = only(deployment, "aws:iam/role:Role", "metaflow-gateway-account-role")
    assert role.retain_on_delete
    return str(role.outputs["arn"])


def use(cloud: Cloud, deployment: Deployment) -> None:
    """Store something, change it and delete it, as flows do."""
    bucket = deployment.outputs["bucketName"]
    client = cloud.client("s3")
    for body in (b"1", b"2"):
        client.put_object(Bucket=bucket, Key="metaflow/Flow/1", Body=body)
    client.delete_object(Bucket=bucket, Key="metaflow/Flow/1")


@pytest.fixture(scope="module")
def neighbours() -> Iterator[Neighbours]:
    config = stack_files.read_stack(ROOT, "dev")

    def deployed(name: str) -> Deployment:
        return deploy(
            program_at(ROOT / "__main__.py"),
            provider,
            project=config.project,
            stack_name=name,
            config={**config.values, **LOGGING},
        )

    with stage(config.region, None) as stands:
        cloud = stands.cloud
        provider = Provider(cloud)
        empty = inventory.take(cloud)
        one = deployed("one")
        with_one = inventory.take(cloud)
        two = deployed("two")
        with_both = inventory.take(cloud)
        use(cloud, two)
        two.destroy(provider)
        without_two = inventory.take(cloud)
        yield Neighbours(
            provider, stands.authorizer, one, two, empty, with_one, with_both, without_two
        )


def test_the_inventory_sees_what_a_stack_makes(neighbours: Neighbours) -> None:
    made = {entry.rsplit(" ", 1)[0] for entry in neighbours.with_one - neighbours.empty}
    assert len(made) >= 25, sorted(made)
    assert len(neighbours.with_both - neighbours.with_one) == len(
        neighbours.with_one - neighbours.empty
    )


def test_a_destroyed_stack_leaves_nothing_but_its_logging_role(neighbours: Neighbours) -> None:
    left = neighbours.without_two - neighbours.with_one
    assert left == {f"iam roles {logging_role(neighbours.two)}"}


def test_a_destroyed_stack_takes_nothing_of_its_neighbour_along(neighbours: Neighbours) -> None:
    assert neighbours.with_one - neighbours.without_two == frozenset()
    assert all(hop.holds for hop in wiring.check(neighbours.one.registrations))


def test_the_accounts_logging_role_outlives_the_stack_that_set_it(neighbours: Neighbours) -> None:
    role_arn = logging_role(neighbours.two)
    account = neighbours.cloud.client("apigateway").get_account()
    assert account["cloudwatchRoleArn"] == role_arn
    [policy] = neighbours.cloud.client("iam").list_role_policies(
        RoleName=role_arn.rsplit("/", 1)[-1]
    )["PolicyNames"]
    assert policy.startswith("metaflow-gateway-account-policy-")


def test_the_neighbours_gateway_still_answers(neighbours: Neighbours) -> None:
    outputs = neighbours.one.outputs
    settings = {
        "METAFLOW_SERVICE_URL": outputs["serviceUrl"],
        "METAFLOW_SERVICE_INTERNAL_URL": outputs["serviceInternalUrl"],
        "METAFLOW_SERVICE_AUTH_KEY": outputs["apiKey"],
    }
    assert gateway_check.problems(settings) == []


def test_the_neighbours_access_log_can_still_be_changed(neighbours: Neighbours) -> None:
    stage_of_one = only(neighbours.one, STAGE)
    log = {**stage_of_one.inputs["accessLogSettings"], "format": "$context.requestId"}
    provider = neighbours.provider
    inputs = provider.check(
        STAGE, stage_of_one.urn, {**stage_of_one.inputs, "accessLogSettings": log}
    )
    changed = provider.update(
        STAGE, stage_of_one.urn, stage_of_one.id, stage_of_one.outputs, inputs
    )
    assert changed["accessLogSettings"] == log
    answer = neighbours.cloud.client("apigateway").get_stage(
        restApiId=neighbours.one.outputs["apiId"], stageName="api"
    )
    assert answer["accessLogSettings"]["format"] == "$context.requestId"


@pytest.fixture
def place(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def test_the_profile_is_what_mfconfig_writes_for_the_user_role(
    neighbours: Neighbours, place: Sandbox
) -> None:
    profile = metaflow_profile.write(place, neighbours.cloud, neighbours.authorizer, neighbours.one)
    assert profile.path == place.metaflow_home / "config_one.json"
    assert profile.path.stat().st_mode & 0o777 == 0o600
    assert profile.settings["METAFLOW_SERVICE_AUTH_KEY"] == neighbours.one.outputs["apiKey"]
    assert (
        profile.settings["METAFLOW_DATASTORE_SYSROOT_S3"]
        == (neighbours.one.outputs["datastoreRoot"])
    )
    assert profile.environment["METAFLOW_PROFILE"] == "one"
    assert profile.environment["METAFLOW_HOME"] == str(place.metaflow_home)
    assert neighbours.one.outputs["apiKey"] not in "".join(profile.environment.values())


def test_a_full_disk_while_the_profile_is_written_is_a_line(
    neighbours: Neighbours, place: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python-on-a-full-disk"
    python.write_text(f'#!/bin/sh\nulimit -f 0\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ProfileError) as caught:
        metaflow_profile.write(place, neighbours.cloud, neighbours.authorizer, neighbours.one)
    assert "\n" not in str(caught.value)
    assert "File too large" in str(caught.value)
    assert not (place.metaflow_home / "config_one.json").exists()


def test_outputs_that_make_no_profile_are_a_line(neighbours: Neighbours, place: Sandbox) -> None:
    outputs = {
        name: value for name, value in neighbours.one.outputs.items() if name != "jobQueueArn"
    }
    with pytest.raises(ProfileError) as caught:
        metaflow_profile.write(
            place, neighbours.cloud, neighbours.authorizer, replace(neighbours.one, outputs=outputs)
        )
    assert "\n" not in str(caught.value)
    assert "jobQueueArn" in str(caught.value)


def test_the_last_stack_leaves_nothing_but_the_logging_roles(neighbours: Neighbours) -> None:
    """The last of this file: it destroys the other stack too."""
    use(neighbours.cloud, neighbours.one)
    neighbours.one.destroy(neighbours.provider)
    left = inventory.take(neighbours.cloud) - neighbours.empty
    assert left == {
        f"iam roles {logging_role(neighbours.one)}",
        f"iam roles {logging_role(neighbours.two)}",
    }


class Deletions:
    """A provider that remembers what it should delete."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def delete(self, _token: str, urn: str, _id: str, _state: Mapping[str, Any]) -> None:
        self.asked.append(urn)


def test_prod_is_not_destroyed() -> None:
    deletions = Deletions()
    with pytest.raises(DeploymentError) as caught:
        deploy_stack("prod").destroy(cast(Provider, deletions))
    assert deletions.asked == []
    refused = {line.rsplit("::", 1)[0].rsplit("$", 1)[-1] for line in str(caught.value).split("\n")}
    assert refused == {
        "aws:dynamodb/table:Table",
        "aws:ec2/vpc:Vpc",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:s3/bucket:Bucket",
    }
    assert all(line.endswith(" is protected.") for line in str(caught.value).split("\n"))
