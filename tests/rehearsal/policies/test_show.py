"""What policy packs found, as the Pulumi CLI prints it."""

import io

import pytest
from rich.console import Console

from rehearsal.policies import Title, Violation, show

URN = "urn:pulumi:dev::tiny::tiny:index:Database$aws:rds/instance:Instance::db[red]"
PACKS = [
    Title("private-data", "0.1.0", "policies/private-data"),
    Title("least-privilege-iam", "0.2.0", "policies/[bold]"),
    Title("quiet", "1.0.0", "quiet"),
]


def violation(**changes: str) -> Violation:
    fields = {
        "pack": "private-data",
        "policy": "rds-not-public",
        "level": "mandatory",
        "severity": "high",
        "urn": URN,
        "description": "Databases are private.",
        "message": "The RDS instance is public.\nIt must [not] be.",
    }
    return Violation(**{**fields, **changes})


def printed(
    violations: list[Violation],
    encoding: str = "utf-8",
    *,
    terminal: bool = False,
    packs: list[Title] = PACKS,
) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    console = Console(file=file, force_terminal=terminal, width=40, _environ={})
    show(console, packs, violations)
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding)


def test_each_pack_is_listed_and_under_it_what_it_found() -> None:
    advice = violation(pack="quiet", level="advisory", severity="", urn="", message="A word.")
    assert printed([violation(), advice]).splitlines() == [
        "Policies:",
        "    ✅ least-privilege-iam@v0.2.0 (local: policies/[bold])",
        "    ❌ private-data@v0.1.0 (local: policies/private-data)",
        "        - [mandatory] [severity: high]  rds-not-public  (aws:rds:Instance: db[red])",
        "          Databases are private.",
        "          The RDS instance is public.",
        "          It must [not] be.",
        "    ⚠️ quiet@v1.0.0 (local: quiet)",
        "        - [advisory]  rds-not-public",
        "          Databases are private.",
        "          A word.",
    ]


def test_a_pack_that_judges_nothing_has_not_passed() -> None:
    for encoding in ("utf-8", "ascii"):
        lines = printed([], encoding, packs=[Title("idle", "1.0.0", "idle", disabled=True)])
        assert lines.splitlines() == ["Policies:", "    disabled: idle@v1.0.0 (local: idle)"]


def test_what_is_to_be_done_is_said_once_for_each_rule_after_the_packs() -> None:
    found = [
        violation(urn=f"{URN}-{number}", remediation="Set it to\n  [false].") for number in range(2)
    ]
    found += [
        violation(policy="odd", level="advisory", remediation="Mend it."),
        violation(policy="silent", severity="critical"),
    ]
    lines = printed(found[::-1]).splitlines()
    assert lines[lines.index("To do:") :] == [
        "To do:",
        "    rds-not-public: Set it to [false].",
        "    odd: Mend it.",
    ]
    assert not any("Set it" in line for line in lines[: lines.index("To do:")])


def test_a_violation_without_words_of_its_own_is_told_once() -> None:
    lines = printed([violation(message="Databases are private.")]).splitlines()
    assert lines.count("          Databases are private.") == 1


def test_violations_stand_in_the_clis_order() -> None:
    wanted = [
        violation(severity="critical", policy="z"),
        violation(severity="high", policy="a", urn="urn:pulumi:dev::tiny::a:b:C::one"),
        violation(severity="high", policy="a", urn="urn:pulumi:dev::tiny::a:b:C::two"),
        violation(severity="high", policy="b"),
        violation(severity="medium"),
        violation(severity="low"),
        violation(severity=""),
        violation(level="advisory", severity="critical"),
    ]
    lines = [line for line in printed(wanted[::-1]).splitlines() if " - [" in line]
    assert lines == [
        line for one in wanted for line in printed([one]).splitlines() if " - [" in line
    ]


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("aws:rds/instance:Instance", "aws:rds:Instance"),
        ("aws:s3/bucketV2:BucketV2", "aws:s3:BucketV2"),
        ("metaflow:index:Metaflow", "metaflow:index:Metaflow"),
        ("aws:index/other:Thing", "aws:index/other:Thing"),
    ],
)
def test_a_type_is_shown_without_the_file_in_its_module(token: str, shown: str) -> None:
    urn = f"urn:pulumi:dev::tiny::{token}::one"
    assert f"  ({shown}: one)" in printed([violation(urn=urn)])


def test_it_is_plain_where_the_output_takes_no_signs_and_coloured_on_a_terminal() -> None:
    text = printed([violation(pack="quiet", level="advisory")], "ascii")
    assert "    passed: private-data@v0.1.0" in text
    assert "    warned: quiet@v1.0.0" in text
    assert "failed: quiet@v1.0.0" in printed([violation(pack="quiet")], "ascii")
    assert "\x1b[31m[mandatory] [severity: high]  rds-not-public\x1b[0m" in printed(
        [violation()], terminal=True
    )
