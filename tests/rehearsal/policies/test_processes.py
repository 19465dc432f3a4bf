"""Policy packs as processes: how they start, what they get, and that none of them is left."""

import json
import re
import sys
from pathlib import Path
from typing import cast

import pytest
from pulumi_aws import s3

from rehearsal.mocks import deploy
from rehearsal.policies import Operation, PackError
from rehearsal.provider import Provider
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
        write_pack(tmp_path / own, meeting.format(own=own, other=other) + NOTHING)
        for own, other in (("one", "two"), ("two", "one"))
    ]
    with small_packs.check(tmp_path, packs) as check:
        assert len(check.packs) == 2


@pytest.mark.parametrize(
    ("body", "words", "last"),
    [
        (
            "import no_such_module",
            "ended with 1 before it could be asked; its last lines:",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("sys.exit(0)", "ended with 0 before it could be asked; it printed nothing", ""),
        (
            "import time; print('hello'); time.sleep(600)",
            "printed 'hello' where its port was expected; it printed nothing",
            "",
        ),
    ],
    ids=["traceback", "exit", "no-port"],
)
def test_a_pack_that_does_not_start_is_told_with_its_last_words(
    tmp_path: Path, body: str, words: str, last: str
) -> None:
    good = write_pack(tmp_path / "good", NOTHING)
    bad = write_pack(tmp_path / "bad", f"{body}\npolicies = []")
    with pytest.raises(PackError) as caught, small_packs.check(tmp_path, [good, bad]):
        pytest.fail("it started")
    first, *rest = str(caught.value).splitlines()
    assert first == f"the policy pack {tmp_path / 'bad'} {words}"
    assert [line.strip() for line in rest[-1:]] == ([last] if last else [])


@pytest.mark.parametrize(
    ("project", "words"),
    [
        ("version: 1\nruntime: nodejs\n", ": the runtime is nodejs; only packs in Python can be "),
        ("- 1\n", ": the runtime is None; only packs in Python can be rehearsed"),
        ("a: [\n", " cannot be read: while parsing a flow "),
    ],
    ids=["other-language", "no-mapping", "no-yaml"],
)
def test_a_project_file_of_another_kind_is_one_line(
    tmp_path: Path, project: str, words: str
) -> None:
    local = write_pack(tmp_path / "pack", NOTHING, project=project)
    with pytest.raises(PackError) as caught, small_packs.check(tmp_path, local):
        pytest.fail("it started")
    assert str(caught.value).startswith(f"{local.folder}/PulumiPolicy.yaml{words}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "raise ValueError('a fault\\nof its own')",
            r"failed at {where}: Exception calling application: a fault of its own; "
            r"it printed nothing",
        ),
        (
            "print('last words', file=sys.stderr); os._exit(3)",
            r"stopped; its last lines:\n  last words",
        ),
    ],
    ids=["raises", "ends"],
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
    expected = re.escape(f"the policy pack {tmp_path / 'pack'} ") + words.format(where=where)
    assert re.fullmatch(expected, str(caught.value))


def test_no_process_is_left_when_the_block_fails_and_none_of_a_packs_children(
    tmp_path: Path,
) -> None:
    """`small_packs.check` itself looks for processes that are left."""
    children = f"""
        import subprocess
        subprocess.Popen([{sys.executable!r}, "-c", "import time; time.sleep(600)"])
    """
    local = write_pack(tmp_path / "pack", children + NOTHING)
    with pytest.raises(KeyboardInterrupt), small_packs.check(tmp_path, local):
        raise KeyboardInterrupt
