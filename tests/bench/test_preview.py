"""What is previewed is prod with both packs, beside what has no logic; no clock is asked here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import comparing, policies, preview
from bench.figure import Figure
from bench.preview import FLAT, PROD, PROD_UNJUDGED, UNJUDGED
from rehearsal.policies import LocalPack
from tests.deployed import ROOT, deploy_stack

CLOCK = SimpleNamespace(now=0.0)


class Previewed:
    """Stands for an engine: a preview takes as long as its order says, the first one no time."""

    made: Sequence["Previewed"] = ()

    def __init__(
        self,
        place: Any,
        program: Path,
        stack: str,
        leading: Any,
        packs: Sequence[LocalPack] = (),
    ) -> None:
        self.place, self.program, self.stack = place, program, stack
        self.leading, self.packs = leading, list(packs)
        self.written = [*program.glob("*.yaml"), program / "__main__.py"]
        self.texts = {path.name: path.read_text(encoding="utf-8") for path in self.written}
        self.pack_texts = [(one.folder / "__main__.py").read_text("utf-8") for one in self.packs]
        self.previews = 0
        Previewed.made = [*Previewed.made, self]

    def preview(self) -> None:
        self.previews += 1
        seconds = 1 + Previewed.made.index(self)
        CLOCK.now += 0 if self.previews == 1 else seconds + self.previews / 100


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sequence[Previewed]:
    """Measure without the CLI, and return the engines in the order in which they were made."""
    places = iter(range(9))

    @contextmanager
    def sandbox() -> Iterator[SimpleNamespace]:
        folder = tmp_path / str(next(places))
        folder.mkdir()
        yield SimpleNamespace(folder=folder)

    @contextmanager
    def given(*_: Any) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(addresses=None, cloud=SimpleNamespace(endpoint="aws"), deploy=deploy)

    def deploy(stack: str) -> Any:
        return deploy_stack(stack)

    Previewed.made, CLOCK.now = (), 0.0
    for name, one in (("sandbox", sandbox), ("stage", given), ("emulated", given)):
        monkeypatch.setattr(preview, name, one)
    monkeypatch.setattr(preview, "handed_out", given)
    monkeypatch.setattr(preview, "Engine", Previewed)
    monkeypatch.setattr(preview.plugin, "leading_to", lambda endpoint, _url: endpoint)
    monkeypatch.setattr(preview, "time", SimpleNamespace(perf_counter=lambda: CLOCK.now))
    found = preview.results()
    # One to four seconds, and a hundredth more in each round after the first.
    assert found == {
        name: {"minimum": seconds + 0.02, "median": seconds + 0.04}
        for name, seconds in ((PROD, 1), (FLAT, 2), (UNJUDGED, 3), (PROD_UNJUDGED, 4))
    }
    return Previewed.made


def test_prod_is_judged_by_both_packs_as_prod_is(engines: Sequence[Previewed]) -> None:
    prod = engines[0]
    assert (prod.program, prod.stack) == (ROOT, "prod")
    packs = [ROOT / "policies" / name for name in ("least-privilege-iam", "private-data")]
    assert [one.folder for one in prod.packs] == packs
    assert [one.config for one in prod.packs] == [one / "config" / "prod.json" for one in packs]


def test_what_has_no_logic_is_judged_by_two_packs_without_rules_and_by_none(
    engines: Sequence[Previewed],
) -> None:
    _, flat, unjudged, _ = engines
    assert flat.program == unjudged.program
    assert flat.stack == unjudged.stack == "prod-flat"
    assert len(flat.texts["__main__.py"].splitlines()) == (
        len(deploy_stack("prod").registrations) - 1 + 3
    )
    assert "aws:region: us-east-1" in flat.texts["Pulumi.prod-flat.yaml"]
    assert unjudged.packs == []
    assert len(flat.packs) == 2
    for number, text in enumerate(flat.pack_texts):
        assert f'PolicyPack("no-rules-{number}", policies=[nothing])' in text
        assert "EnforcementLevel.DISABLED" in text


def test_prod_is_previewed_without_packs_too(engines: Sequence[Previewed]) -> None:
    prod, flat, _, unjudged = engines
    assert (unjudged.program, unjudged.stack, unjudged.packs) == (prod.program, "prod", [])
    assert unjudged.place not in (prod.place, flat.place)


def test_what_packs_add_is_told_once_prod_is_previewed_without_them() -> None:
    """Results of earlier versions have no such preview."""
    checkov = {"minimum": 4.0, policies.AS_IT_IS: [], "finds": {}}
    rows = {PROD: 9.0, FLAT: 8.0, UNJUDGED: 6.0, PROD_UNJUDGED: 7.0}
    now = {
        "preview": {name: {"minimum": one} for name, one in rows.items()},
        "policies": {"both packs": checkov, "Checkov": checkov, "cfn-lint": checkov},
    }
    name = "what both packs add to pulumi preview of prod / Checkov over the template"
    assert comparing.all_figures(now)[-1] == Figure(name, 0.5)
    before = {**now, "preview": {**now["preview"]}}
    del before["preview"][PROD_UNJUDGED]
    assert comparing.all_figures(before) == comparing.all_figures(now)[:-1]
    for part in ("preview", "policies"):
        alone = comparing.all_figures({part: now[part]})
        assert name not in [one.name for one in alone]


def test_all_preview_equally_often_on_the_same_aws(engines: Sequence[Previewed]) -> None:
    assert {one.previews for one in engines} == {preview.RUNS + 1}
    assert {one.leading for one in engines} == {"aws"}
    # A stack that is judged and one that is not share nothing.
    assert engines[2].place is not engines[1].place


def test_more_than_1_3_times_the_program_without_logic_is_too_slow() -> None:
    def ratios(seconds: float) -> list[tuple[float, float | None, bool]]:
        rows = {PROD: seconds, FLAT: 2.0, UNJUDGED: 1.0}
        found = preview.figures({name: {"minimum": one} for name, one in rows.items()})
        assert [one.name.partition("preview: ")[2] for one in found] == [
            f"{PROD} / {FLAT}",
            f"{PROD} / {UNJUDGED}",
            f"{FLAT} / {UNJUDGED}",
        ]
        return [(one.value, one.at_most, one.holds) for one in found]

    assert ratios(2.6) == [(1.3, 1.3, True), (2.6, None, True), (2.0, None, True)]
    assert ratios(2.62)[0] == (1.31, 1.3, False)
