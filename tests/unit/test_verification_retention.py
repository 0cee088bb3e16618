"""What retention and purges take away, before a verification or during it, is not missed; what they leave is."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import pytest

from orderflow.wire.records import Record, Topic
from tests.builders import change_state, create_order
from tests.unit.broken_deployments import event, healthy, only, without
from tests.unit.command_worker import record
from tests.unit.deployed import PARTITIONS, Deployed, InMemoryLogs, deployed
from tests.unit.test_verification_scope import expire


def at(found: Deployed, topic: Topic, timestamp: int) -> None:
    """All records of the topic are of that time."""
    records = found.records(topic)
    records[:] = [replace(each, timestamp=timestamp) for each in records]


@pytest.mark.parametrize("lost", ["ord_1:1", "ord_1:2"])
async def test_an_event_is_missed_although_its_command_expired_since_events_are_kept(lost: str) -> None:
    found = await healthy()
    at(found, Topic.EVENTS, 1)
    expire(found, Topic.COMMANDS, 0, 10**6)
    assert await found.broken() == {}

    only(Topic.EVENTS, without(event(lost)))(found)

    assert (await found.broken())["every change of a history has its event"] == ["ord_1"]


async def test_events_that_expired_leave_no_gap_and_a_repeat_of_them_may_come_late() -> None:
    found = await healthy()
    events = found.records(Topic.EVENTS)
    first, second = (next(each for each in events if event(name)(each)) for name in ("ord_1:1", "ord_1:2"))
    expire(found, Topic.EVENTS, second.partition, second.offset)
    assert not [each for each in events if event("ord_1:1")(each)]
    assert await found.broken() == {}

    events.append(replace(first, offset=5_000))

    assert await found.broken() == {}


async def test_letters_that_were_purged_are_not_missed_though_a_letter_of_an_older_record_is_left() -> None:
    older, newer = (record(change_state(), value=b"not json") for _ in range(2))
    found = await deployed(record(create_order()), older, newer)
    letters = found.records(Topic.DEAD_LETTERS)
    written = [("x-dlq-at", b"2026-01-02T00:00:00Z")]
    of_older, of_newer = (
        replace(each, headers=[header for header in each.headers if header[0] != "x-dlq-at"] + written)
        for each in letters
    )
    letters[:] = [replace(of_newer, offset=of_older.offset), replace(of_older, offset=of_newer.offset)]
    assert await found.broken() == {}

    expire(found, Topic.DEAD_LETTERS, of_older.partition, of_newer.offset)

    assert [each.timestamp for each in letters] == [older.timestamp]
    assert await found.broken() == {}


@dataclass(kw_only=True)
class ExpiringLogs(InMemoryLogs):
    """Retention takes all but the last record of the topic's partitions, before they are read or right afterwards."""

    expires: Topic
    read_before: bool

    async def read(
        self, topic: str, ends: Mapping[int, int], starts: Mapping[int, int] | None = None
    ) -> AsyncIterator[list[Record]]:
        if topic == self.expires and not self.read_before:
            self._expire(ends)
        async for records in super().read(topic, ends, starts):
            yield records
        if topic == self.expires:
            self._expire(ends)

    def _expire(self, ends: Mapping[int, int]) -> None:
        records = self.topics[self.expires]
        for part in range(PARTITIONS):
            self.begins[self.expires, part] = max(0, ends[part] - 1)
        records[:] = [each for each in records if each.offset >= self.begins[self.expires, each.partition]]


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("read_before", [True, False])
async def test_what_expires_while_it_is_read_is_not_missed(topic: Topic, *, read_before: bool) -> None:
    found = await healthy()
    found.logs = ExpiringLogs(topics=found.logs.topics, expires=topic, read_before=read_before)

    assert await found.broken() == {}
