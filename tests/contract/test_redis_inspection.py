"""What the doctor learns of one Redis server or a cluster, and that it leaves nothing behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_inspection import RedisInspection
from orderflow.bootstrap import now

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


@asynccontextmanager
async def inspection(url: str, prefix: str) -> AsyncIterator[RedisInspection]:
    connection = RedisConnection(SecretStr(url), limit=5.0)
    yield RedisInspection(connection, f"{prefix}:", now)
    await connection.close()


@pytest.fixture(params=["redis_url", "redis_cluster_url"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def redis(url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(url, decode_responses=True)
    yield client
    await client.aclose()


async def test_it_is_looked_at_without_a_key_left(url: str, redis: Redis, unique: str) -> None:
    async with inspection(url, unique) as looking:
        facts = await looking.server()
        refused = await looking.refused_script()

    assert facts.clustered == bool((await redis.info("cluster"))["cluster_enabled"])
    assert (facts.policy, facts.title.partition(" ")[0]) == ("noeviction", "Valkey")
    assert facts.ahead is not None
    assert abs(facts.ahead) < 1
    assert refused is None
    assert await redis.keys(f"{unique}:*") == []


@pytest.mark.parametrize("url", ["redis_url"], indirect=True)
async def test_a_user_who_may_run_no_script_is_told_so(url: str, redis: Redis, unique: str) -> None:
    await redis.execute_command("ACL", "SETUSER", unique, "on", ">word", "~*", "+@all", "-@scripting", "-info")
    async with inspection(url.replace("redis://", f"redis://{unique}:word@"), unique) as looking:
        facts = await looking.server()
        refused = await looking.refused_script()

    await redis.execute_command("ACL", "DELUSER", unique)
    assert "permission" in str(refused)
    assert "does not tell" in facts.title


def documented_rights() -> list[str]:
    """Of the user that docs/operations.md makes for us."""
    [line] = [line for line in OPERATIONS.read_text().splitlines() if line.startswith("ACL SETUSER")]
    return line.split()[4:]


@pytest.mark.parametrize("url", ["redis_url"], indirect=True)
async def test_the_rights_that_we_ask_for_are_enough(url: str, redis: Redis, unique: str) -> None:
    rights = [right.replace("~of:", f"~{unique}:").replace(">PASSWORD", ">word") for right in documented_rights()]
    await redis.execute_command("ACL", "SETUSER", unique, "on", *rights)
    async with inspection(url.replace("redis://", f"redis://{unique}:word@"), unique) as looking:
        facts = await looking.server()
        refused = await looking.refused_script()

    await redis.execute_command("ACL", "DELUSER", unique)
    assert (refused, facts.title.partition(" ")[0], facts.ahead) == (None, "Valkey", None)
