"""Bulk bodies that are no good: refused as a whole where the envelope is wrong, item by item where an item is."""

import io
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from orderflow.domain.limits import MAX_BULK_BYTES, MAX_RECORD_BYTES
from orderflow.domain.problems import Problem, order_not_found
from orderflow.wire.bodies import CreateOrderBody
from orderflow.wire.bulk_bodies import MAX_ERRORS, Bulk, read_bulk_orders
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.jobs import Job, JobItem, Progress, decode_job, encode_job
from orderflow.wire.validation import validated
from tests.unit.bulk_requests import create, move, order, results
from tests.unit.facade_loop import ORDER, Client, Loop, running

JSON = {"Content-Type": "application/json"}
ITEM = ORDER["items"][0]  # type: ignore[index]


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "status", "pointers"),
    [
        (b'{"orders": [', 400, None),
        (b"", 400, None),
        (b"[]", 422, ["#"]),
        (b"{}", 422, ["#/orders"]),
        (b'{"orders": []}', 422, ["#/orders"]),
        (b'{"orders": {}}', 422, ["#/orders"]),
        (b'{"orders": [{}], "stop_on_error": "yes"}', 422, ["#/stop_on_error"]),
        (b'{"orders": [{}], "stop_on_error": 1, "colour": 2}', 422, ["#/stop_on_error", "#/colour"]),
        (b'{"changes": [{}]}', 422, ["#/orders", "#/changes"]),
    ],
)
async def test_a_wrong_envelope_refuses_all(
    client: Client, body: bytes, status: int, pointers: list[str] | None
) -> None:
    answer = await client.send("POST", "/orders/bulk", data=body, headers=JSON)
    problem = await answer.json()
    assert answer.status == status
    assert pointers is None or sorted(error["pointer"] for error in problem["errors"]) == sorted(pointers)


async def test_ten_thousand_items_are_refused_without_a_look_at_them(client: Client) -> None:
    answer = await create(client, *[{"wrong": "everywhere"}] * 10_000)
    problem = await answer.json()
    assert (answer.status, [error["pointer"] for error in problem["errors"]]) == (422, ["#/orders"])


async def test_a_bulk_may_be_larger_than_one_order_but_not_than_8_mib(client: Client) -> None:
    many = [{**ORDER, "items": [ITEM | {"name": "n" * 1_000}] * 10}] * 120
    assert len(json.dumps({"orders": many})) > MAX_RECORD_BYTES
    assert (await create(client, *many, headers={})).status == 200

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BULK_BYTES // 2**20 + 1):
            yield b" " * 2**20

    for data in (io.BytesIO(b" " * (MAX_BULK_BYTES + 1)), chunks()):
        assert (await client.send("POST", "/orders/bulk", data=data, headers=JSON)).status == 413


async def test_an_item_that_no_record_could_hold_is_rejected(client: Client) -> None:
    heavy = {**ORDER, "items": [ITEM | {"name": "ü" * 1_000, "sku": "s" * 1_000}] * 500}
    dear = {**ORDER, "items": [ITEM | {"quantity": 10**6, "price": 1e6}]}
    found = await results(await create(client, heavy, dear, headers={}))
    assert [item["error"]["type"] for item in found] == ["too-large", "validation"]
    assert found[1]["error"]["errors"][0]["pointer"] == "#/orders/1/items"


async def test_every_field_of_an_item_is_named_by_its_place(client: Client) -> None:
    wrong = {"order_id": "a b", "new_state": "gone", "location": {"lat": 100, "lon": 0}, "x": 1}
    found = await results(await move(client, wrong, 5, headers={}))
    assert {error["pointer"] for error in found[0]["error"]["errors"]} == {
        "#/changes/0/order_id",
        "#/changes/0/new_state",
        "#/changes/0/location/lat",
        "#/changes/0/x",
    }
    assert found[1]["error"]["errors"][0]["pointer"] == "#/changes/1"


async def test_an_item_that_is_nested_too_deeply_is_no_order(client: Client) -> None:
    deep = "[" * 600 + "]" * 600
    text = f'{{"orders": [{deep}, {json.dumps(ORDER)}]}}'
    answer = await client.send("POST", "/orders/bulk", data=text, headers=JSON)
    assert [item["status"] for item in await results(answer)] == ["rejected", "applied"]


def bulk_of(*items: object) -> Bulk:
    bulk = read_bulk_orders(json.dumps({"orders": items}).encode())
    assert isinstance(bulk, Bulk)
    return bulk


WIDE = {str(number): number for number in range(100_000)}


@pytest.mark.parametrize(
    "wrong", [WIDE, {"items": [WIDE]}, {"items": [{"x": 1}] * 9_000}], ids=["fields", "fields of an item", "items"]
)
def test_of_a_hundred_thousand_errors_few_are_looked_for(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        validated(TypeAdapter(CreateOrderBody), json.dumps(ORDER | wrong))
    assert MAX_ERRORS < refused.value.error_count() <= 5_000


def test_of_an_items_errors_ten_are_named() -> None:
    problem = bulk_of({**ORDER, **{str(number): number for number in range(50)}}).item(0)
    assert isinstance(problem, Problem)
    assert len(problem.extra["errors"]) == MAX_ERRORS  # type: ignore[arg-type]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_item_breaks_the_others(client: Client, junk: object) -> None:
    answer = await client.send("POST", "/orders/bulk", data=json.dumps({"orders": [junk, ORDER]}), headers=JSON)
    if answer.status == 200:
        assert [item["status"] for item in await results(answer)] == ["rejected", "applied"]
    else:
        assert answer.status == 400


items = st.builds(
    JobItem,
    fingerprint=st.text(max_size=64),
    name=st.none() | st.tuples(st.text(max_size=9), st.text(max_size=9)),
    status=st.sampled_from(ItemStatus),
    problem=st.none() | st.builds(order_not_found, st.text(max_size=9)),
)


@given(st.lists(items, max_size=5), st.sampled_from(Progress), st.none() | st.text(max_size=9))
def test_a_job_comes_back_as_it_was(items: list[JobItem], progress: Progress, client_id: str | None) -> None:
    job = Job(job_id="job_1", owner=("p", client_id), digest="d", items=items, progress=progress)
    back = decode_job(encode_job(job))
    assert (back.job_id, back.owner, back.digest, back.progress) == ("job_1", ("p", client_id), "d", progress)
    assert back.items == items


def test_a_job_of_a_thousand_items_is_kept_small() -> None:
    found = [JobItem(fingerprint=f"{at:064x}", name=(f"ord_{at:032x}", f"cmd_{at:032x}")) for at in range(1_000)]
    assert len(encode_job(Job(job_id="job_1", owner=("", None), digest="d", items=found))) < 200_000


async def test_numbers_written_another_way_are_the_same_request(client: Client) -> None:
    key = {"Idempotency-Key": "written"}
    first = await create(client, order(1), headers=key)
    text = json.dumps({"stop_on_error": False, "orders": [order(1)]}).replace("50.0", "50").replace(", ", " ,  ")
    again = await client.send("POST", "/orders/bulk", data=text, headers={**key, **JSON})
    assert await first.json() == await again.json()
