"""What these tests share: addresses of servers, and grounds of their own for those that break servers."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.site import Site, site


@pytest.fixture
def servers(kafka_brokers: str, mongo_url: str, redis_url: str) -> dict[str, str]:
    return {
        "ORDERFLOW_KAFKA_BROKERS": kafka_brokers,
        "ORDERFLOW_MONGO_URL": mongo_url,
        "ORDERFLOW_REDIS_URL": redis_url,
    }


@pytest.fixture(scope="module")
async def grounds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Made once, for it takes ten seconds."""
    async with site(tmp_path_factory.mktemp("grounds"), print) as made:
        yield made
