"""A deployment per test, on the servers of the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.deployment import Deployment


@pytest.fixture
def deployment(servers: dict[str, str], unique: str, tmp_path: Path) -> Iterator[Deployment]:
    deployed = Deployment(servers, unique, tmp_path)
    yield deployed
    deployed.stop()
