"""Exactly-once counting over repeats, lost replies, owners that come and go, and former owners that are late."""

import asyncio
from collections.abc import Mapping

import pytest

from orderflow.adapters.memory_changelog import InMemoryChangelog
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing
from orderflow.insights.book import Book, Reading
from orderflow.insights.holdings import Holdings
from orderflow.processing.readiness import Readiness
from tests.unit.happened import clock, happening, standing

CREATED, MOVED = happening(), happening(version=2, state=State.IN_TRANSIT, before=State.CREATED)

ELSEWHERE = ("ord_7", "ord_8")
"""Orders that belong to partition 1."""


class Instance:
    """One of several on the same changelog; it owns partition 0."""

    def __init__(self, changelog: InMemoryChangelog, generation: int = 1) -> None:
        self.holdings = Holdings()
        self.book = Book(self.holdings, changelog, Readiness(), clock, lambda order_id: int(order_id in ELSEWHERE))
        self.changelog = changelog
        self.take_over(generation)

    def take_over(self, generation: int) -> None:
        self.holdings.assign([0])
        self.changelog.restore(self.holdings, 0, generation)

    async def see(self, *events: Happening) -> list[Happening]:
        observed = await self.book.observe({0: Reading(events=list(events), position=len(events))})
        return list(observed.news)

    @property
    def counts(self) -> Mapping[State, int]:
        held = self.holdings.get(0)
        assert held
        return +held.part.census.by_state


async def test_a_repeat_counts_once() -> None:
    instance = Instance(InMemoryChangelog())
    assert await instance.see(CREATED, CREATED, MOVED) == [CREATED, MOVED]
    assert await instance.see(MOVED, CREATED) == []
    assert instance.counts == {State.IN_TRANSIT: 1}


async def test_a_batch_writes_each_order_once() -> None:
    instance = Instance(InMemoryChangelog())
    await instance.see(CREATED, MOVED)
    assert len(instance.changelog.records[0]) == 1


async def test_what_crashed_before_it_was_acknowledged_counts_once() -> None:
    crashed = Instance(InMemoryChangelog())
    await crashed.see(CREATED, MOVED)
    follower = Instance(crashed.changelog, 2)
    assert follower.counts == {State.IN_TRANSIT: 1}
    assert await follower.see(CREATED, MOVED) == []
    assert follower.counts == {State.IN_TRANSIT: 1}


@pytest.mark.usefixtures("without_waiting", "quiet")
async def test_nothing_counts_before_it_is_written_down() -> None:
    instance = Instance(InMemoryChangelog())
    instance.changelog.failures = [ConnectionError("away"), TimeoutError()]
    await instance.see(CREATED)
    assert instance.counts == {State.CREATED: 1}
    assert len(instance.changelog.records[0]) == 1


async def test_a_partition_that_is_not_restored_yet_is_passed_over() -> None:
    instance = Instance(InMemoryChangelog())
    instance.holdings.assign([0, 1])
    reading = Reading(events=[CREATED], position=1)
    observed = await instance.book.observe({0: reading, 1: reading, 2: reading})
    assert set(observed.partitions) == {0}
    assert not instance.changelog.records[1]


async def test_what_a_former_owner_is_late_to_write_neither_counts_nor_stays() -> None:
    former = Instance(InMemoryChangelog())
    owner = Instance(former.changelog, 2)
    await owner.see(CREATED, MOVED)
    await former.see(CREATED)

    for instance in (Instance(former.changelog, 3), owner):
        instance.take_over(3)
        assert instance.counts == {State.IN_TRANSIT: 1}
        held = instance.holdings.get(0)
        assert held
        assert held.overtaken == {"ord_1"}


async def test_an_owner_reads_only_what_others_wrote() -> None:
    owner = Instance(InMemoryChangelog())
    await owner.see(CREATED)
    held = owner.holdings.get(0)
    assert held
    assert held.known == 0
    await Instance(owner.changelog, 1).see(happening("ord_2"))
    await owner.see(MOVED)
    assert held.known == 0, "there is a gap before our own record"
    owner.take_over(2)
    assert held.known == 2
    assert owner.counts == {State.CREATED: 1, State.IN_TRANSIT: 1}


async def test_a_standing_is_amended_unless_it_has_changed() -> None:
    instance = Instance(InMemoryChangelog())
    await instance.see(CREATED, MOVED)
    told = Standing(version=2, state=State.IN_TRANSIT, since=MOVED.at, client_id="client-1", created_at=0, told=True)
    await instance.book.amend({0: {"ord_1": standing(version=1), "ord_9": standing()}})
    assert instance.counts == {State.IN_TRANSIT: 1}
    await instance.book.amend({0: {"ord_1": told}})
    assert instance.holdings.standing("ord_1") == told


async def test_a_partition_lost_while_its_events_were_written_is_not_counted_here() -> None:
    instance = Instance(InMemoryChangelog())
    writing = asyncio.ensure_future(instance.see(CREATED))
    instance.holdings.assign([])
    await writing
    assert instance.holdings.get(0) is None


async def test_an_order_from_before_there_were_more_partitions_does_not_count_where_it_was(
    caplog: pytest.LogCaptureFixture,
) -> None:
    instance = Instance(InMemoryChangelog())
    assert await instance.see(happening("ord_7"), CREATED, happening("ord_8")) == [CREATED]
    assert instance.counts == {State.CREATED: 1}
    assert [record.message for record in caplog.records] == [
        "2 events on partition 0 are passed over: their orders belong to others"
    ]


class Handover(InMemoryChangelog):
    """It cannot be reached at first, and meanwhile partition 0 goes to another instance; it may come back."""

    def __init__(self, *, comes_back: bool) -> None:
        super().__init__()
        self.then: list[list[int]] = [[], [0]] if comes_back else [[]]
        self.holdings = Holdings()

    async def append(self, standings: Mapping[int, Mapping[str, Standing]]) -> Mapping[int, range]:
        if not self.then:
            return await super().append(standings)
        for partitions in self.then:
            self.holdings.assign(partitions)
        self.then = []
        raise ConnectionError("away")


@pytest.mark.usefixtures("without_waiting", "quiet")
@pytest.mark.parametrize("comes_back", [True, False])
async def test_what_could_not_be_written_before_a_partition_went_away_is_left_to_its_owner(*, comes_back: bool) -> None:
    changelog = Handover(comes_back=comes_back)
    instance = Instance(changelog)
    changelog.holdings = instance.holdings
    observed = await instance.book.observe({0: Reading(events=[CREATED], position=1)})
    assert (set(observed.partitions), list(observed.news)) == (set(), [])
    assert not changelog.records[0]
    assert instance.holdings.standing("ord_1") is None
