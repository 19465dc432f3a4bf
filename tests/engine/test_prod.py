"""prod beside dev in one account: neither touches the other, and what prod's end leaves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from rehearsal.engine import EngineError, Outcome
from tests.engine.live_stack import Live, changes, live

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

PROTECTED = {
    "metaflow-datastore-bucket",
    "metaflow-datastore-key",
    "metaflow-db-instance",
    "metaflow-flows-table",
}


@dataclass
class Beside:
    """What came of each command on the two stacks."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    refusal: str = ""
    kept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    with live("prod") as stands:
        prod, dev, seen = stands.engine, stands.beside("dev"), Beside()
        dev.up()
        seen.outcomes["preview of prod"] = prod.preview()
        seen.outcomes["prod"] = prod.up()
        seen.outcomes["dev after prod"] = dev.refresh()
        before = stands.left()
        seen.refusal = refusal(stands)
        seen.kept = sorted(set(before) - set(stands.left()))
        dev.destroy()
        seen.outcomes["prod without dev"] = prod.refresh()
        prod.configure({"deletionProtection": False})
        seen.outcomes["unprotected"] = prod.up()
        prod.destroy()
        seen.left = stands.left()
        yield seen


def refusal(stands: Live) -> str:
    with pytest.raises(EngineError) as refused:
        stands.engine.destroy()
    return str(refused.value)


def test_a_preview_of_prod_shows_what_up_creates(beside: Beside) -> None:
    assert changes(beside.outcomes["preview of prod"]) == changes(beside.outcomes["prod"])
    assert {one.name for one in beside.outcomes["prod"].changes} == {"create"}


def test_two_stacks_of_an_account_do_not_touch_each_other(beside: Beside) -> None:
    assert changes(beside.outcomes["dev after prod"]) == {}
    assert changes(beside.outcomes["prod without dev"]) == {}


def test_prod_is_not_destroyed_while_it_is_protected(beside: Beside) -> None:
    assert beside.kept == []
    for name in PROTECTED:
        assert f"::{name}" in beside.refusal
    assert "cannot be deleted because it is protected" in beside.refusal


def test_its_protection_is_taken_off_in_place(beside: Beside) -> None:
    assert {one.name for one in beside.outcomes["unprotected"].changes} <= {"update"}


def test_what_is_left_of_prod_is_what_its_settings_keep(beside: Beside) -> None:
    """Snapshots, the bucket and its key; the account's role for API Gateway; parameters."""
    found = Counter(one.rpartition(" ")[0] for one in beside.left)
    assert set(found) == {
        "iam roles",
        "kms keys",
        "rds db parameter groups",
        "rds db snapshots",
        "s3 buckets",
    }
    assert found["kms keys"] == 1
    for name in ("role/metaflow-gateway-account-role", "metaflow-datastore-bucket"):
        assert sum(name in one for one in beside.left) == 1
