"""The engine without the CLI, with programs of a few lines and a provider of a few more."""

import asyncio
import contextvars
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi_aws import s3, sqs

from rehearsal.mocks import Deployment, DeploymentError, deploy, program_at
from rehearsal.provider import Created, Provider, RefusedError

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "aws:s3/bucket:Bucket"


@dataclass
class Recorder:
    """A provider that makes nothing, and remembers what it was told."""

    created: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refuses: str = "nothing"

    def check(self, _token: str, _urn: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {"region": "us-east-1", **inputs}

    def create(self, _token: str, urn: str, inputs: Mapping[str, Any]) -> Created:
        name = urn.rsplit("::", 1)[-1]
        if self.refuses in name:
            raise RefusedError(f"{name}: AWS would not.")
        self.created.append((name, dict(inputs)))
        return Created(f"id-of-{name}", {**inputs, "arn": f"arn-of-{name}"})

    def delete(self, _token: str, urn: str, resource_id: str, _state: Mapping[str, Any]) -> None:
        assert resource_id == f"id-of-{urn.rsplit('::', 1)[-1]}"
        self.deleted.append(urn.rsplit("::", 1)[-1])

    def secret_outputs(self, token: str) -> frozenset[str]:
        return frozenset({"arn"}) if token == "aws:sqs/queue:Queue" else frozenset()

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if self.refuses in token:
            raise RefusedError(f"{token}: AWS would not.")
        return {"bucket": arguments["bucket"], "region": "from-invoke"}


def run(
    program: Callable[[], Any],
    provider: Recorder | None = None,
    *,
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Deployment:
    return deploy(
        program,
        cast(Provider, provider or Recorder()),
        project="tiny",
        stack_name=stack,
        config=config or {},
        preview=preview,
    )


def made(deployment: Deployment, name: str) -> Any:
    (found,) = [one for one in deployment.registrations if one.name == name]
    return found


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


class Pair(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("tiny:index:Pair", name, {"size": 2})
        inside = pulumi.ResourceOptions(parent=self)
        left = s3.Bucket(f"{name}-left", opts=inside)
        s3.Bucket(f"{name}-right", bucket=left.arn, opts=inside)


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


def test_a_refused_resource_is_one_line_and_what_waits_for_it_is_not_made() -> None:
    def program() -> None:
        bad = s3.Bucket("bad")
        for index in range(5):
            s3.Bucket(f"after-{index}", bucket=bad.arn)

    provider = Recorder(refuses="bad")
    with pytest.raises(DeploymentError) as caught:
        run(program, provider)
    assert str(caught.value) == "bad: AWS would not."
    assert provider.created == []


def test_a_refused_function_is_one_line() -> None:
    with pytest.raises(DeploymentError) as caught:
        run(lambda: s3.get_bucket(bucket="any"), Recorder(refuses="getBucket"))
    assert str(caught.value) == "aws:s3/getBucket:getBucket: AWS would not."


def fails_for_its_user() -> None:
    raise pulumi.RunError("vpcCidr is 1.2.3.4\nset it with: pulumi config set vpcCidr <network>")


def fails_by_mistake() -> None:
    s3.Bucket("one")
    raise KeyError("no such\nthing")


def leaves() -> None:
    sys.exit(0)


def fails_in_an_apply() -> None:
    pulumi.export("never", s3.Bucket("one").arn.apply(lambda arn: int(arn)))


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            fails_for_its_user,
            r"vpcCidr is 1\.2\.3\.4\nset it with: pulumi config set vpcCidr <network>",
        ),
        (
            fails_by_mistake,
            r"The program failed in test_mocks\.py, line \d+: KeyError: 'no such\\nthing'",
        ),
        (leaves, r"The program failed in test_mocks\.py, line \d+: SystemExit: 0"),
        (
            fails_in_an_apply,
            r"The program failed: ValueError: invalid literal for int\(\) with base 10: "
            r"'arn-of-one'",
        ),
    ],
)
def test_a_failing_program_is_told_in_words(program: Callable[[], None], words: str) -> None:
    with pytest.raises(DeploymentError, match=f"^{words}$"):
        run(program)


def test_two_resources_of_one_name_are_refused_as_the_engine_does() -> None:
    def program() -> None:
        s3.Bucket("twin")
        s3.Bucket("twin")

    with pytest.raises(DeploymentError, match=r"::twin is registered twice; give one of the two"):
        run(program)


def test_nothing_is_looked_up_or_imported_in_silence() -> None:
    with pytest.raises(DeploymentError, match=r"aws:s3/bucket:Bucket there: .* has no old-bucket"):
        run(lambda: s3.Bucket.get("there", "old-bucket"))
    opts = pulumi.ResourceOptions(import_="old-bucket")
    with pytest.raises(DeploymentError, match=r"::here: .* nothing to import old-bucket from"):
        run(lambda: s3.Bucket("here", opts=opts))


def test_a_refusal_prints_nothing_and_no_traceback_either() -> None:
    script = """
        import gc
        from pulumi_aws import s3
        from tests.rehearsal.test_mocks import Recorder, run
        from rehearsal.mocks import DeploymentError

        def program():
            bad = s3.Bucket("bad")
            for index in range(20):
                s3.Bucket(f"after-{index}", bucket=bad.arn)

        try:
            run(program, Recorder(refuses="bad"))
        except DeploymentError as error:
            print(error)
        gc.collect()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("bad: AWS would not.\n", "")


def test_deployments_one_after_the_other_do_not_mix() -> None:
    def program(name: str) -> Callable[[], None]:
        def inner() -> None:
            bucket = s3.Bucket(name, tags={"stack": pulumi.Config().require("tag")})
            pulumi.export(name, bucket.tags)

        return inner

    first = run(program("a"), stack="one", config={"tiny:tag": "1"})
    with pytest.raises(DeploymentError):
        run(program("bad"), Recorder(refuses="bad"), config={"tiny:tag": "2"})
    with pytest.raises(DeploymentError):
        run(fails_in_an_apply)
    second = run(program("b"), stack="two", config={"tiny:tag": "3"})
    with pytest.raises(DeploymentError, match="tiny:tag"):
        run(program("c"))
    assert first.outputs == {"a": {"stack": "1"}}
    assert second.outputs == {"b": {"stack": "3"}}
    assert [one.name for one in second.registrations] == ["tiny-two", "b"]
    assert all("pulumi:two::" in one.urn for one in second.registrations)


def test_a_stack_that_the_caller_left_behind_is_not_in_the_way() -> None:
    def after_another() -> Deployment:
        settings.ROOT.set(cast(pulumi.Resource, object()))
        return run(lambda: Pair("pair"))

    deployment = contextvars.copy_context().run(after_another)
    assert deployment.registrations[0].type == "pulumi:pulumi:Stack"


def test_an_interrupted_deployment_ends_and_the_next_one_works() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    class Interrupting(Recorder):
        def create(self, token: str, urn: str, inputs: Mapping[str, Any]) -> Created:
            loops[0].call_soon_threadsafe(interrupt)
            return super().create(token, urn, inputs)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def program() -> None:
        loops.append(asyncio.get_running_loop())
        s3.Bucket("one")

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        run(program, Interrupting())
    assert threading.active_count() == threads
    assert len(run(program).registrations) == 2


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
