"""Policy packs as processes: how they start, what they get, and that none of them is left."""

import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent
from typing import cast

import pytest
from pulumi_aws import s3

from rehearsal.interrupts import interruptible
from rehearsal.mocks import deploy
from rehearsal.policies import Operation, PackError, PolicyCheck, UnusablePackError, packs
from rehearsal.provider import Provider
from tests.rehearsal import processes
from tests.rehearsal.policies import small_packs
from tests.rehearsal.policies.small_packs import PREVIEW, PROJECT, write_pack
from tests.rehearsal.tiny_programs import Recorder

NOTHING = "policies = [StackValidationPolicy('nothing', 'Nothing.', lambda args, report: None)]\n"
SURROUNDINGS = """
import pulumi

def surroundings(args, report):
    print("printed by a rule " * 10_000)
    print("printed as an error " * 10_000, file=sys.stderr)
    report(json.dumps({
        "environment": dict(os.environ), "folder": os.getcwd(), "arguments": sys.argv[1:],
        "path": sys.path[0], "project": pulumi.get_project(), "stack": pulumi.get_stack(),
        "preview": pulumi.runtime.is_dry_run(), "size": pulumi.Config("tiny").require_int("size"),
    }))

policies = [StackValidationPolicy("surroundings", "Where it runs.", surroundings)]
"""


@pytest.mark.parametrize("operation", [PREVIEW, PROJECT], ids=["preview", "update"])
def test_a_pack_runs_as_pulumi_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-real")
    local = write_pack(tmp_path / "pack", SURROUNDINGS)
    with small_packs.check(tmp_path, local, operation) as check:
        check.stack({})
    (violation,) = check.violations
    seen = json.loads(violation.message)
    environment = seen.pop("environment")
    assert seen == {
        "folder": str(tmp_path / "pack"),
        "arguments": ["127.0.0.1:1", "."],
        "path": ".",
        "project": "tiny",
        "stack": "dev",
        "preview": operation.dry_run,
        "size": 3,
    }
    assert json.loads(environment["PULUMI_CONFIG"]) == {"tiny:size": "3"}
    assert environment["HOME"] == str(tmp_path / "sandbox" / "home")
    assert "AWS_PROFILE" not in environment
    assert "PULUMI_ACCESS_TOKEN" not in environment


def test_the_pack_says_its_name_and_the_project_file_its_version(tmp_path: Path) -> None:
    local = write_pack(tmp_path / "pack", NOTHING, name="tidy")
    older = write_pack(tmp_path / "old", NOTHING, name="old", project="runtime: {name: python}\n")
    with small_packs.check(tmp_path, [local, older]) as check:
        titles = [pack.title for pack in check.packs]
    assert [(one.name, one.version, one.shown) for one in titles] == [
        ("tidy", "1.2.3", str(local.folder)),
        ("old", "0.0.1", str(older.folder)),
    ]


def test_all_packs_start_at_once(tmp_path: Path) -> None:
    """Each of the two waits until the other one runs, too."""
    meeting = """
        import time
        from pathlib import Path
        Path("../{own}.runs").touch()
        while not Path("../{other}.runs").exists():
            time.sleep(0.01)
    """
    packs = [
        write_pack(tmp_path / own, dedent(meeting).format(own=own, other=other) + NOTHING)
        for own, other in (("one", "two"), ("two", "one"))
    ]
    with small_packs.check(tmp_path, packs) as check:
        assert len(check.packs) == 2


FIRST = small_packs.HEAD.count("\n") + 1
"""The line of a pack's program at which its body begins."""

MUST_CONSTRUCT = "before it could be asked; its __main__.py must construct a PolicyPack"


