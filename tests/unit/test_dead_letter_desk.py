"""The desk for dead letters: found, put back in order, left alone for a reason, deleted from the beginning."""

from datetime import timedelta

import pytest

from orderflow.processing.dead_letter_desk import DeadLetterDesk, Purge, UnknownLetterError
from orderflow.processing.replay import Replay
from orderflow.processing.replay_plan import AT_ONCE, BYTES_AT_ONCE, Candidate, portions
from orderflow.processing.selection import EVERYTHING, Selection
from orderflow.wire.commands import Stage
from orderflow.wire.letters import LetterId
from orderflow.wire.records import Message, Topic
from tests.builders import NOW
from tests.letters import Post, command_record

HOUR = timedelta(hours=1)


@pytest.fixture
def post() -> Post:
    return Post()


async def replay(post: Post, selection: Selection = EVERYTHING, *, force: bool = False) -> Replay:
    return await post.desk.replay(selection, force=force, dry_run=False)


def figures(done: Replay) -> tuple[int, int, int, int]:
    return done.replayed, done.skipped, done.replaced, done.failed


async def ids(desk: DeadLetterDesk, selection: Selection = EVERYTHING, after: LetterId | None = None) -> list[LetterId]:
    return [letter.id async for letter in desk.letters(selection, after)]


async def test_letters_are_found_by_all_that_is_named(post: Post) -> None:
    first = post.receive(command_record(1, key=b"a"), stage=Stage.DECODE, at=NOW)
    second = post.receive(command_record(2, key=b"b"), stage=Stage.VALIDATE, at=NOW + HOUR)
    third = post.receive(command_record(3, key=b"a"), 1, stage=Stage.APPLY, at=NOW + 2 * HOUR)
    foreign = post.append(Message(topic=Topic.DEAD_LETTERS, key=None, value=b"?"), 1)
    assert await ids(post.desk) == [first, second, third, foreign]
    assert await ids(post.desk, Selection(stage=Stage.VALIDATE)) == [second]
    assert await ids(post.desk, Selection(key="a")) == [first, third]
    assert await ids(post.desk, Selection(since=NOW + HOUR)) == [second, third]
    assert await ids(post.desk, Selection(until=NOW + HOUR)) == [first]
    assert await ids(post.desk, Selection(since=NOW + HOUR, until=NOW + 2 * HOUR, key="a")) == []
    assert await ids(post.desk, Selection(ids=frozenset({foreign, second}))) == [second, foreign]


async def test_a_list_goes_on_after_a_letter(post: Post) -> None:
    everything = [post.receive(command_record(number), number % 2) for number in range(6)]
    assert await ids(post.desk, after=LetterId(0, 1)) == sorted(everything)[2:]
    assert await ids(post.desk, after=LetterId(1, 2)) == []
    assert await ids(post.desk, after=LetterId(5, 0)) == []


async def test_one_letter_is_found_or_missing(post: Post) -> None:
    known = post.receive(command_record(value=b"mine"))
    assert (await post.desk.letter(known)).record.value == b"mine"
    for missing in (LetterId(0, 1), LetterId(9, 0)):
        with pytest.raises(UnknownLetterError, match=str(missing)):
            await post.desk.letter(missing)


async def test_letters_are_put_back_as_their_records_stood(post: Post) -> None:
    for offset in (9, 3, 5, 3):
        post.receive(command_record(offset, value=b"%d" % offset))
    assert figures(await replay(post)) == (3, 0, 1, 0)
    assert [message.value for message in post.put_back] == [b"3", b"5", b"9"]


async def test_many_letters_keep_their_order_over_all_portions(post: Post) -> None:
    many = 2 * AT_ONCE + 5
    for offset in reversed(range(many)):
        post.receive(command_record(offset, value=b"%d" % offset))
    heard = []
    await post.desk.replay(
        EVERYTHING, force=False, dry_run=False, tell=lambda done: heard.append((done.replayed, done.planned))
    )
    assert [int(message.value or b"") for message in post.put_back] == list(range(many))
    assert heard == [(0, many), (AT_ONCE, many), (2 * AT_ONCE, many), (many, many)]


