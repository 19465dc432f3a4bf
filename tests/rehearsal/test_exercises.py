"""What users do with a stack works in dev as it does in prod, and nothing is denied."""

from collections.abc import Iterator

import pytest

from rehearsal.exercises import ALL, Exercise, Hands
from tests.rehearsal.standing import standing

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("dev") as found:
        yield found


@pytest.mark.parametrize("exercise", ALL, ids=[one.name for one in ALL])
def test_it_works(hands: Hands, exercise: Exercise) -> None:
    exercise.do(hands)
    ledger = hands.stands.authorizer.ledger
    assert [str(one) for one in ledger.unexpected_denials()] == []
    assert ledger.faults == []
