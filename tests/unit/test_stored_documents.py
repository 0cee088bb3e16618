"""Documents as each version stored them, with the commands, events and outcomes of their orders: readable for ever.

The files in `version_1` and so on were written once. Nothing may ever be changed in them, only new files be added.
"""

import json
from datetime import UTC, datetime
from typing import Any

import bson
import pytest

from orderflow.adapters.mongo_documents import OPTIONS, UnreadableOrderError, stored_order, write_of
from orderflow.domain.commands import ChangeState, CommandType
from orderflow.domain.events import EventType
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.processing.encoding import BatchFolder
from orderflow.wire.commands import decode_command, encode_command
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome
from orderflow.wire.records import Record
from orderflow.wire.representations import encode_order
from tests.builders import RULES
from tests.unit.stored_documents import FILES, Saved, is_kept, json_of, saved_order

LATER = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def saved(request: pytest.FixtureRequest) -> Saved:
    return Saved(json.loads(request.param.read_text()))


def test_what_is_read_is_written_again_whole(saved: Saved) -> None:
    assert is_kept(saved.json, json_of(saved.stored))


def test_an_order_shows_what_it_showed(saved: Saved) -> None:
    assert is_kept(saved.content["representation"], json.loads(encode_order(saved.stored.order, RULES.lifecycle)))


def test_its_events_are_built_again_to_the_byte(saved: Saved) -> None:
    events = [event_message(change, "/orderflow").value for change in saved.stored.history]
    assert events == [event.encode() for event in saved.content["events"]]


def test_its_commands_are_recognised_and_end_as_they_did(saved: Saved) -> None:
    stored = saved.stored
    for received, outcome in zip(saved.received(), saved.content["outcomes"], strict=True):
        effect = handle(stored, received, LATER, RULES)
        assert effect.stored is stored, "a repeat writes nothing"
        assert encode_outcome(effect.outcome) == outcome.encode()


def test_the_next_command_keeps_everything_before_it(saved: Saved) -> None:
    stored = saved.stored
    order_id = stored.order.order_id
    command = ChangeState(command_id="next", order_id=order_id, new_state=State.FAILED, actor="a later version")
    record = Record(
        topic="order_commands",
        partition=0,
        offset=1,
        timestamp=1_900_000_000_000,
        key=order_id.encode(),
        value=encode_command(command),
    )
    folder = BatchFolder(rules=RULES, encode=write_of, source="/orderflow", group="orderflow-worker")
    batch = [(record, decode_command(record, "another/order_commands"))]

    folded = folder.fold(batch, {order_id: stored}, {}, LATER)

    [write], [after] = folded.writes, folded.orders
    old = saved.json
    new = json_of(after)
    assert write.revision == stored.revision + 1
    assert all(is_kept(old[name], new[name]) for name in ("items", "total", "created_at", "created_by"))
    assert all(is_kept(old[name], new[name]) for name in ("history", "ledger"))
    assert old["sources"][-3:] == new["sources"][:-1][-3:]


def test_the_files_hold_every_kind_of_entry() -> None:
    ledgers = [verdict.outcome for path in FILES for verdict in saved_order(path.stem).stored.ledger]
    assert {outcome.error.type if outcome.error else outcome.status for outcome in ledgers} == {
        *("unchanged", "order-exists", "transition-not-allowed", "version-conflict", "history-full", "order-too-large"),
        "order-on-hold",
    }
    changes = [change for path in FILES for change in saved_order(path.stem).stored.history]
    assert {change.event.type for change in changes} == set(EventType)
    assert {change.command_type for change in changes} == set(CommandType)
    assert len(saved_order("cancelled").stored.sources) == 4
    assert "items" in saved_order("amended").json["history"][0]
    assert saved_order("created").stored.order.external_ref == "shop-77/é"


def everywhere(value: Any) -> Any:  # noqa: ANN401
    """The value with a field more in each of its documents, as a later version might write it."""
    if isinstance(value, dict):
        return {name: everywhere(member) for name, member in value.items()} | {"added_later": {"by": "someone"}}
    return [everywhere(member) for member in value] if isinstance(value, list) else value


def test_fields_of_a_later_version_are_passed_over(saved: Saved) -> None:
    later = everywhere(saved.written)
    for verdict in later["ledger"]:
        # A problem's members are its own, whatever their names.
        verdict.get("error", {}).pop("added_later", None)
    assert stored_order(bson.decode(bson.encode(later), OPTIONS)) == saved.stored


def test_a_worker_leaves_out_what_it_does_not_know_when_it_writes(saved: Saved) -> None:
    """So all workers are of the version that knows a field before anything depends on it."""
    later = stored_order(saved.written | {"added_later": 1})
    assert "added_later" not in json_of(later)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "teleported"}, "teleported"),
        ({"history": [{"type": "order.merged"}]}, "order.merged"),
        ({"items": None}, "NoneType"),
        ({"ledger": [{"status": "deferred", "command_id": "c"}]}, "deferred"),
    ],
)
def test_what_this_version_cannot_read_is_told_with_its_order(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableOrderError, match=f"^order ord_moved cannot be read.*{reason}"):
        stored_order(saved_order("moved").written | change)
