from datetime import UTC, datetime

import orjson
import pytest

from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.domain.lifecycle import State
from orderflow.insights import publishing
from orderflow.insights.holdings import Holdings
from orderflow.insights.ports import Publication, Reception
from orderflow.insights.publishing import SharePublisher
from orderflow.insights.share import Share, decode_counts, decode_share, encode_share
from orderflow.insights.summary import client_statistics, statistics
from orderflow.insights.windows import Windows
from orderflow.ports import CacheUnavailableError
from tests.unit.happened import HOUR, NOW, clock, happening, standing

LIMITS = {State.CREATED: HOUR}


class Owner:
    """Owns partitions, and publishes."""

    def __init__(self, board: InMemoryStatistics, name: str, generation: int, *partitions: int) -> None:
        self.holdings = Holdings()
        self.assign(generation, *partitions)
        self.publisher = SharePublisher(self.holdings, board, LIMITS, clock, name)

    def assign(self, generation: int, *partitions: int) -> None:
        self.holdings.assign(partitions)
        self.holdings.restored(partitions, generation)

    def put(
        self, partition: int, order_id: str, state: State, *, client_id: str = "client-1", since: int = NOW
    ) -> None:
        held = self.holdings.get(partition)
        assert held
        version = len(held.part.census.standings) + 1
        held.part.put(order_id, standing(state, version=version, client_id=client_id, since=since))


async def shown(board: InMemoryStatistics, partitions: int = 2) -> dict[State, int]:
    shares = [decode_share(share) for share in (await board.shares(partitions)).values()]
    return {state: count for state, count in statistics(shares, partitions, clock())["by_state"].items() if count}


async def of_client(board: InMemoryStatistics, client_id: str) -> dict[State, int]:
    found = (await board.client(client_id, 2)).values()
    counts = [decode_counts(orjson.loads(own)) for _, own in found if own]
    by_state = client_statistics(counts, [], 2)["by_state"]
    return {state: count for state, count in by_state.items() if count}


async def test_the_parts_of_all_instances_add_up() -> None:
    board = InMemoryStatistics()
    one, two = Owner(board, "one", 1, 0), Owner(board, "two", 1, 1)
    one.put(0, "a", State.CREATED)
    two.put(1, "b", State.CREATED)
    two.put(1, "c", State.DELIVERED)
    for owner in (one, two):
        await owner.publisher.publish()
    assert await shown(board) == {State.CREATED: 2, State.DELIVERED: 1}
    assert await of_client(board, "client-1") == {State.CREATED: 2, State.DELIVERED: 1}


async def test_two_that_think_they_own_a_partition_are_not_both_counted() -> None:
    board = InMemoryStatistics()
    former, owner = Owner(board, "former", 1, 0), Owner(board, "owner", 2, 0)
    former.put(0, "a", State.CREATED)
    owner.put(0, "a", State.DELIVERED)
    for publishes in (former, owner, former):
        await publishes.publisher.publish()
    assert await shown(board) == {State.DELIVERED: 1}
    assert await of_client(board, "client-1") == {State.DELIVERED: 1}


async def test_a_client_that_lost_an_order_to_another_state_is_published_anew() -> None:
    board = InMemoryStatistics()
    owner = Owner(board, "owner", 1, 0)
    owner.put(0, "a", State.CREATED)
    await owner.publisher.publish()
    owner.put(0, "a", State.CANCELLED)
    await owner.publisher.publish()
    assert await of_client(board, "client-1") == {State.CANCELLED: 1}


async def test_a_board_that_was_emptied_gets_the_whole_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CLIENTS_AT_ONCE", 2)
    board = InMemoryStatistics()
    owner = Owner(board, "owner", 1, 0)
    for number in range(5):
        owner.put(0, f"order-{number}", State.CREATED, client_id=f"client-{number}")
    await owner.publisher.publish()
    board.clear()
    await owner.publisher.publish()
    assert await shown(board) == {State.CREATED: 5}
    assert [await of_client(board, f"client-{number}") for number in range(5)] == [{State.CREATED: 1}] * 5


