"""What the roles may do is counted as the README says; what they did, by a fresh summary only."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import iam, results_file
from bench.figure import Figure
from bench.iam import RoleCount, SummaryError
from bench.stacks import STACKS

ROLE = "metaflow-users-role"


@pytest.fixture(scope="module")
def prod() -> list[RoleCount]:
    return iam.granted("prod")


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> list[RoleCount]:
    """Have every stack one role, without an emulated AWS."""
    found = [
        RoleCount(
            role=ROLE,
            kind="acting",
            granted=frozenset({"s3:GetObject", "s3:PutObject", "batch:DescribeJobs"}),
            on_star=frozenset({"batch:DescribeJobs"}),
            used_by_a_plain_rehearsal=None,
        )
    ]
    monkeypatch.setattr(iam, "granted", lambda _stack: found)
    monkeypatch.setattr(iam, "TEMPLATES", ())
    return found


def summary(folder: Path, *, stack: str = "prod", **role: Any) -> Path:
    """Write a summary with one role, as the rehearsal does."""
    one = {
        "role": ROLE,
        "kind": "acting",
        "granted": ["batch:DescribeJobs", "s3:GetObject", "s3:PutObject"],
        "on_star": ["batch:DescribeJobs"],
        "used": ["s3:GetObject", "sts:GetCallerIdentity"],
        **role,
    }
    path = folder / f"{stack}.json"
    path.write_text(json.dumps({"stack": stack, "iam": {"roles": [one]}}), encoding="utf-8")
    return path


def test_prod_grants_what_the_readme_says(prod: list[RoleCount]) -> None:
    by_kind = {
        kind: sum(len(one.granted) for one in prod if one.kind == kind)
        for kind in ("acting", "aws_services")
    }
    # The README counts the 8 of executionLog apart.
    assert by_kind == {"acting": 51 + 8, "aws_services": 37}


def test_what_is_committed_is_what_is_granted_today(prod: list[RoleCount]) -> None:
    found = {"prod": prod, **dict(map(iam.of_template, iam.TEMPLATES))}
    now = iam.figures({title: {"together": iam.together(one)} for title, one in found.items()})
    committed = iam.figures(results_file.committed()["iam"])
    assert now == [one for one in committed if not one.name.endswith(": dev")]
    assert now[2:] == [
        Figure("actions granted, all roles together: metaflow-tools (CloudFormation)", 386),
        Figure("actions granted on *, all roles together: metaflow-tools (CloudFormation)", 350),
    ]


def test_a_role_that_grants_nothing_and_one_that_must_list(prod: list[RoleCount]) -> None:
    by_role = {one.role: one for one in prod}
    assert by_role["metaflow-service-task"].counts() == {"granted": 0, "on_star": 0, iam.USED: None}
    assert by_role["metaflow-flows-schedule"].granted == {"states:StartExecution"}
    assert "batch:DescribeJobs" in by_role[ROLE].on_star
    assert all(one.on_star <= one.granted for one in prod)


@pytest.mark.usefixtures("roles")
def test_a_summary_tells_what_was_used(tmp_path: Path) -> None:
    found = iam.results([summary(tmp_path)])
    counts = {"granted": 3, "on_star": 1, iam.USED: 1}
    assert found["prod"] == {
        "together": counts,
        "roles": [{"role": ROLE, "kind": "acting", **counts}],
    }
    assert found["dev"]["together"] == {**counts, iam.USED: None}
    assert set(found) == set(STACKS)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"granted": ["s3:GetObject"]}, f"another version of the stack, in which {ROLE} may"),
        ({"role": "metaflow-old-role"}, f"another version of the stack, in which {ROLE} may"),
        ({"stack": "staging"}, "is of the stack staging; take one of dev, prod"),
    ],
    ids=["other actions", "other role", "other stack"],
)
@pytest.mark.usefixtures("roles")
def test_a_summary_of_something_else_is_refused(
    changes: dict[str, Any],
    named: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = summary(tmp_path, **changes)
    with pytest.raises(SummaryError, match=named):
        iam.results([path])
    assert iam.main(["--summary", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read: Expecting property name"),
        ('{"stack": "dev", "iam": null}', "is no summary of a rehearsal that deployed"),
        ("[]", "is no summary of a rehearsal that deployed"),
    ],
    ids=["no file", "no JSON", "no permissions", "no object"],
)
def test_a_file_that_is_no_summary(text: str | None, named: str, tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SummaryError, match=named):
        iam.results([path])


def test_what_all_of_a_rehearsal_used_is_not_shown_as_what_a_plain_one_used(tmp_path: Path) -> None:
    path = summary(tmp_path)
    found = json.loads(path.read_text(encoding="utf-8"))
    found["iam"]["taken_away"] = []
    path.write_text(json.dumps(found), encoding="utf-8")
    assert iam.used(path)[0] == "prod"
    found["iam"]["taken_away"] = [{"role": ROLE, "action": "s3:GetObject", "why": None}]
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(SummaryError, match="is of a rehearsal with --all, and what is shown"):
        iam.used(path)


@pytest.mark.usefixtures("roles")
def test_what_was_used_is_shown_and_written_as_a_plain_rehearsals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iam.main(["--summary", str(summary(tmp_path, stack="dev"))]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "used by a plain rehearsal" in printed
    assert "--stack STACK --json FILE" in printed
    assert "make rehearse-all uses the rest." in printed
    written = results_file.committed()["iam"]
    for stack in STACKS:
        rows = [written[stack]["together"], *written[stack]["roles"]]
        assert all(type(one["used_by_a_plain_rehearsal"]) is int for one in rows)
        assert all("used" not in one for one in rows)


@pytest.mark.usefixtures("roles")
def test_the_table_has_a_line_for_each_role(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iam.main(["--summary", str(summary(tmp_path, stack="dev"))]) == 0
    rows = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("│")
    ]
    assert rows == [
        [ROLE, "Metaflow", "3", "1", "1"],
        ["together", "", "3", "1", "1"],
        [ROLE, "Metaflow", "3", "1", "-"],
        ["together", "", "3", "1", "-"],
    ]


def test_a_template_is_counted_by_the_same_rules() -> None:
    [(title, roles)] = map(iam.of_template, iam.TEMPLATES)
    by_role = {one.role: one for one in roles}
    assert title == "metaflow-tools (CloudFormation)"
    assert {one.role: (len(one.granted), len(one.on_star)) for one in roles} == {
        "BatchExecutionRole": (62, 62),
        "BatchS3TaskRole": (18, 11),
        "ECSInstanceRole": (19, 19),
        "ECSRole": (224, 224),
        "ECSTaskExecutionRole": (6, 6),
        "EventBridgeRole": (1, 1),
        "LambdaECSExecuteRole": (6, 4),
        "MetadataSvcECSTaskRole": (2, 0),
        "SageMakerExecutionRole": (22, 9),
        "StepFunctionsRole": (26, 14),
    }
    # A pattern counts as what it stands for, a statement that denies for nothing, and a kind of
    # resource without a name as every one.
    assert {"ec2:DescribeVpcs", "elasticloadbalancing:DescribeTags"} < by_role["ECSRole"].on_star
    assert by_role["MetadataSvcECSTaskRole"].granted == {"s3:GetObject", "s3:ListBucket"}
    assert by_role["MetadataSvcECSTaskRole"].on_star == frozenset()
    assert by_role["EventBridgeRole"].on_star == {"states:StartExecution"}
