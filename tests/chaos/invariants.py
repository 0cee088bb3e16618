"""What a deployment has left behind, held against what its command log asked for: every difference is a violation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Protocol

from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import StoredOrder
from orderflow.wire.events import event_message
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from orderflow.wire.records import Headers
from tests.chaos.crash_script import ANY, BUG, DEAD_LETTER, Line

Asked = tuple[str, str, str | None]
"""Order id, command id and fingerprint."""
DEAD_LETTERED = "dead-lettered"
SWALLOWED = {DEAD_LETTERED, "outcome-forgotten"}
"""Ends of a command that had no effect, whatever it asked for."""


class Sent(Protocol):
    """A record or message, as far as it matters here."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, kw_only=True)
class Remains:
    """Topics in the order of their partitions, and the stored orders."""

    outcomes: Sequence[Sent]
    events: Sequence[Sent]
    dead_letters: Sequence[Sent]
    orders: Mapping[str, StoredOrder]

    @cached_property
    def told(self) -> list[Outcome]:
        return [decode_outcome(sent.value or b"") for sent in self.outcomes]

    @property
    def repeated(self) -> int:
        """How many events and outcomes came more than once, to the byte."""
        everything = [(sent.key, sent.value) for sent in chain(self.events, self.outcomes)]
        return len(everything) - len(set(everything))


def violations(lines: Sequence[Line], remains: Remains) -> list[str]:
    return [
        *_wrong_ends(lines, remains.told),
        *_unequal_repeats(remains.told),
        *_missing_letters(lines, remains),
        *chain.from_iterable(_of_order(order_id, remains) for order_id in sorted({line.key for line in lines})),
    ]


def _wrong_ends(lines: Sequence[Line], told: Iterable[Outcome]) -> Iterator[str]:
    """Every command has the outcomes that its lines say, and no other."""
    expected: dict[Asked, set[str]] = defaultdict(set)
    for line in lines:
        if line.command:
            expected[_asked(line)].add(line.end)
    found: dict[Asked, set[str]] = defaultdict(set)
    for outcome in told:
        found[outcome.order_id, outcome.command_id, outcome.fingerprint].add(_end(outcome))
    for asked in expected | found:
        ends = found[asked]
        if not _fits(ends, expected[asked]):
            yield f"{asked[0]}: {asked[1]} ended {sorted(ends)}, not {sorted(expected[asked])}"


def _fits(ends: set[str], expected: set[str]) -> bool:
    if ANY in expected:
        return bool(ends) and not ends & SWALLOWED
    if BUG in expected:
        return bool(ends) and ends <= {"applied", DEAD_LETTERED}
    return ends == expected


def _unequal_repeats(told: Iterable[Outcome]) -> Iterator[str]:
    """A rejection that is stored nowhere is made anew; anything else is repeated to the byte, but for `replayed`."""
    first: dict[Asked, bytes] = {}
    for outcome in told:
        if outcome.status != Status.REJECTED:
            body = encode_outcome(replace(outcome, replayed=False))
            asked = (outcome.order_id, outcome.command_id, outcome.fingerprint)
            if first.setdefault(asked, body) != body:
                yield f"{outcome.order_id}: {outcome.command_id} has two outcomes: {first[asked]!r} and {body!r}"


def _missing_letters(lines: Iterable[Line], remains: Remains) -> Iterator[str]:
    """What nobody could read, and what was given up and not applied later, is set aside."""
    set_aside = {(letter.key, letter.value) for letter in remains.dead_letters}
    applied = {(outcome.order_id, outcome.command_id) for outcome in remains.told if outcome.status == Status.APPLIED}
    for line in lines:
        given_up = line.end == BUG and line.command and (line.key, line.command.command_id) not in applied
        if (given_up or line.end == DEAD_LETTER) and (line.key.encode(), line.value) not in set_aside:
            yield f"{line.key}: {line.value[:80]!r} is not among the dead letters"


def _of_order(order_id: str, remains: Remains) -> Iterator[str]:
    stored = remains.orders.get(order_id)
    history = stored.history if stored else ()
    versions = [change.event.version for change in history]
    if versions != list(range(1, len(versions) + 1)):
        yield f"{order_id}: its history has the versions {versions}"
    applied = sorted(change.command_id for change in history)
    told = [outcome for outcome in remains.told if outcome.order_id == order_id]
    if applied != sorted({outcome.command_id for outcome in told if outcome.status == Status.APPLIED}):
        yield f"{order_id}: its history has the commands {applied}, which are not those said to be applied"
    yield from _untold(order_id, stored, told)
    announced = [event for event in remains.events if event.key == order_id.encode()]
    first: dict[bytes, Sent] = {}
    for event in announced:
        if _content(first.setdefault(_event_id(event), event)) != _content(event):
            yield f"{order_id}: event {_event_id(event)!r} has two contents"
    if [_content(event) for event in first.values()] != [
        _content(event_message(change, "/orderflow")) for change in history
    ]:
        yield f"{order_id}: its events {list(first)} are not its history of {len(history)} changes"


def _untold(order_id: str, stored: StoredOrder | None, told: Iterable[Outcome]) -> Iterator[str]:
    """Whatever the order remembers was said."""
    said = {encode_outcome(replace(outcome, replayed=False)) for outcome in told}
    for entry in (*stored.history, *stored.ledger) if stored else ():
        if encode_outcome(entry.outcome) not in said:
            yield f"{order_id}: the stored outcome of {entry.command_id} was never published"


def _asked(line: Line) -> Asked:
    assert line.command
    fingerprint = None if line.end == "validation" else fingerprint_of(line.command)
    return line.command.order_id, line.command.command_id, fingerprint


def _end(outcome: Outcome) -> str:
    return outcome.error.type if outcome.error else str(outcome.status)


def _event_id(event: Sent) -> bytes:
    return dict(event.headers)["ce_id"]


def _content(event: Sent) -> tuple[bytes | None, Headers]:
    return event.value, tuple(event.headers)
