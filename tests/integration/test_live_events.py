"""`order_events` followed on demand, on a real broker."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.settings import KafkaProtocol
from orderflow.streaming.event_feed import EventFeed, Standing
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.live_events import FeedReceiver, LiveEvents
from orderflow.streaming.subscription import Lost, Subscription
from orderflow.streaming.topic_tail import TopicTail
from tests.eventually import eventually

PARTITIONS = 2
ROOM = 2**20
EVENT = b'{"client_id":"c","version":1,"type":"order.created","state":"created"}'


async def create_topic(brokers: str, topic: str, *, anew: bool = False) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    if anew:
        await admin.delete_topics([topic])

    async def created() -> bool:
        answer = await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
        return not answer.topic_errors[0][1]

    await eventually(created)
    await admin.close()


async def happen(brokers: str, topic: str, *keys: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=brokers) as producer:
        for key in keys:
            partition = int(key) % PARTITIONS
            await producer.send_and_wait(topic, EVENT, key.encode(), partition=partition)


def live_events(brokers: str, topic: str) -> LiveEvents:
    return LiveEvents(kafka=KafkaAccess(brokers=brokers), topic=topic, partitions=PARTITIONS, max_bytes=ROOM)


@pytest.fixture
async def topic(kafka_brokers: str, unique: str) -> str:
    await create_topic(kafka_brokers, unique)
    return unique


@pytest.fixture
async def live(kafka_brokers: str, topic: str) -> AsyncIterator[LiveEvents]:
    live = live_events(kafka_brokers, topic)
    yield live
    await live.stop()


async def told(subscription: Subscription, count: int) -> list[str]:
    keys: list[str] = []

    def all_came() -> bool:
        keys.extend(event.key.decode() for event in subscription.take(ROOM))
        return len(keys) >= count

    await eventually(all_came)
    return sorted(keys, key=int)


async def test_who_listens_is_told_what_happens_from_then_on(kafka_brokers: str, topic: str, live: LiveEvents) -> None:
    await happen(kafka_brokers, topic, "0", "1")
    async with live.listen() as feed:
        with feed.follow_client(None, feed.now(), lambda _: True) as everything, feed.follow_order("3") as order:
            await happen(kafka_brokers, topic, "2", "3")
            assert await told(everything, 2) == ["2", "3"]
            assert await told(order, 1) == ["3"]
        assert list(await live.ends()) == [2, 2]


async def test_the_topic_is_followed_only_while_somebody_listens(
    kafka_brokers: str, topic: str, live: LiveEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.listen() as first:
        pass
    async with live.listen() as second:
        assert second is first, "who comes back soon finds what was kept"
        await happen(kafka_brokers, topic, "0", "1")
        await eventually(lambda: sum(first.reached) == 2)
        left = first.position(first.reached)
        monkeypatch.setattr("orderflow.streaming.live_events.LINGER_SECONDS", 0.0)
    await eventually(lambda: not live.is_following)
    await happen(kafka_brokers, topic, "2", "3")
    async with live.listen() as third:
        assert third is not first
        assert third.standing(left) is Standing.KNOWN
        with third.follow_client("c", left.offsets, lambda _: True) as client:
            assert await told(client, 2) == ["2", "3"]


async def test_without_a_broker_there_is_nothing_to_listen_to(unused_tcp_port: int) -> None:
    live = live_events(f"127.0.0.1:{unused_tcp_port}", "t")
    asked = time.monotonic()
    with pytest.raises(KafkaUnusableError):
        async with live.listen():
            pass
    with pytest.raises(KafkaUnusableError):
        await live.ends()
    assert time.monotonic() - asked < 12
    await live.stop()


@pytest.mark.apache_kafka
async def test_a_killed_broker_is_waited_for_and_nobody_misses_anything(tmp_path: Path) -> None:
    with Server(broker(), tmp_path) as server:
        await create_topic(server.address, "events")
        live = live_events(server.address, "events")
        async with live.listen() as feed:
            with feed.follow_client("c", feed.now(), lambda _: True) as client:
                await happen(server.address, "events", "0", "1")
                assert await told(client, 2) == ["0", "1"]
                server.kill()
                server.start()
                await happen(server.address, "events", "2", "3")
                assert await told(client, 2) == ["2", "3"]
                assert client.lost is None
        await live.stop()


@pytest.mark.apache_kafka
async def test_a_log_that_was_refilled_while_it_was_not_looked_at_is_another_one(
    kafka_brokers: str, topic: str
) -> None:
    feed = EventFeed(partitions=PARTITIONS, max_bytes=ROOM)
    tail = TopicTail(
        kafka=KafkaAccess(brokers=kafka_brokers), topic=topic, partitions=PARTITIONS, receiver=FeedReceiver(feed)
    )
    await tail.start()
    await tail.until_ready()
    with feed.follow_client("c", feed.now(), lambda _: True) as client:
        await happen(kafka_brokers, topic, "0", "1")
        await told(client, 2)
        stood = feed.position(feed.reached)
        await tail.stop()
        await create_topic(kafka_brokers, topic, anew=True)
        await happen(kafka_brokers, topic, "0", "1", "2", "3")
        await tail.start()
        await tail.until_ready()
        assert client.lost is Lost.REPLACED
        assert feed.standing(stood) is Standing.PAST
    await tail.stop()


@pytest.mark.apache_kafka
async def test_a_topic_made_anew_under_a_listener_is_another_log_in_every_partition(
    kafka_brokers: str, topic: str, live: LiveEvents
) -> None:
    async with live.listen() as feed:
        with feed.follow_client("c", feed.now(), lambda _: True) as client:
            await happen(kafka_brokers, topic, "0", "1", "2", "3")
            await told(client, 4)
            await create_topic(kafka_brokers, topic, anew=True)
            await happen(kafka_brokers, topic, "0")
            await eventually(lambda: client.lost is Lost.REPLACED)
            await eventually(lambda: feed.now() == (1, 0))


@pytest.mark.apache_kafka
async def test_a_kafka_that_lets_nobody_in_is_out_of_reach_with_its_reason(kafka_brokers: str, topic: str) -> None:
    stranger = KafkaAccess(
        brokers=kafka_brokers,
        protocol=KafkaProtocol.SASL_PLAINTEXT,
        username="nobody",
        password="x",  # noqa: S106 - of nobody
    )
    live = LiveEvents(kafka=stranger, topic=topic, partitions=PARTITIONS, max_bytes=ROOM)
    with pytest.raises(KafkaUnusableError, match="ORDERFLOW_KAFKA_SECURITY_PROTOCOL"):
        await live.ends()
