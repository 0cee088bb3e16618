"""Records and documents that nobody honest wrote are violations with a place, never the end of a verification."""

from dataclasses import replace

import pytest

from orderflow.domain.order import Order
from orderflow.domain.stored import StoredOrder
from orderflow.wire.records import Topic
from tests.unit.broken_deployments import Break, changed, event, healthy, of_command, stored
from tests.unit.deployed import Deployed

TOO_LARGE = 2**63


def letter_at(offset: bytes) -> Break:
    """The first dead letter says that its record stood there."""

    def forge(found: Deployed) -> None:
        letter = found.records(Topic.DEAD_LETTERS)[0]
        headers = [(name, offset if name == "x-dlq-offset" else value) for name, value in letter.headers]
        found.records(Topic.DEAD_LETTERS)[0] = replace(letter, headers=headers)

    return forge


def of_number(order: StoredOrder) -> StoredOrder:
    return replace(order, order=replace(order.order, client_id=TOO_LARGE))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "forge",
    [
        changed(Topic.EVENTS, event("ord_1:2"), version=TOO_LARGE),
        changed(Topic.EVENTS, event("ord_1:2"), order_id=["ord_1"]),
        changed(Topic.OUTCOMES, of_command("create-ord_1"), order_id=["a"]),
        changed(Topic.OUTCOMES, of_command("create-ord_1"), command_id=7),
        changed(Topic.OUTCOMES, of_command("create-ord_1"), fingerprint=[1]),
        letter_at(b"1" * 30),
        letter_at(b"nowhere"),
        stored("ord_1", of_number),
    ],
)
async def test_a_forged_record_or_document_cannot_be_read_and_is_named(forge: Break) -> None:
    found = await healthy()

    forge(found)

    assert "ord_1" in (await found.broken())["everything can be read"]


async def test_a_list_that_cannot_be_read_is_named_and_its_orders_are_not_missed() -> None:
    def fail(_: list[Order]) -> list[Order]:
        raise KeyError("items")

    found = await healthy()
    found.listed = fail

    broken = await found.broken()

    assert list(broken) == ["everything can be read"]
    assert "state created" in broken["everything can be read"]
