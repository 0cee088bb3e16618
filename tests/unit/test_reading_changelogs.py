"""What a recovery reads of changelogs: only of partitions that are assigned, each record once, up to the end."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from orderflow.streaming.safe_tables import SafeRecovery

OURS, OTHERS = TP("standings-changelog", 0), TP("standings-changelog", 1)


class Table(SimpleNamespace):
    """Keeps the offsets that were applied."""

    __hash__ = object.__hash__

    def apply_changelog_batch(self, batch: list[Any]) -> None:
        self.applied.extend(event.message.offset for event in batch)


@pytest.fixture
async def recovery() -> AsyncIterator[Any]:
    """One that has partition 0 to read from offset 5 up to 9, and reads in a task."""
    app = SimpleNamespace(conf=SimpleNamespace(stream_recovery_delay=0), in_recovery=True)
    reading: Any = SafeRecovery(app, SimpleNamespace(changelog_queue=asyncio.Queue()), loop=asyncio.get_running_loop())
    table = Table(applied=[])
    reading.in_recovery = True
    reading.active_tps.add(OURS)
    reading.tp_to_table[OURS] = table
    reading.active_offsets[OURS], reading.active_highwaters[OURS] = 5, 9
    reading.table = table
    task = asyncio.create_task(SafeRecovery._slurp_changelogs.fun(reading))  # noqa: SLF001 - Faust runs it as a task of its own
    yield reading
    task.cancel()


def record(offset: int, partition: TP = OURS) -> Any:  # noqa: ANN401 - a Faust event
    return SimpleNamespace(message=SimpleNamespace(tp=partition, offset=offset))


async def test_it_ends_with_the_last_record_and_every_one_is_applied_once(recovery: Any) -> None:  # noqa: ANN401
    for offset in (5, 6, 7, 7, 8, 9):
        recovery.tables.changelog_queue.put_nowait(record(offset))
    async with asyncio.timeout(5):
        await recovery.signal_recovery_end.wait()
    assert recovery.table.applied == [6, 7, 8, 9]
    assert not recovery.in_recovery


async def test_a_record_of_a_partition_that_went_away_is_left_out(recovery: Any) -> None:  # noqa: ANN401
    for event in (record(6), record(7, OTHERS), record(9)):
        recovery.tables.changelog_queue.put_nowait(event)
    async with asyncio.timeout(5):
        await recovery.signal_recovery_end.wait()
    assert recovery.table.applied == [6, 9]


async def test_it_goes_on_until_it_has_read_all(recovery: Any) -> None:  # noqa: ANN401
    recovery.tables.changelog_queue.put_nowait(record(8))
    for _ in range(5):
        await asyncio.sleep(0)
    assert recovery.in_recovery
    recovery.tables.changelog_queue.put_nowait(record(9))
    async with asyncio.timeout(5):
        await recovery.signal_recovery_end.wait()
