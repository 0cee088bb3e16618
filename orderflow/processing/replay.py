"""Planned letters back onto the command topic, in order, every delivery awaited."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from tenacity import AsyncRetrying, RetryError, stop_after_attempt, wait_random_exponential

from orderflow.ports import LetterLog, Publisher
from orderflow.processing.letter_reading import read_letters
from orderflow.processing.replay_plan import Candidate, ReplayPlan, portions
from orderflow.wire.letters import DeadLetter, LetterId, put_back
from orderflow.wire.records import Message

NAMED = 100
"""Failures that are named one by one."""
ATTEMPTS = 3


class UndeliveredError(Exception):
    """Kafka did not confirm some letters."""


@dataclass(slots=True, kw_only=True)
class Replay:
    """How far a replay has come. `planned` letters are to be put back; `failed` ones cannot be, `failures` says why.

    `skipped` were replayed too often; for `replaced` ones a later letter of the same record stands.
    """

    planned: int = 0
    replayed: int = 0
    skipped: int = 0
    replaced: int = 0
    failed: int = 0
    failures: list[tuple[LetterId, str]] = field(default_factory=list)

    def fail(self, letter_id: LetterId, reason: str, count: int = 1) -> None:
        self.failed += count
        if len(self.failures) < NAMED:
            self.failures.append((letter_id, reason))


Listener = Callable[[Replay], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayer:
    """Takes letters from the log to the publisher."""

    log: LetterLog
    publisher: Publisher

    async def run(self, plan: ReplayPlan, tell: Listener, *, dry_run: bool) -> Replay:
        """`tell` hears how far it is."""
        ready = plan.ready()
        replay = Replay(planned=len(ready), skipped=plan.skipped(), replaced=plan.replaced)
        for refused in plan.refused():
            replay.fail(refused.id, refused.obstacle or "")
        for portion in portions(() if dry_run else ready):
            tell(replay)
            try:
                delivered = await self._put_back(portion, replay)
            except Exception as error:  # noqa: BLE001 - whatever keeps letters from being read, what was done is told
                replay.fail(portion[0].id, f"it cannot be read: {error!r}", replay.planned - replay.replayed)
                break
            if not delivered:
                break
        tell(replay)
        return replay

    async def _put_back(self, candidates: Sequence[Candidate], replay: Replay) -> bool:
        """Whether to go on: nothing may overtake a letter that could not be delivered."""
        letters = await self._fetched({candidate.id for candidate in candidates})
        messages = []
        for candidate in candidates:
            if candidate.id in letters:
                messages.append((candidate.id, put_back(letters[candidate.id])))
            else:
                replay.planned -= 1
                replay.fail(candidate.id, "it was deleted meanwhile")
        undelivered, reason = await self._deliver([message for _, message in messages])
        replay.replayed += len(messages) - len(undelivered)
        for letter_id, message in messages:
            if undelivered and message is undelivered[0]:
                replay.fail(letter_id, f"Kafka did not take it: {reason}", replay.planned - replay.replayed)
        return not undelivered

    async def _fetched(self, ids: Collection[LetterId]) -> dict[LetterId, DeadLetter]:
        letters = {}
        for number in {letter_id.partition for letter_id in ids}:
            offsets = [letter_id.offset for letter_id in ids if letter_id.partition == number]
            async for letter in read_letters(self.log, {number: (min(offsets), max(offsets) + 1)}):
                if letter.id in ids:
                    letters[letter.id] = letter
        return letters

    async def _deliver(self, messages: Sequence[Message]) -> tuple[Sequence[Message], str]:
        """Those that Kafka did not confirm, and why."""
        remaining = messages

        async def publish() -> None:
            nonlocal remaining
            remaining = await self.publisher.publish(remaining)
            if remaining:
                raise UndeliveredError("no confirmation")

        waits = wait_random_exponential(multiplier=0.1, max=2)
        try:
            await AsyncRetrying(wait=waits, stop=stop_after_attempt(ATTEMPTS))(publish)
        except RetryError as error:
            return remaining, repr(error.last_attempt.exception())
        return (), ""
