"""Connections to Kafka: a producer started, idempotent where the broker allows it; both kinds closed in time."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import BrokerResponseError, IncompatibleBrokerVersion

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_header_names import forgive_header_names

log = logging.getLogger(__name__)

CLOSE_SECONDS = 10.0
ANSWER_SECONDS = 3.0
_FAREWELL_SECONDS = 0.2

forgive_header_names()


async def start_producer(
    kafka: KafkaAccess,
    *,
    linger_ms: int,
    max_request_size: int,
    request_timeout_ms: int,
    max_batch_size: int = 16_384,
) -> AIOKafkaProducer:
    """Raises KafkaError or TimeoutError when no broker answers in time. Delivery is always `acks=all`."""
    options = {
        **kafka.options,
        "acks": "all",
        "linger_ms": linger_ms,
        "max_request_size": max_request_size,
        "max_batch_size": max_batch_size,
        "request_timeout_ms": request_timeout_ms,
    }
    seconds = request_timeout_ms / 1000
    try:
        return await _started(AIOKafkaProducer(**options, enable_idempotence=True), seconds)
    except (BrokerResponseError, IncompatibleBrokerVersion) as refusal:
        log.warning("the broker refuses an idempotent producer (%r): a resend may be stored twice", refusal)
        return await _started(AIOKafkaProducer(**options), seconds)


async def close_producer(producer: AIOKafkaProducer, within: float = CLOSE_SECONDS) -> None:
    """What it still holds is delivered first, for at most `within` seconds.

    Without a broker, an idempotent producer would hold it for ever.
    """
    try:
        async with asyncio.timeout(within):
            await producer.flush()
    except TimeoutError:
        log.warning("messages whose delivery is unknown were given up")
        await producer._sender.close()  # noqa: SLF001 - what stop() does, without its waiting
        await producer.client.close()
        producer._closed = True  # noqa: SLF001
    else:
        with brief_farewells(producer.client):
            await producer.stop()


async def close_consumer(consumer: AIOKafkaConsumer, within: float = ANSWER_SECONDS) -> None:
    """In a task of its own: where a broker has died, stop() ends in the cancellation of aiokafka's own fetches."""
    with brief_farewells(consumer._client):  # noqa: SLF001
        stopping = asyncio.create_task(consumer.stop())
        await asyncio.wait([stopping], timeout=within)
    if stopping.done() and not stopping.cancelled() and not stopping.exception():
        return
    # What stop() did not come to: fetches that go on would open their connections again.
    fetches = [stopping, *(consumer._fetcher._pending_tasks if consumer._fetcher else ())]  # noqa: SLF001
    for fetch in fetches:
        fetch.cancel()
    await asyncio.wait(fetches)
    await consumer._client.close()  # noqa: SLF001


@contextmanager
def brief_farewells(client: AIOKafkaClient) -> Iterator[None]:
    """TLS connections closed inside are soon dropped: with an answer under way uvloop misses the broker's last word.

    It would wait 30 s for it.
    """
    writers = [connection._writer for connection in client._conns.values()]  # noqa: SLF001
    encrypted = [writer.transport for writer in writers if writer and writer.get_extra_info("ssl_object")]
    drop = asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, _drop, encrypted)
    try:
        yield
    finally:
        drop.cancel()


def _drop(transports: Iterable[asyncio.WriteTransport]) -> None:
    for transport in transports:
        transport.abort()


async def _started(producer: AIOKafkaProducer, seconds: float) -> AIOKafkaProducer:
    try:
        # An idempotent producer asks for its id for ever.
        async with asyncio.timeout(seconds):
            await producer.start()
    except (Exception, asyncio.CancelledError):
        await producer.stop()
        raise
    return producer
