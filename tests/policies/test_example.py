"""Each pack alone on the example, a program that is none of this repository's stacks."""

from pathlib import Path

import pytest

from rehearsal import mocks
from rehearsal.policies import LocalPack, Operation, checking
from rehearsal.provider import Provider
from rehearsal.sandbox import Sandbox
from rehearsal.stage import stage
from tests.deployed import ROOT

EXAMPLE = ROOT / "policies" / "examples" / "report-store"
PROJECT = "report-store"
MISTAKES = {
    "least-privilege-iam": {
        ("iam-confused-deputy", "writer"),
        ("iam-no-wildcard-actions", "writer"),
    },
    "private-data": {("s3-public-access-blocked", "reports")},
}


UNKNOWN_BEFORE = {("iam-no-wildcard-actions", "writer")}
"""It stands beside the ARN of a bucket that is not made yet."""


def found(
    pack: str, folder: Path, *, careless: bool, preview: bool = False
) -> set[tuple[str, str]]:
    """Deploy the example judged by one pack without configuration; return rules and resources."""
    config = {"aws:region": "eu-central-1", f"{PROJECT}:careless": str(careless).lower()}
    # A dry run of the packs: what is refused otherwise is told and made.
    operation = Operation(PROJECT, "test", config, dry_run=True)
    packs = [LocalPack(ROOT / "policies" / pack)]
    with (
        stage("eu-central-1", None) as stands,
        checking(Sandbox(folder), packs, operation) as check,
    ):
        deployment = mocks.deploy(
            mocks.program_at(EXAMPLE / "__main__.py"),
            Provider(stands.cloud),
            project=PROJECT,
            stack_name="test",
            config=config,
            preview=preview,
            before_create=check.resource,
        )
        check.stack(deployment.states)
    return {(one.policy, one.urn.rsplit("::")[-1]) for one in check.violations}


@pytest.mark.parametrize("pack", MISTAKES)
def test_the_example_is_clean(pack: str, tmp_path: Path) -> None:
    assert found(pack, tmp_path, careless=False) == set()


@pytest.mark.parametrize("pack", MISTAKES)
def test_its_careless_form_makes_mistakes_of_each_pack(pack: str, tmp_path: Path) -> None:
    assert found(pack, tmp_path, careless=True) == MISTAKES[pack]


@pytest.mark.parametrize("pack", MISTAKES)
@pytest.mark.thorough
def test_a_preview_finds_all_but_the_one_that_the_page_names(pack: str, tmp_path: Path) -> None:
    assert found(pack, tmp_path, careless=True, preview=True) == MISTAKES[pack] - UNKNOWN_BEFORE
