"""Orders as hypothesis lets commands of every type build them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as some

from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeCommand,
    ChangeState,
    CorrectOrder,
    CreateOrder,
    HoldOrder,
    ReleaseOrder,
)
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Item, Location
from orderflow.domain.stored import StoredOrder
from tests.builders import RULES, item, received

TEXTS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MAYBE_TEXT = some.none() | TEXTS
PRICES = some.decimals(min_value=0, max_value=10**9, places=4) | some.decimals(min_value=0, max_value=10**9, places=0)
ITEMS = some.builds(Item, sku=TEXTS, name=TEXTS, quantity=some.integers(1, 1_000_000), price=PRICES)
LINES = some.lists(ITEMS, min_size=1, max_size=4).map(tuple) | some.sampled_from([(item(1),), (item(2),)])
ZONES = some.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
INSTANTS = some.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds are naive
LOCATIONS = some.builds(Location, lat=some.floats(-90, 90), lon=some.floats(-180, 180), label=MAYBE_TEXT)
CREATIONS = some.builds(
    CreateOrder,
    command_id=some.just("create"),
    order_id=some.just("ord_1"),
    client_id=some.just("client-123"),
    items=LINES,
    external_ref=MAYBE_TEXT,
    placed_at=some.none() | INSTANTS,
    actor=MAYBE_TEXT,
)


def changes(
    kind: Callable[..., ChangeCommand], **fields: some.SearchStrategy[object]
) -> some.SearchStrategy[ChangeCommand]:
    """Commands of one type, each under an id of its own."""
    said = {
        "command_id": some.uuids().map(str),
        "order_id": some.just("ord_1"),
        "expected_version": some.none() | some.none() | some.integers(1, 3),
        "reason": MAYBE_TEXT,
        "note": MAYBE_TEXT,
        "location": some.none() | LOCATIONS,
        "actor": MAYBE_TEXT,
    }
    return some.builds(kind, **said | fields)  # type: ignore[arg-type]


ROAD = [State.CONFIRMED, State.PICKED_UP, State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED, State.DELIVERED]
CHANGES = some.one_of(
    changes(ChangeState, new_state=some.sampled_from(State) | some.sampled_from(ROAD)),
    changes(CancelOrder, reason=TEXTS),
    changes(HoldOrder, reason=TEXTS),
    changes(ReleaseOrder),
    changes(AmendOrder, items=LINES, dry_run=some.booleans()),
    changes(CorrectOrder, reason=TEXTS, state=some.sampled_from(State)),
    changes(CorrectOrder, reason=TEXTS, state=some.none() | some.sampled_from(State), items=LINES),
)
OFFSETS = some.integers(0, 2**62)
TRACES = some.none() | some.just("00-" + "0" * 32 + "-" + "1" * 16 + "-01")


@some.composite
def stored_orders(draw: some.DrawFn) -> StoredOrder:
    """Orders that commands have built, with coordinates from anywhere."""
    commands = [draw(CREATIONS), *draw(some.lists(CHANGES, max_size=10))]
    stored: StoredOrder | None = None
    for command in commands:
        record = replace(
            received(command, draw(OFFSETS), partition=draw(some.integers(0, 3)), log=draw(TEXTS)),
            traceparent=draw(TRACES),
        )
        stored = handle(stored, record, draw(INSTANTS).astimezone(UTC), RULES).stored
    assert stored is not None
    return replace(stored, revision=len(commands))
