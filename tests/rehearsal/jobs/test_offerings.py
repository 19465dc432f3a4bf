"""Which instance types can be started in a placement group."""

from rehearsal.jobs.offerings import offered

ZONE = frozenset({"us-east-1a"})


def test_a_placement_group_takes_no_flex_types() -> None:
    everywhere, close = offered("us-east-1", ZONE), offered("us-east-1", ZONE, clustered=True)
    assert everywhere
    assert close
    assert close < everywhere
    assert "m7i-flex.large" in everywhere - close
    assert "m6i.large" in close
