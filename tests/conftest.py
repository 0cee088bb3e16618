"""What every test may ask for."""

import uuid

import pytest

pytest_plugins = ["tests.servers"]


@pytest.fixture
def unique() -> str:
    """A word no other test has: for its topic prefix, group and database."""
    return f"t{uuid.uuid4().hex[:10]}"
