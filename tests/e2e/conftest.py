"""A deployment per test, on the servers of the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.deployment import Deployment


@pytest.fixture
def deployment(kafka_brokers: str, mongo_url: str, redis_url: str, unique: str, tmp_path: Path) -> Iterator[Deployment]:
    servers = {
        "ORDERFLOW_KAFKA_BROKERS": kafka_brokers,
        "ORDERFLOW_MONGO_URL": mongo_url,
        "ORDERFLOW_REDIS_URL": redis_url,
    }
    deployed = Deployment(servers, unique, tmp_path)
    yield deployed
    deployed.stop()
