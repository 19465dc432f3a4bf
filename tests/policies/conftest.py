"""What several tests of rules begin with."""

import gc
from collections.abc import Iterator

import pytest

from tests.policies.small_stack import Small


@pytest.fixture(params=[False, True], ids=["made", "previewed"])
def small(request: pytest.FixtureRequest) -> Small:
    """Return an empty stack, which is made in one test and previewed in another."""
    return Small(request.param)


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Keep finalizers of other tests' objects from running where the stack is nearly full."""
    gc.disable()
    yield
    gc.enable()
