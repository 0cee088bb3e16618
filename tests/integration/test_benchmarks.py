import asyncio
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from benchmarks.echo import Echo
from benchmarks.ground import Ground, NotEmptyError, ground, refuse_what_is_not_empty
from benchmarks.http_job import Job, Kind
from benchmarks.http_load import run
from benchmarks.measure import Contest, measured
from benchmarks.workload import WORKLOADS
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import kafka_reader
from orderflow.bootstrap import mongo
from orderflow.local.ports import HOST, free_port
from orderflow.wire.records import Topic
from tests.eventually import eventually

Announced = list[tuple[str, int, str]]


async def announced(place: Ground) -> Announced:
    """Order, version and state of every event."""
    topic = place.topic(Topic.EVENTS)
    async with kafka_reader(KafkaAccess.of(place.settings)) as reader:
        ends = await reader.ends(topic)
        events = [orjson.loads(event.value or b"") async for some in reader.read(topic, ends) for event in some]
    return sorted((event["order_id"], event["version"], event["state"]) for event in events)


async def nothing_left(place: Ground) -> bool:
    try:
        await refuse_what_is_not_empty(place.settings)
    except NotEmptyError:
        return False
    return True


async def raced(servers: Mapping[str, str], name: str, home: Path, *, null: bool = False, of: str) -> Announced:
    contest = Contest(contestant=of, workload=WORKLOADS["1:3"](40), store_seconds=0.0 if null else None)
    async with ground(servers, name) as place:
        await measured(place, contest, home)
        return await announced(place)


@pytest.mark.apache_kafka
async def test_every_contestant_comes_to_the_same_events(
    servers: Mapping[str, str], unique: str, tmp_path: Path
) -> None:
    ours = await raced(servers, f"{unique}-ours", tmp_path, of="ours")

    assert len(ours) == 40
    for contestant in ("floor", "naive"):
        assert await raced(servers, f"{unique}-{contestant}", tmp_path, of=contestant) == ours
    for contestant in ("bare", "ours"):
        assert await raced(servers, f"{unique}-{contestant}-null", tmp_path, of=contestant, null=True) == ours


async def test_a_ground_is_empty_and_leaves_nothing(servers: Mapping[str, str], unique: str) -> None:
    async with ground(servers, unique) as place, mongo(place.settings) as connection:
        await connection.orders.insert_one({"_id": "ord_1"})
        async with Redis.from_url(place.settings.redis_url.get_secret_value()) as redis:
            await redis.set(f"{place.settings.redis_prefix}order:ord_1", "x")
        with pytest.raises(NotEmptyError, match=rf"topic {unique}\.order_\w+ exists"):
            async with ground(servers, unique):
                pass
        # Who was refused has taken nothing away.
        assert await connection.orders.count_documents({}) == 1

    # Kafka deletes topics in its own time.
    await eventually(lambda: nothing_left(place))


async def test_a_database_that_holds_anything_is_refused(servers: Mapping[str, str], unique: str) -> None:
    async with ground(servers, f"{unique}-other") as place:
        settings = place.settings.model_copy(update={"topic_prefix": f"{unique}-free."})
        with pytest.raises(NotEmptyError, match=f"database {unique}-other is not empty"):
            await refuse_what_is_not_empty(settings)


async def test_the_load_generator_counts_what_was_answered() -> None:
    port = free_port()
    server = await asyncio.get_running_loop().create_server(Echo, HOST, port)
    async with server:
        load = await run(Job(url=f"http://{HOST}:{port}", kind=Kind.READ, connections=4, seconds=60, ids=["a"] * 100))

    assert (load.errors, load.failed) == (0, 0)


async def test_a_connection_that_breaks_counts_as_failed() -> None:
    async def break_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(break_off, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        load = await run(Job(url=f"http://{HOST}:{port}", kind=Kind.READ, connections=2, seconds=1, ids=["a"] * 10))

    assert (load.answers, load.failed) == (0, 2)
