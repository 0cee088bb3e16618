"""Read what happens to orders, each event once: env $(orderflow stack env) python examples/consume.py [GROUP]."""

import asyncio
import json
import os
import sys
from collections import OrderedDict
from contextlib import suppress

from aiokafka import AIOKafkaConsumer

BROKERS = os.environ.get("ORDERFLOW_KAFKA_BROKERS", "127.0.0.1:9092")
TOPIC = f"{os.environ.get('ORDERFLOW_TOPIC_PREFIX', '')}order_events"
REMEMBERED = 100_000


async def main(group: str) -> None:
    # Of the events seen lately. What must never happen twice keeps the event's id where it keeps its effect.
    seen: OrderedDict[str, None] = OrderedDict()
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=BROKERS, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False
    )
    async with consumer:
        while True:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for event in (json.loads(record.value) for record in records):
                    if event["event_id"] not in seen:
                        print(event["event_id"], event["type"], event["state"], flush=True)
                        seen[event["event_id"]] = None
            while len(seen) > REMEMBERED:
                seen.popitem(last=False)
            # Only what was handled: after a crash the rest comes again.
            await consumer.commit()


if __name__ == "__main__":
    # Ctrl-C ends it; leaving its group, it makes room at once.
    with suppress(KeyboardInterrupt):
        asyncio.run(main(*sys.argv[1:2] or ["example"]))
