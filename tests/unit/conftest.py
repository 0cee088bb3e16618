"""What unit tests may ask for."""

import pytest
from tenacity import wait_none


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow each other at once."""
    monkeypatch.setattr("orderflow.processing.patience.wait_random_exponential", lambda **_: wait_none())
