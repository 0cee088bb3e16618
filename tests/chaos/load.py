"""Clients of both kinds, at work while something happens."""

import asyncio
from collections.abc import Awaitable
from random import Random

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_publisher import KafkaPublisher
from tests.chaos.http_load import HttpLoad
from tests.chaos.kafka_load import KafkaLoad
from tests.chaos.mix import Mix
from tests.chaos.promises import Promises
from tests.chaos.site import PARTITIONS, Site

HTTP_CLIENTS = 6


async def under_load(site: Site, happening: Awaitable[None], *, seed: int, per_second: float) -> Promises:
    """Until it has happened and every record and request is answered; `per_second` records go onto Kafka directly."""
    promises = Promises()
    publisher = KafkaPublisher(kafka=KafkaAccess(brokers=site.brokers), prefix="", partitions=PARTITIONS)
    program = KafkaLoad(publisher, Mix(Random(seed), f"native-{seed}"), promises, per_second=per_second)
    clients = [
        HttpLoad(f"http-{seed}-{number}", site.fleet.facades, Random(f"{seed}-{number}"), promises)
        for number in range(HTTP_CLIENTS)
    ]
    stopping = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as load:
            for part in (program, *clients):
                load.create_task(part.run(stopping))
            await happening
            stopping.set()
    finally:
        await publisher.close()
    return promises
