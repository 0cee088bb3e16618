"""Batches of command records: what comes out for each, whatever stands beside it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Status
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Write
from orderflow.wire.records import Message, Record, Topic
from tests.builders import NOW, cancel_order, change_state, create_order
from tests.unit.command_worker import Worker, WrappedStore, record

pytestmark = pytest.mark.usefixtures("without_waiting")


class BuggyStore(WrappedStore):
    """Cannot encode one order once it was in one state."""

    def __init__(self, inner: InMemoryOrderStore, order_id: str, state: State) -> None:
        super().__init__(inner)
        self.broken: tuple[str, State] | None = (order_id, state)

    def encode(self, stored: StoredOrder) -> Write:
        if self.broken in {(stored.order.order_id, change.event.state) for change in stored.history}:
            raise ZeroDivisionError("a bug")
        return super().encode(stored)


def headers_of(message: Message) -> dict[str, bytes]:
    return dict(message.headers)


def dead_letters(worker: Worker) -> Sequence[Message]:
    return worker.sent(Topic.DEAD_LETTERS)


async def test_a_creation_and_its_changes_are_one_write() -> None:
    worker = Worker()
    await worker.apply(record(create_order()), record(change_state()), record(change_state(new_state=State.DELIVERED)))
    assert worker.event_ids == ["ord_1:1", "ord_1:2", "ord_1:3"]
    assert [(outcome.status, outcome.version, outcome.state) for outcome in worker.outcomes] == [
        ("applied", 1, "created"),
        ("applied", 2, "in_transit"),
        ("applied", 3, "delivered"),
    ]
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert (stored.revision, stored.order.version) == (1, 3)
    cached = await worker.cache.order("ord_1")
    assert cached is not None
    assert cached.version == 3


async def test_every_message_has_its_orders_key() -> None:
    worker = Worker()
    await worker.apply(record(create_order("ord_1")), record(create_order("ord_2")))
    for topic in (Topic.EVENTS, Topic.OUTCOMES):
        assert [message.key for message in worker.sent(topic)] == [b"ord_1", b"ord_2"]


async def test_an_unreadable_record_is_a_dead_letter_and_the_rest_goes_on() -> None:
    worker = Worker()
    headers = [("traceparent", b"kept"), ("x-dlq-replays", b"2"), ("x-dlq-stage", b"old")]
    poison = record(create_order(), value=b"{", headers=headers, partition=5)
    await worker.apply(record(create_order("ord_1")), poison, record(change_state("ord_1")))
    assert [outcome.status for outcome in worker.outcomes] == ["applied", "applied"]
    [letter] = dead_letters(worker)
    assert (letter.key, letter.value, letter.timestamp) == (poison.key, poison.value, poison.timestamp)
    named = headers_of(letter)
    assert len(named) == len(letter.headers)
    message = named.pop("x-dlq-error-message")
    assert message.startswith(b"Invalid JSON")
    assert named == {
        "traceparent": b"kept",
        "x-dlq-topic": b"order_commands",
        "x-dlq-partition": b"5",
        "x-dlq-offset": b"%d" % poison.offset,
        "x-dlq-timestamp": b"%d" % poison.timestamp,
        "x-dlq-group": b"orderflow-worker",
        "x-dlq-stage": b"decode",
        "x-dlq-error-class": b"MalformedJson",
        "x-dlq-at": NOW.isoformat().replace("+00:00", "Z").encode(),
        "x-dlq-replays": b"2",
    }


async def test_a_record_without_key_and_value_is_a_dead_letter() -> None:
    worker = Worker()
    await worker.apply(record(create_order(), key=None, value=None))
    [letter] = dead_letters(worker)
    assert (letter.key, letter.value, worker.outcomes) == (None, None, [])


async def test_an_invalid_command_is_rejected_and_stored_nowhere() -> None:
    worker = Worker()
    wrong = record(cancel_order("bad"), value=b'{"type": "fly", "command_id": "bad", "order_id": "ord_1"}')
    await worker.apply(record(create_order()), wrong, record(cancel_order("stray"), key=b"ord_2"), wrong)
    assert worker.ends == [
        ("create-ord_1", "applied"),
        ("bad", "validation"),
        ("stray", "key-mismatch"),
        ("bad", "validation"),
    ]
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert stored.ledger == ()
    assert (dead_letters(worker), await worker.stored.get("ord_2")) == ([], None)


async def test_a_bug_sets_aside_the_one_record_that_meets_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "orderflow")
    worker = Worker()
    worker.store = BuggyStore(worker.stored, "ord_2", State.CONFIRMED)
    creations = [record(create_order(f"ord_{number}")) for number in range(1, 5)]
    unlucky = record(change_state("ord_2", State.CONFIRMED))
    moves = [record(change_state(f"ord_{number}", State.ASSIGNED)) for number in range(1, 5)]
    await worker.apply(*creations, unlucky, *moves)
    assert sorted(worker.event_ids) == [f"ord_{number}:{version}" for number in range(1, 5) for version in (1, 2)]
    assert [message.value for message in dead_letters(worker)] == [unlucky.value]
    named = headers_of(dead_letters(worker)[0])
    assert (named["x-dlq-stage"], named["x-dlq-error-class"]) == (b"apply", b"ZeroDivisionError")
    assert b"ZeroDivisionError: a bug" in named["x-dlq-error-message"]
    assert len(named["x-dlq-error-message"]) <= 1_000
    [buried] = [outcome for outcome in worker.outcomes if outcome.status == Status.REJECTED]
    assert (buried.command_id, buried.error and buried.error.type) == ("confirmed-ord_2", "dead-lettered")
    assert buried.fingerprint is not None
    mine = [command_id for command_id, _ in worker.ends if command_id.endswith("ord_2")]
    assert mine == ["create-ord_2", "confirmed-ord_2", "assigned-ord_2"]
    [told] = caplog.records
    place = {"order": "ord_2", "command": "confirmed-ord_2", "offset": unlucky.offset}
    assert place.items() <= vars(told).items()
    assert "ZeroDivisionError: a bug" in caplog.text


async def test_a_dead_letter_put_back_is_decided_afresh() -> None:
    worker = Worker()
    store = BuggyStore(worker.stored, "ord_1", State.CONFIRMED)
    worker.store = store
    await worker.apply(record(create_order()), record(change_state(new_state=State.CONFIRMED)))
    assert worker.ends[-1] == ("confirmed-ord_1", "dead-lettered")
    store.broken = None
    await worker.apply(record(change_state(new_state=State.CONFIRMED), headers=[("x-dlq-replays", b"1")]))
    assert worker.ends[-1] == ("confirmed-ord_1", "applied")
    assert await worker.versions() == [1, 2]


async def test_a_bug_in_decoding_sets_the_record_aside_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from orderflow.processing import processor  # noqa: PLC0415 - only its decoder is replaced

    decode, unlucky = processor.decode_command, record(create_order("ord_2"))

    def buggy(read: Record, log: str) -> object:
        return 1 // 0 if read is unlucky else decode(read, log)

    monkeypatch.setattr(processor, "decode_command", buggy)
    worker = Worker()
    await worker.apply(record(create_order("ord_1")), unlucky, record(create_order("ord_3")))
    assert worker.event_ids == ["ord_1:1", "ord_3:1"]
    assert [(letter.key, headers_of(letter)["x-dlq-stage"]) for letter in dead_letters(worker)] == [
        (b"ord_2", b"apply")
    ]


async def test_within_a_batch_the_first_creation_has_the_reference() -> None:
    worker = Worker()
    first, second = (create_order(name, external_ref="shop-77") for name in ("ord_1", "ord_2"))
    other = create_order("ord_3", client_id="another", external_ref="shop-77")
    await worker.apply(record(first), record(second), record(change_state("ord_2")), record(other))
    assert worker.ends == [
        ("create-ord_1", "applied"),
        ("create-ord_2", "external-ref-taken"),
        ("in_transit-ord_2", "order-not-found"),
        ("create-ord_3", "applied"),
    ]


async def test_a_reference_that_a_stored_order_has_is_taken() -> None:
    worker = Worker()
    await worker.apply(record(create_order("ord_1", external_ref="shop-77")))
    late = [record(create_order("ord_2", external_ref="shop-77")), record(create_order("ord_4"))]
    await worker.apply(*late, record(change_state("ord_2")), record(change_state("ord_1")))
    assert worker.ends[1:] == [
        ("create-ord_2", "external-ref-taken"),
        ("create-ord_4", "applied"),
        ("in_transit-ord_2", "order-not-found"),
        ("in_transit-ord_1", "applied"),
    ]
    again = replace(create_order("ord_2"), command_id="again")
    await worker.apply(record(again))
    await worker.apply(late[0])
    assert worker.ends[-2:] == [("again", "applied"), ("create-ord_2", "external-ref-taken")]