@pytest.mark.parametrize(
    ("body", "words", "lines"),
    [
        (
            "import no_such_module",
            "ended with 1: ModuleNotFoundError: No module named 'no_such_module' "
            f"(__main__.py line {FIRST})",
            ["File ", "import no_such_module"],
        ),
        (
            "import json\njson.loads('[')",
            "ended with 1: json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1) "
            f"(__main__.py line {FIRST + 1})",
            ["File ", "json.loads('[')"],
        ),
        (
            "def x(:",
            f"ended with 1: SyntaxError: invalid syntax (__main__.py line {FIRST})",
            ["File ", "def x(:", "^"],
        ),
        (
            "raise RuntimeError('boom\\nand more')",
            f"ended with 1: RuntimeError: boom (__main__.py line {FIRST})",
            ["File ", "raise RuntimeError(", "and more"],
        ),
        (
            "ResourceValidationPolicy('all', 'All.', lambda args, report: None)",
            'ended with 1: TypeError: Invalid policy name "all"; "all" is a reserved name '
            f"(__main__.py line {FIRST})",
            ["File ", "ResourceValidationPolicy("],
        ),
        ("sys.exit(0)", f"ended with 0 {MUST_CONSTRUCT}", []),
        ("sys.exit(3)", f"ended with 3 {MUST_CONSTRUCT}", []),
        ("os._exit(3)", f"ended with 3 {MUST_CONSTRUCT}", []),
        (
            "print('why', file=sys.stderr); sys.exit(3)",
            f"ended with 3 {MUST_CONSTRUCT}; its last lines:",
            ["why"],
        ),
        (
            "import time; print('hello'); time.sleep(600)",
            "printed 'hello' where its port was expected; a pack prints nothing before it "
            "constructs its PolicyPack",
            [],
        ),
    ],
    ids=[
        "import",
        "library",
        "syntax",
        "lines",
        "sdk",
        "exit",
        "exit-3",
        "gone",
        "words",
        "no-port",
    ],
)
def test_a_pack_that_does_not_start_is_told_with_the_reason_first(
    tmp_path: Path, body: str, words: str, lines: list[str]
) -> None:
    good = write_pack(tmp_path / "good", NOTHING)
    bad = write_pack(tmp_path / "bad", f"{body}\npolicies = []")
    with pytest.raises(PackError) as caught, small_packs.check(tmp_path, [good, bad]):
        pytest.fail("it started")
    first, *rest = str(caught.value).splitlines()
    assert first == f"the policy pack {tmp_path / 'bad'} {words}"
    assert [line[:2] for line in rest] == ["  "] * len(lines)
    assert [line.strip()[: len(start)] for line, start in zip(rest, lines, strict=True)] == lines


def test_a_pack_whose_program_constructs_none_is_told_what_to_do(tmp_path: Path) -> None:
    local = write_pack(tmp_path / "pack", NOTHING)
    (local.folder / "__main__.py").write_text("x = 1\n")
    with pytest.raises(PackError) as caught, small_packs.check(tmp_path, local):
        pytest.fail("it started")
    assert str(caught.value) == f"the policy pack {local.folder} ended with 0 {MUST_CONSTRUCT}"


@pytest.mark.parametrize(
    ("project", "words"),
    [
        ("version: 1\nruntime: nodejs\n", ": the runtime is nodejs; only packs in Python can be "),
        ("runtime: {name: dotnet}\n", ": the runtime is dotnet; only packs in Python can be "),
        ("- 1\n", " names no runtime; write into it: runtime: python"),
        ("", " names no runtime; write into it: runtime: python"),
        ("a: [\n", " cannot be read: while parsing a flow "),
        ("[" * 100_000, " cannot be read: "),
    ],
    ids=["other-language", "other-object", "no-mapping", "empty", "no-yaml", "deep"],
)
def test_a_project_file_of_another_kind_is_one_line(
    tmp_path: Path, project: str, words: str
) -> None:
    """It is not even started: its program would leave a file."""
    local = write_pack(tmp_path / "pack", "open('../started', 'w')\n" + NOTHING, project=project)
    with pytest.raises(UnusablePackError) as caught, small_packs.check(tmp_path, local):
        pytest.fail("it started")
    assert str(caught.value).startswith(f"{local.folder}/PulumiPolicy.yaml{words}")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "started").exists()


