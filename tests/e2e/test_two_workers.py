import asyncio
import signal

import orjson
from aiokafka import ConsumerRecord

from orderflow.local.role import Role
from orderflow.wire.records import Topic
from tests.e2e.deployment import CREATE, Deployment, json_of
from tests.eventually import eventually

ORDERS = 1_500


def commands() -> list[tuple[str, bytes]]:
    ids = [f"ord_{number}" for number in range(ORDERS)]
    moves = ("in_transit", "delivered")
    created = [(order_id, CREATE | {"order_id": order_id}) for order_id in ids]
    moved = [
        (order_id, {"type": "change_state", "command_id": f"to-{state}", "order_id": order_id, "new_state": state})
        for state in moves
        for order_id in ids
    ]
    return [(order_id, orjson.dumps(command)) for order_id, command in created + moved]


async def test_a_worker_that_leaves_in_the_middle_loses_and_doubles_nothing(deployment: Deployment) -> None:
    leaving, staying = await asyncio.gather(deployment.worker(), deployment.worker())
    await eventually(lambda: _both_own_partitions(leaving, staying), within=30)
    producing = asyncio.create_task(deployment.produce(*commands()))
    await deployment.read(Topic.OUTCOMES, lambda found: len(found) > ORDERS // 2)

    leaving.signal(signal.SIGTERM)

    await producing
    outcomes = await deployment.read(Topic.OUTCOMES, lambda found: len(_commands(found)) == 3 * ORDERS)
    assert {json_of(outcome)["status"] for outcome in outcomes} == {"applied"}
    events = await deployment.read(Topic.EVENTS, lambda found: len(_ids(found)) == 3 * ORDERS)
    assert all(versions == [1, 2, 3] for versions in _first_versions(events).values())
    assert len({event.value for event in events}) == 3 * ORDERS, "one content per event id"
    await eventually(leaving.ended, within=30)
    assert "rror" not in leaving.log.read_text(), leaving.last_words()


async def _both_own_partitions(*workers: Role) -> bool:
    return all(worker.ready() and (worker.status().get("partitions") or 0) > 0 for worker in workers)


def _commands(outcomes: list[ConsumerRecord]) -> set[tuple[object, object]]:
    return {(json_of(outcome)["order_id"], json_of(outcome)["command_id"]) for outcome in outcomes}


def _ids(events: list[ConsumerRecord]) -> set[object]:
    return {json_of(event)["event_id"] for event in events}


def _first_versions(events: list[ConsumerRecord]) -> dict[object, list[object]]:
    versions: dict[object, list[object]] = {}
    for event in map(json_of, events):
        seen = versions.setdefault(event["order_id"], [])
        if event["version"] not in seen:
            seen.append(event["version"])
    return versions
