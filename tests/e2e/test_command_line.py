from pathlib import Path

import orjson

from orderflow.wire.records import Topic
from tests.e2e.deployment import CREATE, Deployment, json_of, orderflow

ORDERS = 300


async def test_submit_prints_the_outcome_of_every_line_and_a_rejection_is_one(deployment: Deployment) -> None:
    await deployment.worker()
    move = {"type": "change_state", "command_id": "c-1", "order_id": "nope", "new_state": "in_transit"}

    done = await orderflow(deployment, "submit", "-", given=orjson.dumps(move) + b"\n" + orjson.dumps(CREATE))

    assert done.returncode == 0, done.stderr
    outcomes = {fields["order_id"]: fields for fields in map(orjson.loads, done.stdout.splitlines())}
    assert outcomes["nope"]["error"]["type"] == "order-not-found"
    assert outcomes["ord_1"]["status"] == "applied"


async def test_a_second_import_changes_nothing(deployment: Deployment, tmp_path: Path) -> None:
    await deployment.worker()
    file = tmp_path / "orders.jsonl"
    item = {"sku": "1", "name": "Bagels", "quantity": 1, "price": 0.5}
    lines = [{"client_id": f"c-{n % 7}", "external_ref": f"r-{n}", "items": [item]} for n in range(ORDERS)]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))

    first = await orderflow(deployment, "import", str(file))
    second = await orderflow(deployment, "import", str(file))

    assert first.stdout.decode().splitlines()[-1].startswith(f"applied {ORDERS}, unchanged 0, rejected 0, ")
    assert second.stdout.decode().splitlines()[-1].startswith(f"applied 0, unchanged {ORDERS}, rejected 0, ")
    assert (first.returncode, second.returncode) == (0, 0)
    events = await deployment.read(Topic.EVENTS, lambda found: len(found) >= ORDERS)
    assert len({json_of(event)["event_id"] for event in events}) == ORDERS


async def test_an_order_of_a_command_is_shown_with_its_history(deployment: Deployment) -> None:
    await deployment.worker()
    hold = {"type": "hold_order", "command_id": "hold", "order_id": "ord_1", "reason": "address unclear"}
    await deployment.produce(("ord_1", orjson.dumps(CREATE)), ("ord_1", orjson.dumps(hold)))
    await deployment.read(Topic.OUTCOMES, lambda found: len(found) == 2)

    shown = await orderflow(deployment, "get", "ord_1", "--json")
    table = await orderflow(deployment, "get", "ord_1")
    history = await orderflow(deployment, "history", "ord_1", "--json")
    missing = await orderflow(deployment, "get", "nope")

    order = orjson.loads(shown.stdout)
    assert (order["state"], order["hold_reason"]) == ("created", "address unclear")
    assert b"address unclear" in table.stdout
    assert [entry["type"] for entry in orjson.loads(history.stdout)["history"]] == ["order.created", "order.held"]
    assert missing.returncode == 1
    assert b"nope" in missing.stderr


async def test_a_worker_whose_topics_do_not_fit_ends_with_one_line(deployment: Deployment) -> None:
    assert (await orderflow(deployment, "init")).returncode == 0
    deployment.environment["ORDERFLOW_PARTITIONS"] = "5"

    ended = await orderflow(deployment, "worker")

    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    [refusal] = [line for line in ended.stderr.splitlines() if b"partitions" in line]
    assert refusal.startswith(b"Error: topic ")
    assert refusal.endswith(b"topics of its own")
