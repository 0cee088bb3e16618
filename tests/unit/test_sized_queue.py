"""The queue before the agent: as many small commands as Faust allows, or 8 MiB of large ones."""

from types import SimpleNamespace

import faust
from faust.types import EventT

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.sized_queue import SLOT_BYTES, SizedQueue

SLOTS = 4_096


def event(size: int) -> EventT:
    return SimpleNamespace(message=SimpleNamespace(value=bytes(size)))


def queue() -> SizedQueue:
    app: faust.App = OrderflowApp(Settings(), role="test")
    made = app.FlowControlQueue(maxsize=SLOTS, clear_on_resume=False)
    assert isinstance(made, SizedQueue)
    return made


def pressed(filled: SizedQueue, size: int) -> int:
    """After how many events of this size the partition is paused."""
    paused: list[bool] = []
    while not paused:
        filled.put_nowait_enhanced(
            event(size), on_pressure_high=lambda: paused.append(True), on_pressure_drop=lambda: paused.append(False)
        )
    return len(filled._queue)  # noqa: SLF001 - qsize counts slots


async def test_large_commands_fill_it_by_their_bytes_and_small_ones_by_their_number() -> None:
    assert pressed(queue(), 100) == SLOTS * 4 // 5 + 1
    assert pressed(queue(), 2**20) == 8


async def test_what_is_taken_out_or_cleared_leaves_its_room() -> None:
    filled = queue()
    filled.put_nowait(event(0))
    filled.put_nowait(event(3 * SLOT_BYTES))
    assert (filled.qsize(), filled.empty()) == (5, False)
    assert (filled.get_nowait().message.value, filled.qsize()) == (b"", 4)
    filled.clear()
    assert (filled.qsize(), filled.empty()) == (0, True)


async def test_a_record_without_a_value_takes_a_slot() -> None:
    filled = queue()
    filled.put_nowait(SimpleNamespace(message=SimpleNamespace(value=None)))
    assert filled.qsize() == 1
