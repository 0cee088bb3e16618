"""What an operator does with dead letters: look at them, put them back, delete them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from orderflow.ports import LetterLog, Publisher
from orderflow.processing.letter_reading import read_letters
from orderflow.processing.replay import Listener, Replay, Replayer
from orderflow.processing.replay_plan import CommandLog, ReplayPlan
from orderflow.processing.selection import Selection
from orderflow.wire.letters import DeadLetter, LetterId


class UnknownLetterError(Exception):
    """No letter stands under that id; the message names it."""

    def __init__(self, letter_id: LetterId) -> None:
        super().__init__(f"there is no dead letter {letter_id}")
        self.letter_id = letter_id


@dataclass(slots=True, kw_only=True)
class Purge:
    """How many letters go, and how many stay only because one that was not asked for stands before them.

    `cuts` names, for each partition that loses any, the first offset that stays.
    """

    purged: int = 0
    held_back: int = 0
    cuts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterDesk:
    """Reads the topic in one go and keeps little of it. What comes in meanwhile is left for the next time."""

    log: LetterLog
    publisher: Publisher
    commands: CommandLog

    async def letters(self, selection: Selection, after: LetterId | None = None) -> AsyncGenerator[DeadLetter, None]:
        """By partition and offset."""
        spans = selection.spans(await self.log.bounds())
        if after:
            spans = {
                number: (max(begin, after.offset + 1) if number == after.partition else begin, end)
                for number, (begin, end) in spans.items()
                if number >= after.partition
            }
        async with aclosing(read_letters(self.log, spans)) as letters:
            async for letter in letters:
                if selection.matches(letter):
                    yield letter

    async def letter(self, letter_id: LetterId) -> DeadLetter:
        """Raises UnknownLetterError."""
        async with aclosing(self.letters(Selection(ids=frozenset({letter_id})))) as letters:
            async for letter in letters:
                return letter
        raise UnknownLetterError(letter_id)

    async def replay(
        self, selection: Selection, *, force: bool, dry_run: bool, tell: Listener = lambda _: None
    ) -> Replay:
        """Puts letters back in the order in which they stood on the command topic.

        Raises UnknownLetterError before anything is put back.
        """
        plan = ReplayPlan(selection, self.commands, force=force)
        async for letter in read_letters(self.log, selection.spans(await self.log.bounds())):
            plan.consider(letter)
        for missing in sorted(selection.ids - plan.seen):
            raise UnknownLetterError(missing)
        return await Replayer(log=self.log, publisher=self.publisher).run(plan, tell, dry_run=dry_run)

    async def plan_purge(self, selection: Selection) -> Purge:
        """In each partition what stands from its beginning up to the first letter that is not asked for."""
        purge, kept = Purge(), set[int]()
        async for letter in read_letters(self.log, await self.log.bounds()):
            partition, offset = letter.id
            if not selection.matches(letter):
                kept.add(partition)
            elif partition in kept:
                purge.held_back += 1
            else:
                purge.cuts[partition] = offset + 1
                purge.purged += 1
        return purge

    async def purge(self, purge: Purge) -> None:
        """Deletes what was planned, and nothing that came in since."""
        if purge.cuts:
            await self.log.delete_before(purge.cuts)
