"""What policy packs' words lead to: refusals, violations, counts."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pulumi
import pytest
from pulumi_aws import s3, sqs

from rehearsal.mocks import Deployment, DeploymentError, deploy
from rehearsal.policies import Judged, PolicyCheck
from rehearsal.policies.packs import Pack
from rehearsal.provider import Provider
from tests.rehearsal.policies import small_packs
from tests.rehearsal.tiny_programs import Recorder

STACK = "urn:pulumi:dev::tiny::pulumi:pulumi:Stack::tiny-dev"
RULES = """
def about_buckets(check):
    def validate(args, report):
        if args.resource_type != "aws:s3/bucket:Bucket":
            args.not_applicable("no bucket")
        check(args, report)
    return validate

def named(word):
    def check(args, report):
        if word in args.name:
            report(f"It is {args.name}.")
    return about_buckets(check)

def short_policy(args, report):
    if "long" in args.name:
        report("It is long.")
    args.props["policy"]

def stack(args, report):
    names = [one.name for one in args.resources]
    if "lonely" in names:
        report("It is lonely.", args.resources[-1].urn)
    if "lost" in names:
        report("It is lost.", "urn:pulumi:dev::tiny::a:b:C::gone")
    if "whole" in names:
        report("The whole is wrong.")

def knows_arns(args, report):
    for one in args.resources:
        if one.resource_type == "aws:s3/bucket:Bucket":
            one.props["arn"]

def queues_only(args, report):
    if not any(one.resource_type == "aws:sqs/queue:Queue" for one in args.resources):
        args.not_applicable("no queue")

MANDATORY, ADVISORY = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
policies = [
    ResourceValidationPolicy("bad", "Not bad.", named("bad"), MANDATORY, severity=Severity.HIGH,
                             remediation_steps="Call it good."),
    ResourceValidationPolicy("evil", "Not evil.", named("bad-evil"), MANDATORY),
    ResourceValidationPolicy("odd", "Not odd.", named("odd"), ADVISORY, severity=Severity.LOW),
    ResourceValidationPolicy("mend", "Mended.", named("mend"), EnforcementLevel.REMEDIATE),
    ResourceValidationPolicy("off", "Off.", named("bad"), EnforcementLevel.DISABLED),
    ResourceValidationPolicy("short", "Short.", about_buckets(short_policy), MANDATORY),
    StackValidationPolicy("stack", "Whole.", stack, MANDATORY, severity=Severity.CRITICAL),
    StackValidationPolicy("arns", "Known.", knows_arns, MANDATORY),
    StackValidationPolicy("queues", "Queues.", queues_only, ADVISORY),
    StackValidationPolicy("stack-off", "Off.", stack, EnforcementLevel.DISABLED),
]
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    folder = tmp_path_factory.mktemp("rules")
    with small_packs.check(folder, small_packs.write_pack(folder / "pack", RULES)) as running:
        (pack,) = running.packs
        yield pack


def run(
    check: PolicyCheck,
    program: Callable[[], Any],
    *,
    provider: Recorder | None = None,
    preview: bool = False,
) -> Deployment:
    return deploy(
        program,
        cast(Provider, provider or Recorder()),
        project="tiny",
        stack_name="dev",
        config={},
        preview=preview,
        before_create=check.resource,
    )


def buckets(*names: str) -> Callable[[], None]:
    def program() -> None:
        for name in names:
            # It has a policy, so that `short` can run in a preview as well.
            s3.Bucket(name, policy="{}")

    return program


def brief(check: PolicyCheck) -> list[tuple[str, str, str]]:
    """Return rule, level and logical name of each violation."""
    return sorted((one.policy, one.level, one.urn.split("::")[-1]) for one in check.violations)


def test_a_mandatory_violation_refuses_the_resource_and_what_waits_for_it(pack: Pack) -> None:
    def program() -> None:
        bad = s3.Bucket("bad-evil", policy="{}")
        s3.Bucket("after", policy=bad.arn)

    provider = Recorder()
    check = PolicyCheck([pack], dry_run=False)
    with pytest.raises(DeploymentError) as caught:
        run(check, program, provider=provider)
    assert str(caught.value) == "aws:s3/bucket:Bucket bad-evil violates bad, evil."
    assert provider.created == []
    assert brief(check) == [("bad", "mandatory", "bad-evil"), ("evil", "mandatory", "bad-evil")]
    assert check.mandatory == check.violations


