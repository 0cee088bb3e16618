"""The servers that deployments of these tests share."""

import pytest


@pytest.fixture
def servers(kafka_brokers: str, mongo_url: str, redis_url: str) -> dict[str, str]:
    return {
        "ORDERFLOW_KAFKA_BROKERS": kafka_brokers,
        "ORDERFLOW_MONGO_URL": mongo_url,
        "ORDERFLOW_REDIS_URL": redis_url,
    }
