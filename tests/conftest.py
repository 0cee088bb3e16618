"""What every test may ask for."""

import gc
import signal
import uuid

import pytest
from hypothesis import HealthCheck, settings
from tenacity import wait_none

# How long an example takes says something of the machine only.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# A shell that starts us in the background lets us ignore Ctrl-C, and with us all that is to be ended by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers"]


def pytest_collection_finish() -> None:
    """Modules and tests stay: to look for dead cycles among them again and again takes a good part of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def unique() -> str:
    """A word no other test has: for its topic prefix, group and database."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Our log would fill the report: what it tells of is what the test does on purpose."""
    caplog.set_level("CRITICAL", "orderflow")


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow each other at once."""
    monkeypatch.setattr("orderflow.processing.patience.wait_random_exponential", lambda **_: wait_none())