def test_a_violation_has_all_that_is_to_be_told(pack: Pack) -> None:
    check = PolicyCheck([pack], dry_run=True)
    deployment = run(check, buckets("bad"), preview=True)
    (violation,) = check.violations
    assert violation.as_json() == {
        "pack": "small",
        "policy": "bad",
        "level": "mandatory",
        "severity": "high",
        "urn": deployment.registrations[-1].urn,
        "message": "It is bad.",
        "remediation": "Call it good.",
    }
    assert violation.description == "Not bad."


def test_a_preview_goes_on_and_finds_them_all(pack: Pack) -> None:
    check = PolicyCheck([pack], dry_run=True)
    run(check, buckets("bad-one", "fine", "bad-two"), preview=True)
    assert brief(check) == [("bad", "mandatory", "bad-one"), ("bad", "mandatory", "bad-two")]


def test_advice_stops_nothing(pack: Pack) -> None:
    provider = Recorder()
    check = PolicyCheck([pack], dry_run=False)
    run(check, buckets("odd"), provider=provider)
    assert [name for name, _ in provider.created] == ["odd"]
    assert brief(check) == [("odd", "advisory", "odd")]
    assert check.mandatory == []


def test_a_rule_to_be_remediated_without_remediation_is_mandatory(pack: Pack) -> None:
    check = PolicyCheck([pack], dry_run=False)
    with pytest.raises(DeploymentError, match="violates mend"):
        run(check, buckets("mend"))
    assert brief(check) == [("mend", "mandatory", "mend")]


@pytest.mark.parametrize(
    ("name", "meant", "words"),
    [
        ("lonely", "lonely", "It is lonely."),
        ("lost", "tiny-dev", "It is lost."),
        ("whole", "tiny-dev", "The whole is wrong."),
    ],
)
def test_a_violation_of_the_stack_is_its_own_where_no_resource_is_named(
    pack: Pack, name: str, meant: str, words: str
) -> None:
    check = PolicyCheck([pack], dry_run=False)
    deployment = run(check, buckets(name))
    assert check.violations == []
    check.stack(deployment.states)
    (violation,) = check.violations
    assert (violation.policy, violation.severity) == ("stack", "critical")
    assert (violation.urn.split("::")[-1], violation.message) == (meant, words)
    assert check.mandatory == [violation]


def test_a_rule_that_waits_for_a_value_is_counted_and_violates_nothing(pack: Pack) -> None:
    def program() -> None:
        first = s3.Bucket("first", policy="{}")
        s3.Bucket("second", policy=first.arn)
        s3.Bucket("long", policy=first.arn)

    check = PolicyCheck([pack], dry_run=True)
    deployment = run(check, program, preview=True)
    assert check.waiting == 2
    assert brief(check) == [("short", "mandatory", "long")]
    check.stack(deployment.states)
    assert check.waiting == 3


def test_each_rule_counts_what_it_judged(pack: Pack) -> None:
    def program() -> None:
        first = s3.Bucket("odd", policy="{}")
        s3.Bucket("second", policy=first.arn)
        pulumi.ComponentResource("tiny:index:Empty", "empty")

    check = PolicyCheck([pack], dry_run=True)
    check.stack(run(check, program, preview=True).states)
    assert {(one.name, one.level, one.checked) for one in check.judged} == {
        ("bad", "mandatory", 2),
        ("evil", "mandatory", 2),
        ("odd", "advisory", 2),
        ("mend", "remediate", 2),
        ("off", "disabled", 0),
        ("short", "mandatory", 1),
        ("stack", "mandatory", 4),
        ("arns", "mandatory", 0),
        ("queues", "advisory", 0),
        ("stack-off", "disabled", 0),
    }
    assert check.judged[0].as_json() == {
        "pack": "small",
        "name": "bad",
        "level": "mandatory",
        "checked": 2,
    }


def test_the_packs_are_asked_side_by_side_and_counted_apart(pack: Pack) -> None:
    check = PolicyCheck([pack, pack], dry_run=True)
    check.stack(run(check, lambda: sqs.Queue("lonely"), preview=True).states)
    assert brief(check) == [("stack", "mandatory", "lonely")] * 2
    assert Judged(pack="small", name="queues", level="advisory", checked=4) in check.judged
