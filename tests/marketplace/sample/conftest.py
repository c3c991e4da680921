"""The sample world, read once a run."""

import pytest

from marketplace.sample import world
from marketplace.sample.world import World


@pytest.fixture(scope="session")
def sample() -> World:
    """The world as its files tell it."""
    return world.read()
