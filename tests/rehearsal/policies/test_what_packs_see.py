"""What the engine without the CLI tells policy packs of each resource, and of the whole stack."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest
from pulumi_aws import s3, sqs

from rehearsal.goals import Goal
from rehearsal.mocks import deploy
from rehearsal.policies import PolicyCheck, messages
from rehearsal.policies.packs import Pack
from rehearsal.provider import Provider
from tests.placeholder import PlaceholderProvider
from tests.rehearsal.policies import small_packs
from tests.rehearsal.tiny_programs import Pair, Recorder

BUCKET = "aws:s3/bucket:Bucket"
STACK = "urn:pulumi:dev::tiny::pulumi:pulumi:Stack::tiny-dev"
ECHO = """
def resource(args, report):
    options = args.opts
    timeouts = options.custom_timeouts
    report(json.dumps({
        "type": args.resource_type, "name": args.name, "urn": args.urn, "props": seen(args.props),
        "protect": options.protect, "ignores": list(options.ignore_changes),
        "deleted_first": options.delete_before_replace, "aliases": list(options.aliases),
        "timeouts": [timeouts.create_seconds, timeouts.update_seconds, timeouts.delete_seconds],
        "secret": list(options.additional_secret_outputs), "parent": options.parent,
        "provider": args.provider,
    }))

def stack(args, report):
    for one in args.resources:
        report(json.dumps({
            "type": one.resource_type, "name": one.name, "urn": one.urn, "props": seen(one.props),
            "protect": one.opts.protect, "parent": one.parent.urn if one.parent else None,
            "dependencies": [other.urn for other in one.dependencies],
            "from": {name: [other.urn for other in found]
                     for name, found in one.property_dependencies.items()},
        }), one.urn)

policies = [ResourceValidationPolicy("resource", "What a resource is.", resource),
            StackValidationPolicy("stack", "What a stack is.", stack)]
