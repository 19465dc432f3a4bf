"""What policy packs judged in an operation of the engine, in the summary's own form."""

from collections import Counter
from collections.abc import Sequence

from rehearsal.engine.events import Outcome
from rehearsal.policies import Judged, Pack


def judged(outcome: Outcome, packs: Sequence[Pack], resources: int) -> list[Judged]:
    """Return how often each rule judged.

    Args:
        outcome: what came of the operation.
        packs: the packs, with the rules of which the events say nothing.
        resources: how many resources the stack has, which rules about stacks judge.
    """
    checked = Counter(outcome.passes)
    checked.update(dict.fromkeys(outcome.stack_rules, resources))
    checked.subtract((one.pack, one.policy) for one in outcome.put_off)
    return [
        Judged(
            pack=pack.name,
            name=rule.name,
            level=rule.level,
            checked=checked[pack.name, rule.name],
        )
        for pack in packs
        for rule in pack.rules
    ]
