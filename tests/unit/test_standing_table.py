"""The Faust table of standings, as Faust's recovery and rebalances treat it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from orderflow.domain.lifecycle import State
from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.standing_table import StandingTable
from orderflow.wire.standings import encode_standing
from tests.unit.happened import standing


@pytest.fixture
async def table() -> StandingTable:
    app = OrderflowApp(Settings(_env_file=None), role="test")
    made = StandingTable(app, name="standings", key_type=bytes, value_type=bytes, partitions=2)
    made.loop = asyncio.get_running_loop()
    await rebalance(made, 0, 1)
    return made


async def rebalance(table: StandingTable, *partitions: int) -> None:
    assigned = {changelog(table, number) for number in partitions} | {TP("order_events", 7)}
    await table.on_rebalance(assigned, set(), set(), 1)


def changelog(table: StandingTable, partition: int) -> TP:
    return TP(table.changelog_topic_name, partition)


def record(table: StandingTable, offset: int, value: bytes | None, partition: int = 0, order_id: str = "ord_1") -> Any:  # noqa: ANN401
    message = SimpleNamespace(
        tp=changelog(table, partition), partition=partition, offset=offset, key=order_id.encode(), value=value
    )
    return SimpleNamespace(message=message)


CREATED, MOVED = encode_standing(standing()), encode_standing(standing(State.CONFIRMED, version=2))


async def test_it_can_be_read_like_any_table(table: StandingTable) -> None:
    table.apply_changelog_batch([record(table, 0, CREATED), record(table, 1, MOVED), record(table, 2, CREATED)])
    assert table["ord_1"].state is State.CONFIRMED
    with pytest.raises(KeyError):
        table["ord_2"]


async def test_a_recovery_reads_on_from_where_it_was(table: StandingTable) -> None:
    assert table.persisted_offset(changelog(table, 0)) is None
    table.apply_changelog_batch([record(table, 41, CREATED)])
    assert table.persisted_offset(changelog(table, 0)) == 41


async def test_a_partition_that_went_away_is_forgotten(table: StandingTable) -> None:
    table.apply_changelog_batch([record(table, 4, CREATED), record(table, 5, MOVED, 1, "ord_2")])
    await rebalance(table, 1)
    assert table.holdings.standing("ord_1") is None
    await rebalance(table, 0, 1)
    assert table.persisted_offset(changelog(table, 0)) is None
    assert table["ord_2"].version == 2


async def test_it_is_whole_when_faust_says_that_it_is_restored(table: StandingTable) -> None:
    assert not table.holdings.whole()
    table.app.consumer_generation_id = 3
    await table.on_recovery_completed({changelog(table, 1)}, set())
    assert {number: held.generation for number, held in table.holdings.whole().items()} == {1: 3}


@pytest.mark.usefixtures("quiet")
async def test_what_is_no_standing_is_passed_over(table: StandingTable) -> None:
    odd = record(table, 1, CREATED)
    odd.message.key = b"\xff"
    table.apply_changelog_batch([record(table, 0, None), odd, record(table, 2, b"odd"), record(table, 3, CREATED)])
    assert table["ord_1"].version == 1