def test_a_folder_without_a_program_is_one_line(tmp_path: Path) -> None:
    local = write_pack(tmp_path / "pack", NOTHING)
    (local.folder / "__main__.py").unlink()
    with pytest.raises(UnusablePackError) as caught:
        local.check()
    assert str(caught.value) == (
        f"{local.folder} has no __main__.py, which constructs a PolicyPack"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "raise ValueError('a fault\\nof its own')",
            r"failed at {where}: broken: ValueError: a fault of its own "
            r"\(__main__.py line {line}\)",
        ),
        (
            "json.loads('[')",
            r"failed at {where}: broken: JSONDecodeError: Expecting value: line 1 column 2 "
            r"\(char 1\) \(__main__.py line {line}\)",
        ),
        (
            "print('last words', file=sys.stderr); os._exit(3)",
            r"stopped; its last lines:\n  last words",
        ),
    ],
    ids=["raises", "raises-in-a-library", "ends"],
)
@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("Resource", r"(pulumi:pulumi:Stack tiny-dev|aws:s3/bucket:Bucket bucket-\d)"),
        ("Stack", "the whole stack"),
    ],
    ids=["resource", "stack"],
)
def test_a_pack_that_breaks_is_one_error_however_many_resources_wait(
    tmp_path: Path, kind: str, where: str, body: str, words: str
) -> None:
    rule = f"{kind}ValidationPolicy('broken', 'Broken.', broken)"
    text = f"def broken(args, report):\n    {body}\npolicies = [{rule}]"

    def program() -> None:
        for index in range(10):
            s3.Bucket(f"bucket-{index}")

    def judge() -> None:
        with small_packs.check(tmp_path, write_pack(tmp_path / "pack", text)) as check:
            provider = cast(Provider, Recorder())
            names = {"project": "tiny", "stack_name": "dev"}
            deployed = deploy(program, provider, **names, config={}, before_create=check.resource)
            check.stack(deployed.states)

    with pytest.raises(PackError) as caught:
        judge()
    expected = re.escape(f"the policy pack {tmp_path / 'pack'} ") + words.format(
        where=where, line=FIRST + 1
    )
    assert re.fullmatch(expected, str(caught.value))


SLEEPING = """
def sleeping(args, report):
    import time
    open("../asked", "w").close()
    time.sleep(600)

policies = [{kind}ValidationPolicy("sleeping", "Sleeping.", sleeping)]
"""


def bucket_and_stack(check: PolicyCheck) -> None:
    names = {"project": "tiny", "stack_name": "dev"}
    provider = cast(Provider, Recorder())
    deployed = deploy(
        lambda: s3.Bucket("bucket"), provider, **names, config={}, before_create=check.resource
    )
    check.stack(deployed.states)


@pytest.mark.parametrize(
    ("kind", "where"),
    [("Resource", "pulumi:pulumi:Stack tiny-dev"), ("Stack", "the whole stack")],
    ids=["resource", "stack"],
)
def test_a_pack_that_does_not_answer_is_told_with_what_it_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, where: str
) -> None:
    local = write_pack(tmp_path / "pack", SLEEPING.format(kind=kind))

    def judge() -> None:
        with small_packs.check(tmp_path, local) as check:
            monkeypatch.setattr(packs, "_CALL_SECONDS", 1)
            bucket_and_stack(check)

    with pytest.raises(PackError) as caught:
        judge()
    words = f"the policy pack {local.folder} did not answer within 1 s at {where}"
    assert str(caught.value) == words


@pytest.mark.parametrize("kind", ["Resource", "Stack"])
def test_an_interrupt_does_not_wait_for_a_rule(tmp_path: Path, kind: str) -> None:
    local = write_pack(tmp_path / "pack", SLEEPING.format(kind=kind))

    def signalled() -> None:
        while not (tmp_path / "asked").exists():
            time.sleep(0.01)
        started.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    def judge() -> None:
        with interruptible(), small_packs.check(tmp_path, local) as check:
            thread.start()
            bucket_and_stack(check)

    started: list[float] = []
    thread = threading.Thread(target=signalled)
    with pytest.raises(KeyboardInterrupt):
        judge()
    assert time.monotonic() - started[0] < 20
    thread.join()


def test_no_process_is_left_when_the_block_fails_and_none_of_a_packs_children(
    tmp_path: Path,
) -> None:
    """`small_packs.check` itself looks for processes that are left."""
    children = f"""
        import subprocess
        command = [{sys.executable!r}, "-c", "import time; time.sleep(600)"]
        subprocess.Popen(command)
        subprocess.Popen(command, start_new_session=True)
    """
    local = write_pack(tmp_path / "pack", dedent(children) + NOTHING)

    def interrupted() -> None:
        with small_packs.check(tmp_path, local):
            assert len(processes.with_text(str(tmp_path / "sandbox"))) == 3
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