def test_large_letters_are_put_back_few_at_a_time() -> None:
    sizes = [BYTES_AT_ONCE, 1, BYTES_AT_ONCE - 1, BYTES_AT_ONCE + 1]
    letters = [
        Candidate(id=LetterId(0, number), origin=None, replays=0, size=size, obstacle=None)
        for number, size in enumerate(sizes)
    ]
    assert [[each.size for each in portion] for portion in portions(letters)] == [sizes[:1], sizes[1:3], sizes[3:]]


async def test_a_record_that_keeps_failing_is_left_alone_until_someone_insists(post: Post) -> None:
    post.receive(command_record(0))
    for offset in (1, 2, 3):
        assert figures(await replay(post)) == (1, 0, offset - 1, 0)
        newest = post.fail_again(offset)
        assert (await post.desk.letter(newest)).replays == offset
    assert figures(await replay(post)) == (0, 1, 3, 0)
    assert figures(await replay(post, Selection(ids=frozenset({newest})))) == (0, 1, 0, 0)
    assert figures(await replay(post, force=True)) == (1, 0, 3, 0)
    assert dict(post.put_back[-1].headers)["x-dlq-replays"] == b"4"


async def test_a_letter_that_came_back_is_not_replayed_by_its_old_name(post: Post) -> None:
    first = post.receive(command_record(0))
    await replay(post)
    post.fail_again(1)
    assert figures(await replay(post, Selection(ids=frozenset({first})))) == (0, 0, 1, 0)


async def test_equal_records_are_each_replayed(post: Post) -> None:
    post.receive(command_record(0))
    post.receive(command_record(1))
    assert figures(await replay(post)) == (2, 0, 0, 0)
    post.fail_again(2)
    assert figures(await replay(post)) == (2, 0, 1, 0)


async def test_what_cannot_be_put_back_is_named_with_its_reason(post: Post) -> None:
    good = post.receive(command_record(0))
    foreign = post.append(Message(topic=Topic.DEAD_LETTERS, key=b"ord_1", value=b"?"))
    elsewhere = post.append(
        Message(
            topic=Topic.DEAD_LETTERS,
            key=b"k",
            value=b"v",
            headers=[("x-dlq-topic", b"y.order_commands"), ("x-dlq-partition", b"0"), ("x-dlq-offset", b"0")],
        )
    )
    keyless = post.receive(command_record(1, key=None, partition=4))
    large = post.receive(command_record(2, value=b"x" * 2**20))
    done = await replay(post)
    assert figures(done) == (1, 0, 0, 4)
    reasons = dict(done.failures)
    assert reasons.keys() == {foreign, elsewhere, keyless, large}
    assert "x-dlq-topic" in reasons[foreign]
    assert "y.order_commands" in reasons[elsewhere]
    assert "no partition 4" in reasons[keyless]
    assert "larger than 1048576 bytes" in reasons[large]
    assert good not in reasons


async def test_a_dry_run_puts_nothing_back(post: Post) -> None:
    post.receive(command_record(0))
    done = await post.desk.replay(EVERYTHING, force=False, dry_run=True)
    assert (done.planned, figures(done), post.put_back) == (1, (0, 0, 0, 0), [])


async def test_an_unknown_letter_stops_a_replay_before_it_begins(post: Post) -> None:
    known = post.receive(command_record(0))
    with pytest.raises(UnknownLetterError, match="1-5"):
        await replay(post, Selection(ids=frozenset({known, LetterId(1, 5)})))
    assert post.put_back == []


async def test_each_partition_is_purged_up_to_the_first_letter_that_stays(post: Post) -> None:
    for partition, stages in enumerate(["decode decode apply decode", "apply decode"]):
        for number, stage in enumerate(stages.split()):
            post.receive(command_record(number), partition, stage=Stage(stage))
    wanted = Selection(stage=Stage.DECODE)
    planned = await post.desk.plan_purge(wanted)
    assert planned == Purge(purged=2, held_back=2, cuts={0: 2})
    assert len(await ids(post.desk)) == 6
    await post.desk.purge(planned)
    assert await ids(post.desk) == [LetterId(0, 2), LetterId(0, 3), LetterId(1, 0), LetterId(1, 1)]


async def test_a_purge_leaves_what_came_in_since_it_was_planned(post: Post) -> None:
    post.receive(command_record(0))
    planned = await post.desk.plan_purge(EVERYTHING)
    later = [post.receive(command_record(1)), post.receive(command_record(2), 1)]
    await post.desk.purge(planned)
    assert await ids(post.desk) == later
