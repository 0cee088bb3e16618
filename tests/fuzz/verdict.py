"""What a run has left on the topics, held against the fate of every record: each difference is a failure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orderflow.domain.outcome import Outcome
from orderflow.wire.dead_letters import MAX_KEPT_BYTES, original_headers
from orderflow.wire.outcomes import decode_outcome
from orderflow.wire.problems import STATUS_OF
from orderflow.wire.records import Record
from tests.fuzz.forging import Forged
from tests.fuzz.oracle import Command, Fate, fate_of

Offset = tuple[int, int]
"""Partition and offset."""
BUG = "dead-lettered"


@dataclass(frozen=True, slots=True)
class Sent:
    """A forged record, where it stands on the log, and what has to become of it."""

    forged: Forged
    place: Offset
    fate: Fate

    def __str__(self) -> str:
        partition, offset = self.place
        return f"record {partition}/{offset} ({self.forged.strategy}) {(self.forged.message.value or b'')[:120]!r}"


def sent(forged: Forged, place: Offset) -> Sent:
    return Sent(forged, place, fate_of(forged.message.key, forged.message.value))


def failures(records: Sequence[Sent], outcomes: Iterable[bytes], letters: Iterable[Record]) -> Iterator[str]:
    """One line each. In a calm run nothing is repeated: so many records, so many outcomes and dead letters."""
    told: dict[Command, list[Outcome]] = defaultdict(list)
    for body in outcomes:
        outcome = decode_outcome(body)
        told[outcome.order_id, outcome.command_id].append(outcome)
    yield from _wrong_outcomes(records, told)
    yield from _wrong_letters(records, list(letters))


def _wrong_outcomes(records: Sequence[Sent], told: dict[Command, list[Outcome]]) -> Iterator[str]:
    asked: dict[Command, list[Sent]] = defaultdict(list)
    for record in records:
        if record.fate.command:
            asked[record.fate.command].append(record)
    for command in asked.keys() | told.keys():
        about, ends = asked.get(command, []), told.get(command, [])
        if len(about) != len(ends):
            yield f"{command}: {len(ends)} outcomes of {len(about)} records, such as {about[0] if about else ends[0]}"
        yield from (f"{command}: {what}" for what in _wrong_ends(about, ends))


def _wrong_ends(about: Sequence[Sent], ends: Sequence[Outcome]) -> Iterator[str]:
    problems = {outcome.error.type for outcome in ends if outcome.error}
    yield from (f"{problem} is no documented problem" for problem in problems - STATUS_OF.keys())
    if BUG in problems:
        yield f"a bug met {about[0] if about else 'nothing that was sent'}"
    if all(record.fate.refused for record in about) and not all(outcome.error for outcome in ends):
        yield f"took effect, though none of its records may: {about}"
    if about and all(record.forged.sound for record in about) and "validation" in problems:
        yield f"was found not to be valid: {about[0]}"


def _wrong_letters(records: Sequence[Sent], letters: Sequence[Record]) -> Iterator[str]:
    buried = {record.place: record for record in records if record.fate.command is None}
    found = Counter(_origin(letter) for letter in letters)
    for place, record in buried.items():
        if found[place] != 1:
            yield f"{found[place]} dead letters of {record}"
    known = {record.place: record for record in records}
    for letter in letters:
        if letter.headers and dict(letter.headers)["x-dlq-stage"] == b"apply":
            yield f"a bug met {known.get(_origin(letter))}: {dict(letter.headers)['x-dlq-error-message']!r}"
        elif _origin(letter) not in buried:
            yield f"a dead letter of {known.get(_origin(letter), 'nothing that was sent')}"
        elif _differs(letter, buried[_origin(letter)].forged):
            yield f"the dead letter is not {buried[_origin(letter)]}"


def _origin(letter: Record) -> Offset:
    headers = dict(letter.headers)
    return int(headers["x-dlq-partition"]), int(headers["x-dlq-offset"])


def _differs(letter: Record, forged: Forged) -> bool:
    """Of what no dead letter can hold, nothing is kept; a header's name that is no text, not to the byte."""
    came = forged.message
    if len(came.value or b"") > MAX_KEPT_BYTES:
        return (letter.key, letter.value, original_headers(letter.headers)) != (None, None, [])
    kept, expected = ([value for _, value in original_headers(headers)] for headers in (letter.headers, came.headers))
    return (letter.key, letter.value, kept) != (came.key, came.value, expected)
