"""The engine without the CLI: what it hands to the provider, records and destroys."""

from pathlib import Path
from typing import cast

import pulumi
import pytest
from pulumi_aws import s3, sqs

from rehearsal.goals import Goal
from rehearsal.mocks import DeploymentError, deploy, program_at
from rehearsal.provider import Provider, RefusedError
from tests.rehearsal.tiny_programs import Pair, Recorder, made, run

BUCKET = "aws:s3/bucket:Bucket"


def test_the_provider_gets_plain_values_and_the_record_has_them() -> None:
    def program() -> None:
        tags: dict[str, pulumi.Input[str]] = {"days": pulumi.Output.secret("7"), "plain": "yes"}
        rules: list[s3.BucketLifecycleRuleArgsDict] = [
            {"id": "a", "enabled": True, "expiration": {"days": 30}}
        ]
        s3.Bucket("one", bucket=pulumi.Output.secret("hidden"), tags=tags, lifecycle_rules=rules)

    provider = Recorder()
    deployment = run(program, provider)
    inputs = {
        "bucket": "hidden",
        "tags": {"days": "7", "plain": "yes"},
        "lifecycleRules": [{"id": "a", "enabled": True, "expiration": {"days": 30}}],
    }
    assert provider.created == [("one", {"region": "us-east-1", **inputs})]
    days = provider.created[0][1]["lifecycleRules"][0]["expiration"]["days"]
    assert type(days) is int
    assert type(provider.created[0][1]["lifecycleRules"][0]["enabled"]) is bool
    one = made(deployment, "one")
    assert one.inputs == inputs
    assert one.outputs == {"region": "us-east-1", **inputs, "arn": "arn-of-one"}
    assert (one.id, one.custom, one.type) == ("id-of-one", True, BUCKET)


def test_outputs_are_plain_and_the_secret_ones_are_named() -> None:
    def program() -> None:
        bucket = s3.Bucket("one", bucket=pulumi.Output.secret("hidden"), tags={"a": "b"})
        pulumi.export("fromInput", bucket.bucket)
        pulumi.export("fromProvider", sqs.Queue("two").arn.apply(lambda arn: f"<{arn}>"))
        pulumi.export("marked", pulumi.Output.secret({"deep": [1.0, 2.5]}))
        pulumi.export("plain", bucket.arn)
        pulumi.export("tags", bucket.tags)
        added = pulumi.ResourceOptions(additional_secret_outputs=["arn"])
        pulumi.export("added", s3.Bucket("three", opts=added).arn)

    deployment = run(program)
    assert deployment.outputs == {
        "fromInput": "hidden",
        "fromProvider": "<arn-of-two>",
        "marked": {"deep": [1, 2.5]},
        "plain": "arn-of-one",
        "tags": {"a": "b"},
        "added": "arn-of-three",
    }
    assert deployment.secret_outputs == {"fromInput", "fromProvider", "marked", "added"}


def test_the_record_has_what_a_resource_waits_for_and_how_it_is_kept() -> None:
    def program() -> None:
        first = s3.Bucket("first")
        second = s3.Bucket("second")
        s3.Bucket(
            "third",
            bucket=first.arn,
            opts=pulumi.ResourceOptions(
                depends_on=[second], protect=True, retain_on_delete=True, ignore_changes=["tags"]
            ),
        )

    deployment = run(program)
    first, second, third = (made(deployment, name) for name in ("first", "second", "third"))
    assert set(third.dependencies) == {first.urn, second.urn}
    assert third.property_dependencies == {"bucket": (first.urn,)}
    assert (third.protect, third.retain_on_delete, third.ignore_changes) == (True, True, ("tags",))
    assert (first.protect, first.retain_on_delete, first.ignore_changes) == (False, False, ())
    assert first.dependencies == ()


def test_components_are_recorded_with_their_children_and_made_by_nobody() -> None:
    provider = Recorder()
    deployment = run(lambda: Pair("pair"), provider)
    stack, pair = deployment.registrations[:2]
    assert (stack.type, stack.parent, stack.custom) == ("pulumi:pulumi:Stack", "", False)
    assert pair.urn == "urn:pulumi:dev::tiny::pulumi:pulumi:Stack$tiny:index:Pair::pair"
    assert (pair.custom, pair.id, pair.inputs, pair.parent) == (False, "", {"size": 2}, stack.urn)
    assert [made(deployment, f"pair-{side}").parent for side in ("left", "right")] == [pair.urn] * 2
    assert made(deployment, "pair-left").urn == (
        f"urn:pulumi:dev::tiny::tiny:index:Pair${BUCKET}::pair-left"
    )
    assert [name for name, _ in provider.created] == ["pair-left", "pair-right"]
    assert [one.name for one in deployment.of_type(BUCKET)] == ["pair-left", "pair-right"]


