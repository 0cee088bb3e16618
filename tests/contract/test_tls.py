"""MongoDB and Redis over TLS, and Redis by an ACL user: what a URL says reaches every connection."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from orderflow.adapters import mongo_connection
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_pulses import RedisPulses
from orderflow.local.ports import free_port
from orderflow.local.server import Server
from orderflow.ports import CacheUnavailableError
from tests.certificates import Certificates
from tests.chaos.proxy import Proxy
from tests.contract.conftest import UNHURRIED
from tests.contract.redis_cluster import OneNodeCluster
from tests.contract.test_pulses import pulse
from tests.contract.test_redis_cache import ORDER, READS, REFRESH
from tests.eventually import eventually

PASSWORD = "p/a:s@s%#?&"  # noqa: S105 - of a user that lives for a test
RIGHTS = (
    "+info +command +cluster|slots +script|load +evalsha +exists +get +getrange +set +hget +hmget +hset +pexpire +scan"
    " +zadd +zrange +zremrangebyscore"
)
"""What docs/operations.md says that the user needs."""


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made_in(tmp_path)


@pytest.fixture
async def redis_user(redis_url: str, unique: str) -> AsyncIterator[str]:
    """User and password as a URL has them; the user may no more than what is documented."""
    async with Redis.from_url(redis_url) as redis:
        await allow(redis, unique)
        yield f"{unique}:{quote(PASSWORD, safe='')}"
        await redis.execute_command("ACL", "DELUSER", unique)


async def allow(redis: Redis, user: str) -> None:
    await redis.execute_command(
        "ACL", "SETUSER", user, "on", f">{PASSWORD}", f"~{user}:*", "resetchannels", *RIGHTS.split()
    )


async def works(connection: RedisConnection, prefix: str) -> bool:
    """Everything that is done with it; raises CacheUnavailableError."""
    cache, pulses = RedisCache(connection, prefix), RedisPulses(connection, prefix)
    await pulses.write(pulse())
    assert await pulses.read_all() == [pulse()]
    await cache.ping()
    for read in READS:
        await read(cache)
    return await cache.refresh(REFRESH) and await cache.order(ORDER.order_id) == ORDER


async def test_redis_lets_an_acl_user_in_over_tls(
    redis_url: str, redis_user: str, unique: str, certificates: Certificates
) -> None:
    target = urlsplit(redis_url).port or 6379
    async with Proxy(target, tls=certificates.of_server) as proxy:
        url = f"rediss://{redis_user}@127.0.0.1:{proxy.port}/0?ssl_ca_certs={certificates.ca}"
        connection = RedisConnection(SecretStr(url), limit=UNHURRIED)
        assert await works(connection, f"{unique}:")
        await connection.close()


@pytest.mark.parametrize("changed", [{"password": "wrong"}, {"ca": "stranger"}])
async def test_redis_refuses_without_showing_the_url(
    redis_url: str, redis_user: str, certificates: Certificates, changed: dict[str, str]
) -> None:
    login = f"{redis_user}{changed.get('password', '')}"
    authority = certificates.stranger if "ca" in changed else certificates.ca
    async with Proxy(urlsplit(redis_url).port or 6379, tls=certificates.of_server) as proxy:
        url = f"rediss://{login}@127.0.0.1:{proxy.port}/0?ssl_ca_certs={authority}"
        connection = RedisConnection(SecretStr(url), limit=UNHURRIED)
        with pytest.raises(CacheUnavailableError, match=r"^(AuthenticationError|ConnectionError)$"):
            await RedisCache(connection).ping()
        await connection.close()


async def test_every_node_of_a_redis_cluster_is_spoken_to_over_tls(
    tmp_path: Path, unique: str, certificates: Certificates
) -> None:
    announced = free_port()
    with Server(OneNodeCluster(announced=announced), tmp_path) as server:
        async with (
            Proxy(server.port, port=announced, tls=certificates.of_server) as proxy,
            Redis(port=server.port) as redis,
        ):
            await allow(redis, unique)
            login = f"{unique}:{quote(PASSWORD, safe='')}"
            url = f"rediss://{login}@127.0.0.1:{proxy.port}/0?ssl_ca_certs={certificates.ca}"
            connection = RedisConnection(SecretStr(url), limit=UNHURRIED)
            cache = RedisCache(connection, prefix=f"{unique}:")
            await eventually(lambda: cache.refresh(REFRESH))
            assert await works(connection, f"{unique}:")
            await connection.close()


async def test_mongodb_is_spoken_to_over_tls(
    mongo_url: str, unique: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo_connection, "_REACH_MS", 500)
    async with Proxy(urlsplit(mongo_url).port or 27017, tls=certificates.of_server) as proxy:

        def connection(authority: Path) -> MongoConnection:
            url = f"mongodb://127.0.0.1:{proxy.port}/?tls=true&tlsCAFile={authority}&directConnection=true"
            return MongoConnection(SecretStr(url), unique)

        trusting, suspicious = connection(certificates.ca), connection(certificates.stranger)
        await trusting.ping()
        with pytest.raises(Exception, match="certificate verify failed"):
            await suspicious.ping()
        # Before the proxy ends, for a monitor that is cut off leaves its socket to the collector; and from a thread of
        # its own, for closing blocks until the server has heard of it, by the proxy that this thread serves.
        for opened in (trusting, suspicious):
            await asyncio.to_thread(asyncio.run, opened.close())
