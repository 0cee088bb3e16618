"""A started Kafka producer: idempotent where the broker allows it."""

import asyncio
import logging

from aiokafka import AIOKafkaProducer
from aiokafka.errors import BrokerResponseError, IncompatibleBrokerVersion

log = logging.getLogger(__name__)


async def start_producer(
    brokers: str, *, linger_ms: int, max_request_size: int, request_timeout_ms: int
) -> AIOKafkaProducer:
    """Raises KafkaError or TimeoutError when no broker answers in time. Delivery is always `acks=all`."""
    options = {
        "bootstrap_servers": brokers,
        "acks": "all",
        "linger_ms": linger_ms,
        "max_request_size": max_request_size,
        "request_timeout_ms": request_timeout_ms,
    }
    seconds = request_timeout_ms / 1000
    try:
        return await _started(AIOKafkaProducer(**options, enable_idempotence=True), seconds)
    except (BrokerResponseError, IncompatibleBrokerVersion) as refusal:
        log.warning("the broker refuses an idempotent producer (%r): a resend may be stored twice", refusal)
        return await _started(AIOKafkaProducer(**options), seconds)


async def _started(producer: AIOKafkaProducer, seconds: float) -> AIOKafkaProducer:
    try:
        # An idempotent producer asks for its id for ever.
        async with asyncio.timeout(seconds):
            await producer.start()
    except (Exception, asyncio.CancelledError):
        await producer.stop()
        raise
    return producer