def test_configuration_reaches_the_program_as_text() -> None:
    def program() -> None:
        pulumi.export("size", pulumi.Config().require_int("size"))
        pulumi.export("flag", pulumi.Config("aws").require_bool("flag"))
        pulumi.export("where", f"{pulumi.get_project()}/{pulumi.get_stack()}")

    deployment = run(program, config={"tiny:size": "3", "aws:flag": "true"}, stack="blue")
    assert deployment.outputs == {"size": 3, "flag": True, "where": "tiny/blue"}


def test_functions_of_the_provider_are_answered_with_plain_values() -> None:
    def program() -> None:
        found = s3.get_bucket_output(bucket=pulumi.Output.secret("wanted"))
        pulumi.export("found", pulumi.Output.concat(found.bucket, " ", found.region))

    assert run(program).outputs == {"found": "wanted from-invoke"}


def test_a_preview_makes_nothing_and_knows_no_computed_value() -> None:
    seen: list[str] = []

    def program() -> None:
        bucket = s3.Bucket("one", bucket="named", opts=pulumi.ResourceOptions(protect=True))
        bucket.arn.apply(lambda _arn: seen.append("arn"))
        bucket.bucket.apply(lambda _name: seen.append("bucket"))
        s3.Bucket("two", bucket=bucket.arn)

    provider = Recorder()
    deployment = run(program, provider, preview=True)
    assert provider.created == []
    assert seen == ["bucket"]
    assert made(deployment, "one").protect
    assert made(deployment, "two").dependencies == (made(deployment, "one").urn,)
    assert made(deployment, "one").id == ""


def test_each_resource_is_announced_once_it_is_made() -> None:
    announced: list[tuple[str, str]] = []

    def program() -> None:
        first = s3.Bucket("first")
        s3.Bucket("second", bucket=first.arn)

    deploy(
        program,
        cast(Provider, Recorder()),
        project="tiny",
        stack_name="dev",
        config={},
        on_resource=lambda one: announced.append((one.name, one.id)),
    )
    assert announced == [
        ("tiny-dev", ""),
        ("first", "id-of-first"),
        ("second", "id-of-second"),
    ]


def test_each_resource_can_be_refused_before_it_is_made() -> None:
    provider = Recorder()
    asked: list[tuple[str, bool, list[str]]] = []

    def before_create(goal: Goal) -> None:
        made_before = [name for name, _ in provider.created]
        asked.append((goal.request.name, goal.request.custom, made_before))
        if goal.request.name == "pair-right":
            raise RefusedError("not the right one")

    with pytest.raises(DeploymentError, match=r"^not the right one$"):
        deploy(
            lambda: Pair("pair"),
            cast(Provider, provider),
            project="tiny",
            stack_name="dev",
            config={},
            before_create=before_create,
        )
    assert asked == [
        ("tiny-dev", False, []),
        ("pair", False, []),
        ("pair-left", True, []),
        ("pair-right", True, ["pair-left"]),
    ]
    assert [name for name, _ in provider.created] == ["pair-left"]


def test_a_program_in_a_file_runs_as_a_main_module(tmp_path: Path) -> None:
    path = tmp_path / "__main__.py"
    path.write_text("import pulumi\npulumi.export('name', __name__)\n")
    assert run(program_at(path)).outputs == {"name": "__main__"}


def test_destroy_deletes_dependents_first_and_leaves_what_is_retained() -> None:
    def program() -> None:
        first = s3.Bucket("first")
        kept = s3.Bucket(
            "kept", bucket=first.arn, opts=pulumi.ResourceOptions(retain_on_delete=True)
        )
        s3.Bucket("last", bucket=kept.arn)
        Pair("pair")

    provider = Recorder()
    run(program, provider).destroy(cast(Provider, provider))
    assert sorted(provider.deleted) == ["first", "last", "pair-left", "pair-right"]
    assert provider.deleted.index("last") < provider.deleted.index("first")
    assert provider.deleted.index("pair-right") < provider.deleted.index("pair-left")


def test_destroy_refuses_what_is_protected_and_deletes_nothing_then() -> None:
    def program() -> None:
        s3.Bucket("free")
        s3.Bucket("safe", opts=pulumi.ResourceOptions(protect=True))

    provider = Recorder()
    deployment = run(program, provider)
    with pytest.raises(DeploymentError) as caught:
        deployment.destroy(cast(Provider, provider))
    assert str(caught.value) == f"{made(deployment, 'safe').urn} is protected."
    assert provider.deleted == []
