"""How the engine without the CLI tells failures, and that none of them lasts."""

import asyncio
import contextvars
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi_aws import s3

from rehearsal.mocks import Deployment, DeploymentError
from rehearsal.provider import Created
from tests.rehearsal.tiny_programs import Pair, Recorder, run

ROOT = Path(__file__).resolve().parents[2]


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
            r"The program failed in test_mocks_failures\.py, line \d+: KeyError: 'no such\\nthing'",
        ),
        (leaves, r"The program failed in test_mocks_failures\.py, line \d+: SystemExit: 0"),
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
        from tests.rehearsal.tiny_programs import Recorder, run
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
