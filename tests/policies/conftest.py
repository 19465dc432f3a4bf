"""What several tests of rules begin with."""

import pytest

from tests.policies.small_stack import Small


@pytest.fixture(params=[False, True], ids=["made", "previewed"])
def small(request: pytest.FixtureRequest) -> Small:
    """Return an empty stack, which is made in one test and previewed in another."""
    return Small(request.param)
