"""What the facade relies on from a store of jobs."""

import pytest
from pydantic import SecretStr

from orderflow.adapters.memory_jobs import InMemoryJobs
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_jobs import RedisJobs
from orderflow.ports import CacheUnavailableError
from tests.contract.conftest import UNHURRIED
from web.bulk.jobs import JobStore


@pytest.fixture
def jobs(redis: RedisConnection | None, unique: str) -> JobStore:
    return RedisJobs(redis, prefix=f"{unique}:") if redis else InMemoryJobs()


async def test_a_job_is_kept_and_replaced(jobs: JobStore) -> None:
    assert await jobs.job("job_1") is None
    await jobs.keep("job_1", b"\x00first")
    await jobs.keep("job_1", b"second")
    await jobs.keep("job_2", b"other")
    assert await jobs.job("job_1") == b"second"


async def test_a_job_is_alive_once_it_was_heard_of(jobs: JobStore) -> None:
    assert await jobs.is_alive("job_1") is False
    await jobs.beat("job_1")
    assert (await jobs.is_alive("job_1"), await jobs.is_alive("job_2")) == (True, False)


async def test_jobs_last_a_day_and_heartbeats_ten_seconds(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    jobs = RedisJobs(connection, prefix=f"{unique}:")
    await jobs.keep("job_1", b"{}")
    await jobs.beat("job_1")
    async with connection.call() as redis:
        seconds = [await redis.ttl(f"{unique}:{key}") for key in ("job:job_1", "beat:job_1")]
    await connection.close()
    assert 86_390 <= seconds[0] <= 86_400
    assert 5 <= seconds[1] <= 10


async def test_a_store_that_is_away_is_told_so(closed_port: int) -> None:
    connection = RedisConnection(SecretStr(f"redis://127.0.0.1:{closed_port}/0"))
    jobs = RedisJobs(connection)
    for call in (jobs.job("j"), jobs.keep("j", b""), jobs.beat("j"), jobs.is_alive("j")):
        with pytest.raises(CacheUnavailableError):
            await call
    await connection.close()
