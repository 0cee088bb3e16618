from itertools import count
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from orderflow.verification.order_invariants import STATISTICS
from orderflow.wire.records import Topic
from tests.e2e.deployment import CREATE, Deployment, orderflow
from tests.eventually import eventually

IDS = count()
OF_INSIGHTS = {invariant.name for invariant in STATISTICS}
"""What is not checked where no such role runs."""


def command(order_id: str, **fields: object) -> tuple[str, bytes]:
    return order_id, orjson.dumps(CREATE | {"order_id": order_id, "command_id": f"c-{next(IDS)}", **fields})


def mixed_traffic() -> list[tuple[str, bytes]]:
    """Per order: too early, made, moved, moved again by the same record, an id reused, poison, limits, a duplicate.

    Then it is held, tries to move on, is corrected, amended and released.
    """
    records = []
    for number in range(20):
        order_id = f"ord_{number}"
        move = {"type": "change_state", "new_state": "in_transit"}
        moved = command(order_id, command_id="move", **move)
        records += [
            moved,
            command(order_id, command_id="create", external_ref=f"r-{number // 2}"),
            moved,
            moved,
            command(order_id, command_id="move", type="cancel_order", reason="changed my mind"),
            command(order_id, **move),
            (order_id, b"not json"),
            command(order_id, items=[]),
            (f"other-{order_id}", moved[1]),
            command(order_id, type="change_state", new_state="created"),
            command(order_id, type="hold_order", reason="unclear"),
            command(order_id, type="change_state", new_state="delivered"),
            command(order_id, type="amend_order", items=CREATE["items"], dry_run=True),
            command(order_id, type="correct_order", reason="scanned twice", state="assigned"),
            command(order_id, type="amend_order", items=[*CREATE["items"], *CREATE["items"]]),
            command(order_id, type="release_order"),
        ]
    return records


async def verified(deployment: Deployment) -> dict[str, Any]:
    """What a verification finds that could check everything: a Redis that was slow is left alone for a while."""
    found: dict[str, Any] = {}

    async def all_is_checked() -> bool:
        found.update(orjson.loads((await orderflow(deployment, "verify", "--json")).stdout))
        return all(finding["checked"] or finding["name"] in OF_INSIGHTS for finding in found["invariants"])

    await eventually(all_is_checked, within=35)
    return found


async def test_mixed_traffic_breaks_nothing_and_a_forged_event_is_named(deployment: Deployment) -> None:
    await deployment.worker()
    records = mixed_traffic()
    await deployment.produce(*records)

    honest = await orderflow(deployment, "verify")
    found = await verified(deployment)

    assert (honest.returncode, honest.stdout.decode().splitlines()[-1]) == (0, "0 violations"), honest
    assert (found["commands"], found["dead_letters"], found["pending"]) == (len(records), 20, 0)
    assert found["orders"] == 10, "every second creation wants a reference that is taken"
    assert found["events"] == 60
    assert 0 < found["cached_orders"] <= 10, "a refresh that takes too long is skipped"
    assert found["repeated"]["outcomes"] > 0

    event = {"event_id": "ord_0:7", "type": "order.state_changed", "order_id": "ord_0", "version": 7}
    async with AIOKafkaProducer(bootstrap_servers=deployment.brokers) as producer:
        await producer.send_and_wait(deployment.name(Topic.EVENTS), orjson.dumps(event), b"ord_0")
    forged = await orderflow(deployment, "verify")

    assert forged.returncode == 1, forged
    assert "ord_0: event 7" in forged.stdout.decode()
    assert forged.stdout.decode().splitlines()[-1] != "0 violations"
