import logging

import orjson
import pytest

from orderflow.adapters.memory_changelog import InMemoryChangelog
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.domain.lifecycle import State
from orderflow.insights.book import Book
from orderflow.insights.expiry import Expiry
from orderflow.insights.holdings import Holdings
from orderflow.insights.limits import stuck_limits
from orderflow.insights.watch import SAID_AT_ONCE, StuckWatch
from orderflow.processing.readiness import Readiness
from orderflow.wire.commands import parse_command
from orderflow.wire.records import Topic
from tests.unit.happened import HOUR, NOW, clock, standing

LIMITS = {State.CREATED: HOUR}


class Owner:
    """Owns partition 0, whose events end at offset 7."""

    def __init__(self, changelog: InMemoryChangelog, publisher: InMemoryPublisher, generation: int = 1) -> None:
        self.holdings = Holdings()
        self.holdings.assign([0])
        changelog.restore(self.holdings, 0, generation)
        held = self.holdings.get(0)
        assert held
        self.held = held
        self.held.part.position = 7
        book = Book(self.holdings, changelog, Readiness(), clock, lambda _: 0)
        self.watch = StuckWatch(self.holdings, book, LIMITS, clock)
        self.expiry = Expiry(self.holdings, publisher, 2 * HOUR, clock, lambda _: 7)


@pytest.fixture
def changelog() -> InMemoryChangelog:
    return InMemoryChangelog()


@pytest.fixture
def publisher() -> InMemoryPublisher:
    return InMemoryPublisher()


@pytest.fixture
def owner(changelog: InMemoryChangelog, publisher: InMemoryPublisher) -> Owner:
    return Owner(changelog, publisher)


async def test_a_stuck_order_is_told_once_whoever_owns_it(
    owner: Owner, changelog: InMemoryChangelog, publisher: InMemoryPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    owner.held.part.put("late", standing(since=NOW - 2 * HOUR))
    owner.held.part.put("early", standing(since=NOW))
    for instance in (owner, owner, Owner(changelog, publisher, 2)):
        await instance.watch.look()
    assert [record.message for record in caplog.records] == ["order late is stuck, created for 2.0 hours"]


async def test_many_stuck_orders_do_not_flood_the_log(owner: Owner, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(SAID_AT_ONCE + 5):
        owner.held.part.put(f"late-{number}", standing(since=NOW - 2 * HOUR))
    await owner.watch.look()
    assert len(caplog.records) == SAID_AT_ONCE + 1
    assert caplog.records[-1].message == "5 more orders are stuck"


async def test_a_stale_order_is_cancelled_by_an_ordinary_command(owner: Owner, publisher: InMemoryPublisher) -> None:
    owner.held.part.put("stale", standing(version=3, since=NOW - 3 * HOUR))
    owner.held.part.put("fresh", standing(since=NOW - HOUR))
    owner.held.part.put("moved", standing(State.CONFIRMED, since=NOW - 3 * HOUR))
    await owner.expiry.look()
    [message] = publisher.delivered[Topic.COMMANDS]
    assert message.key == b"stale"
    assert orjson.loads(message.value or b"") == {
        "type": "cancel_order",
        "command_id": "orderflow.expire.3",
        "order_id": "stale",
        "expected_version": 3,
        "reason": "expired: it was not taken up in time",
        "actor": "orderflow",
    }
    assert parse_command(message.value or b"")


async def test_it_is_asked_once_by_an_owner_and_in_the_same_words_by_the_next(
    owner: Owner, changelog: InMemoryChangelog, publisher: InMemoryPublisher
) -> None:
    owner.held.part.put("stale", standing(since=NOW - 3 * HOUR))
    for _ in range(3):
        await owner.expiry.look()
    follower = Owner(changelog, publisher, 2)
    follower.held.part.put("stale", standing(since=NOW - 3 * HOUR))
    await follower.expiry.look()
    first, second = publisher.delivered[Topic.COMMANDS]
    assert first == second


async def test_a_command_that_was_not_sent_is_sent_later(owner: Owner, publisher: InMemoryPublisher) -> None:
    owner.held.part.put("stale", standing(since=NOW - 3 * HOUR))
    publisher.refuses = lambda number: number == 1
    await owner.expiry.look()
    assert not publisher.delivered[Topic.COMMANDS]
    await owner.expiry.look()
    assert len(publisher.delivered[Topic.COMMANDS]) == 1


async def test_who_has_not_read_all_events_lets_nothing_expire(owner: Owner, publisher: InMemoryPublisher) -> None:
    owner.held.part.put("stale", standing(since=NOW - 3 * HOUR))
    owner.held.part.position = 6
    await owner.expiry.look()
    assert not publisher.sent


async def test_who_falls_behind_for_a_while_does_not_ask_again(owner: Owner, publisher: InMemoryPublisher) -> None:
    owner.held.part.put("stale", standing(since=NOW - 3 * HOUR))
    for position in (7, 6, 7):
        owner.held.part.position = position
        await owner.expiry.look()
    assert len(publisher.delivered[Topic.COMMANDS]) == 1


@pytest.mark.usefixtures("caplog")
async def test_nothing_is_said_where_nothing_is_late(owner: Owner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await owner.watch.look()
    await owner.expiry.look()
    assert not caplog.records


def test_limits_are_read_by_state() -> None:
    assert stuck_limits("created=90s, in_transit=3d") == {State.CREATED: 90_000, State.IN_TRANSIT: 72 * HOUR}
    assert stuck_limits("") == {}


@pytest.mark.parametrize("text", ["created", "created=", "created=2", "delivered=2h", "nowhere=2h", "created=2h;x=1h"])
def test_limits_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"age such as|is not a state"):
        stuck_limits(text)
