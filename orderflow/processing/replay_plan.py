"""Which letters a replay puts back and in which order, and which it leaves alone and why."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.processing.selection import Selection
from orderflow.wire.letters import DeadLetter, LetterId, Origin

MAX_REPLAYS = 3
"""A record that came back so often is left alone until someone insists."""
AT_ONCE = 1_000
BYTES_AT_ONCE = 2**24


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLog:
    """Where this deployment's commands go."""

    topic: str
    partitions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A letter that was asked for; `obstacle` says why it can never be put back."""

    id: LetterId
    origin: Origin | None
    replays: int
    size: int
    obstacle: str | None

    @property
    def place(self) -> tuple[int, Origin]:
        """Letters of one key stand on one partition of the dead letters; there they go by where they came from."""
        return self.id.partition, self.origin or _NOWHERE


_NOWHERE = Origin(topic="", partition=0, offset=0)


class ReplayPlan:
    """Is shown letters as they stand on the topic, and remembers only those that are asked for.

    A letter stays on the topic when it is put back. Once its record has come back, as a letter with one replay more,
    that later letter stands for it.
    """

    def __init__(self, selection: Selection, commands: CommandLog, *, force: bool) -> None:
        self._selection = selection
        self._commands = commands
        self._most = None if force else MAX_REPLAYS
        self._found: dict[tuple[int, int], OrderedDict[Origin | LetterId, Candidate]] = {}
        self.seen: set[LetterId] = set()
        self.replaced = 0

    def consider(self, letter: DeadLetter) -> None:
        self._replace(letter.content, letter.replays - 1)
        self.seen.update(self._selection.ids & {letter.id})
        if not self._selection.matches(letter):
            return
        candidate = Candidate(
            id=letter.id,
            origin=letter.origin,
            replays=letter.replays,
            size=_size(letter),
            obstacle=obstacle(letter, self._commands),
        )
        alike = self._found.setdefault((letter.content, letter.replays), OrderedDict())
        # A worker that died may have set one record aside twice.
        if alike.setdefault(letter.origin or letter.id, candidate) is not candidate:
            self.replaced += 1

    def ready(self) -> list[Candidate]:
        """In the order in which they are put back."""
        return sorted(filter(self._may, self._open()), key=lambda candidate: candidate.place)

    def skipped(self) -> int:
        """Replayed too often already."""
        return sum(not candidate.obstacle and not self._may(candidate) for candidate in self._open())

    def refused(self) -> list[Candidate]:
        return [candidate for candidate in self._open() if candidate.obstacle]

    def _replace(self, content: int, replays: int) -> None:
        alike = self._found.get((content, replays))
        if alike:
            alike.popitem(last=False)
            self.replaced += 1

    def _open(self) -> Iterator[Candidate]:
        return (candidate for alike in self._found.values() for candidate in alike.values())

    def _may(self, candidate: Candidate) -> bool:
        return not candidate.obstacle and (self._most is None or candidate.replays < self._most)


def portions(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """As many at a time as may be held in memory."""
    portion: list[Candidate] = []
    size = 0
    for candidate in candidates:
        if portion and (len(portion) == AT_ONCE or size + candidate.size > BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(candidate)
        size += candidate.size
    if portion:
        yield portion


def obstacle(letter: DeadLetter, commands: CommandLog) -> str | None:
    """Why the letter can never be put back."""
    origin = letter.origin
    if origin is None:
        return "x-dlq-topic, -partition and -offset do not say where it came from"
    if origin.topic != commands.topic:
        return f"x-dlq-topic names {origin.topic}, and this deployment's commands are on {commands.topic}"
    if letter.record.key is None and origin.partition >= commands.partitions:
        return f"it has no key, and {commands.topic} has no partition {origin.partition}"
    if _size(letter) > MAX_RECORD_BYTES:
        return f"it is larger than {MAX_RECORD_BYTES} bytes, which no command may be"
    return None


def _size(letter: DeadLetter) -> int:
    headers = sum(len(name) + len(value or b"") for name, value in letter.headers)
    return len(letter.record.key or b"") + len(letter.record.value or b"") + headers
