"""What every test may ask for."""

import uuid

import pytest
from tenacity import wait_none

pytest_plugins = ["tests.servers"]


@pytest.fixture
def unique() -> str:
    """A word no other test has: for its topic prefix, group and database."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow each other at once."""
    monkeypatch.setattr("orderflow.processing.patience.wait_random_exponential", lambda **_: wait_none())
