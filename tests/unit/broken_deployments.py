"""A healthy deployment, and ways to break it by hand."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import orjson

from orderflow.domain.commands import CommandType
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Location
from orderflow.domain.stored import StoredOrder, Verdict
from orderflow.verification.order_rows import UnreadableOrder
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.records import Record, Topic
from tests.builders import (
    amend_order,
    cancel_order,
    change_state,
    correct_order,
    create_order,
    hold_order,
    item,
    release_order,
)
from tests.unit.command_worker import record
from tests.unit.deployed import Deployed, deployed

Break = Callable[[Deployed], object]


def traffic() -> list[Record]:
    """Three orders with every way in which a command can end; one record comes twice."""
    commands = [
        record(change_state("ord_3")),
        record(create_order()),
        record(create_order("ord_3", external_ref="r-1")),
        record(create_order("ord_4", external_ref="r-1")),
        moved := record(change_state()),
        record(change_state()),
        record(replace(cancel_order(), command_id="in_transit-ord_1")),
        record(replace(change_state(), command_id="again")),
        record(change_state(new_state=State.CREATED)),
        record(change_state(), value=b"not json"),
        record(change_state(), key=b"ord_3"),
        record(change_state("ord_3")),
        record(hold_order(order_id="ord_5")),
        record(create_order("ord_5")),
        record(amend_order(order_id="ord_5")),
        record(hold_order("held", "ord_5")),
        record(change_state("ord_5")),
        record(replace(change_state("ord_5", State.FAILED), location=Location(lat=1, lon=2))),
        record(correct_order(order_id="ord_5", state=State.ATTEMPT_FAILED, items=(item(3),))),
        record(release_order(order_id="ord_5")),
    ]
    return [*commands, moved]


async def healthy() -> Deployed:
    return await deployed(*traffic())


def only(topic: Topic, keeps: Callable[[Record], bool]) -> Break:
    def lose(found: Deployed) -> None:
        kept = [each for each in found.records(topic) if keeps(each)]
        assert len(kept) < len(found.records(topic))
        found.records(topic)[:] = kept

    return lose


def changed(topic: Topic, of: Callable[[Record], bool], **fields: object) -> Break:
    """The value of every such record with other fields."""

    def alter(found: Deployed) -> None:
        records = found.records(topic)
        chosen = [at for at, each in enumerate(records) if of(each)]
        assert chosen
        for at in chosen:
            value = orjson.dumps({**orjson.loads(records[at].value or b""), **fields})
            records[at] = replace(records[at], value=value)

    return alter


def repeated(topic: Topic, of: Callable[[Record], bool], **fields: object) -> Break:
    """A copy of such a record with other fields at the end of its partition."""

    def add(found: Deployed) -> None:
        original = next(each for each in found.records(topic) if of(each))
        value = orjson.dumps({**orjson.loads(original.value or b""), **fields})
        found.records(topic).append(replace(original, value=value, offset=original.offset + 1_000))

    return add


def stored(order_id: str, alter: Callable[[StoredOrder], StoredOrder | UnreadableOrder]) -> Break:
    def change(found: Deployed) -> None:
        order = found.orders[order_id]
        assert isinstance(order, StoredOrder)
        found.orders[order_id] = alter(order)

    return change


def of_command(command_id: str) -> Callable[[Record], bool]:
    return lambda each: orjson.loads(each.value or b"")["command_id"] == command_id


def event(event_id: str) -> Callable[[Record], bool]:
    return lambda each: orjson.loads(each.value or b"")["event_id"] == event_id


def without(keeps: Callable[[Record], bool]) -> Callable[[Record], bool]:
    return lambda each: not keeps(each)


def moved_to(state: State) -> Callable[[StoredOrder], StoredOrder]:
    return lambda order: replace(order, order=replace(order.order, state=state))


def with_other(**fields: object) -> Callable[[StoredOrder], StoredOrder]:
    return lambda order: replace(order, order=replace(order.order, **fields))  # type: ignore[arg-type]


def miscounted(order: StoredOrder) -> StoredOrder:
    """Neither the order nor its creation says what its items cost."""
    creation = order.history[0]
    event = replace(creation.event, total=Decimal(7))  # type: ignore[call-arg]
    history = (replace(creation, event=event), *order.history[1:])
    return replace(order, order=replace(order.order, total=Decimal(7)), history=history)


def never_released(order: StoredOrder) -> StoredOrder:
    """It moved forward all the same: what corrected it is said to have been a move."""
    moved = replace(order.history[-2], command_type=CommandType.CHANGE_STATE)
    event = replace(moved.event, state=State.IN_TRANSIT)  # type: ignore[call-arg]
    return replace(order, history=(*order.history[:-2], replace(moved, event=event), order.history[-1]))


def swapped(found: Deployed) -> None:
    """The first two occurrences of ord_1's events, the later one first."""
    events = found.records(Topic.EVENTS)
    first = [at for at, each in enumerate(events) if each.key == b"ord_1"]
    places = [events[at].offset for at in first]
    for at, offset in zip(first, reversed(places), strict=True):
        events[at] = replace(events[at], offset=offset)


def elsewhere(found: Deployed) -> None:
    """An event on the one partition where its key never belonged: 0 is where all began."""
    events = found.records(Topic.EVENTS)
    at = next(at for at, each in enumerate(events) if each.partition == 0)
    events[at] = replace(events[at], partition=1, offset=500)


def reversed_page(found: Deployed) -> None:
    found.listed = lambda page: page[::-1]


def emptier_page(found: Deployed) -> None:
    found.listed = lambda page: [order for order in page if order.order_id != "ord_1"]


def older_page(found: Deployed) -> None:
    found.listed = lambda page: [replace(order, version=1, state=State.CREATED) for order in page]


def nonsense(found: Deployed) -> None:
    found.records(Topic.EVENTS).append(record(create_order(), topic=Topic.EVENTS, value=b"[]", offset=1_000))


def doubled(order: StoredOrder) -> StoredOrder:
    """Its last change also stands in its ledger."""
    change = order.history[-1]
    return replace(order, ledger=(*order.ledger, Verdict(outcome=change.outcome, coordinates=change.coordinates)))


def never_created(order: StoredOrder) -> StoredOrder:
    """Its history begins with a change from no state."""
    change = order.history[1]
    event = replace(change.event, version=1, previous_state=None)  # type: ignore[call-arg]
    return replace(order, history=(replace(change, event=event),))


def buried_without_letter(found: Deployed) -> None:
    """A command that a bug set aside has its outcome, but its letter never came."""
    moved = record(change_state(new_state=State.DELIVERED))
    found.records(Topic.COMMANDS).append(moved)
    original = next(each for each in found.records(Topic.OUTCOMES) if each.key == b"ord_1")
    fields = {
        **orjson.loads(original.value or b""),
        "command_id": "delivered-ord_1",
        "status": "rejected",
        "version": None,
        "state": None,
        "fingerprint": fingerprint_of(change_state(new_state=State.DELIVERED)),
        "error": {"type": "dead-lettered", "title": "bug", "detail": "bug"},
    }
    found.records(Topic.OUTCOMES).append(replace(original, value=orjson.dumps(fields), offset=2_000))
