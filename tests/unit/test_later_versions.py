"""Records of a later version, or of an earlier one, on the topics: read as far as they are known, fatal to nobody."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.commands import Command
from orderflow.domain.stored import Received
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.wire.commands import Invalid, Unreadable, decode_command, encode_command
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from orderflow.wire.records import Headers, Record
from tests.builders import applied, cancel_order, change_state, create_order
from web.commands.lookup import find_outcome, look_up

TRACE = ("traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")
OUTCOME: dict[str, Any] = json.loads(encode_outcome(applied("o", "c")))
OPTIONAL = ("type", "replayed", "version", "state", "fingerprint", "error")
STRANGE = [
    {"status": "deferred"},
    {"state": "teleported"},
    {"error": "text"},
    {"error": ["text"]},
    {"error": {"title": "without a type"}},
    {"version": "9"},
    {"at": 7},
]


def decode(value: object, headers: Headers = ()) -> Received | Invalid | Unreadable:
    written = json.dumps(value).encode()
    record = Record(topic="t", partition=3, offset=7, timestamp=11, key=b"ord_1", value=written, headers=headers)
    return decode_command(record, "cluster/order_commands")


def everywhere(value: Any, added: object) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: everywhere(member, added) for name, member in value.items()} | {"added_later": added}
    return [everywhere(member, added) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("added", [{"by": ["someone"]}, None, -1.5e300, "x" * 5_000])
@pytest.mark.parametrize("command", [create_order(external_ref="shop-77"), change_state(), cancel_order()])
def test_unknown_fields_of_a_command_are_ignored_at_every_level(command: Command, added: object) -> None:
    written = json.loads(encode_command(command)) | {"location": {"lat": 1, "lon": 2}}
    reading = decode(written)
    assert isinstance(reading, Received)
    assert decode(everywhere(written, added)) == reading


def test_unknown_headers_of_a_command_are_ignored() -> None:
    written = json.loads(encode_command(change_state()))
    headers: Sequence[tuple[str, bytes]] = [("schema", b"2"), ("added-later", b"\xff"), TRACE]
    assert decode(written, headers) == decode(written, [TRACE])


def test_a_command_of_an_unknown_type_still_names_itself() -> None:
    reading = decode({"type": "split_order", "command_id": "c", "order_id": "ord_1", "added_later": {}})
    assert isinstance(reading, Invalid)
    assert (reading.order_id, reading.command_id, reading.type) == ("ord_1", "c", "split_order")


@pytest.mark.parametrize("missing", OPTIONAL)
async def test_an_outcome_with_more_or_fewer_fields_wakes_who_waits_for_it(missing: str) -> None:
    told = {name: value for name, value in OUTCOME.items() if name != missing} | {"added_later": [1]}
    board = OutcomeBoard(lambda: 0.0)
    waiting = board.expect("o", "c", None if missing == "fingerprint" else OUTCOME["fingerprint"])

    board.receive(json.dumps(told).encode())

    assert (await waiting).status == "applied"


@pytest.mark.parametrize("strange", [each for each in STRANGE if "version" not in each], ids=str)
def test_what_is_no_outcome_is_one_kind_of_error(strange: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"outcome|valid"):
        decode_outcome(json.dumps(OUTCOME | strange).encode())


@pytest.mark.parametrize("strange", STRANGE, ids=str)
async def test_a_strange_outcome_ends_no_tail_and_wakes_nobody(
    strange: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    board = OutcomeBoard(lambda: 0.0)
    waiting = board.expect("o", "c", OUTCOME["fingerprint"])

    board.receive(json.dumps(OUTCOME | strange).encode())

    assert not waiting.done()
    assert "no outcome" in caplog.text
    board.receive(json.dumps(OUTCOME).encode())
    assert (await waiting).status == "applied"


async def test_an_outcome_that_only_a_later_version_can_read_is_shown_as_it_is() -> None:
    board = OutcomeBoard(lambda: 0.0)
    later = json.dumps(OUTCOME | {"status": "deferred"}).encode()
    board.receive(later)
    facade: Any = SimpleNamespace(board=board, outcomes=InMemoryCache(), queries=InMemoryOrderStore())

    assert await find_outcome(facade, "o", "c") == later
    assert await look_up(facade, "o", "c", OUTCOME["fingerprint"]) is None
