"""`orderflow watch`: events in words, and a screen that neither grows nor lies."""

from io import StringIO

import orjson
import pytest
from click.testing import CliRunner
from rich.console import Console

from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.cli.watch import watch
from orderflow.cli.watch_counts import CountReader
from orderflow.cli.watch_events import line
from orderflow.cli.watch_screen import Screen
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Standing
from orderflow.insights.part import Part
from orderflow.insights.ports import Publication, Tenure
from orderflow.insights.share import encode_share
from orderflow.settings import Settings
from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.event_watch import events_of
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.group_readings import GroupProgress
from orderflow.streaming.recent_events import LiveEvent
from orderflow.wire.json import dumps_keyed
from orderflow.wire.records import Record
from tests.unit.groups import member, position, reading


def value(number: int = 0, **fields: object) -> bytes:
    known = {
        "type": "order.state_changed",
        "order_id": f"ord_{number}",
        "client_id": "c-1",
        "version": 2,
        "state": "delivered",
        "previous_state": "in_transit",
        "occurred_at": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000000Z",
        "reason": None,
    }
    return orjson.dumps(known | fields)


def event(number: int = 0, **fields: object) -> LiveEvent:
    return LiveEvent(partition=0, offset=number, key=b"", value=value(number, **fields))


def record(number: int, body: bytes) -> Record:
    return Record(topic="", partition=0, offset=number, timestamp=1, key=b"", value=body)


def standing(client_id: str, state: State) -> Standing:
    return Standing(client_id=client_id, state=state, version=1, since=0, created_at=0)


def shown(screen: Screen, height: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=120).print(screen.view(height))
    return [each.rstrip() for each in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "v2  in_transit → delivered  c-1"),
        ({"type": "order.created", "state": "created", "previous_state": None}, "v2  created  c-1"),
        (
            {"type": "order.held", "state": "created", "previous_state": "created", "reason": "no\x1b[2J address"},
            "v2  held (created)  c-1  no\\x1b[2J address",
        ),
    ],
)
def test_an_event_is_one_plain_line(fields: dict[str, object], words: str) -> None:
    assert line(event(**fields)) == f"2026-01-01 00:00:00  ord_0  {words}"


def test_the_screen_keeps_the_latest_by_when_they_occurred_and_never_overflows() -> None:
    screen = Screen(None)
    screen.add([event(number) for number in range(1000, 3000)])
    screen.add([event(number) for number in range(1000)])

    lines = shown(screen, 10)

    assert len(lines) == 10
    assert [each.split()[2] for each in lines[4:]] == [f"ord_{number}" for number in range(2994, 3000)]


def test_the_screen_says_who_works_and_that_kafka_is_away() -> None:
    screen = Screen("c-1")
    some = reading(position(0, 5, 9), members=(member(1, 0),))
    screen.progress = GroupProgress(reading=some, rates={0: 3.0, 1: 4.0})
    assert shown(screen, 24)[0] == "1 worker   7 commands/s   lag 4   events of c-1"
    screen.progress = KafkaUnusableError("Kafka does not answer")
    assert shown(screen, 24)[0] == "Kafka does not answer"


@pytest.mark.parametrize(("client_id", "said"), [(None, "created 1   delivered 1"), ("c-1", "created 1")])
async def test_the_screen_counts_the_orders_that_insights_know(client_id: str | None, said: str) -> None:
    board = InMemoryStatistics()
    screen = Screen(client_id)
    reader = CountReader(board, Settings(partitions=1), client_id)
    screen.counts = await reader.read()
    assert "no insights role" in shown(screen, 24)[1]

    part = Part()
    part.put("ord_1", standing("c-1", State.CREATED))
    part.put("ord_2", standing("c-2", State.DELIVERED))
    counts = dumps_keyed(part.counts_of("c-1"))
    tenure, share = Tenure(generation=1, started=1), encode_share(part.share("i", {}, 1))
    await board.publish(Publication(partition=0, tenure=tenure, share=share, clients={"c-1": counts}, whole=True))
    screen.counts = await reader.read()
    assert shown(screen, 24)[1] == said

    board.away = True
    assert await reader.read() is None


async def test_from_now_on_means_that_and_what_is_no_event_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.streaming.event_watch.LOOK_SECONDS", 0)
    feed = EventFeed(partitions=1, max_bytes=2**20)
    feed.begin({}, {0: 0}, {0: 1})
    feed.receive([record(0, value(0))])
    latest, everything = events_of(feed, "c-1", earlier=False), events_of(feed, None, earlier=True)
    assert (await anext(latest), [each.offset for each in await anext(everything)]) == ([], [0])

    feed.receive([record(1, b"{}"), record(2, value(2, client_id="c-2")), record(3, value(3))])

    assert [each.offset for each in await anext(latest)] == [3]
    assert [each.offset for each in await anext(everything)] == [2, 3]


async def test_who_cannot_follow_goes_on_with_what_comes_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.streaming.event_watch.LOOK_SECONDS", 0)
    feed = EventFeed(partitions=1, max_bytes=2**20, max_events=2)
    feed.begin({}, {0: 0}, {0: 0})
    events = events_of(feed, None, earlier=False)
    assert await anext(events) == []
    for number in range(9):
        feed.receive([record(number, value(number))])
    await anext(events)

    feed.receive([record(9, value(9))])

    assert [each.offset for each in await anext(events)] == [9]


def test_it_explains_itself_and_says_in_one_line_that_kafka_is_away(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    assert "Example: orderflow watch" in CliRunner().invoke(watch, ["--help"]).output
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", f"127.0.0.1:{unused_tcp_port}")
    done = CliRunner().invoke(watch, [])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert done.output.startswith("Error: Kafka does not answer")
