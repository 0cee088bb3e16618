"""Send a command and wait for its outcome: env $(orderflow stack env) python examples/produce.py [--no-wait]."""

import asyncio
import json
import os
import sys
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BROKERS = os.environ.get("ORDERFLOW_KAFKA_BROKERS", "127.0.0.1:9092")
PREFIX = os.environ.get("ORDERFLOW_TOPIC_PREFIX", "")
ITEMS = [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]


async def main(*, wait: bool) -> None:
    order_id = f"ord-{uuid4().hex}"
    # The command's id is yours: sent again under the same one, it has one effect and the same outcome.
    command = {"type": "create_order", "command_id": "create", "order_id": order_id, "client_id": "c-1", "items": ITEMS}
    async with (
        AIOKafkaProducer(bootstrap_servers=BROKERS, enable_idempotence=True) as producer,
        AIOKafkaConsumer(f"{PREFIX}order_outcomes", bootstrap_servers=BROKERS, group_id=None) as outcomes,
    ):
        # Listen before you speak.
        await outcomes.seek_to_end()
        # The key is the order's id, and aiokafka hashes it as Java does: an order's commands stay in order.
        await producer.send_and_wait(f"{PREFIX}order_commands", json.dumps(command).encode(), key=order_id.encode())
        print(f"sent {order_id}")
        if wait:
            print(await outcome_of(order_id, "create", outcomes))


async def outcome_of(order_id: str, command_id: str, outcomes: AIOKafkaConsumer) -> str:
    async for record in outcomes:
        outcome = json.loads(record.value)
        if (outcome["order_id"], outcome["command_id"]) == (order_id, command_id):
            return f"{outcome['status']} {outcome['error'] or ''}"
    raise RuntimeError("the consumer was stopped")


if __name__ == "__main__":
    asyncio.run(main(wait="--no-wait" not in sys.argv))
