"""What a feed keeps, whom it tells, and what it can do for one who comes back."""

import logging
from contextlib import AbstractContextManager

import pytest

from orderflow.streaming.event_feed import AnotherLogError, EventFeed, Standing
from orderflow.streaming.subscription import Lost, Subscription
from orderflow.wire.json import dumps
from orderflow.wire.positions import Position
from tests.unit.happenings import PARTITIONS, Happenings

EVERYTHING = 2**30


def value(order_id: str, client_id: str = "c", **fields: object) -> bytes:
    told = {"type": "order.created", "order_id": order_id, "client_id": client_id, "version": 1, "state": "created"}
    return dumps(told | fields)


def write(happenings: Happenings, order_id: str, client_id: str = "c", **fields: object) -> None:
    happenings.write(order_id.encode(), value(order_id, client_id, **fields))


def keys(subscription: Subscription) -> list[str]:
    return [event.key.decode() for event in subscription.take(EVERYTHING)]


def of_client(feed: EventFeed, client_id: str | None = "c") -> AbstractContextManager[Subscription]:
    return feed.follow_client(client_id, feed.now(), lambda _: True)


def test_a_listener_is_told_of_its_order_or_its_client_only() -> None:
    happenings = Happenings()
    feed = happenings.feed
    with feed.follow_order("a") as order, of_client(feed) as client, of_client(feed, None) as everything:
        for order_id, client_id in (("a", "c"), ("b", "c"), ("a", "d")):
            write(happenings, order_id, client_id)

        assert keys(order) == ["a", "a"]
        assert keys(client) == ["a", "b"]
        assert keys(everything) == ["a", "b", "a"]


def test_who_has_left_is_told_nothing_and_costs_nothing() -> None:
    happenings = Happenings()
    with happenings.feed.follow_order("a") as order, of_client(happenings.feed) as client:
        pass
    write(happenings, "a")

    assert (order.is_told, client.is_told) == (True, True)
    assert not happenings.feed._by_order  # noqa: SLF001 - what would grow
    assert not happenings.feed._by_client  # noqa: SLF001


def test_a_record_that_is_no_event_is_named_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    happenings = Happenings()
    with of_client(happenings.feed, None) as everything, caplog.at_level(logging.WARNING):
        for strange in (b"", b"{", b"[]", b'{"client_id": ["c"], "version": 1, "type": "t", "state": "s"}'):
            happenings.write(b"a", strange)
        write(happenings, "a")

        assert [event.told.version for event in everything.take(EVERYTHING)] == [0, 0, 0, 0, 1]
    assert len(caplog.messages) == 4


def test_nothing_is_read_while_nobody_listens_to_a_client(caplog: pytest.LogCaptureFixture) -> None:
    happenings = Happenings()
    with happenings.feed.follow_order("b"), caplog.at_level(logging.WARNING):
        happenings.write(b"a", b"no event, which whoever reads it says")

    assert not caplog.messages


def test_a_listener_that_stops_taking_loses_its_events_and_holds_none() -> None:
    happenings = Happenings(max_events=5)
    with of_client(happenings.feed) as client:
        for number in range(20):
            write(happenings, str(number))

        assert client.lost is Lost.MISSED
        assert not client.take(EVERYTHING)
        assert client.is_told


def test_a_listener_takes_as_much_as_it_says_but_at_least_one_event() -> None:
    happenings = Happenings()
    with of_client(happenings.feed) as client:
        for number in range(3):
            write(happenings, str(number), note="x" * 1_000)

        assert [len(client.take(room)) for room in (1, 3_000, 1)] == [1, 2, 0]


@pytest.mark.parametrize("room", [1, 3])
def test_who_stood_in_another_log_is_told_so(room: int) -> None:
    happenings = Happenings(max_events=room)
    for order_id in "abc":
        write(happenings, order_id)
    feed = happenings.feed
    here = feed.position(feed.now())
    happenings.wipe()
    before_anything = feed.standing(here)
    for order_id in "abcabc":
        write(happenings, order_id)

    assert (before_anything, feed.standing(here)) == (Standing.PAST, Standing.PAST)
    assert feed.standing(feed.position(feed.now())) is Standing.KNOWN


def test_positions_are_known_past_ahead_or_impossible() -> None:
    happenings = Happenings(max_events=4)
    feed = happenings.feed
    began = feed.position(feed.now())
    write(happenings, "a")
    first = feed.now()
    assert feed.standing(began) is Standing.KNOWN, "nothing is forgotten yet"
    for number in range(6):
        write(happenings, str(number))

    now = feed.now()
    standings = [
        feed.standing(position)
        for position in (
            began,
            feed.position(first),
            feed.position(now),
            feed.position([offset + 1 for offset in now]),
            Position(feed.position(now).log, now[:-1]),
            Position(feed.position(now).log, (*now, 0)),
        )
    ]

    assert standings == [
        Standing.PAST,
        Standing.PAST,
        Standing.KNOWN,
        Standing.AHEAD,
        Standing.PAST,
        Standing.IMPOSSIBLE,
    ]


def test_a_position_means_the_same_to_a_facade_that_begins_later() -> None:
    happenings = Happenings()
    for number in range(9):
        write(happenings, str(number))
    position = happenings.feed.position(happenings.feed.now())
    write(happenings, "9")

    assert happenings.new_feed(lookback=2).standing(position) is Standing.KNOWN
    assert happenings.new_feed().standing(position) is Standing.PAST


def test_a_tail_that_connects_again_and_goes_on_loses_nobody() -> None:
    happenings = Happenings()
    feed = happenings.feed
    with of_client(feed) as client:
        write(happenings, "a")
        reached = dict(enumerate(feed.reached))
        feed.begin(happenings.births, reached, {partition: end + 1 for partition, end in reached.items()})

        assert (client.lost, keys(client)) == (None, ["a"])


def test_everybody_is_told_when_the_log_is_another_one() -> None:
    happenings = Happenings()
    write(happenings, "a")
    with happenings.feed.follow_order("a") as order, of_client(happenings.feed) as client:
        happenings.wipe()

        assert (order.lost, client.lost) == (Lost.REPLACED, Lost.REPLACED)


def test_a_refilled_log_is_told_by_its_first_records() -> None:
    happenings = Happenings()
    write(happenings, "a")
    with of_client(happenings.feed) as client:
        reached = dict(enumerate(happenings.feed.reached))
        born_later = {partition: born + 1 for partition, born in happenings.births.items()}
        happenings.feed.begin(born_later, reached, dict.fromkeys(range(PARTITIONS), 7))

        assert client.lost is Lost.REPLACED


def test_a_partition_that_begins_again_without_a_word_is_noticed_and_nothing_of_it_told() -> None:
    happenings = Happenings()
    write(happenings, "a")
    with of_client(happenings.feed) as client:
        happenings.log = [[] for _ in range(PARTITIONS)]
        with pytest.raises(AnotherLogError):
            write(happenings, "a")

        assert keys(client) == []
