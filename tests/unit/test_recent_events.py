from orderflow.streaming.recent_events import LiveEvent, RecentEvents

EVERYTHING = 2**30


def test_only_the_newest_events_are_kept_by_count_and_by_size() -> None:
    by_count, by_size = RecentEvents(max_events=3, max_bytes=EVERYTHING), RecentEvents(max_events=99, max_bytes=2_500)
    for number in range(10):
        for recent in (by_count, by_size):
            assert recent.append(LiveEvent(partition=0, offset=number, key=b"", value=b"x" * 400)) == number
            list(recent.shrink())

    assert [number for number, _ in by_count.numbered()] == [7, 8, 9]
    assert [event.offset for _, event in by_size.numbered()] == [8, 9]


def test_one_event_larger_than_everything_is_kept_until_the_next() -> None:
    recent = RecentEvents(max_events=3, max_bytes=10)
    recent.append(LiveEvent(partition=0, offset=0, key=b"", value=b"x" * 400))

    assert not list(recent.shrink())