"""

Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    folder = tmp_path_factory.mktemp("echo")
    with small_packs.check(folder, small_packs.write_pack(folder / "pack", ECHO)) as running:
        (pack,) = running.packs
        yield pack


def told(
    echo: Pack,
    program: Callable[[], Any],
    *,
    preview: bool = False,
    provider: Any = None,
) -> tuple[Told, Told]:
    """Return what the pack was told of each resource, and of each within the stack, by name."""
    check = PolicyCheck([echo], dry_run=preview)
    deployment = deploy(
        program,
        cast(Provider, provider or Recorder()),
        project="tiny",
        stack_name="dev",
        config={},
        preview=preview,
        before_create=check.resource,
    )
    check.stack(deployment.states)
    found: dict[str, Told] = {"resource": {}, "stack": {}}
    for violation in check.violations:
        words = json.loads(violation.message)
        assert violation.urn == words["urn"]
        assert words["name"] not in found[violation.policy]
        found[violation.policy][words["name"]] = words
    return found["resource"], found["stack"]


def options_of_every_kind() -> None:
    s3.Bucket(
        "one",
        bucket=pulumi.Output.secret("hidden"),
        tags={"a": pulumi.Output.secret("b"), "c": "d"},
        opts=pulumi.ResourceOptions(
            protect=True,
            ignore_changes=["tags"],
            delete_before_replace=True,
            additional_secret_outputs=["arn"],
            aliases=[pulumi.Alias(name="old"), "urn:pulumi:dev::tiny::a:b:C::older"],
            custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="90s"),
        ),
    )


def test_a_resource_is_told_with_its_checked_inputs_and_its_options(echo: Pack) -> None:
    resources, _ = told(echo, options_of_every_kind)
    assert resources["one"] == {
        "type": BUCKET,
        "name": "one",
        "urn": f"urn:pulumi:dev::tiny::pulumi:pulumi:Stack${BUCKET}::one",
        "props": {"region": "us-east-1", "bucket": "hidden", "tags": {"a": "b", "c": "d"}},
        "protect": True,
        "ignores": ["tags"],
        "deleted_first": True,
        "aliases": [
            f"urn:pulumi:dev::tiny::pulumi:pulumi:Stack${BUCKET}::old",
            "urn:pulumi:dev::tiny::a:b:C::older",
            # The SDK's own: the type's former name.
            "urn:pulumi:dev::tiny::pulumi:pulumi:Stack$aws:s3/bucketV2:BucketV2::one",
        ],
        "timeouts": [5400.0, 0.0, 90.0],
        "secret": ["arn"],
        "parent": STACK,
        "provider": None,
    }


def test_options_that_the_program_leaves_out_are_told_as_such(echo: Pack) -> None:
    resources, _ = told(echo, lambda: sqs.Queue("one"))
    said = resources["one"]
    assert (said["protect"], said["ignores"], said["deleted_first"]) == (False, [], None)
    assert (said["aliases"], said["timeouts"], said["secret"]) == ([], [0.0, 0.0, 0.0], [])


def test_a_secret_travels_wrapped() -> None:
    goals: list[Goal] = []
    deployment = deploy(
        lambda: s3.Bucket("one", bucket=pulumi.Output.secret("hidden")),
        cast(Provider, Recorder()),
        project="tiny",
        stack_name="dev",
        config={},
        before_create=goals.append,
    )
    wrapped = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    asked = messages.of_resource(goals[-1]).properties
    assert dict(asked["bucket"]) == {**wrapped, "value": "hidden"}
    (*_, one) = messages.of_stack(deployment.states.values()).resources
    assert dict(one.properties["bucket"]) == {**wrapped, "value": "hidden"}


def test_the_stack_and_components_are_told_too(echo: Pack) -> None:
    def program() -> None:
        pulumi.export("answer", pulumi.Output.secret(Pair("pair").urn).apply(lambda _: 42))

    resources, stack = told(echo, program)
    assert list(resources)[:2] == ["tiny-dev", "pair"]
    assert set(resources) == set(stack) == {"tiny-dev", "pair", "pair-left", "pair-right"}
    assert (resources["tiny-dev"]["type"], resources["tiny-dev"]["props"]) == (
        "pulumi:pulumi:Stack",
        {},
    )
    assert (resources["pair"]["type"], resources["pair"]["props"]) == (
        "tiny:index:Pair",
        {"size": 2},
    )
    assert resources["pair-left"]["parent"] == resources["pair"]["urn"]
    assert stack["pair-left"]["parent"] == resources["pair"]["urn"]
    assert stack["tiny-dev"]["parent"] is None
    assert stack["tiny-dev"]["props"] == {"answer": 42}


def test_a_component_has_the_outputs_that_it_registers(echo: Pack) -> None:
    class Told(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("tiny:index:Told", name, {"size": 2})
            self.register_outputs({"arn": s3.Bucket(f"{name}-one").arn})

    resources, stack = told(echo, lambda: Told("told"))
    assert resources["told"]["props"] == {"size": 2}
    assert stack["told"]["props"] == {"arn": "arn-of-told-one"}


def related() -> None:
    first = s3.Bucket("first")
    second = s3.Bucket("second", opts=pulumi.ResourceOptions(protect=True))
    s3.Bucket(
        "third",
        bucket=first.arn,
        tags={"known": "yes", "of": first.arn, "hidden": pulumi.Output.secret("s")},
        opts=pulumi.ResourceOptions(depends_on=[second]),
    )


def test_the_stack_is_told_with_outputs_and_what_they_come_from(echo: Pack) -> None:
    _, stack = told(echo, related)
    first, second, third = (stack[name] for name in ("first", "second", "third"))
    assert third["props"] == {
        "region": "us-east-1",
        "bucket": "arn-of-first",
        "tags": {"known": "yes", "of": "arn-of-first", "hidden": "s"},
        "arn": "arn-of-third",
        "id": "id-of-third",
    }
    assert set(third["dependencies"]) == {first["urn"], second["urn"]}
    assert third["from"] == {"bucket": [first["urn"]], "tags": [first["urn"]]}
    assert (first["from"], first["dependencies"]) == ({}, [])
    assert (second["protect"], third["protect"]) == (True, False)


def test_a_preview_tells_what_is_known_and_nothing_else(echo: Pack) -> None:
    resources, stack = told(echo, related, preview=True)
    known = {
        "region": "us-east-1",
        "bucket": "<unknown>",
        "tags": {"known": "yes", "of": "<unknown>", "hidden": "s"},
    }
    assert resources["third"]["props"] == known
    assert stack["third"]["props"] == {**known, "arn": "<unknown>", "id": "<unknown>"}
    assert stack["third"]["from"]["bucket"] == [stack["first"]["urn"]]


def test_a_preview_knows_defaults_and_automatic_names_and_leaves_out_what_is_not_given(
    echo: Pack,
) -> None:
    """As the AWS provider does: what a resource has only when it is given is absent, not unknown.

    `policy` is computed by AWS, `tags` is not; both are left out by the program.
    """
    resources, stack = told(
        echo, lambda: s3.Bucket("one"), preview=True, provider=PlaceholderProvider(cast(Any, None))
    )
    assert resources["one"]["props"] == {"bucket": "one", "forceDestroy": False}
    props = stack["one"]["props"]
    assert (props["bucket"], props["forceDestroy"]) == ("one", False)
    assert (props["arn"], props["policy"], props["id"]) == ("<unknown>",) * 3
    assert "tags" not in props


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("", 0.0),
        ("45", 0.0),
        ("90s", 90.0),
        ("1h30m", 5400.0),
        ("1.5m", 90.0),
        ("250ms", 0.25),
        ("2m0.5s", 120.5),
    ],
)
def test_durations_are_told_in_seconds(written: str, seconds: float) -> None:
    timeouts = RegisterResourceRequest.CustomTimeouts(update=written)
    request = RegisterResourceRequest(type="a:b:C", name="one", customTimeouts=timeouts)
    goal = Goal("urn:pulumi:dev::tiny::a:b:C::one", request, request.object)
    assert messages.of_resource(goal).options.customTimeouts.update == seconds


def test_an_alias_is_told_as_the_urn_that_it_stands_for() -> None:
    request = RegisterResourceRequest(type="a:b:C", name="one")
    parent = "urn:pulumi:dev::tiny::x:y:Top$x:y:Inner::parent"
    request.aliases.add().spec.type = "a:b:Old"
    request.aliases.add().spec.CopyFrom(Alias.Spec(name="old", noParent=True))
    request.aliases.add().spec.parentUrn = parent
    request.aliases.add().spec.CopyFrom(Alias.Spec(stack="prod", project="other"))
    goal = Goal("urn:pulumi:dev::tiny::p:q:R$a:b:C::one", request, request.object)
    assert list(messages.of_resource(goal).options.aliases) == [
        "urn:pulumi:dev::tiny::p:q:R$a:b:Old::one",
        "urn:pulumi:dev::tiny::a:b:C::old",
        "urn:pulumi:dev::tiny::x:y:Inner$a:b:C::one",
        "urn:pulumi:prod::other::p:q:R$a:b:C::one",
    ]