class BreakingOff(InMemoryStatistics):
    """It goes away after `left` publications."""

    left = 100

    async def publish(self, publication: Publication) -> Reception:
        if self.left == 0:
            raise CacheUnavailableError("away")
        self.left -= 1
        return await super().publish(publication)


@pytest.mark.usefixtures("quiet")
async def test_a_whole_that_was_broken_off_is_completed_before_anybody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CLIENTS_AT_ONCE", 2)
    board = BreakingOff()
    owner = Owner(board, "owner", 1, 0)
    clients = [f"client-{number}" for number in range(5)]
    for client_id in clients:
        owner.put(0, f"order of {client_id}", State.CREATED, client_id=client_id)
    await owner.publisher.publish()
    board.clear()
    board.left = 2
    await owner.publisher.publish()
    assert await shown(board) == {}
    board.left = 100
    await owner.publisher.publish()
    assert await shown(board) == {State.CREATED: 5}
    assert [await of_client(board, client_id) for client_id in clients] == [{State.CREATED: 1}] * 5


@pytest.mark.usefixtures("quiet")
async def test_a_partition_is_shown_all_the_time_however_many_clients_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CLIENTS_AT_ONCE", 2)
    board = BreakingOff()
    owner = Owner(board, "owner", 1, 0)
    await owner.publisher.publish()
    for number in range(5):
        owner.put(0, f"order-{number}", State.CREATED, client_id=f"client-{number}")
    board.left = 1
    await owner.publisher.publish()
    assert board.left == 0
    assert await board.shares(1)


@pytest.mark.usefixtures("quiet")
async def test_what_changed_while_the_board_was_away_is_published_later() -> None:
    board = InMemoryStatistics()
    owner = Owner(board, "owner", 1, 0)
    await owner.publisher.publish()
    board.away = True
    owner.put(0, "a", State.CREATED)
    await owner.publisher.publish()
    board.away = False
    await owner.publisher.publish()
    assert await of_client(board, "client-1") == {State.CREATED: 1}


async def test_the_statistics_name_every_state_and_minute_and_whom_they_miss() -> None:
    board = InMemoryStatistics()
    owner = Owner(board, "owner", 1, 0)
    owner.put(0, "late", State.CREATED, since=NOW - 2 * HOUR)
    held = owner.holdings.get(0)
    assert held
    moved = happening(version=2, state=State.CONFIRMED, before=State.CREATED)
    held.part.windows.note(moved, standing(since=NOW - 5_000), NOW)
    await owner.publisher.publish()
    shares = [decode_share(share) for share in (await board.shares(2)).values()]

    found = statistics(shares, 2, clock())

    assert found["by_state"].keys() == set(State)
    assert (found["total"], found["complete"], found["instances"], found["as_of"]) == (1, False, 1, clock())
    assert len(found["transitions_per_minute"]) == 60
    assert found["transitions_per_minute"][-1] == {"minute": clock(), "transitions": 1}
    assert found["time_in_state"] == {State.CREATED: {"count": 1, "mean_seconds": 5.0, "max_seconds": 5.0}}
    assert found["stuck"] == {State.CREATED: 1}
    since = datetime.fromtimestamp(NOW / 1_000 - 7_200, UTC)
    late = {"order_id": "late", "client_id": "client-1", "state": State.CREATED, "since": since}
    assert found["stuck_orders"] == [late]


def test_a_share_of_another_version_is_refused() -> None:
    share = encode_share(Share(instance="a", at=NOW, position=0, moves=Windows().moves(NOW)))
    assert decode_share(share).instance == "a"
    for odd in (b"{}", b"[]", share.replace(b'"by_state":{}', b'"by_state":{"teleported":1}')):
        with pytest.raises(ValueError, match=r"Error|teleported"):
            decode_share(odd)
