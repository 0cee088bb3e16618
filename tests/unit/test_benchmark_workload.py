from collections import Counter
from collections.abc import Sequence

import orjson
import pytest

from benchmarks.contestants.bare import Document, fold
from benchmarks.contestants.null_store import NullStore
from benchmarks.http_job import Job, Kind
from benchmarks.http_requests import requests
from benchmarks.seeding import seeds, seeds_of, stored_order
from benchmarks.workload import WORKLOADS, Workload
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.mongo_documents import write_of
from orderflow.wire.records import Message, Record, Topic
from tests.unit.command_worker import Worker


def records(commands: Sequence[Message]) -> list[Record]:
    return [
        Record(topic=Topic.COMMANDS, partition=0, offset=offset, timestamp=offset, key=each.key, value=each.value)
        for offset, each in enumerate(commands)
    ]


def fields(message: Message) -> Document:
    read: Document = orjson.loads(message.value or b"")
    return read


async def worker_with(workload: Workload) -> Worker:
    worker = Worker()
    await worker.stored.save([write_of(stored_order(seed)) for seed in seeds_of(workload.stored)])
    return worker


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_is_the_same_for_everybody(name: str) -> None:
    assert WORKLOADS[name](400) == WORKLOADS[name](400)
    assert len(WORKLOADS[name](400).commands) == 400


def test_creations_are_to_changes_as_one_to_three_on_every_stretch_of_a_partition() -> None:
    commands = WORKLOADS["1:3"](8_000).commands
    of_one = [fields(each)["type"] for each in commands if partition_of(each.key or b"", 8) == 3]

    for first in range(0, len(of_one) - 250, 250):
        kinds = Counter(of_one[first : first + 250])
        assert kinds["change_state"] / kinds["create_order"] == pytest.approx(3, rel=0.35)


@pytest.mark.parametrize("name", WORKLOADS)
async def test_every_command_of_a_workload_is_applied(name: str) -> None:
    workload = WORKLOADS[name](80)
    worker = await worker_with(workload)

    await worker.apply(*records(workload.commands))

    assert {ending for _, ending in worker.ends} == {"applied"}
    assert len(worker.event_ids) == 80


async def test_ten_lines_of_rules_come_to_the_same_states() -> None:
    workload = WORKLOADS["1:3"](80)
    worker = await worker_with(workload)
    await worker.apply(*records(workload.commands))

    orders: dict[str, Document] = {order_id: {"state": "created", "version": 1} for order_id in workload.stored}
    for command in map(fields, workload.commands):
        orders[command["order_id"]] = fold(orders.get(command["order_id"]), command)

    for order_id, order in orders.items():
        stored = await worker.stored.get(order_id)
        assert stored is not None
        assert (order["state"], order["version"]) == (stored.order.state, stored.order.version)


async def test_the_null_store_finds_the_stored_orders_and_keeps_nothing() -> None:
    workload = WORKLOADS["1:3"](80)
    worker = Worker(store=NullStore())

    await worker.apply(*records(workload.commands))

    assert {ending for _, ending in worker.ends} == {"applied"}
    assert set(await NullStore().load(["new-0", "stored-7"])) == {"stored-7"}


def test_clients_have_few_orders_however_many_there_are() -> None:
    assert set(Counter(seed.client_id for seed in seeds("x-", 0, 2_000)).values()) == {20}


def test_the_changes_of_an_order_stay_on_one_connection_and_in_order() -> None:
    job = Job(url="", kind=Kind.CHANGE, connections=2, seconds=1, ids=["a", "b", "c"], ladder=["x", "y"])

    first, second = (list(each) for each in requests(job, "host"))

    assert [(each.split(b" ")[1], each[-5:-2]) for each in first] == [
        (b"/orders/a/state", b':"x'),
        (b"/orders/a/state", b':"y'),
        (b"/orders/c/state", b':"x'),
        (b"/orders/c/state", b':"y'),
    ]
    assert len(second) == 2


def test_a_creation_says_that_it_does_not_wait() -> None:
    job = Job(url="", kind=Kind.CREATE, connections=1, seconds=1, clients=["c"], respond_async=True)

    [wanted] = requests(job, "host")
    head, _, body = next(wanted).partition(b"\r\n\r\n")

    assert b"Prefer: respond-async" in head.splitlines()
    assert f"Content-Length: {len(body)}".encode() in head.splitlines()
    assert orjson.loads(body)["client_id"] == "c"
